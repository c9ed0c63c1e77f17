package rules

import "slices"

// expr is a condition on a document.
type expr interface {
	// eval reports whether the condition holds, and the places that make it hold.
	eval(d *document) ([]Hit, bool)
	// needs lists keys, one of which every document has in which the condition holds
	// (see [document.keys]); nil if it can hold merely because something is missing.
	needs() []string
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

// needs are those of the part with the fewest, as every part must hold.
func (a allOf) needs() (fewest []string) {
	for _, e := range a {
		if keys := e.needs(); keys != nil && (fewest == nil || len(keys) < len(fewest)) {
			fewest = keys
		}
	}
	return fewest
}

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

func (a anyOf) needs() (all []string) {
	for _, e := range a {
		keys := e.needs()
		if keys == nil {
			return nil
		}
		all = append(all, keys...)
	}
	return all
}

// noneOf holds if no part holds.
type noneOf []expr

func (n noneOf) eval(d *document) ([]Hit, bool) {
	_, ok := anyOf(n).eval(d)
	return nil, !ok
}

func (noneOf) needs() []string { return nil }

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

func (r *entityRef) needs() []string { return r.aliases.needs() }
