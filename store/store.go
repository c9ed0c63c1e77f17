// Package store keeps what Tocsin reads, decides and has to say, in SQLite or
// PostgreSQL: rows, and the jobs that they make necessary, in one transaction.
//
// SQL stands in the subset that both databases share; what differs is a value of
// a dialect. Times are stored as Unix milliseconds, so they come back in UTC and
// to the millisecond.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
)

// Options say how a database is opened.
type Options struct {
	Logger *slog.Logger // default: discards
	// Guest opens a SQLite file beside its owner: no lock is taken, and nothing that
	// the owner works on is touched. It is for commands that look at the record, or
	// mend the outbox, while `tocsin run` is alive. PostgreSQL knows no owner.
	Guest bool
}

// DB is a database. It is safe for concurrent use.
type DB struct{}

// Runner works off jobs until it is stopped.
type Runner interface {
	Start(ctx context.Context) error
	// Stop lets the jobs that run finish; StopAndCancel cancels their context too.
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// BrokenChannel is a channel that takes no messages.
type BrokenChannel struct {
	bot.Channel
	Reason string
	Until  time.Time // when it is tried again
}

var errStub = errors.New("not there yet")

// Open opens a database.
func Open(ctx context.Context, url string, o Options) (*DB, error) { return nil, errStub }

// Close closes it.
func (db *DB) Close() error { return errStub }

// Jobs builds the runner of the database's queue.
func (db *DB) Jobs(cfg *river.Config) (Runner, error) { return nil, errStub }

func (db *DB) PutSource(ctx context.Context, s feed.Source) error         { return errStub }
func (db *DB) RetireSources(ctx context.Context, keep []string) error     { return errStub }
func (db *DB) Prune(ctx context.Context, before time.Time) (int64, error) { return 0, errStub }
func (db *DB) Backup(ctx context.Context, file string) error              { return errStub }

func (db *DB) ClaimReads(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(source string) river.JobArgs) (int, error) {
	return 0, errStub
}
func (db *DB) ClaimDigests(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(subscription string, due time.Time) river.JobArgs) (int, error) {
	return 0, errStub
}
func (db *DB) ClaimChannels(ctx context.Context, since time.Time, limit int) (int, error) {
	return 0, errStub
}
func (db *DB) Source(ctx context.Context, id string) (s bot.SourceStatus, err error) {
	return s, errStub
}
func (db *DB) Known(ctx context.Context, source string) (map[string]feed.Known, error) {
	return nil, errStub
}
func (db *DB) Entry(ctx context.Context, source, id string) (e feed.Entry, err error) {
	return e, errStub
}
func (db *DB) Record(ctx context.Context, outcomes []bot.Outcome) error { return errStub }
func (db *DB) FinishRead(ctx context.Context, r bot.Reading) error      { return errStub }
func (db *DB) Subscriptions(ctx context.Context, guild string) ([]digest.Subscription, error) {
	return nil, errStub
}
func (db *DB) Subscription(ctx context.Context, id string) (s digest.Subscription, err error) {
	return s, errStub
}
func (db *DB) PutSubscription(ctx context.Context, s digest.Subscription, next time.Time) error {
	return errStub
}
func (db *DB) DeleteSubscription(ctx context.Context, id string) error { return errStub }
func (db *DB) Alerts(ctx context.Context, source, entry string) ([]bot.PostedAlert, error) {
	return nil, errStub
}
func (db *DB) Undigested(ctx context.Context, subscription string) (h bot.Held, err error) {
	return h, errStub
}
func (db *DB) PutDigest(ctx context.Context, d digest.Digest, body json.RawMessage, covers []int64, parts []bot.Delivery, next time.Time) error {
	return errStub
}
func (db *DB) SkipDigest(ctx context.Context, subscription string, next time.Time) error {
	return errStub
}
func (db *DB) LeaseChannel(ctx context.Context, ch bot.Channel, owner string, until time.Time) (bool, error) {
	return false, errStub
}
func (db *DB) ReleaseChannel(ctx context.Context, ch bot.Channel, owner string) (bool, error) {
	return false, errStub
}
func (db *DB) NextDelivery(ctx context.Context, ch bot.Channel, now time.Time) (d bot.Delivery, wake time.Time, ok bool, err error) {
	return d, wake, false, errStub
}
func (db *DB) Settle(ctx context.Context, d bot.Delivery, r bot.Receipt) error { return errStub }
func (db *DB) DeferChannel(ctx context.Context, ch bot.Channel, due time.Time, reason string) error {
	return errStub
}
func (db *DB) Search(ctx context.Context, q bot.Query) ([]bot.Found, error) { return nil, errStub }
func (db *DB) Items(ctx context.Context, from, to time.Time) ([]digest.Item, error) {
	return nil, errStub
}
func (db *DB) Sources(ctx context.Context) ([]bot.SourceStatus, error) { return nil, errStub }
func (db *DB) OutboxStats(ctx context.Context) (s bot.OutboxStats, err error) {
	return s, errStub
}
func (db *DB) Deliveries(ctx context.Context, state bot.DeliveryState, limit int) ([]bot.Delivery, error) {
	return nil, errStub
}
func (db *DB) RetryDeliveries(ctx context.Context, ids ...int64) (int, error) { return 0, errStub }
func (db *DB) DropDeliveries(ctx context.Context, ids ...int64) (int, error)  { return 0, errStub }
func (db *DB) BrokenChannels(ctx context.Context) ([]BrokenChannel, error)    { return nil, errStub }
