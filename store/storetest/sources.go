package storetest

import (
	"errors"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

var sourceTests = map[string]func(*testing.T, *fixture){
	"Source/comes back as it was put": func(t *testing.T, f *fixture) {
		for id, since := range map[string]time.Time{"zero": {}, "always": feed.Always, "later": f.now} {
			want := feed.Source{
				ID: id, Kind: feed.KindLiveBlog, URL: "https://example.org/", Title: "Live", Language: "uk",
				Tags: []string{"a", "b"}, Every: 90 * time.Second, AnnounceSince: since, State: feed.StateOpen,
			}
			f.must(f.PutSource(f.ctx, want))
			got := get(f.Source(f.ctx, id))(f)
			diff(t, want, got.Source)
			if got.NextRead.IsZero() || got.NextRead.After(time.Now()) {
				t.Errorf("a new source is due at %v, want at once", got.NextRead)
			}
			if got.Cursor != nil || !got.LastRead.IsZero() || got.Failures != 0 || got.Entries != 0 {
				t.Errorf("a new source has a past: %+v", got)
			}
		}
		_, err := f.Source(f.ctx, "nobody")
		unknown(t, err)
	},
	"Source/keeps its past when put again": func(t *testing.T, f *fixture) {
		s := f.source("a")
		next := f.now.Add(30 * time.Second)
		f.must(f.FinishRead(f.ctx, bot.Reading{
			Source: "a", At: f.now, NextRead: next, Cursor: feed.Cursor("etag"), State: feed.StateOpen,
			Title: "What the publisher calls it", Moved: "https://example.org/moved",
		}))
		s.Tags = []string{"new"}
		f.must(f.PutSource(f.ctx, s))
		got := get(f.Source(f.ctx, "a"))(f)
		equal(t, "cursor", string(got.Cursor), "etag")
		equal(t, "next read", got.NextRead, next)
		equal(t, "last read", got.LastRead, f.now)
		equal(t, "title", got.Title, "What the publisher calls it")
		equal(t, "address", got.URL, "https://example.org/moved")
		diff(t, []string{"new"}, got.Tags)

		s.Title = "What we call it"
		s.URL = "https://example.org/elsewhere"
		f.must(f.PutSource(f.ctx, s))
		got = get(f.Source(f.ctx, "a"))(f)
		equal(t, "title", got.Title, s.Title)
		equal(t, "address", got.URL, s.URL)
		equal(t, "cursor of another address", len(got.Cursor), 0)
		if got.NextRead.After(time.Now()) {
			t.Errorf("another address is due at %v, want at once", got.NextRead)
		}
	},
	"Source/a quicker pace holds at once": func(t *testing.T, f *fixture) {
		s := f.source("a")
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now, NextRead: f.now.Add(10 * time.Hour)}))
		f.must(f.PutSource(f.ctx, s))
		if got := get(f.Source(f.ctx, "a"))(f).NextRead; got.After(time.Now().Add(s.Every)) {
			t.Errorf("due at %v, want within %v", got, s.Every)
		}
	},
	"Source/a live blog that two feeds announce is one": func(t *testing.T, f *fixture) {
		first, second := f.source("first"), f.source("second")
		found := func(parent string) []feed.Source {
			return []feed.Source{{ID: parent + "/live", Kind: feed.KindLiveBlog, URL: "https://example.org/live", Every: time.Minute, Parent: parent}}
		}
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: first.ID, At: f.now, NextRead: f.now, Found: found(first.ID)}))
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: second.ID, At: f.now, NextRead: f.now, Found: found(second.ID)}))
		_, err := f.Source(f.ctx, "second/live")
		unknown(t, err)
		equal(t, "parent", get(f.Source(f.ctx, "first/live"))(f).Parent, first.ID)

		// While the first is retired the second may have it, and keeps it.
		f.must(f.RetireSources(f.ctx, []string{second.ID}))
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: second.ID, At: f.now.Add(time.Second), NextRead: f.now, Found: found(second.ID)}))
		f.must(f.PutSource(f.ctx, first))
		equal(t, "parent", get(f.Source(f.ctx, "second/live"))(f).Parent, second.ID)
		_, err = f.Source(f.ctx, "first/live")
		unknown(t, err)
	},
	"Source/retired with its live blogs, and back": func(t *testing.T, f *fixture) {
		parent, other := f.source("parent"), f.source("other")
		open := feed.Source{ID: "parent/open", Kind: feed.KindLiveBlog, URL: "https://example.org/1", Every: time.Minute, Parent: "parent"}
		closed := feed.Source{ID: "parent/closed", Kind: feed.KindLiveBlog, URL: "https://example.org/2", Every: time.Minute, Parent: "parent"}
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "parent", At: f.now, NextRead: f.now, Found: []feed.Source{open, closed}}))
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: closed.ID, At: f.now, State: feed.StateClosed}))

		f.must(f.RetireSources(f.ctx, []string{other.ID}))
		_, err := f.Source(f.ctx, "parent")
		unknown(t, err)
		equal(t, "sources", len(get(f.Sources(f.ctx))(f)), 1)
		// A read that was under way when the source was retired.
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: open.ID, At: f.now, NextRead: f.now}))
		equal(t, "claimed", len(f.claimReads(time.Now(), 10)), 1)

		f.must(f.PutSource(f.ctx, parent))
		status := map[string]bot.SourceStatus{}
		for _, s := range get(f.Sources(f.ctx))(f) {
			status[s.ID] = s
		}
		equal(t, "sources", len(status), 4)
		equal(t, "open live blog is read again", status[open.ID].NextRead.IsZero(), false)
		equal(t, "closed live blog is not", status[closed.ID].NextRead.IsZero(), true)
		equal(t, "closed live blog", status[closed.ID].State, feed.StateClosed)
	},
}

func unknown(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, bot.ErrUnknown) {
		t.Errorf("got the error %v, want one that wraps ErrUnknown", err)
	}
}
