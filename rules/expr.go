package rules

import "slices"

// expr is a condition on a document.
type expr interface {
	// eval reports whether the condition holds, and the places that make it hold.
	eval(d *document) ([]Hit, bool)
	// positive reports whether it can hold only where something stands, not
	// merely where something is missing.
	positive() bool
}

// allOf holds if every part holds.
type allOf []expr

func (a allOf) eval(d *document) (hits []Hit, ok bool) {
	for _, e := range a {
		h, ok := e.eval(d)
		if !ok {
			return nil, false
		}
		hits = append(hits, h...)
	}
	return hits, true
}

func (a allOf) positive() bool { return slices.ContainsFunc(a, expr.positive) }

// anyOf holds if one part or more holds.
type anyOf []expr

func (a anyOf) eval(d *document) (hits []Hit, ok bool) {
	for _, e := range a {
		if h, holds := e.eval(d); holds {
			hits, ok = append(hits, h...), true
		}
	}
	return hits, ok
}

func (a anyOf) positive() bool {
	return !slices.ContainsFunc(a, func(e expr) bool { return !e.positive() })
}

// noneOf holds if no part holds.
type noneOf []expr

func (n noneOf) eval(d *document) ([]Hit, bool) {
	_, ok := anyOf(n).eval(d)
	return nil, !ok
}

func (noneOf) positive() bool { return false }

// entityRef holds where an entity is named: an alias that does not lie in one of the
// contexts that mean something else.
type entityRef struct {
	aliases anyOf
	not     anyOf
}

func (r *entityRef) eval(d *document) ([]Hit, bool) {
	hits, _ := r.aliases.eval(d)
	if len(hits) == 0 {
		return nil, false
	}
	others, _ := r.not.eval(d)
	hits = slices.DeleteFunc(hits, func(h Hit) bool {
		return slices.ContainsFunc(others, func(o Hit) bool {
			return o.Field == h.Field && o.Start <= h.Start && h.End <= o.End
		})
	})
	return hits, len(hits) > 0
}

func (*entityRef) positive() bool { return true }
