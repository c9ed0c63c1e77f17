package rules

import (
	"cmp"
	"slices"
	"strings"
)

// witness is a few atoms of which one stands wherever a condition holds.
type witness struct {
	atoms []atom
	cost  float64 // how many entries are expected to have one of them
}

// weights says how common each atom is expected to be.
type weights []float64

func (t *term) witness(w *weights) *witness { return &witness{[]atom{t.atom}, (*w)[t.atom]} }

// The rarest part will do.
func (a allOf) witness(w *weights) *witness { return rarest(witnesses(a, w)) }

// Each part may be the one that holds.
func (a anyOf) witness(w *weights) *witness {
	list := witnesses(a, w)
	if len(list) < len(a) {
		return nil
	}
	return union(list)
}

func (noneOf) witness(*weights) *witness { return nil }

// If n of k parts hold, one of any k-n+1 does.
func (a *atLeast) witness(w *weights) *witness {
	list := witnesses(a.list, w)
	enough := len(a.list) - a.n + 1
	if len(list) < enough {
		return nil
	}
	slices.SortStableFunc(list, func(a, b *witness) int { return cmp.Compare(a.cost, b.cost) })
	return union(list[:enough])
}

func (s *sentence) witness(w *weights) *witness { return s.of.witness(w) }

func (n *near) witness(w *weights) *witness {
	return rarest([]*witness{n.a.witness(w), n.b.witness(w)})
}

func (e *entityRef) witness(w *weights) *witness { return e.aliases.witness(w) }

// second chooses one more atom that must stand where the condition holds, besides the
// witness, for a look at it is cheaper than trying the condition; 0 if there is none, else one
// above the atom.
func second(e expr, chosen []atom, w *weights) atom {
	var parts []expr
	switch e := e.(type) {
	case allOf:
		parts = e
	case *near:
		parts = []expr{e.a, e.b}
	case *sentence:
		return second(e.of, chosen, w)
	}
	single := slices.DeleteFunc(witnesses(parts, w), func(w *witness) bool {
		return len(w.atoms) != 1 || slices.Contains(chosen, w.atoms[0])
	})
	if one := rarest(single); one != nil {
		return one.atoms[0] + 1
	}
	return 0
}

func witnesses(list []expr, w *weights) []*witness {
	var found []*witness
	for _, e := range list {
		if one := e.witness(w); one != nil {
			found = append(found, one)
		}
	}
	return found
}

func rarest(list []*witness) *witness {
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, func(a, b *witness) int { return cmp.Compare(a.cost, b.cost) })
}

func union(list []*witness) *witness {
	all := &witness{}
	for _, w := range list {
		all.atoms = append(all.atoms, w.atoms...)
		all.cost += w.cost
	}
	return all
}

// cost guesses how common a word is: the words that hold a language together stand in
// nearly every entry, long ones in few.
func cost(w word) float64 {
	total := 0.0
	for _, form := range w.forms {
		c := 1 / float64(1+len(form))
		switch {
		case w.prefix:
			c *= 8
		case common[form] && w.exact == "":
			c = 10
		}
		total += c
	}
	return total
}

// common words of news in English, and of what holds other languages together.
var common = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a about after against all also an and are around as at be because been before being between
		but by can could country day did do during each end first five for four from further get go government had has have he her here him his
		how i if in into is it its last late later live made make many may minister more most mr much near new news next no not now of off
		officials on one only or other our out over own part people police president reported said same say says second see several
		she should since so some south still such take than that the their them then there these they this those three through time to
		today told two under until up update us was we week were what when where which while who will with world would year years you
		la le les un une des du de et en est dans que qui pour par sur au aux plus der die das und ist den von mit el los las y del se por con
		и в не на что он с как по это из к у за от о у та що і й на до з як за від про під`) {
		set[w] = true
	}
	return set
}()
