package storetest

import (
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

var readingTests = map[string]func(*testing.T, *fixture){
	"Reading/a failure keeps what was read": func(t *testing.T, f *fixture) {
		f.source("a")
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now, NextRead: f.now, Cursor: feed.Cursor("c"), Title: "T"}))
		for i := range 2 {
			later := f.now.Add(time.Duration(i+1) * time.Minute)
			f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: later, NextRead: later, Err: "it broke", Title: "not this"}))
		}
		got := get(f.Source(f.ctx, "a"))(f)
		equal(t, "failures", got.Failures, 2)
		equal(t, "error", got.Error, "it broke")
		equal(t, "cursor", string(got.Cursor), "c")
		equal(t, "title", got.Title, "T")
		equal(t, "last read", got.LastRead, f.now)
		equal(t, "next read", got.NextRead, f.now.Add(2*time.Minute))

		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now.Add(time.Hour), NextRead: f.now}))
		got = get(f.Source(f.ctx, "a"))(f)
		equal(t, "failures", got.Failures, 0)
		equal(t, "error", got.Error, "")
		equal(t, "cursor", got.Cursor == nil, true)
	},
	"Reading/ends once": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"))
		r := bot.Reading{Source: "a", At: f.now, NextRead: f.now, Missed: []string{"1", "2"}}
		f.must(f.FinishRead(f.ctx, r))
		f.must(f.FinishRead(f.ctx, r))
		equal(t, "misses", get(f.Known(f.ctx, "a"))(f)["1"].Missed, 1)
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now.Add(time.Second), Missed: []string{"1"}, Seen: []string{"2"}}))
		known := get(f.Known(f.ctx, "a"))(f)
		equal(t, "misses", known["1"].Missed, 2)
		equal(t, "misses once seen", known["2"].Missed, 0)
		unknown(t, f.FinishRead(f.ctx, bot.Reading{Source: "nobody", At: f.now}))
	},
	"Reading/finds live blogs once": func(t *testing.T, f *fixture) {
		f.source("a")
		found := feed.Source{
			ID: "a/live", Kind: feed.KindLiveBlog, URL: "https://example.org/live", Title: "Live: as announced",
			Every: time.Minute, Parent: "a", AnnounceSince: f.now,
		}
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now, NextRead: f.now, Found: []feed.Source{found}}))
		got := get(f.Source(f.ctx, found.ID))(f)
		found.State = feed.StateOpen
		diff(t, found, got.Source)
		equal(t, "due", got.NextRead, f.now)

		f.must(f.FinishRead(f.ctx, bot.Reading{Source: found.ID, At: f.now, State: feed.StateClosed, Title: "Live: as it ended"}))
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now.Add(time.Second), NextRead: f.now, Found: []feed.Source{found}}))
		got = get(f.Source(f.ctx, found.ID))(f)
		equal(t, "state", got.State, feed.StateClosed)
		equal(t, "title", got.Title, "Live: as it ended")
		equal(t, "never due again", got.NextRead.IsZero(), true)
	},
}
