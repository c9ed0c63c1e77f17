package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"tocsin/feed"
	"tocsin/text"
)

// The reference matcher says what the language means, in the most obvious way: every
// condition is tried at every word. The engine must agree with it.

// refWord is a word of an entry, with all that the reference asks about it.
type refWord struct {
	text.Word
	passage, sentence int
	field             Field
	shouts            bool
}

// refPlace is where something stands: words from first to last.
type refPlace struct {
	first, last int
	label       string
}

type reference struct {
	words []refWord
	texts []string
}

func newReference(e feed.Entry) *reference {
	r := &reference{}
	add := func(f Field, s string) {
		if s == "" {
			return
		}
		words, sentences := text.Words(s), text.Sentences(s)
		shouts := len(words) > 2 && !strings.ContainsFunc(s, unicode.IsLower)
		for _, w := range words {
			at := slices.IndexFunc(sentences, func(sp text.Span) bool { return w.Start < sp.End })
			r.words = append(r.words, refWord{w, len(r.texts), len(r.texts)*1_000_000 + at, f, shouts})
		}
		r.texts = append(r.texts, s)
	}
	add(FieldTitle, e.Title)
	add(FieldText, e.Text)
	add(FieldAuthor, e.Author)
	for _, tag := range e.Tags {
		add(FieldTag, tag)
	}
	return r
}

// match lists the hits of a condition; ok is whether it holds.
func (r *reference) match(e expr) (hits []Hit, ok bool) {
	places, ok := r.eval(e, 0, len(r.words))
	if !ok {
		return nil, false
	}
	slices.SortFunc(places, func(a, b refPlace) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last), cmp.Compare(a.label, b.label))
	})
	hits = []Hit{}
	for _, p := range slices.Compact(places) {
		first, last := r.words[p.first], r.words[p.last]
		hits = append(hits, Hit{Field: first.field, Start: first.Start, End: last.End, Text: r.texts[first.passage][first.Start:last.End], Term: p.label})
	}
	return hits, true
}

// eval finds the places of a condition among the words from low to high.
func (r *reference) eval(e expr, low, high int) (places []refPlace, ok bool) {
	switch e := e.(type) {
	case *term:
		for i := low; i+len(e.words) <= high; i++ {
			if r.stands(e, i) {
				places = append(places, refPlace{i, i + len(e.words) - 1, e.label})
			}
		}
		return places, len(places) > 0
	case allOf:
		return r.atLeast(e, len(e), low, high)
	case anyOf:
		return r.atLeast(e, 1, low, high)
	case *atLeast:
		return r.atLeast(e.list, e.n, low, high)
	case noneOf:
		_, found := r.atLeast(e, 1, low, high)
		return nil, !found
	case *sentence:
		for i := low; i < high; {
			end := i
			for end < high && r.words[end].sentence == r.words[i].sentence {
				end++
			}
			p, holds := r.eval(e.of, i, end)
			places, ok = append(places, p...), ok || holds
			i = end
		}
		return places, ok
	case *near:
		a, _ := r.eval(e.a, low, high)
		b, _ := r.eval(e.b, low, high)
		for _, a := range a {
			for _, b := range b {
				if r.near(e, a, b) {
					places = append(places, a, b)
				}
			}
		}
		return places, len(places) > 0
	case *entityRef:
		if e.needs != nil {
			if _, holds := r.eval(e.needs, 0, len(r.words)); !holds {
				return nil, false
			}
		}
		aliases, _ := r.eval(e.aliases, low, high)
		others, _ := r.eval(e.not, 0, len(r.words))
		for _, a := range aliases {
			if !slices.ContainsFunc(others, func(o refPlace) bool { return o.first <= a.first && a.last <= o.last }) {
				places = append(places, a)
			}
		}
		return places, len(places) > 0
	}
	panic("unknown condition")
}

func (r *reference) atLeast(list []expr, n, low, high int) (places []refPlace, ok bool) {
	held := 0
	for _, e := range list {
		if p, holds := r.eval(e, low, high); holds {
			places = append(places, p...)
			held++
		}
	}
	if held < n {
		return nil, false
	}
	return places, true
}

func (r *reference) near(n *near, a, b refPlace) bool {
	if r.words[a.first].passage != r.words[b.first].passage {
		return false
	}
	after, before := b.first-a.last, a.first-b.last
	return 1 <= after && after <= n.words || !n.ordered && 1 <= before && before <= n.words
}

func (r *reference) stands(t *term, at int) bool {
	for i, w := range t.words {
		found := r.words[at+i]
		if found.passage != r.words[at].passage || !t.fields.has(found.field) {
			return false
		}
		s, wanted := found.Fold, w.forms
		if w.exact != "" {
			if found.shouts {
				return false
			}
			s, wanted = found.Exact, []string{w.exact}
		}
		if !slices.ContainsFunc(wanted, func(form string) bool { return s == form || w.prefix && strings.HasPrefix(s, form) }) {
			return false
		}
	}
	return true
}
