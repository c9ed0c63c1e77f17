package bot

import (
	"context"
	"errors"
	"time"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// Query asks the archive for entries. Zero fields ask for anything.
type Query struct {
	// Text holds words that must all occur, the last one as a prefix; "" asks for the newest entries.
	Text     string
	Rule     string // ID of a rule that matched
	Source   string // ID of the source or of its parent
	From, To time.Time
	Limit    int // at most 100; 0 means 10
	Offset   int
}

// Found is an entry of the archive that answers a [Query], best first, or newest
// first for a Query without Text.
type Found struct {
	Source  feed.Source
	Entry   feed.Entry
	Rules   []string // the rules that matched it
	Removed bool
	// Snippet is a stretch of the entry in which the bytes 0x02 and 0x03
	// enclose each hit; "" for a Query without Text.
	Snippet string
}

// Archive is what has been read.
type Archive interface {
	Search(ctx context.Context, q Query) ([]Found, error)
	// Items returns the matched entries recorded in [from, to), oldest first, baseline included.
	Items(ctx context.Context, from, to time.Time) ([]digest.Item, error)
}

// Subscriptions is who is told what. Get and Delete return an error wrapping
// [ErrUnknown] for an ID that does not exist.
type Subscriptions interface {
	// Subscriptions lists those of a guild, or of every guild for "*"; the
	// empty guild holds those of config.yaml.
	Subscriptions(ctx context.Context, guild string) ([]digest.Subscription, error)
	Subscription(ctx context.Context, id string) (digest.Subscription, error)
	// PutSubscription inserts or replaces; next is when its next digest is due,
	// zero for none. While schedule and zone stay as they are, the stored due time
	// is kept and next ignored, so that a restart skips no digest.
	PutSubscription(ctx context.Context, s digest.Subscription, next time.Time) error
	DeleteSubscription(ctx context.Context, id string) error
}

// Health is how the program is doing.
type Health interface {
	Sources(ctx context.Context) ([]SourceStatus, error)
	OutboxStats(ctx context.Context) (OutboxStats, error)
}

// OutboxStats sums up the outbox.
type OutboxStats struct {
	Pending   int       // waiting, those being sent included
	Dropped   int       // given up
	OldestDue time.Time // the oldest pending delivery's due time; zero if none waits
	// Sent24h counts the messages of the last 24 hours; LatencyP50 and
	// LatencyP95 are their times from reading the entry to the post.
	Sent24h                int
	LatencyP50, LatencyP95 time.Duration
}

// ErrUnknown is returned for an ID that names nothing.
var ErrUnknown = errors.New("no such thing")

// RuleBook is the rule set in force.
type RuleBook interface {
	Rules() *rules.Set
}
