// Package rules says which entries matter, and why. Rule files in YAML compile
// to an immutable Set; a Set matches entries and tells the places that matched.
package rules

import (
	"cmp"
	"slices"
	"strings"

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
	rules []Rule
	byID  map[string]int
	notes []string
	index index
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
	var matches []Match
	d := analyse(e)
	for _, i := range s.index.candidates(d) {
		r := &s.rules[i]
		if !r.covers(e) {
			continue
		}
		if hits, ok := r.match.eval(d); ok {
			matches = append(matches, Match{Rule: r.ID, Title: r.Title, Severity: r.Severity, Hits: ordered(hits)})
		}
	}
	return matches
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

var fieldOrder = map[Field]int{FieldTitle: 0, FieldText: 1, FieldAuthor: 2, FieldTag: 3}

// ordered sorts hits by field and place and drops what stands there twice.
func ordered(hits []Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(fieldOrder[a.Field], fieldOrder[b.Field]), cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.End, b.End), strings.Compare(a.Term, b.Term))
	})
	return slices.Compact(append([]Hit{}, hits...))
}
