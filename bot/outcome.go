package bot

import (
	"time"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// Outcome is what one change of an entry leads to. The store commits all of it
// in one transaction, with the jobs that will deliver it.
type Outcome struct {
	Change  feed.Change
	Entry   feed.Entry
	At      time.Time // when the change was read
	Matches []rules.Match
	// Decisions is one for each subscription that a match could have reached.
	Decisions []digest.Decision
	// Deliveries holds a new message, or a new payload for the message with the same Key.
	Deliveries []Delivery
}

// Reading closes one read of a source: what is remembered for the next one.
type Reading struct {
	Source string
	At     time.Time
	// NextRead is when the source is due again; zero for never.
	NextRead time.Time
	// Err is why the read failed, "" if it did not. After a failure only At,
	// NextRead and Err count: the rest keeps its old value.
	Err    string
	Cursor feed.Cursor
	State  feed.State
	Title  string // as the publisher gives it; "" keeps the old one
	Moved  string // the new address, "" keeps the old one
	// Missed and Seen are the entries whose count of misses grows, or ends.
	Missed, Seen []string
	// Found holds the live blogs that the source announced; those already known are left alone.
	Found []feed.Source
}

// SourceStatus is a source and how reading it has gone.
type SourceStatus struct {
	feed.Source
	Cursor    feed.Cursor
	LastRead  time.Time // the last good read; zero before the first
	LastEntry time.Time // when the last new entry was read
	NextRead  time.Time // zero for never
	Failures  int       // failed reads running
	Error     string    // of the last read, "" if it was good
	Entries   int       // entries on record, those removed included
}

// Held is what a subscription was promised a line for and has not been told in a digest yet.
type Held struct {
	Items []digest.Item // oldest first, each entry once, as it stands now
	Since time.Time     // the end of the last digest; zero before the first
	// Decisions are the store's numbers of the decisions behind Items; the
	// digest that tells them marks exactly these, and none that came meanwhile.
	Decisions []int64
}
