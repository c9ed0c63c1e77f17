package worker

import (
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

// TestSuccessor: the live blog that a closed one leads on to stands under the same
// parent, under the id that the feed's own announcement of it would give.
func TestSuccessor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 3, 7, 0, 0, 0, time.UTC)
	parent := feed.Source{ID: "harbour", Kind: feed.KindFeed, Title: "Harbour News", Every: time.Minute}
	src := bot.SourceStatus{Source: liveBlog(parent, feed.Follow{Every: 20 * time.Second}, feed.Entry{URL: "https://news.example/live/1"}, now), LastEntry: now.Add(-2 * time.Hour)}
	batch := feed.Batch{
		State: feed.StateClosed, Next: "https://news.example/live/2", Title: "The strike",
		Entries: []feed.Entry{{ID: "1", Published: now.Add(-2 * time.Hour)}},
	}
	found := successor(src, batch, now, 30*time.Minute)
	want := liveBlog(parent, feed.Follow{}, feed.Entry{URL: batch.Next}, now)
	if len(found) != 1 || found[0].ID != want.ID || found[0].Parent != "harbour" || found[0].Every != 20*time.Second || !found[0].AnnounceSince.Equal(now.Add(-30*time.Minute)) {
		t.Fatalf("%+v", found)
	}
	alone := src
	alone.Source = feed.Source{ID: "blog", Kind: feed.KindLiveBlog, URL: "https://news.example/live/1"}
	if found := successor(alone, batch, now, 0); len(found) != 1 || found[0].Parent != "blog" {
		t.Errorf("without a parent: %+v", found)
	}
	for name, change := range map[string]func(*feed.Batch){
		"open":    func(b *feed.Batch) { b.State = feed.StateOpen },
		"no next": func(b *feed.Batch) { b.Next = "" },
		"old":     func(b *feed.Batch) { b.Entries = []feed.Entry{{Published: now.Add(-100 * time.Hour)}} },
	} {
		b := batch
		change(&b)
		if found := successor(src, b, now, 0); len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
