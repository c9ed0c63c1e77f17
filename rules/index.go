package rules

import (
	"slices"

	"tocsin/text"
)

// atom is the number of something to be found in a text: a word in one of its forms, an
// exact spelling, a prefix; and each phrase, whose atom is the last node of its path in a
// trie over the atoms of its words.
type atom uint32

// kind says what a word of an entry must have in common with a word of a rule.
type kind int

const (
	byForm kind = iota
	byExact
	byPrefix
	byExactPrefix
	kinds
)

// index finds the conditions that an entry may fulfil without looking at the others:
// each is filed under its witness, a few atoms of which one must stand in the entry.
type index struct {
	atoms   int
	words   [kinds]map[string][]atom
	lengths [kinds][]int // of the prefixes in use, in bytes
	edges   map[edge]atom
	exact   bitset // atoms that capitals prove nothing about
	ends    bitset // atoms that are terms
	goesOn  bitset // atoms that longer phrases begin with

	conditions []condition
	// filed[starts[a]:starts[a+1]] are the conditions under atom a.
	starts []int32
	filed  []posting
}

// posting is a condition filed under an atom. If also is not 0, the atom before it must
// stand in the entry too.
type posting struct {
	condition int32
	also      atom
}

// edge leads from one node of the trie to the next.
type edge struct{ from, by atom }

// condition is an expression and the rules that ask for it, in their order.
type condition struct {
	expr
	rules []int32
}

type bitset []uint64

func (b bitset) has(a atom) bool { return b[a>>6]&(1<<(a&63)) != 0 }

func (b *bitset) set(a atom) {
	for int(a>>6) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[a>>6] |= 1 << (a & 63)
}

// indexer builds an index.
type indexer struct {
	*index
	known map[string]atom // words by their key
	same  map[string]int  // conditions by how they read
	costs weights
}

// newIndex files the conditions of rules. Rules that ask for the same share a condition.
func newIndex(rules []Rule) *index {
	x := &indexer{index: &index{edges: map[edge]atom{}}, known: map[string]atom{}, same: map[string]int{}}
	for k := range x.words {
		x.words[k] = map[string][]atom{}
	}
	for i := range rules {
		x.add(int32(i), &rules[i])
	}
	for k := range x.lengths {
		slices.Sort(x.lengths[k])
	}
	if x.atoms > 0 {
		last := atom(x.atoms - 1)
		for _, b := range []*bitset{&x.exact, &x.ends, &x.goesOn} {
			for len(*b) <= int(last>>6) {
				*b = append(*b, 0)
			}
		}
	}
	x.file()
	return x.index
}

func (x *indexer) add(i int32, r *Rule) {
	key := r.key()
	at, ok := x.same[key]
	if !ok {
		at = len(x.conditions)
		x.same[key] = at
		x.conditions = append(x.conditions, condition{expr: r.match})
		eachTerm(r.match, x.number)
	}
	c := &x.conditions[at]
	c.rules = append(c.rules, i)
}

// number gives a term its atom.
func (x *indexer) number(t *term) {
	node := x.word(t.words[0])
	for _, w := range t.words[1:] {
		by := x.word(w)
		x.goesOn.set(node)
		next, ok := x.edges[edge{node, by}]
		if !ok {
			next = x.newAtom(x.costs[by])
			x.edges[edge{node, by}] = next
			x.costs[next] = min(x.costs[node], x.costs[by]) / 4
		}
		node = next
	}
	x.ends.set(node)
	t.atom = node
}

func (x *indexer) newAtom(cost float64) atom {
	a := atom(x.atoms)
	x.atoms++
	x.costs = append(x.costs, cost)
	return a
}

// word gives a word its atom.
func (x *indexer) word(w word) atom {
	key := w.key()
	if a, ok := x.known[key]; ok {
		return a
	}
	a := x.newAtom(cost(w))
	x.known[key] = a
	k, spellings := byForm, w.forms
	if w.exact != "" {
		k, spellings = byExact, []string{w.exact}
		x.exact.set(a)
	}
	if w.prefix {
		k += byPrefix
		if n := len(spellings[0]); !slices.Contains(x.lengths[k], n) {
			x.lengths[k] = append(x.lengths[k], n)
		}
	}
	for _, s := range spellings {
		x.words[k][s] = append(x.words[k][s], a)
	}
	return a
}

// file puts every condition under its witness.
func (x *indexer) file() {
	witnesses := make([][]atom, len(x.conditions))
	x.starts = make([]int32, x.atoms+1)
	total := 0
	for i, c := range x.conditions {
		list := slices.Clone(c.witness(&x.costs).atoms)
		slices.Sort(list)
		witnesses[i] = slices.Compact(list)
		total += len(witnesses[i])
		for _, a := range witnesses[i] {
			x.starts[a+1]++
		}
	}
	for a := range x.atoms {
		x.starts[a+1] += x.starts[a]
	}
	x.filed = make([]posting, total)
	next := slices.Clone(x.starts)
	for i, list := range witnesses {
		also := second(x.conditions[i].expr, list, &x.costs)
		for _, a := range list {
			x.filed[next[a]] = posting{int32(i), also}
			next[a]++
		}
	}
}

// under lists the conditions filed under an atom.
func (x *index) under(a atom) []posting { return x.filed[x.starts[a]:x.starts[a+1]] }

// means appends the atoms that a word of an entry is.
func (x *index) means(list []atom, surface string) []atom {
	w := text.WordAt(surface, text.Span{End: len(surface)})
	for k, s := range [kinds]string{byForm: w.Fold, byExact: w.Exact, byPrefix: w.Fold, byExactPrefix: w.Exact} {
		if kind(k) < byPrefix {
			list = append(list, x.words[k][s]...)
			continue
		}
		for _, n := range x.lengths[k] {
			if n > len(s) {
				break
			}
			list = append(list, x.words[k][s[:n]]...)
		}
	}
	return list
}
