package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/schedule"
	"tocsin/store"
)

// ticker is a source that has a new entry at each read.
type ticker struct {
	mu    sync.Mutex
	shown []feed.Entry
}

func (r *ticker) Read(context.Context, feed.Source, feed.Cursor) (feed.Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.shown) + 1
	r.shown = append(r.shown, feed.Entry{ID: strconv.Itoa(n), Title: fmt.Sprintf("Blackout %d", n), Published: time.Now()})
	return feed.Batch{Format: "rss", State: feed.StateOpen, Entries: slices.Clone(r.shown)}, nil
}

// notebook is a chat that writes down what it is given, and when.
type notebook struct {
	mu    sync.Mutex
	notes []note
}

type note struct {
	at   time.Time
	kind bot.DeliveryKind
	text string
}

func (*notebook) Name() string { return "test" }

func (*notebook) RenderAlert(a digest.Alert) (json.RawMessage, error) {
	return json.Marshal(a.Entry.Title)
}

func (*notebook) RenderDigest(d digest.Digest) ([]json.RawMessage, error) {
	lines := 0
	for _, t := range d.Topics {
		lines += len(t.Lines) + t.More
	}
	body, err := json.Marshal(fmt.Sprintf("%d entries", lines))
	return []json.RawMessage{body}, err
}

func (n *notebook) Send(_ context.Context, d bot.Delivery) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var text string
	if err := json.Unmarshal(d.Payload, &text); err != nil {
		return "", err
	}
	n.notes = append(n.notes, note{time.Now(), d.Kind, text})
	return strconv.FormatInt(d.ID, 10), nil
}

func (*notebook) Edit(context.Context, bot.Delivery) error { return nil }

func (n *notebook) digests() (notes []note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, x := range n.notes {
		if x.kind == bot.DeliverDigest {
			notes = append(notes, x)
		}
	}
	return notes
}

type fixedRules struct{ set *rules.Set }

func (f fixedRules) Rules() *rules.Set { return f.set }

// world is a worker on a database of its own, in virtual time.
type world struct {
	t      *testing.T
	file   string
	reader *ticker
	chat   *notebook
	set    *rules.Set
}

func newWorld(t *testing.T) *world {
	set, err := rules.Compile(rules.File{Name: "rules.yaml", Data: []byte("rules: [{id: blackout, match: blackout}]")})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, file: filepath.Join(t.TempDir(), "tocsin.db"), reader: &ticker{}, chat: &notebook{}, set: set}
}

// run works for so long, with a subscription that has a digest.
func (w *world) run(d time.Duration, sub digest.Subscription) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), d)
	defer cancel()
	db, err := store.Open(w.t.Context(), w.file, store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	src := feed.Source{ID: "beacon", Kind: feed.KindFeed, URL: "https://beacon.example/rss", Every: 10 * time.Second, AnnounceSince: feed.Always}
	if err := db.PutSource(ctx, src); err != nil {
		w.t.Fatal(err)
	}
	if err := db.PutSubscription(ctx, sub, sub.At.Next(time.Now(), sub.Location())); err != nil {
		w.t.Fatal(err)
	}
	work, err := New(Options{
		Store: Store{
			Calendar: db, Archive: db, Subscribers: db, Digests: db, Outbox: db,
			Jobs: db.Jobs,
		},
		Readers: map[feed.Kind]feed.Reader{feed.KindFeed: w.reader},
		Rules:   fixedRules{w.set}, Chats: []bot.Chat{w.chat},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := work.Run(ctx); err != nil {
		w.t.Error(err)
	}
}

// TestTheDigestComesAtItsTime runs a minute in Kyiv and a stop of more than a day.
// The bubble's clock begins at midnight UTC.
func TestTheDigestComesAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		at, err := schedule.Parse("02:01")
		if err != nil {
			t.Fatal(err)
		}
		sub := digest.Subscription{ID: "desk", Chat: "test", Instant: true, At: at, Zone: "Europe/Kyiv"}
		start := time.Now()
		w.run(70*time.Second, sub)
		due := start.Add(time.Minute)
		got := w.chat.digests()
		if len(got) != 1 || got[0].at.Before(due) || got[0].at.After(due.Add(5*time.Second)) {
			t.Fatalf("digests %v, want one at %v", got, due)
		}
		w.checkAlerts(t)

		time.Sleep(50 * time.Hour) // the program is down for two slots
		back := time.Now()
		w.run(10*time.Second, sub)
		got = w.chat.digests()
		if len(got) != 2 || got[1].at.Before(back) || got[1].at.After(back.Add(5*time.Second)) {
			t.Fatalf("digests %v, want one more at %v", got, back)
		}
		w.checkAlerts(t)
	})
}

// checkAlerts wants one alert for each entry, in order, and every entry in a digest at most once.
func (w *world) checkAlerts(t *testing.T) {
	t.Helper()
	n := 0
	for _, x := range w.chat.notes {
		if x.kind != bot.DeliverAlert {
			continue
		}
		n++
		if want := fmt.Sprintf("Blackout %d", n); x.text != want {
			t.Fatalf("alert %d says %q, want %q", n, x.text, want)
		}
	}
	if n == 0 || n != len(w.reader.shown) {
		t.Errorf("%d alerts of %d entries", n, len(w.reader.shown))
	}
}
