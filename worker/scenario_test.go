package worker

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/schedule"
	"tocsin/store"
)

// page shows what it is told to, whatever the source.
type page struct{ batch feed.Batch }

func (p *page) Read(context.Context, feed.Source, feed.Cursor) (feed.Batch, error) {
	return p.batch, nil
}

// dying is an archive whose process dies before the end of a read.
type dying struct {
	Archive
	dead bool
}

func (d *dying) FinishRead(ctx context.Context, r bot.Reading) error {
	if d.dead {
		return errors.New("killed")
	}
	return d.Archive.FinishRead(ctx, r)
}

// bench is a worker on a database, with two feeds that show the same page.
type bench struct {
	*Worker
	db    *store.DB
	page  *page
	dying *dying
}

func newBench(t *testing.T) bench {
	t.Helper()
	set, err := rules.Compile(rules.File{Name: "rules.yaml", Data: []byte("rules: [{id: blackout, match: blackout}]")})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "tocsin.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := bench{db: db, page: &page{}, dying: &dying{Archive: db}}
	b.Worker, err = New(Options{
		Store:   Store{Calendar: db, Archive: b.dying, Subscribers: db, Digests: db, Outbox: db, Jobs: db.Jobs},
		Readers: map[feed.Kind]feed.Reader{feed.KindFeed: b.page, feed.KindLiveBlog: b.page},
		Follow: map[string][]feed.Follow{
			"one": {{Link: regexp.MustCompile("/live/")}}, "two": {{Link: regexp.MustCompile("/live/")}},
		},
		Rules: fixedRules{set}, Chats: []bot.Chat{&notebook{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"one", "two"} {
		b.put(t, id, "https://beacon.example/"+id)
	}
	if err := db.PutSubscription(t.Context(), digest.Subscription{ID: "desk", Chat: "test", Instant: true}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b bench) put(t *testing.T, id, url string) {
	t.Helper()
	if err := b.db.PutSource(t.Context(), feed.Source{ID: id, Kind: feed.KindFeed, URL: url, Every: time.Minute}); err != nil {
		t.Fatal(err)
	}
}

func (b bench) shows(entries ...feed.Entry) {
	b.page.batch = feed.Batch{Format: "rss", State: feed.StateOpen, Entries: entries}
}

func (b bench) alerts(t *testing.T) int {
	t.Helper()
	list, err := b.db.Deliveries(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func (b bench) liveBlogs(t *testing.T) (n int) {
	t.Helper()
	list, err := b.db.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Parent != "" {
			n++
		}
	}
	return n
}

func live(at time.Time) feed.Entry {
	return feed.Entry{ID: "l", Title: "Live: the day", URL: "https://beacon.example/live/1", Published: at}
}

func TestALiveBlogSurvivesACrash(t *testing.T) {
	b := newBench(t)
	b.shows(live(time.Now()))
	b.dying.dead = true
	if b.read(t.Context(), "one") == nil {
		t.Fatal("did not die")
	}
	b.dying.dead = false
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if n := b.liveBlogs(t); n != 1 {
		t.Errorf("%d live blogs are read, want 1", n)
	}
}

func TestTwoFeedsAnnounceOneLiveBlog(t *testing.T) {
	b := newBench(t)
	b.shows(live(time.Now()))
	for _, id := range []string{"one", "two"} {
		if err := b.read(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.liveBlogs(t); n != 1 {
		t.Errorf("%d sources read the one live blog", n)
	}
	b.shows(feed.Entry{ID: "e", Title: "Blackout", Published: time.Now()})
	list, _ := b.db.Sources(t.Context())
	for _, s := range list {
		if s.Parent != "" {
			if err := b.read(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := b.alerts(t); n != 1 {
		t.Errorf("%d alerts of one entry", n)
	}
}

func TestAForgottenEntryIsNoNews(t *testing.T) {
	b := newBench(t)
	b.shows()
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	b.shows(feed.Entry{ID: "e", Title: "Blackout", Published: time.Now()})
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	list, err := b.db.Deliveries(t.Context(), "", 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	ch := list[0].Channel
	d, _, ok, err := b.db.NextDelivery(t.Context(), ch, time.Now().Add(time.Second))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := b.db.Settle(t.Context(), d, bot.Receipt{State: bot.DeliverySent, MessageID: "m", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.shows(feed.Entry{ID: "e", Title: "Blackout, a comma corrected", Published: time.Now()})
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	list, _ = b.db.Deliveries(t.Context(), bot.DeliveryPending, 10)
	if len(list) != 0 {
		t.Errorf("told again as new: %+v", list[0].Key)
	}
}

func TestAnotherAddressDoesNotFlood(t *testing.T) {
	b := newBench(t)
	b.shows()
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	b.put(t, "one", "https://other.example/rss")
	old := time.Now().AddDate(0, -1, 0)
	b.shows(feed.Entry{ID: "x", Title: "Blackout x", Published: old}, feed.Entry{ID: "y", Title: "Blackout y", Published: old})
	if err := b.read(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if n := b.alerts(t); n != 0 {
		t.Errorf("%d alerts of the backlog of another address", n)
	}
}

// moving is a store where somebody changes the schedule while a digest is being skipped.
type moving struct {
	Digests
	before func()
}

func (m moving) SkipDigest(ctx context.Context, id string, due, next time.Time) error {
	m.before()
	return m.Digests.SkipDigest(ctx, id, due, next)
}

func TestASkippedSlotKeepsAChangedSchedule(t *testing.T) {
	b := newBench(t)
	morning, _ := schedule.Parse("08:00")
	evening, _ := schedule.Parse("20:00")
	sub := digest.Subscription{ID: "d", Chat: "test", At: morning, Paused: true}
	due := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	if err := b.db.PutSubscription(t.Context(), sub, due); err != nil {
		t.Fatal(err)
	}
	changed := time.Now().Add(time.Second).Truncate(time.Millisecond)
	b.Store.Digests = moving{b.db, func() {
		sub.At, sub.Paused = evening, false
		if err := b.db.PutSubscription(t.Context(), sub, changed); err != nil {
			t.Fatal(err)
		}
	}}
	if err := b.Compile(t.Context(), "d", due); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, id := range claim(t, b.db, changed.Add(time.Second)) {
		if id == "d" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the changed schedule's own slot was overwritten")
	}
}

func claim(t *testing.T, db *store.DB, now time.Time) (ids []string) {
	t.Helper()
	_, err := db.ClaimDigests(t.Context(), now, time.Minute, 10, func(id string, due time.Time) river.JobArgs {
		ids = append(ids, id)
		return digestJob{Subscription: id, Due: due}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
