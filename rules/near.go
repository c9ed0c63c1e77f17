package rules

import "slices"

// maxNear is the most words that nearness spans.
const maxNear = 100

// near holds where a place of a and a place of b stand in one field with at most words
// steps from the one to the other: neighbours are one step apart.
type near struct {
	a, b    expr
	words   int
	ordered bool // b must come after a
}

func (n *near) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start := len(places)
	places, ok := n.a.eval(r, in, places)
	if !ok {
		return places[:start], false
	}
	middle := len(places)
	places, ok = n.b.eval(r, in, places)
	if !ok {
		return places[:start], false
	}
	a, b := places[start:middle], places[middle:]
	// Whether a place counts is decided by the nearest one of the other side, before it or
	// after it, so that long lists cost no more than their sorting.
	mark := len(r.numbers)
	aLast, bFirst := r.sorted(a, place.to), r.sorted(b, place.from)
	var aFirst, bLast []int32
	if !n.ordered {
		aFirst, bLast = r.sorted(a, place.from), r.sorted(b, place.to)
	}
	kept := start
	for i := range places[start:] {
		p := places[start+i]
		var holds bool
		if i < len(a) {
			holds = n.follows(p, bFirst) || !n.ordered && n.precedes(p, bLast)
		} else {
			holds = n.precedes(p, aLast) || !n.ordered && n.follows(p, aFirst)
		}
		if holds {
			places[kept] = p
			kept++
		}
	}
	r.numbers = r.numbers[:mark]
	return places[:kept], kept > start
}

// follows reports whether one of the firsts comes after p and near it.
func (n *near) follows(p place, firsts []int32) bool {
	i, _ := slices.BinarySearch(firsts, p.to()+1)
	return i < len(firsts) && int(firsts[i]-p.to()) <= n.words
}

// precedes reports whether one of the lasts comes before p and near it.
func (n *near) precedes(p place, lasts []int32) bool {
	i, _ := slices.BinarySearch(lasts, p.from())
	return i > 0 && int(p.from()-lasts[i-1]) <= n.words
}

// fieldGap keeps the words of two fields further apart than nearness reaches.
const fieldGap = maxNear + 1

// from and to count the words of all fields through, with a gap between two fields.
func (p place) from() int32 { return p.first + p.passage*fieldGap }
func (p place) to() int32   { return p.last + p.passage*fieldGap }

// sorted lists an end of each place; the list is valid until numbers is cut back.
func (r *reading) sorted(places []place, end func(place) int32) []int32 {
	mark := len(r.numbers)
	for _, p := range places {
		r.numbers = append(r.numbers, end(p))
	}
	list := r.numbers[mark:len(r.numbers):len(r.numbers)]
	slices.Sort(list)
	return list
}

func (n *near) positive() bool { return true }

// standsSomewhere reports whether a condition has places to measure from: words, phrases,
// entities and alternatives of them.
func standsSomewhere(e expr) bool {
	switch e := e.(type) {
	case *term, *entityRef:
		return true
	case anyOf:
		return !slices.ContainsFunc(e, func(e expr) bool { return !standsSomewhere(e) })
	}
	return false
}
