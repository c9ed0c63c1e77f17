package rules

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/feed"
)

// Explanation says whether a condition holds for an entry, and why: the parts that it is
// made of, each with the places that make it hold.
type Explanation struct {
	// Condition is in the query language, or what joins the parts: "all of", "any of".
	Condition string
	Holds     bool
	Hits      []Hit
	// Forms are the spellings that the last word of a term stands for; nil if there is one only.
	Forms []string
	Parts []Explanation
}

// Explain tells why a rule holds for an entry or does not. The first part is whether the rule
// looks at such entries, the second its condition. It reports false if there is no such rule.
func (s *Set) Explain(id string, e feed.Entry) (Explanation, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Explanation{}, false
	}
	rule := &s.rules[i]
	r := newReading(s.index)
	r.read(e)
	scope := Explanation{Condition: rule.scope(), Holds: rule.covers(e)}
	why := r.explain(s.conditionOf(int32(i)))
	return Explanation{
		Condition: "rule " + id, Holds: scope.Holds && why.Holds, Hits: why.Hits,
		Parts: []Explanation{scope, why},
	}, true
}

// conditionOf finds the condition of a rule, which it may share with others.
func (s *Set) conditionOf(rule int32) expr {
	i := slices.IndexFunc(s.index.conditions, func(c condition) bool { return slices.Contains(c.rules, rule) })
	return s.index.conditions[i].expr
}

// scope says which entries a rule looks at.
func (r *Rule) scope() string {
	var parts []string
	for _, p := range []struct {
		name string
		list []string
	}{{"sources", r.Sources}, {"languages", r.Languages}, {"tags", r.Tags}} {
		if len(p.list) > 0 {
			parts = append(parts, p.name+" "+strings.Join(p.list, ", "))
		}
	}
	if parts == nil {
		return "looks at every entry"
	}
	return "looks at " + strings.Join(parts, "; ")
}

func (r *reading) explain(e expr) Explanation {
	places, ok := e.eval(r, r.whole(), nil)
	x := Explanation{Holds: ok}
	r.hits = r.hits[:0]
	r.addHits(places)
	x.Hits = slices.Clone(r.hits)
	list := func(name string, parts []expr) {
		x.Condition = name
		for _, part := range parts {
			x.Parts = append(x.Parts, r.explain(part))
		}
	}
	switch e := e.(type) {
	case allOf:
		list("all of", e)
	case anyOf:
		list("any of", e)
	case noneOf:
		list("none of", e)
	case *atLeast:
		list(fmt.Sprintf("at least %d of", e.n), e.list)
	case *sentence:
		list("in one sentence", []expr{e.of})
	case *near:
		list(fmt.Sprintf("within %d words", e.words), []expr{e.a, e.b})
		if e.ordered {
			x.Condition += ", in this order"
		}
	default:
		var p printer
		e.write(&p)
		x.Condition = p.String()
		if t, ok := e.(*term); ok {
			if forms := t.words[len(t.words)-1].forms; len(forms) > 1 {
				x.Forms = slices.Clone(forms)
			}
		}
	}
	return x
}

// String draws the explanation as a tree, a line for each part:
//
//	✓ rule blackout
//	  ✓ looks at every entry
//	  ✗ all of
//	    ✓ power: text 4–9 "power"
//	    ✗ strike [strike strikes striking struck]
func (x Explanation) String() string {
	var b strings.Builder
	x.draw(&b, 0)
	return b.String()
}

func (x Explanation) draw(b *strings.Builder, depth int) {
	mark := "✗ "
	if x.Holds {
		mark = "✓ "
	}
	b.WriteString(strings.Repeat("  ", depth) + mark + x.Condition)
	if x.Forms != nil {
		fmt.Fprintf(b, " [%s]", strings.Join(x.Forms, " "))
	}
	for i, h := range x.Hits {
		if len(x.Parts) > 0 {
			break // its parts say where
		}
		if i > 0 {
			b.WriteByte(',')
		} else {
			b.WriteByte(':')
		}
		fmt.Fprintf(b, " %s %d–%d %q", h.Field, h.Start, h.End, h.Text)
	}
	b.WriteByte('\n')
	for _, p := range x.Parts {
		p.draw(b, depth+1)
	}
}
