package storetest

import (
	"testing"
	"time"

	"tocsin/bot"
)

// failed settles a try that has to be made again after a while.
func (f *fixture) failed(d bot.Delivery, after time.Duration) {
	f.t.Helper()
	f.must(f.Settle(f.ctx, d, bot.Receipt{State: bot.DeliveryPending, At: f.now, Due: f.now.Add(after), Error: "it broke"}))
}

func (f *fixture) dropped(d bot.Delivery) {
	f.t.Helper()
	f.must(f.Settle(f.ctx, d, bot.Receipt{State: bot.DeliveryDropped, At: f.now, Error: "refused"}))
}

var outboxTests = map[string]func(*testing.T, *fixture){
	"Outbox/a message is sent once": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		d := f.next()
		want := o.Deliveries[0]
		want.ID, want.State, want.Attempts, want.Due, want.Created = d.ID, bot.DeliverySending, 1, f.now, f.now
		diff(t, want, d)
		equal(t, "on record", f.delivery(d.Key).State, bot.DeliverySending)
		f.sent(d, "m1")
		equal(t, "look again", f.nothing().IsZero(), true)
		d = f.delivery(d.Key)
		equal(t, "state", d.State, bot.DeliverySent)
		equal(t, "version sent", d.SentVersion, 1)
		equal(t, "message", d.MessageID, "m1")
		equal(t, "sent at", d.Sent, f.now.Add(time.Second))
	},
	"Outbox/one that waits holds back those behind it": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"))
		d := f.next()
		equal(t, "first", d.Entry, "1")
		f.failed(d, time.Minute)
		equal(t, "look again", f.nothing(), f.now.Add(time.Minute))
		other := bot.Channel{Chat: room.Chat, ID: "other"}
		_, wake, ok, err := f.NextDelivery(f.ctx, other, f.now)
		f.must(err)
		equal(t, "another channel", ok || !wake.IsZero(), false)
		f.now = f.now.Add(time.Minute)
		d = f.next()
		equal(t, "first", d.Entry, "1")
		equal(t, "attempts", d.Attempts, 2)
		equal(t, "error", d.Error, "it broke")
		f.sent(d, "m1")
		equal(t, "then", f.next().Entry, "2")
	},
	"Outbox/one that was dropped holds back nothing": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"))
		f.dropped(f.next())
		d := f.next()
		equal(t, "then", d.Entry, "2")
		f.sent(d, "m2")
		f.nothing()
		equal(t, "error", f.delivery("alert:sub:a/1").Error, "refused")
	},
	"Outbox/an edit overtakes": func(t *testing.T, f *fixture) {
		f.source("a")
		posted := f.outcome("a", "2", "two")
		f.record(posted)
		f.sent(f.next(), "m2")
		f.record(f.outcome("a", "1", "one"))
		f.failed(f.next(), time.Minute)
		f.record(f.edit(posted, "two, edited"))
		d := f.next()
		equal(t, "edit", d.MessageID, "m2")
		f.failed(d, 2*time.Minute)
		equal(t, "look again", f.nothing(), f.now.Add(time.Minute))
		f.now = f.now.Add(time.Minute)
		equal(t, "the new one does not wait for the edit", f.next().Entry, "1")
	},
	"Outbox/a channel is put off": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		f.failed(f.next(), time.Second)
		due := f.now.Add(time.Hour)
		f.must(f.DeferChannel(f.ctx, room, due, "no permission"))
		f.record(f.outcome("a", "2", "two"))
		equal(t, "look again", f.nothing(), due)
		diff(t, "no permission", get(f.BrokenChannels(f.ctx))(f)[0].Reason)
		f.must(f.DeferChannel(f.ctx, room, f.now, ""))
		equal(t, "never brought forward", f.nothing(), due)
		equal(t, "broken", len(get(f.BrokenChannels(f.ctx))(f)), 0)
		f.now = due
		equal(t, "then", f.next().Entry, "1")
	},
	"Outbox/a message ends the trouble": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		f.must(f.DeferChannel(f.ctx, room, f.now, "no permission"))
		f.sent(f.next(), "m1")
		equal(t, "broken", len(get(f.BrokenChannels(f.ctx))(f)), 0)
	},
	"Outbox/after a crash it goes on where it was": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"), f.outcome("a", "3", "three"))
		f.sent(f.next(), "m1")
		lost := f.next()
		f = f.crash()
		d := f.next()
		equal(t, "the same again", d.ID, lost.ID)
		equal(t, "attempts", d.Attempts, 2)
		f.sent(d, "m2")
		equal(t, "then", f.next().Entry, "3")
	},
	"Outbox/a receipt of an older try": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		old, now := f.next(), f.next() // the lease ran out in between
		f.dropped(old)
		equal(t, "a failure does not count", f.delivery(now.Key).State, bot.DeliverySending)
		f.sent(old, "m1")
		equal(t, "a success does", f.delivery(now.Key).State, bot.DeliverySent)
		f.failed(now, time.Minute)
		f.sent(now, "m1")
		equal(t, "and stays", f.delivery(now.Key).State, bot.DeliverySent)
		f.nothing()
	},
	"Outbox/every batch of deliveries has a job": func(t *testing.T, f *fixture) {
		f.source("a")
		got := collect[bot.Job](f)
		first, other := f.outcome("a", "1", "one"), f.outcome("a", "2", "two")
		other.Deliveries[0].Channel.ID = "other"
		f.record(first, other)
		jobs := map[string]bool{}
		for _, j := range receive(t, got, 2) {
			jobs[j.Channel] = true
		}
		equal(t, "channels", len(jobs), 2)
		f.record(f.edit(first, "again"))
		receive(t, got, 1)
		f.must(f.DeferChannel(f.ctx, room, time.Now().Add(100*time.Millisecond), ""))
		receive(t, got, 1)
	},
}
