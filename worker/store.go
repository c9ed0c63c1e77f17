// Package worker is the clock and the jobs: it reads the sources that are due,
// compiles digests and empties the outbox.
package worker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
)

// Calendar holds when sources and digests are due. A claim puts what it takes
// off by hold, so that no other process takes it meanwhile and a claim that
// died is taken again; and it inserts a job for each in the same transaction.
type Calendar interface {
	ClaimReads(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(source string) river.JobArgs) (int, error)
	ClaimDigests(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(subscription string, due time.Time) river.JobArgs) (int, error)
	// ClaimChannels inserts a [bot.Job] for each channel with a delivery that has
	// been due since before `since`: the net under lost or discarded jobs.
	ClaimChannels(ctx context.Context, since time.Time, limit int) (int, error)
}

// Archive records what is read.
type Archive interface {
	// Source returns an error wrapping [bot.ErrUnknown] for an unknown id.
	Source(ctx context.Context, id string) (bot.SourceStatus, error)
	// Known returns the newest entries of a source by ID, at most a few thousand.
	Known(ctx context.Context, source string) (map[string]feed.Known, error)
	// Entry returns the newest revision of an entry; [bot.ErrUnknown] if there is none.
	Entry(ctx context.Context, source, id string) (feed.Entry, error)
	// Record commits outcomes of one source, in transactions of bounded size.
	Record(ctx context.Context, outcomes []bot.Outcome) error
	// FinishRead commits the end of a read.
	FinishRead(ctx context.Context, r bot.Reading) error
}

// Subscribers says who is to be told.
type Subscribers interface {
	Subscriptions(ctx context.Context, guild string) ([]digest.Subscription, error)
	Subscription(ctx context.Context, id string) (digest.Subscription, error)
	// Alerts returns the alerts an entry has led to, whatever their state, with
	// the revision of the entry that each was first posted for.
	Alerts(ctx context.Context, source, entry string) ([]bot.PostedAlert, error)
}

// Digests compiles what was held.
type Digests interface {
	// Undigested returns what a subscription was promised a line for since its
	// last digest.
	Undigested(ctx context.Context, subscription string) (bot.Held, error)
	// PutDigest commits a compiled digest: its deliveries, the decisions it covers, its own JSON
	// form for the record, and when the next one is due (zero: never). It does
	// nothing if the slot d.Due of the subscription was filled already.
	PutDigest(ctx context.Context, d digest.Digest, body json.RawMessage, covers []int64, parts []bot.Delivery, next time.Time) error
	// SkipDigest commits that the slot due stays empty; it does nothing if another one is next by now.
	SkipDigest(ctx context.Context, subscription string, due, next time.Time) error
}

// Outbox hands out deliveries, one channel at a time and in order.
type Outbox interface {
	// LeaseChannel gives owner the channel until the given time, or reports false
	// if another owner holds it. The same owner may renew.
	LeaseChannel(ctx context.Context, ch bot.Channel, owner string, until time.Time) (bool, error)
	// ReleaseChannel gives the channel back and reports whether a delivery is due
	// there, in one transaction: a delivery whose job found the channel leased is
	// always seen by the one or the other.
	ReleaseChannel(ctx context.Context, ch bot.Channel, owner string) (more bool, err error)
	// NextDelivery takes the oldest delivery of the channel that is pending, or was
	// left sending by a process that died, and commits that it is being sent.
	// If there is none, or it is not due yet, ok is false; wake is then when to
	// look again, zero if nothing waits.
	NextDelivery(ctx context.Context, ch bot.Channel, now time.Time) (d bot.Delivery, wake time.Time, ok bool, err error)
	// Settle commits what became of a delivery that NextDelivery gave.
	Settle(ctx context.Context, d bot.Delivery, r bot.Receipt) error
	// DeferChannel puts off everything of the channel until due, and inserts
	// the [bot.Job] that takes it up again then. A reason marks the channel as broken; "" clears that.
	DeferChannel(ctx context.Context, ch bot.Channel, due time.Time, reason string) error
}
