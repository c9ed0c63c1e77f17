package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/feed/syndication"
	"tocsin/rules"
	"tocsin/store"
)

// silentChat renders to nothing and sends nowhere.
type silentChat struct{ bot.Chat }

func (silentChat) Name() string { return "test" }

func (silentChat) RenderAlert(digest.Alert) (json.RawMessage, error) {
	return json.RawMessage(`{}`), nil
}

// BenchmarkFeedToRecord measures the way of an entry from the body of a feed to
// the commit: parsed, compared, matched by the shipped pack, decided, recorded in SQLite.
func BenchmarkFeedToRecord(b *testing.B) {
	ctx := b.Context()
	db, err := store.Open(ctx, filepath.Join(b.TempDir(), "tocsin.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	book, err := rules.NewBook("pack:ukraine")
	if err != nil {
		b.Fatal(err)
	}
	w, err := New(Options{
		Store: Store{
			Calendar: db, Archive: db, Subscribers: db, Digests: db, Outbox: db,
			Jobs: db.Jobs,
		},
		Readers: map[feed.Kind]feed.Reader{feed.KindFeed: nil},
		Rules:   book, Chats: []bot.Chat{silentChat{}},
	})
	if err != nil {
		b.Fatal(err)
	}
	src := feed.Source{ID: "beacon", Kind: feed.KindFeed, URL: "https://beacon.example/rss", Every: time.Minute, AnnounceSince: feed.Always}
	if err := db.PutSource(ctx, src); err != nil {
		b.Fatal(err)
	}
	if err := db.PutSubscription(ctx, digest.Subscription{ID: "desk", Chat: "test", Instant: true}, time.Time{}); err != nil {
		b.Fatal(err)
	}
	const items = 50
	for i := range b.N {
		b.StopTimer()
		body := feedBody(i*items, items)
		b.StartTimer()
		if err := recordBody(ctx, w, db, src, body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*items)/b.Elapsed().Seconds(), "entries/s")
}

func recordBody(ctx context.Context, w *Worker, db *store.DB, src feed.Source, body []byte) error {
	batch, err := syndication.Parse(src.URL, "application/rss+xml", body)
	if err != nil {
		return err
	}
	status, err := db.Source(ctx, src.ID)
	if err != nil {
		return err
	}
	return w.record(ctx, status, batch)
}

// feedBody is a feed of about 150 words an item, of which every tenth is worth an alert.
func feedBody(first, n int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>The Beacon</title>`)
	filler := strings.Repeat("The council met in the morning and heard reports from the districts about roads and schools. ", 9)
	for i := first; i < first+n; i++ {
		title := fmt.Sprintf("Report %d from the council", i)
		if i%10 == 0 {
			title = fmt.Sprintf("Blackout %d after strike on Kyiv substation", i)
		}
		fmt.Fprintf(&b, `<item><guid>g%d</guid><title>%s</title><link>https://beacon.example/%d</link><pubDate>%s</pubDate><description>%s</description></item>`,
			i, title, i, time.Now().UTC().Format(time.RFC1123Z), filler)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}
