// Package storetest is what every database must pass to be a store.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/store"
)

// Database is a database that only one test uses.
type Database struct {
	URL string
	// Crash returns the address of what would be left if every process that has the
	// database open died now.
	Crash func(t testing.TB) (url string)
	// copy makes another one that holds the same, while nobody has this one open.
	copy func(t testing.TB) Database
}

// Run runs the whole suite, each test on its own copy of an empty database that fresh
// makes: [SQLite] or [Postgres].
func Run(t *testing.T, fresh func(t testing.TB) Database) {
	t.Parallel()
	empty := fresh(t)
	db, err := store.Open(t.Context(), empty.URL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suite := range []map[string]func(*testing.T, *fixture){
		sourceTests, readingTests, calendarTests, recordTests, subscriptionTests, digestTests,
		outboxTests, versionTests, leaseTests, administerTests, searchTests, retentionTests, jobTests,
	} {
		for _, name := range sortedNames(suite) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				suite[name](t, newFixture(t, empty.copy(t)))
			})
		}
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// fixture is an open database, and what tests put there.
type fixture struct {
	*store.DB
	t        *testing.T
	ctx      context.Context
	database Database
	now      time.Time // in whole milliseconds, which is what a store keeps
}

func newFixture(t *testing.T, d Database) *fixture {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	return &fixture{Open(t, d.URL), t, t.Context(), d, now}
}

// Open opens a database until the test ends.
func Open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error("closing the database:", err)
		}
	})
	return db
}

// crash returns the fixture as a process finds it that starts after all others died.
func (f *fixture) crash() *fixture {
	f.t.Helper()
	again := *f
	again.database.URL = f.database.Crash(f.t)
	again.DB = Open(f.t, again.database.URL)
	return &again
}

// must fails the test at once on an error.
func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// get is must for calls that return something.
func get[T any](v T, err error) func(f *fixture) T {
	return func(f *fixture) T {
		f.t.Helper()
		f.must(err)
		return v
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

var room = bot.Channel{Chat: "fake", ID: "room"}

// source puts a source there.
func (f *fixture) source(id string) feed.Source {
	f.t.Helper()
	s := feed.Source{ID: id, Kind: feed.KindFeed, URL: "https://example.org/" + id, Every: time.Minute, State: feed.StateOpen}
	f.must(f.PutSource(f.ctx, s))
	return s
}

// subscription puts a subscription there.
func (f *fixture) subscription(id string) digest.Subscription {
	f.t.Helper()
	s := digest.Subscription{ID: id, Chat: room.Chat, Channel: room.ID, Instant: true}
	f.must(f.PutSubscription(f.ctx, s, f.now))
	return s
}

// outcome is a new entry of a source that one rule matched and one subscription is told of.
func (f *fixture) outcome(source, id, text string) bot.Outcome {
	e := feed.Entry{Source: source, ID: id, URL: "https://example.org/" + id, Title: "About " + id, Text: text, Published: f.now, Revision: 1}
	return bot.Outcome{
		Change: feed.ChangeNew, Entry: e, At: f.now,
		Matches: []rules.Match{{
			Rule: "grid", Title: "The grid", Severity: rules.Urgent,
			Hits: []rules.Hit{{Field: rules.FieldTitle, Start: 0, End: 5, Text: "About", Term: "about"}},
		}},
		Decisions:  []digest.Decision{{Subscription: "sub", Action: digest.ActionAlert, Reason: digest.ReasonMatched}},
		Deliveries: []bot.Delivery{f.alert(e)},
	}
}

func (f *fixture) alert(e feed.Entry) bot.Delivery {
	return bot.Delivery{
		Key: "alert:sub:" + e.Source + "/" + e.ID, Kind: bot.DeliverAlert, Subscription: "sub", Channel: room,
		Source: e.Source, Entry: e.ID, Payload: fmt.Appendf(nil, `{"text":%q}`, e.Text), Version: 1,
		Published: e.Published, Read: f.now,
	}
}

// edit is the next version of what an outcome recorded.
func (f *fixture) edit(o bot.Outcome, text string) bot.Outcome {
	o.Change = feed.ChangeEdited
	o.Entry.Text = text
	o.Entry.Revision++
	o.At = o.At.Add(time.Millisecond)
	o.Decisions = []digest.Decision{{Subscription: "sub", Action: digest.ActionUpdate, Reason: digest.ReasonEdited}}
	o.Deliveries = []bot.Delivery{f.alert(o.Entry)}
	return o
}

// removed is the entry's end; restored takes it back.
func removed(o bot.Outcome) bot.Outcome {
	o.Change, o.At = feed.ChangeRemoved, o.At.Add(time.Millisecond)
	o.Deliveries, o.Decisions = nil, nil
	return o
}

func restored(o bot.Outcome) bot.Outcome {
	o.Change, o.At = feed.ChangeRestored, o.At.Add(time.Millisecond)
	return o
}

func (f *fixture) record(outcomes ...bot.Outcome) {
	f.t.Helper()
	f.must(f.Record(f.ctx, outcomes))
}

// next takes the next delivery, which must be there.
func (f *fixture) next() bot.Delivery {
	f.t.Helper()
	d, wake, ok, err := f.NextDelivery(f.ctx, room, f.now.Add(time.Second))
	f.must(err)
	if !ok {
		f.t.Fatalf("nothing to deliver; look again at %v", wake)
	}
	return d
}

// nothing checks that there is nothing to deliver now, and returns when to look again.
func (f *fixture) nothing() time.Time {
	f.t.Helper()
	d, wake, ok, err := f.NextDelivery(f.ctx, room, f.now.Add(time.Second))
	f.must(err)
	if ok {
		f.t.Fatalf("got the delivery %s, want none", d.Key)
	}
	return wake
}

func (f *fixture) sent(d bot.Delivery, message string) {
	f.t.Helper()
	f.must(f.Settle(f.ctx, d, bot.Receipt{State: bot.DeliverySent, MessageID: message, At: f.now.Add(time.Second)}))
}

// delivery returns the one with a key, in whatever state.
func (f *fixture) delivery(key string) bot.Delivery {
	f.t.Helper()
	for _, d := range get(f.Deliveries(f.ctx, "", 10_000))(f) {
		if d.Key == key {
			return d
		}
	}
	f.t.Fatalf("there is no delivery %s", key)
	return bot.Delivery{}
}

// collector is a runner that hands every job of some kind to a channel.
type collector[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	got chan T
}

func (c *collector[T]) Work(_ context.Context, job *river.Job[T]) error {
	c.got <- job.Args
	return nil
}

// collect runs the database's jobs until the test ends.
func collect[T river.JobArgs](f *fixture) <-chan T {
	f.t.Helper()
	c := &collector[T]{got: make(chan T, 1000)}
	workers := river.NewWorkers()
	river.AddWorker(workers, c)
	run := get(f.Jobs(&river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 20}}, TestOnly: true,
	}))(f)
	f.must(run.Start(context.WithoutCancel(f.ctx)))
	f.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), 10*time.Second)
		defer cancel()
		if err := run.Stop(ctx); err != nil {
			f.t.Error("stopping the jobs:", err)
		}
	})
	return c.got
}

// receive takes n values, and fails if they don't come.
func receive[T any](t *testing.T, from <-chan T, n int) []T {
	t.Helper()
	var got []T
	timeout := time.After(20 * time.Second)
	for len(got) < n {
		select {
		case v := <-from:
			got = append(got, v)
		case <-timeout:
			t.Fatalf("got %d values, want %d", len(got), n)
		}
	}
	return got
}

// diff compares whole values; nil and empty slices are the same.
func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
