package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Failure is a test inside a rule file that did not come out as it says.
type Failure struct {
	Rule  string
	Place string // file:line:column of the test
	Text  string // what was tested
	Why   string
}

// String is one line for a person.
func (f Failure) String() string {
	return fmt.Sprintf("%s: rule %s: %s: %q", f.Place, f.Rule, f.Why, f.Text)
}

// Test runs the tests inside the rule files. It returns those that fail, and how many
// there are in all.
func (s *Set) Test() (failures []Failure, total int) {
	for i := range s.rules {
		r := &s.rules[i]
		for _, x := range r.tests {
			total++
			if why := s.examine(r, x); why != "" {
				failures = append(failures, Failure{
					Rule: r.ID, Place: x.place, Why: why,
					Text: strings.TrimSpace(x.entry.Title + "\n" + x.entry.Text),
				})
			}
		}
	}
	return failures, total
}

// examine returns why a test of a rule fails, or "".
func (s *Set) examine(r *Rule, x example) string {
	var found []string
	ok := false
	for _, m := range s.Match(x.entry) {
		if m.Rule != r.ID {
			continue
		}
		ok = true
		for _, h := range m.Hits {
			found = append(found, h.Text)
		}
	}
	switch {
	case ok && !x.match:
		return fmt.Sprintf("must not match, and does, by %q", found)
	case !ok && x.match:
		return "must match, and does not"
	}
	for _, want := range x.hits {
		if !slices.Contains(found, want) {
			return fmt.Sprintf("must hit %q, and hits %q", want, found)
		}
	}
	return ""
}
