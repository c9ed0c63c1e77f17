package rules

import "slices"

// expr is a condition on a reading: one tree, whichever way it was written.
type expr interface {
	// eval reports whether the condition holds within a stretch of the reading, and
	// appends the places that make it hold; if it does not hold, places is returned as it was.
	eval(r *reading, in stretch, places []place) ([]place, bool)
	// positive reports whether it can hold only where something stands, not
	// merely where something is missing.
	positive() bool
	// witness chooses atoms of which one stands in every reading for which the
	// condition holds, as rare ones as it can; nil if there are none.
	witness(w *weights) *witness
	// write puts the condition into the query language.
	write(p *printer)
}

// place is where a term stands, and how hits name it.
type place struct {
	occurrence
	label string
}

// allOf holds if every part holds.
type allOf []expr

func (a allOf) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start := len(places)
	for _, e := range a {
		var ok bool
		if places, ok = e.eval(r, in, places); !ok {
			return places[:start], false
		}
	}
	return places, true
}

func (a allOf) positive() bool { return slices.ContainsFunc(a, expr.positive) }

// anyOf holds if one part or more holds.
type anyOf []expr

func (a anyOf) eval(r *reading, in stretch, places []place) ([]place, bool) {
	found := false
	for _, e := range a {
		var ok bool
		places, ok = e.eval(r, in, places)
		found = found || ok
	}
	return places, found
}

func (a anyOf) positive() bool { return allPositive(a) }

// noneOf holds if no part holds.
type noneOf []expr

func (n noneOf) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start := len(places)
	places, ok := anyOf(n).eval(r, in, places)
	return places[:start], !ok
}

func (noneOf) positive() bool { return false }

// atLeast holds if so many of its parts hold.
type atLeast struct {
	n    int
	list []expr
}

func (a *atLeast) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start, n := len(places), 0
	for _, e := range a.list {
		var ok bool
		if places, ok = e.eval(r, in, places); ok {
			n++
		}
	}
	if n < a.n {
		return places[:start], false
	}
	return places, true
}

func (a *atLeast) positive() bool {
	negative := 0
	for _, e := range a.list {
		if !e.positive() {
			negative++
		}
	}
	return negative < a.n
}

// sentence holds if one sentence has all that its parts ask for.
type sentence struct{ of expr }

func (s *sentence) eval(r *reading, in stretch, places []place) ([]place, bool) {
	found := false
	for from := in.first; from < in.end; {
		end := min(r.sentenceEnd(from), in.end)
		var ok bool
		places, ok = s.of.eval(r, stretch{from, end}, places)
		found = found || ok
		from = end
	}
	return places, found
}

func (s *sentence) positive() bool { return s.of.positive() }

func allPositive(list []expr) bool {
	return !slices.ContainsFunc(list, func(e expr) bool { return !e.positive() })
}
