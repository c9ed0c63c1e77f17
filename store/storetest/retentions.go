package storetest

import (
	"strconv"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

var retentionTests = map[string]func(*testing.T, *fixture){
	"Prune/forgets texts, not that they were read": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		old, waiting, young := f.outcome("a", "1", "old words"), f.outcome("a", "2", "waiting words"), f.outcome("a", "3", "young words")
		young.At = f.now.Add(time.Hour)
		f.record(old, waiting, young)
		f.sent(f.next(), "m1")
		n := get(f.Prune(f.ctx, f.now.Add(time.Minute)))(f)
		equal(t, "pruned", n, 3) // two entries and a message
		diff(t, []string{"young words"}, f.found(bot.Query{Text: "words"}))
		diff(t, []string{"young words"}, f.found(bot.Query{}))
		diff(t, []string{"young words"}, texts(get(f.Undigested(f.ctx, "sub"))(f).Items))
		equal(t, "known", get(f.Known(f.ctx, "a"))(f)["1"].Fingerprint, old.Entry.Fingerprint())
		diff(t, feed.Entry{Source: "a", ID: "1", Revision: 1, Published: f.now}, get(f.Entry(f.ctx, "a", "1"))(f))
		equal(t, "what waits", f.next().Entry, "2")

		f.record(old)
		equal(t, "not new again", len(f.found(bot.Query{Text: "old"})), 0)
		f.record(f.edit(old, "old words, edited"))
		diff(t, []string{"old words, edited"}, f.found(bot.Query{Text: "old words"}))
		equal(t, "pruned", get(f.Prune(f.ctx, f.now.Add(-time.Minute)))(f), 0)
	},
	"Prune/in batches": func(t *testing.T, f *fixture) {
		f.source("a")
		var outcomes []bot.Outcome
		for i := range 450 {
			o := f.outcome("a", strconv.Itoa(i), "text")
			o.Deliveries = nil
			outcomes = append(outcomes, o)
		}
		f.record(outcomes...)
		equal(t, "pruned", get(f.Prune(f.ctx, f.now.Add(time.Minute)))(f), 450)
		equal(t, "left", len(f.found(bot.Query{})), 0)
		equal(t, "known", len(get(f.Known(f.ctx, "a"))(f)), 450)
	},
	"Prune/closed live blogs and digests": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		live := feed.Source{ID: "a/live", Kind: feed.KindLiveBlog, URL: "https://example.org/l", Every: time.Minute, Parent: "a"}
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now, NextRead: f.now, Found: []feed.Source{live}}))
		f.record(f.outcome("a/live", "1", "text"))
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a/live", At: f.now, State: feed.StateClosed}))
		for day := range 3 {
			f.must(f.putDigest(get(f.Undigested(f.ctx, "sub"))(f), 24*day))
		}
		get(f.Prune(f.ctx, f.now.Add(1000*time.Hour)))(f)
		_, err := f.Source(f.ctx, "a/live")
		unknown(t, err)
		get(f.Source(f.ctx, "a"))(f)
		equal(t, "the last digest's end", get(f.Undigested(f.ctx, "sub"))(f).Since, f.now.Add(48*time.Hour+time.Second))
	},
}
