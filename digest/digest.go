// Package digest decides who is told what and when, and puts what is told into
// order: alerts and digests before any chat's markup. It is pure: nothing here
// reads a clock, a file or a database.
package digest

import (
	"time"

	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

// Alert is what one subscription is told of one entry.
type Alert struct {
	Subscription Subscription
	Source       feed.Source
	Entry        feed.Entry
	Matches      []rules.Match // those the subscription asked for, loudest first; empty once the entry matches no more
	// Change says why the alert is (re)written: new at first, then edited,
	// removed or restored.
	Change feed.Change
	At     time.Time // when that change was read
	// Edits is the difference between the version that was posted first and Entry, title and
	// text each; both empty for a new entry.
	TitleEdits []text.Edit
	TextEdits  []text.Edit
}

// Severity is the loudest severity among the matches.
func (a Alert) Severity() rules.Severity {
	s := rules.Info
	for _, m := range a.Matches {
		s = max(s, m.Severity)
	}
	return s
}

// Item is an entry and why it is worth a line in a digest.
type Item struct {
	Source  feed.Source
	Entry   feed.Entry
	Matches []rules.Match
	Removed bool // the publisher took the entry back
}

// Digest is what one subscription is told of a stretch of time.
type Digest struct {
	Subscription Subscription
	From, To     time.Time // what was recorded from From until before To
	// Due is the slot of the schedule this digest fills; To is later when the
	// program was down at that time. Zero for a digest on demand.
	Due    time.Time
	Topics []Topic
}

// Topic is the part of a digest that one rule fills.
type Topic struct {
	Rule     string         `json:"rule"` // "" for a digest without rules
	Title    string         `json:"title"`
	Severity rules.Severity `json:"severity"`
	Lines    []Line         `json:"lines"`
	More     int            `json:"more,omitempty"` // entries that found no line of their own
}

// Line is one fact of a digest.
type Line struct {
	Text    string    `json:"text"`
	URL     string    `json:"url,omitempty"`
	Time    time.Time `json:"time,omitzero"`
	Source  string    `json:"source,omitempty"`  // the source's title
	Entries []string  `json:"entries"`           // the entries it was drawn from
	Removed bool      `json:"removed,omitempty"` // the publisher took it back
}
