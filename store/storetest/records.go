package storetest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
)

var recordTests = map[string]func(*testing.T, *fixture){
	"Record/the life of an entry": func(t *testing.T, f *fixture) {
		f.source("a")
		first := f.outcome("a", "1", "as it was")
		first.Entry.Tags, first.Entry.Author, first.Entry.Language = []string{"x"}, "A. Writer", "en"
		first.Entry.Updated = f.now.Add(-time.Minute)
		f.record(first)
		diff(t, first.Entry, get(f.Entry(f.ctx, "a", "1"))(f))
		diff(t, map[string]feed.Known{"1": {
			ID: "1", Fingerprint: first.Entry.Fingerprint(), Published: f.now, Revision: 1,
		}}, get(f.Known(f.ctx, "a"))(f))
		status := get(f.Source(f.ctx, "a"))(f)
		equal(t, "entries", status.Entries, 1)
		equal(t, "last entry", status.LastEntry, f.now)

		second := f.edit(first, "as it is")
		f.record(second)
		diff(t, second.Entry, get(f.Entry(f.ctx, "a", "1"))(f))
		equal(t, "fingerprint", get(f.Known(f.ctx, "a"))(f)["1"].Fingerprint, second.Entry.Fingerprint())
		alerts := get(f.Alerts(f.ctx, "a", "1"))(f)
		equal(t, "alerts", len(alerts), 1)
		diff(t, first.Entry, alerts[0].First)
		equal(t, "version", alerts[0].Version, 2)

		gone := removed(second)
		f.record(gone)
		equal(t, "removed", get(f.Known(f.ctx, "a"))(f)["1"].Removed, true)
		diff(t, second.Entry, get(f.Entry(f.ctx, "a", "1"))(f))
		f.record(restored(gone))
		equal(t, "removed", get(f.Known(f.ctx, "a"))(f)["1"].Removed, false)
		f.record(removed(restored(gone)))
		equal(t, "removed again", get(f.Known(f.ctx, "a"))(f)["1"].Removed, true)
		changed := f.edit(second, "and back with other words")
		changed.Change = feed.ChangeRestored
		f.record(changed)
		diff(t, changed.Entry, get(f.Entry(f.ctx, "a", "1"))(f))
		equal(t, "entries", get(f.Source(f.ctx, "a"))(f).Entries, 1)
		_, err := f.Entry(f.ctx, "a", "2")
		unknown(t, err)
	},
	"Record/takes what publishers write": func(t *testing.T, f *fixture) {
		f.source("a")
		for i, text := range []string{"\x00zero", "not \xff UTF-8", "\x02marks\x03", "𝔘 and 👩‍👩‍👧", ""} {
			o := f.outcome("a", strconv.Itoa(i), text)
			o.Entry.Title = text
			o.Matches[0].Hits[0].Text = text
			f.record(o)
		}
		long, b := f.outcome("a", "long", ""), []byte(nil)
		for i := range 130_000 {
			b = fmt.Appendf(b, "word%d ", i%25_000)
		}
		long.Entry.Text = string(b)
		f.record(long)
		equal(t, "length", len(get(f.Entry(f.ctx, "a", "long"))(f).Text), len(long.Entry.Text))
		equal(t, "entries", get(f.Source(f.ctx, "a"))(f).Entries, 6)
	},
	"Record/many outcomes": func(t *testing.T, f *fixture) {
		f.source("a")
		var outcomes []bot.Outcome
		for i := range 130 {
			outcomes = append(outcomes, f.outcome("a", strconv.Itoa(i), "text"))
		}
		f.record(outcomes...)
		equal(t, "known", len(get(f.Known(f.ctx, "a"))(f)), 130)
		equal(t, "deliveries", len(get(f.Deliveries(f.ctx, bot.DeliveryPending, 1000))(f)), 130)
	},
	"Record/an unknown source": func(t *testing.T, f *fixture) {
		if err := f.Record(f.ctx, []bot.Outcome{f.outcome("nobody", "1", "text")}); err == nil {
			t.Error("recorded an entry of no source")
		}
	},
	"Record/each outcome once, whatever is repeated": func(t *testing.T, f *fixture) {
		for seed := range uint64(3) {
			recordsOnce(t, f, rand.New(rand.NewPCG(seed, 0)), fmt.Sprintf("s%d", seed))
		}
	},
	"Record/the same read in two processes": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		var outcomes []bot.Outcome
		for i := range 40 {
			outcomes = append(outcomes, f.outcome("a", strconv.Itoa(i), "text"))
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := f.Record(f.ctx, outcomes); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		equal(t, "deliveries", len(get(f.Deliveries(f.ctx, "", 1000))(f)), 40)
		held := get(f.Undigested(f.ctx, "sub"))(f)
		equal(t, "decisions", len(held.Decisions), 40)
		equal(t, "items", len(held.Items), 40)
	},
}

// recordsOnce plays the lives of some entries, repeating what was recorded before at
// every step as a crash before the end of a read does.
func recordsOnce(t *testing.T, f *fixture, random *rand.Rand, source string) {
	t.Helper()
	f.source(source)
	sub := "sub-" + source
	var history []bot.Outcome
	last := map[string]bot.Outcome{}
	versions := map[string]int{}
	decisions := 0
	for step := range 40 {
		id := strconv.Itoa(random.IntN(8))
		o, known := last[id]
		text := fmt.Sprintf("text %d", step)
		switch {
		case !known:
			o = f.outcome(source, id, text)
		case o.Change == feed.ChangeRemoved:
			o = restored(o)
		case random.IntN(4) == 0:
			o = removed(o)
		default:
			o = f.edit(o, text)
		}
		o.Decisions = []digest.Decision{{Subscription: sub, Action: digest.ActionHold, Reason: digest.ReasonDigestOnly}}
		f.record(o)
		last[id] = o
		history = append(history, o)
		decisions++
		versions[id] += len(o.Deliveries)
		// A read that is repeated compares with the record: it meets only what is newest there.
		for range random.IntN(3) {
			if again, ok := last[strconv.Itoa(random.IntN(8))]; ok {
				f.record(again, o)
			}
		}
	}
	held := get(f.Undigested(f.ctx, sub))(f)
	equal(t, "decisions", len(held.Decisions), len(history))
	equal(t, "decisions", decisions, len(history))
	equal(t, "items", len(held.Items), len(last))
	known := get(f.Known(f.ctx, source))(f)
	for id, o := range last {
		equal(t, "removed "+id, known[id].Removed, o.Change == feed.ChangeRemoved)
		equal(t, "revision "+id, known[id].Revision, o.Entry.Revision)
		alerts := get(f.Alerts(f.ctx, source, id))(f)
		if len(alerts) != 1 || alerts[0].Version != versions[id] {
			t.Errorf("entry %s: got %d alerts, the first of version %d; want 1 of version %d", id, len(alerts), alerts[0].Version, versions[id])
		}
	}
}
