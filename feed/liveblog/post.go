package liveblog

import (
	"time"

	"tocsin/feed/markup"
)

// strategy names one way of finding entries in a page.
type strategy string

// post is one entry as one strategy finds it.
type post struct {
	// ids are the publisher's names for the entry, best first. Two ids are the same
	// if [core] of them is.
	ids       []string
	url       string // absolute, "" if the entry has no address of its own
	title     string
	text      string
	author    string
	tags      []string
	language  string
	published time.Time
	updated   time.Time
	// cut says that the publisher shortened the text.
	cut bool
	// whole says that text is the page's because the data has only part of it.
	whole bool
	// shown says that published is what a reader of the page sees, not the time a draft was made.
	shown bool
	// gone says that the publisher has taken the entry away.
	gone bool
	from origin
	// coarse says that published was read off a clock without seconds, or its day worked out.
	coarse bool
}

// origin says which strategy each field of a post comes from.
type origin struct{ id, title, text, published, url strategy }

// sign marks what posts say as found by a strategy.
func sign(posts []post, by strategy) {
	for i := range posts {
		posts[i].from = origin{by, by, by, by, by}
	}
}

// finding is what one strategy finds in a page.
type finding struct {
	by       strategy
	posts    []post
	title    string
	language string
	url      string // of the live blog, as it says itself
	modified time.Time
	// closed is how surely the source says that the live blog has ended, as in verdict.
	closed float64
	// named says that the page's markup calls these posts something live.
	named    bool
	warnings []string
}

// believable is a time that can be true, in UTC: since there are live blogs, and
// not beyond tomorrow.
func believable(t time.Time) time.Time {
	if t.Year() < 1999 || t.After(time.Now().Add(24*time.Hour)) {
		return time.Time{}
	}
	return t.UTC()
}

// link makes the address of an entry on a page.
func link(base, ref string) string { return markup.Link(base, ref) }
