package rules

// entityRef holds where an entity is named: an alias that does not lie in one of the
// contexts that mean something else, in an entry that has what the entity needs.
type entityRef struct {
	id      string
	aliases anyOf // of terms
	not     anyOf // of terms
	needs   expr  // nil for nothing
}

func (e *entityRef) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start := len(places)
	if e.needs != nil {
		if _, ok := e.needs.eval(r, r.whole(), places); !ok {
			return places[:start], false
		}
	}
	places, _ = e.aliases.eval(r, in, places)
	kept := start
	for _, p := range places[start:] {
		if !e.means(r, p) {
			continue
		}
		places[kept] = p
		kept++
	}
	return places[:kept], kept > start
}

// means reports whether the name at p stands for the entity there.
func (e *entityRef) means(r *reading, p place) bool {
	for _, other := range e.not {
		if other.(*term).covers(r, p) {
			return false
		}
	}
	return true
}

func (*entityRef) positive() bool { return true }

// in narrows an entity to some fields.
func (e *entityRef) in(fields fieldSet) *entityRef {
	narrow := func(list anyOf) anyOf {
		narrowed := make(anyOf, len(list))
		for i, x := range list {
			t := *x.(*term)
			t.fields = fields
			narrowed[i] = &t
		}
		return narrowed
	}
	return &entityRef{id: e.id, aliases: narrow(e.aliases), not: narrow(e.not), needs: e.needs}
}
