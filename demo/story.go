// Package demo is a newcomer's first minute: an invented live blog story, and a publisher
// that serves it over HTTP the way real ones do. The end-to-end tests use the same
// publisher and write their own news on it.
package demo

import (
	"time"

	"tocsin/feed"
)

// Story is what happens, in the order in which it happens.
type Story struct {
	Steps []Step
}

// Action is what a step does at the publisher's.
type Action string

// The actions of a step.
const (
	Open     Action = "open"     // a live blog begins; Entry has its title and, as text, its standfirst
	Put      Action = "put"      // a new entry stands in the live blog
	Edit     Action = "edit"     // an entry changes; Entry is how it reads from now on
	Remove   Action = "remove"   // the entry Entry.ID is taken away
	Close    Action = "close"    // the live blog ends
	Announce Action = "announce" // Entry, an article or the live blog itself, appears in the feed
)

// Step is one thing that happens.
type Step struct {
	// At is story time since the beginning, nights left out. What stands there
	// when the story begins has a negative At: its age.
	At   time.Duration
	Day  int // from 1
	Do   Action
	Slug string // of the day's live blog
	// Entry has no times: they are those of the playback. The URL of an announced
	// entry is its path at the publisher's.
	Entry feed.Entry
}

// Length is the story time from the beginning to the last step.
func (s Story) Length() time.Duration {
	if len(s.Steps) == 0 {
		return 0
	}
	return s.Steps[len(s.Steps)-1].At
}
