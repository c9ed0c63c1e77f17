package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/schedule"
)

var subscriptionTests = map[string]func(*testing.T, *fixture){
	"Subscription/by guild and id": func(t *testing.T, f *fixture) {
		at, err := schedule.Parse("08:00")
		f.must(err)
		want := digest.Subscription{
			ID: "b", Chat: "discord", Guild: "g", Channel: "1", Rules: []string{"r"}, Sources: []string{"s"}, Severity: rules.Watch,
			At: at, Zone: "Europe/Kyiv", Lines: 3, Mention: "9", Paused: true, By: "somebody", Created: f.now,
		}
		f.must(f.PutSubscription(f.ctx, want, f.now))
		f.must(f.PutSubscription(f.ctx, digest.Subscription{ID: "a", Chat: "terminal"}, time.Time{}))
		got := get(f.Subscription(f.ctx, "b"))(f)
		equal(t, "schedule", got.At.Equal(want.At), true)
		got.At, want.At = schedule.Schedule{}, schedule.Schedule{}
		diff(t, want, got)
		ids := func(guild string) (ids []string) {
			for _, s := range get(f.Subscriptions(f.ctx, guild))(f) {
				ids = append(ids, s.ID)
			}
			return ids
		}
		diff(t, []string{"a"}, ids(""))
		diff(t, []string{"b"}, ids("g"))
		diff(t, []string{"a", "b"}, ids("*"))
		diff(t, []string(nil), ids("h"))
		_, err = f.Subscription(f.ctx, "c")
		unknown(t, err)
	},
	"Subscription/a due digest survives a restart, not a new schedule": func(t *testing.T, f *fixture) {
		s := digest.Subscription{ID: "sub"}
		f.must(s.At.UnmarshalText([]byte("08:00")))
		f.must(f.PutSubscription(f.ctx, s, f.now))
		s.Paused = true
		f.must(f.PutSubscription(f.ctx, s, f.now.Add(24*time.Hour)))
		diff(t, []digestJob{{"sub", f.now}}, f.claimDigests(f.now))
		s.Zone = "Europe/Kyiv"
		f.must(f.PutSubscription(f.ctx, s, f.now.Add(time.Hour)))
		equal(t, "claimed", len(f.claimDigests(f.now.Add(59*time.Minute))), 0)
		diff(t, []digestJob{{"sub", f.now.Add(time.Hour)}}, f.claimDigests(f.now.Add(time.Hour)))
		f.must(s.At.UnmarshalText(nil))
		f.must(f.PutSubscription(f.ctx, s, time.Time{}))
		equal(t, "claimed", len(f.claimDigests(f.now.Add(1000*time.Hour))), 0)
	},
	"Subscription/deleted with what it waits for": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"))
		d := f.next()
		f.sent(d, "m1")
		f.must(f.DeleteSubscription(f.ctx, "sub"))
		f.nothing()
		equal(t, "state", f.delivery("alert:sub:a/2").State, bot.DeliveryDropped)
		equal(t, "state", f.delivery(d.Key).State, bot.DeliverySent)
		unknown(t, f.DeleteSubscription(f.ctx, "sub"))
		f.subscription("sub")
		equal(t, "old promises", len(get(f.Undigested(f.ctx, "sub"))(f).Decisions), 0)
	},
}

// putDigest fills the slot of f.now plus some hours with what is held.
func (f *fixture) putDigest(held bot.Held, hours int, parts ...string) error {
	due := f.now.Add(time.Duration(hours) * time.Hour)
	d := digest.Digest{Subscription: digest.Subscription{ID: "sub"}, From: held.Since, To: due.Add(time.Second), Due: due}
	if d.From.IsZero() {
		d.From = due.Add(-24 * time.Hour)
	}
	var deliveries []bot.Delivery
	for i, p := range parts {
		deliveries = append(deliveries, bot.Delivery{
			Key: fmt.Sprintf("digest:sub:%d:%d", due.UnixMilli(), i+1), Kind: bot.DeliverDigest, Subscription: "sub",
			Channel: room, Payload: json.RawMessage(p), Version: 1,
		})
	}
	return f.PutDigest(f.ctx, d, json.RawMessage(`{}`), held.Decisions, deliveries, due.Add(24*time.Hour))
}

func texts(items []digest.Item) (texts []string) {
	for _, it := range items {
		texts = append(texts, it.Entry.Text)
	}
	return texts
}

