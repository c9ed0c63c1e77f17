package storetest

import (
	"testing"
	"time"

	"tocsin/bot"
)

var versionTests = map[string]func(*testing.T, *fixture){
	"Version/changed before it is sent": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o, f.edit(o, "two"))
		d := f.next()
		equal(t, "payload", string(d.Payload), `{"text":"two"}`)
		f.sent(d, "m1")
		equal(t, "version sent", f.delivery(d.Key).SentVersion, 2)
		f.nothing()
	},
	"Version/changed after it was sent": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		first := f.next()
		f.sent(first, "m1")
		f.record(f.edit(o, "two"))
		d := f.next()
		equal(t, "message", d.MessageID, "m1")
		equal(t, "version", d.Version, 2)
		equal(t, "attempts", d.Attempts, 1)
		f.sent(d, "m1")
		d = f.delivery(d.Key)
		equal(t, "version sent", d.SentVersion, 2)
		equal(t, "state", d.State, bot.DeliverySent)
		equal(t, "sent at", d.Sent, f.now.Add(time.Second))
	},
	"Version/changed while it is being sent": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		d := f.next()
		f.record(f.edit(o, "two"))
		f.sent(d, "m1")
		equal(t, "version sent", f.delivery(d.Key).SentVersion, 1)
		d = f.next()
		equal(t, "edit", d.MessageID, "m1")
		equal(t, "payload", string(d.Payload), `{"text":"two"}`)
		f.record(f.edit(f.edit(o, "two"), "three"))
		f.sent(d, "m1")
		d = f.next()
		equal(t, "payload", string(d.Payload), `{"text":"three"}`)
		f.sent(d, "m1")
		f.nothing()
	},
	// The chat answers the second post with the message of the first one.
	"Version/changed between two posts": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		f.failed(f.next(), 0) // a timeout: it may have arrived
		f.record(f.edit(o, "two"))
		d := f.next()
		equal(t, "payload", string(d.Payload), `{"text":"two"}`)
		f.sent(d, "m1")
		equal(t, "version sent", f.delivery(d.Key).SentVersion, 1)
		d = f.next()
		equal(t, "edit", d.MessageID, "m1")
		f.sent(d, "m1")
		equal(t, "version sent", f.delivery(d.Key).SentVersion, 2)
		f.nothing()
	},
	"Version/changed between a crash and the next post": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		f.next()
		f = f.crash()
		f.record(f.edit(o, "two"))
		d := f.next()
		f.sent(d, "m1")
		equal(t, "version sent", f.delivery(d.Key).SentVersion, 1)
		equal(t, "edit", f.next().MessageID, "m1")
	},
	"Version/refused, but a newer one is there": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		d := f.next()
		f.record(f.edit(o, "two"))
		f.dropped(d)
		d = f.next()
		equal(t, "payload", string(d.Payload), `{"text":"two"}`)
		f.dropped(d)
		f.nothing()
		third := f.edit(f.edit(o, "two"), "three")
		f.record(third)
		f.nothing()
		equal(t, "version", f.delivery(d.Key).Version, 3)
	},
	"Version/the same payload is no news": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		f.sent(f.next(), "m1")
		again := f.edit(o, "other words")
		again.Deliveries = o.Deliveries
		f.record(again)
		f.nothing()
	},
	"Version/a wait is not cut short by an edit": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "one")
		f.record(o)
		f.failed(f.next(), time.Minute)
		f.record(f.edit(o, "two"))
		equal(t, "look again", f.nothing(), f.now.Add(time.Minute))
	},
}
