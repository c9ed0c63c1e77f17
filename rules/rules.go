// Package rules says which entries matter, and why. Rule files in YAML compile
// to an immutable Set; a Set matches entries and tells the places that matched.
package rules

import "tocsin/feed"

// Set is a compiled set of rules: immutable, and safe to share.
type Set struct{}

// Match returns the rules that hold for e, in the order of the files.
func (s *Set) Match(e feed.Entry) []Match { return nil }
