package rules

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"tocsin/feed"
	"tocsin/text"
)

// reading is an entry, read once for all rules: which atoms of the index stand in it, and
// where. It is used for one entry after the other, so that reading costs no memory.
type reading struct {
	index    *index
	passages []passage
	tokens   []token
	found    []finding // in the order of reading
	// at[a] and at[a]+n[a] bound the occurrences of atom a in places; only what
	// stands in atoms is valid.
	counts []int32
	starts []int32
	atoms  []atom
	places []occurrence

	memo  map[string]meaning
	arena []atom

	// Scratch of evaluation.
	result    []place
	numbers   []int32
	sentences []int32 // the end of each token's sentence; empty until asked for
	spans     []text.Span
	tried     []uint32 // the reading in which a condition was evaluated last
	serial    uint32
	held      []held
	hits      []Hit
}

// passage is one field of an entry; each tag is one of its own.
type passage struct {
	field Field
	text  string
	// shouts says that the passage is written in capitals, which are no evidence then.
	shouts bool
	end    int32 // its last token + 1
}

// token is a word of a passage.
type token struct {
	start, end int32 // bytes of the passage
	passage    int32
	meaning
}

// meaning lists the atoms that a word is: a stretch of the arena.
type meaning struct{ from, to int32 }

// occurrence is where an atom stands: tokens and passage.
type occurrence struct{ first, last, passage int32 }

type finding struct {
	atom atom
	occurrence
}

// stretch is a run of tokens, end exclusive.
type stretch struct{ first, end int32 }

func (r *reading) whole() stretch { return stretch{0, int32(len(r.tokens))} }

// maxMemo bounds the words that a reading remembers from entry to entry.
const maxMemo = 1 << 16

func newReading(x *index) *reading {
	return &reading{
		index:  x,
		counts: make([]int32, x.atoms), starts: make([]int32, x.atoms),
		memo:  map[string]meaning{},
		tried: make([]uint32, len(x.conditions)),
	}
}

// read takes in an entry; what it held before is gone.
func (r *reading) read(e feed.Entry) {
	for _, a := range r.atoms {
		r.counts[a] = 0
	}
	r.passages, r.tokens, r.found, r.atoms = r.passages[:0], r.tokens[:0], r.found[:0], r.atoms[:0]
	r.sentences, r.numbers, r.result = r.sentences[:0], r.numbers[:0], r.result[:0]
	if len(r.memo) > maxMemo {
		clear(r.memo)
		r.arena = r.arena[:0]
	}
	r.add(FieldTitle, e.Title)
	r.add(FieldText, e.Text)
	r.add(FieldAuthor, e.Author)
	for _, tag := range e.Tags {
		r.add(FieldTag, tag)
	}
	for i := range r.tokens {
		r.begin(i)
	}
	r.sortPlaces()
}

// forget lets go of the entry's texts.
func (r *reading) forget() {
	clear(r.passages)
	clear(r.hits)
	r.result, r.hits = r.result[:0], r.hits[:0]
}

func (r *reading) add(f Field, s string) {
	if s == "" {
		return
	}
	r.spans = text.Spans(r.spans[:0], s)
	n := int32(len(r.passages))
	for _, span := range r.spans {
		r.tokens = append(r.tokens, token{int32(span.Start), int32(span.End), n, r.mean(s[span.Start:span.End])})
	}
	r.passages = append(r.passages, passage{
		field: f, text: s, end: int32(len(r.tokens)),
		shouts: len(r.spans) > 2 && !strings.ContainsFunc(s, unicode.IsLower),
	})
}

// mean looks up what a word is; each spelling is worked out once.
func (r *reading) mean(surface string) meaning {
	m, ok := r.memo[surface]
	if !ok {
		m.from = int32(len(r.arena))
		r.arena = r.index.means(r.arena, surface)
		m.to = int32(len(r.arena))
		r.memo[strings.Clone(surface)] = m
	}
	return m
}

// begin finds the atoms that begin at a token.
func (r *reading) begin(i int) {
	t := &r.tokens[i]
	for _, a := range r.arena[t.from:t.to] {
		if r.passages[t.passage].shouts && r.index.exact.has(a) {
			continue
		}
		if r.index.ends.has(a) {
			r.mark(a, i, i)
		}
		if r.index.goesOn.has(a) {
			r.follow(a, i, i+1)
		}
	}
}

// follow finds the phrases that begin at first and go on at the token next.
func (r *reading) follow(node atom, first, next int) {
	if next >= len(r.tokens) || r.tokens[next].passage != r.tokens[first].passage {
		return
	}
	t := &r.tokens[next]
	for _, a := range r.arena[t.from:t.to] {
		if r.passages[t.passage].shouts && r.index.exact.has(a) {
			continue
		}
		to, ok := r.index.edges[edge{node, a}]
		if !ok {
			continue
		}
		if r.index.ends.has(to) {
			r.mark(to, first, next)
		}
		if r.index.goesOn.has(to) {
			r.follow(to, first, next+1)
		}
	}
}

func (r *reading) mark(a atom, first, last int) {
	if r.counts[a] == 0 {
		r.atoms = append(r.atoms, a)
	}
	r.counts[a]++
	r.found = append(r.found, finding{a, occurrence{int32(first), int32(last), r.tokens[first].passage}})
}

// sortPlaces puts the occurrences of each atom next to each other, in the order of the text.
func (r *reading) sortPlaces() {
	at := int32(0)
	for _, a := range r.atoms {
		r.starts[a] = at
		at += r.counts[a]
		r.counts[a] = 0
	}
	if cap(r.places) < len(r.found) {
		r.places = make([]occurrence, len(r.found), 2*len(r.found))
	}
	r.places = r.places[:len(r.found)]
	for _, f := range r.found {
		r.places[r.starts[f.atom]+r.counts[f.atom]] = f.occurrence
		r.counts[f.atom]++
	}
}

// of lists where an atom stands, in the order of the text.
func (r *reading) of(a atom) []occurrence {
	n := r.counts[a]
	if n == 0 {
		return nil
	}
	return r.places[r.starts[a] : r.starts[a]+n]
}

// sentenceEnd returns the end of the sentence that a token stands in: tokens, exclusive.
func (r *reading) sentenceEnd(at int32) int32 {
	if at >= int32(len(r.tokens)) {
		return math.MaxInt32
	}
	if len(r.sentences) == 0 {
		r.splitSentences()
	}
	return r.sentences[at]
}

func (r *reading) splitSentences() {
	first := int32(0)
	for _, p := range r.passages {
		for _, s := range text.Sentences(p.text) {
			end := first
			for end < p.end && int(r.tokens[end].start) < s.End {
				end++
			}
			for ; first < end; first++ {
				r.sentences = append(r.sentences, end)
			}
		}
		for ; first < p.end; first++ {
			r.sentences = append(r.sentences, p.end)
		}
	}
}

// addHits notes places as callers see them, in the order of the entry and each once.
func (r *reading) addHits(places []place) {
	slices.SortFunc(places, func(a, b place) int {
		if a.first != b.first {
			return int(a.first - b.first)
		}
		return cmp.Or(cmp.Compare(a.last, b.last), strings.Compare(a.label, b.label))
	})
	for i, p := range places {
		if i > 0 && p == places[i-1] {
			continue
		}
		in := &r.passages[p.passage]
		start, end := r.tokens[p.first].start, r.tokens[p.last].end
		r.hits = append(r.hits, Hit{Field: in.field, Start: int(start), End: int(end), Text: in.text[start:end], Term: p.label})
	}
}

// held is a rule that holds, and which of the hits are its.
type held struct{ rule, from, to int32 }
