// Package rules says which entries matter, and why. Rule files in YAML compile
// to an immutable Set; a Set matches entries and tells the places that matched.
package rules

import (
	"slices"
	"strings"
	"sync"

	"tocsin/feed"
	"tocsin/text"
)

// Rule is a rule as its file gives it.
type Rule struct {
	ID       string
	Title    string
	Severity Severity
	File     string // as it was named when it was loaded
	Line     int
	// Sources, Languages and Tags narrow the entries it looks at; empty for all.
	Sources   []string
	Languages []string
	Tags      []string

	match expr
	tests []example
}

// Set is a compiled set of rules: immutable, and safe to share.
type Set struct {
	rules    []Rule
	byID     map[string]int
	notes    []string
	index    *index
	readings sync.Pool // of *reading
}

// Rules returns the rules in the order of the files.
func (s *Set) Rules() []Rule { return slices.Clone(s.rules) }

// Rule returns the rule of an id, and whether there is one.
func (s *Set) Rule(id string) (Rule, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Rule{}, false
	}
	return s.rules[i], true
}

// Notes returns what a rule's author may not expect, one sentence each: such as
// a keyword whose capitals count.
func (s *Set) Notes() []string { return slices.Clone(s.notes) }

// Match returns the rules that hold for e, in the order of the files.
func (s *Set) Match(e feed.Entry) []Match {
	r, ok := s.readings.Get().(*reading)
	if !ok {
		r = newReading(s.index)
	}
	r.read(e)
	matches := s.match(r, e)
	r.forget()
	s.readings.Put(r)
	return matches
}

// match tries the conditions whose witness stands in the reading.
func (s *Set) match(r *reading, e feed.Entry) []Match {
	if r.serial++; r.serial == 0 {
		clear(r.tried)
		r.serial = 1
	}
	r.held, r.hits = r.held[:0], r.hits[:0]
	for _, a := range r.atoms {
		for _, p := range s.index.under(a) {
			if p.also != 0 && r.counts[p.also-1] == 0 || r.tried[p.condition] == r.serial {
				continue
			}
			r.tried[p.condition] = r.serial
			s.try(r, e, &s.index.conditions[p.condition])
		}
	}
	if len(r.held) == 0 {
		return nil
	}
	slices.SortFunc(r.held, func(a, b held) int { return int(a.rule - b.rule) })
	hits := slices.Clone(r.hits)
	matches := make([]Match, len(r.held))
	for i, h := range r.held {
		rule := &s.rules[h.rule]
		matches[i] = Match{Rule: rule.ID, Title: rule.Title, Severity: rule.Severity, Hits: hits[h.from:h.to:h.to]}
	}
	return matches
}

// try notes the rules that ask for a condition if it holds.
func (s *Set) try(r *reading, e feed.Entry, c *condition) {
	places, ok := c.eval(r, r.whole(), r.result[:0])
	r.result = places[:0]
	if !ok {
		return
	}
	for _, i := range c.rules {
		if !s.rules[i].covers(e) {
			continue
		}
		from := len(r.hits)
		r.addHits(places)
		r.held = append(r.held, held{i, int32(from), int32(len(r.hits))})
	}
}

// covers reports whether the rule looks at an entry at all.
func (r *Rule) covers(e feed.Entry) bool {
	return (len(r.Sources) == 0 || slices.ContainsFunc(r.Sources, func(s string) bool {
		// A live blog's id begins with that of the feed that announced it.
		return e.Source == s || strings.HasPrefix(e.Source, s+"/")
	})) && (len(r.Languages) == 0 || e.Language == "" || slices.ContainsFunc(r.Languages, func(l string) bool {
		return sameLanguage(e.Language, l)
	})) && (len(r.Tags) == 0 || slices.ContainsFunc(r.Tags, func(t string) bool {
		return slices.ContainsFunc(e.Tags, func(tag string) bool { return text.Fold(tag) == text.Fold(t) })
	}))
}

// sameLanguage compares BCP 47 tags: "en" covers "en-GB".
func sameLanguage(tag, wanted string) bool {
	tag, wanted = strings.ToLower(strings.ReplaceAll(tag, "_", "-")), strings.ToLower(wanted)
	return tag == wanted || strings.HasPrefix(tag, wanted+"-")
}
