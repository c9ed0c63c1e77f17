// Package feed is what comes in: the places Tocsin reads and the entries they
// yield. It knows neither rules nor chats; its readers live in the packages
// below it, one for each kind of source.
package feed

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// Kind says how a source is read.
type Kind string

// The kinds of source.
const (
	KindFeed     Kind = "feed"     // RSS, Atom or JSON Feed
	KindLiveBlog Kind = "liveblog" // one page that grows by entries
)

// State is the life of a source.
type State string

// The states of a source. A feed is always open; a live blog closes when its
// publisher says so.
const (
	StateOpen   State = "open"
	StateClosed State = "closed"
)

// Source is one place to read.
type Source struct {
	// ID is short, stable and readable ("france24-europe"); entries, rules and
	// subscriptions name a source by it.
	ID    string
	Kind  Kind
	URL   string
	Title string
	// Language is a BCP 47 tag, the default for entries that name none; "" if unknown.
	Language string
	Tags     []string
	// Every is the pace: the time from one read to the next.
	Every time.Duration
	// Follow turns items that announce a live blog into sources of their own.
	Follow []Follow
	// AnnounceSince bounds the silent baseline. On the first read of a source,
	// entries published before it are recorded without being announced; when it
	// is zero that is every entry, and when it is [Always] none.
	AnnounceSince time.Time
	// Parent is the ID of the source whose item announced this one, or "".
	Parent string
	State  State
}

// Always announces the whole first read, as a source's AnnounceSince.
var Always = time.Unix(0, 0).UTC()

// Follow recognises the items of a feed that announce a live blog. An item
// must match every pattern that is set; a Follow without patterns matches none.
type Follow struct {
	Title *regexp.Regexp // on the item's title
	Link  *regexp.Regexp // on the item's address
	Every time.Duration  // the pace of the live blog
}

// Matches reports whether an entry of the feed announces a live blog.
func (f Follow) Matches(e Entry) bool {
	if f.Title == nil && f.Link == nil || e.URL == "" {
		return false
	}
	return (f.Title == nil || f.Title.MatchString(e.Title)) &&
		(f.Link == nil || f.Link.MatchString(e.URL))
}

// Cursor is what a reader remembers between two reads of a source. Only the
// reader that made it may look inside; nil means the first read.
type Cursor []byte

// Batch is what one read of a source yields.
type Batch struct {
	Format   string // "rss", "atom", "json" or "liveblog"
	Title    string
	URL      string // canonical address, after redirects
	Language string // BCP 47 or ""
	State    State
	Entries  []Entry // in the order of the page, each ID once
	Cursor   Cursor
	// Unchanged says that the publisher answered "not modified": Entries is
	// empty and says nothing about what the page shows.
	Unchanged bool
	// Moved is the new address when the publisher says the source has moved for good.
	Moved string
	// Next is the address of the live blog that a closed one leads on to, "" if it
	// names none.
	Next string
	// NotBefore is the earliest next read the publisher allows, zero if it names none.
	NotBefore time.Time
	// Warnings are parts that could not be used, each in words that say where.
	Warnings []string
}

// Reader reads one kind of source.
type Reader interface {
	// Read fetches src and returns what stands there now.
	//
	// It returns an error wrapping [ErrNothing] if the page was fetched but holds
	// nothing to read, [ErrGone] if the publisher took the source away for good
	// (404 or 410), [ErrRefused] if it declines to serve us (401, 403, 451), and
	// a [*RetryError] if it names a time to come back (429, 503). Any other error
	// is a failure that may pass. A Batch beside an error is empty.
	Read(ctx context.Context, src Source, cur Cursor) (Batch, error)
}

// Errors of a [Reader]; test with [errors.Is].
var (
	ErrNothing = errors.New("nothing to read there")
	ErrGone    = errors.New("gone")
	ErrRefused = errors.New("the publisher refuses to serve it")
)

// RetryError is a publisher's request to come back later.
type RetryError struct {
	After time.Duration // at least this long from now
	Err   error
}

func (e *RetryError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Err }