var digestTests = map[string]func(*testing.T, *fixture){
	"Digest/tells what was promised, as it stands now": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		held, quiet, edited, gone := f.outcome("a", "1", "held"), f.outcome("a", "2", "quiet"), f.outcome("a", "3", "before"), f.outcome("a", "4", "gone")
		held.Decisions[0].Action = digest.ActionHold
		quiet.Decisions[0].Action = digest.ActionNone
		again := f.edit(edited, "after")
		again.Matches = nil
		f.record(held, quiet, edited, gone, again, removed(gone))
		h := get(f.Undigested(f.ctx, "sub"))(f)
		diff(t, []string{"held", "after", "gone"}, texts(h.Items))
		equal(t, "decisions", len(h.Decisions), 3)
		equal(t, "since", h.Since.IsZero(), true)
		equal(t, "removed", h.Items[2].Removed, true)
		equal(t, "source", h.Items[0].Source.URL, "https://example.org/a")
		diff(t, held.Matches, h.Items[0].Matches)
		// A promise is kept under the rule that it was made for.
		diff(t, edited.Matches, h.Items[1].Matches)
		equal(t, "somebody else's", len(get(f.Undigested(f.ctx, "other"))(f).Items), 0)
	},
	"Digest/each promise is told once": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		first := f.outcome("a", "1", "one")
		f.record(first)
		h := get(f.Undigested(f.ctx, "sub"))(f)
		f.record(f.outcome("a", "2", "meanwhile"), f.edit(first, "one, edited meanwhile"))
		f.must(f.putDigest(h, 0, `"p1"`, `"p2"`))
		h = get(f.Undigested(f.ctx, "sub"))(f)
		diff(t, []string{"meanwhile"}, texts(h.Items))
		equal(t, "since", h.Since, f.now.Add(time.Second))
		f.must(f.putDigest(h, 24))
		h = get(f.Undigested(f.ctx, "sub"))(f)
		equal(t, "left", len(h.Items), 0)
		equal(t, "since", h.Since, f.now.Add(24*time.Hour+time.Second))
	},
	"Digest/a slot is filled once": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		f.record(f.outcome("a", "1", "one"))
		h := get(f.Undigested(f.ctx, "sub"))(f)
		f.must(f.putDigest(h, 0, `"p1"`, `"p2"`))
		f.record(f.outcome("a", "2", "two"))
		f.must(f.putDigest(get(f.Undigested(f.ctx, "sub"))(f), 0, `"other"`, `"words"`, `"more"`))
		diff(t, []string{"two"}, texts(get(f.Undigested(f.ctx, "sub"))(f).Items))
		var parts []string
		for _, d := range get(f.Deliveries(f.ctx, bot.DeliveryPending, 10))(f) {
			if d.Kind == bot.DeliverDigest {
				parts = append(parts, string(d.Payload))
			}
		}
		diff(t, []string{`"p1"`, `"p2"`}, parts)
		diff(t, []digestJob{{"sub", f.now.Add(24 * time.Hour)}}, f.claimDigests(f.now.Add(48*time.Hour)))
	},
	"Digest/a schedule changed meanwhile stays": func(t *testing.T, f *fixture) {
		s := f.subscription("sub")
		f.must(s.At.UnmarshalText([]byte("09:00")))
		f.must(f.PutSubscription(f.ctx, s, f.now.Add(time.Hour)))
		f.must(f.putDigest(bot.Held{}, 0))
		diff(t, []digestJob{{"sub", f.now.Add(time.Hour)}}, f.claimDigests(f.now.Add(time.Hour)))
	},
	"Digest/its parts go out in order, with a job": func(t *testing.T, f *fixture) {
		f.subscription("sub")
		got := collect[bot.Job](f)
		f.must(f.putDigest(bot.Held{}, 0, `"1"`, `"2"`, `"3"`))
		diff(t, []bot.Job{{Chat: room.Chat, Channel: room.ID}}, receive(t, got, 1))
		f.now = f.now.Add(time.Second)
		for i := range 3 {
			d := f.next()
			equal(t, "part", string(d.Payload), fmt.Sprintf(`"%d"`, i+1))
			f.sent(d, strconv.Itoa(i))
		}
		f.nothing()
	},
	"Digest/of nobody": func(t *testing.T, f *fixture) {
		unknown(t, f.putDigest(bot.Held{}, 0))
	},
	"Digest/many promises": func(t *testing.T, f *fixture) {
		f.source("a")
		f.subscription("sub")
		var outcomes []bot.Outcome
		for i := range 450 {
			o := f.outcome("a", strconv.Itoa(i), strconv.Itoa(i))
			o.Deliveries = nil
			outcomes = append(outcomes, o)
		}
		f.record(outcomes...)
		h := get(f.Undigested(f.ctx, "sub"))(f)
		equal(t, "items", len(h.Items), 450)
		equal(t, "with matches", slices.ContainsFunc(h.Items, func(it digest.Item) bool { return len(it.Matches) != 1 }), false)
		f.must(f.putDigest(h, 0))
		equal(t, "left", len(get(f.Undigested(f.ctx, "sub"))(f).Items), 0)
	},
	"Digest/Items of a stretch of time": func(t *testing.T, f *fixture) {
		f.source("a")
		early, late, unmatched := f.outcome("a", "1", "early"), f.outcome("a", "2", "late"), f.outcome("a", "3", "unmatched")
		late.At = f.now.Add(time.Minute)
		unmatched.Matches = nil
		baseline := f.outcome("a", "0", "baseline")
		baseline.Decisions, baseline.Deliveries = nil, nil
		f.record(baseline, early, late, unmatched)
		items := get(f.Items(f.ctx, f.now, f.now.Add(time.Minute)))(f)
		diff(t, []string{"baseline", "early"}, texts(items))
		diff(t, early.Matches, items[1].Matches)
		equal(t, "kind", items[1].Source.Kind, feed.KindFeed)
		diff(t, []string{"late"}, texts(get(f.Items(f.ctx, f.now.Add(time.Minute), f.now.Add(time.Hour)))(f)))
	},
}
