package storetest

import (
	"strconv"
	"testing"
	"time"

	"tocsin/bot"
)

var administerTests = map[string]func(*testing.T, *fixture){
	"Administer/list, retry and drop": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"), f.outcome("a", "2", "two"), f.outcome("a", "3", "three"))
		d := f.next()
		f.dropped(d)
		list := func(state bot.DeliveryState, limit int) int {
			return len(get(f.Deliveries(f.ctx, state, limit))(f))
		}
		equal(t, "dropped", list(bot.DeliveryDropped, 10), 1)
		equal(t, "pending", list(bot.DeliveryPending, 10), 2)
		equal(t, "limit", list("", 2), 2)

		f.must(f.DeferChannel(f.ctx, room, f.now.Add(time.Hour), "no permission"))
		equal(t, "retried", get(f.RetryDeliveries(f.ctx))(f), 1)
		equal(t, "nothing left to retry", get(f.RetryDeliveries(f.ctx))(f), 0)
		f.now = time.Now()
		again := f.next()
		equal(t, "again", again.ID, d.ID)
		equal(t, "attempts", again.Attempts, 1)
		f.sent(again, "m1")
		equal(t, "a sent one is not retried", get(f.RetryDeliveries(f.ctx, again.ID, 9999))(f), 0)

		second := f.next()
		f.failed(second, time.Hour)
		f.nothing()
		equal(t, "a waiting one is", get(f.RetryDeliveries(f.ctx, second.ID))(f), 1)
		equal(t, "again", f.next().ID, second.ID)
		equal(t, "drops", get(f.DropDeliveries(f.ctx, second.ID, again.ID))(f), 1)
		equal(t, "then", f.next().Entry, "3")
	},
	"Administer/a retry has a job": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		f.dropped(f.next())
		got := collect[bot.Job](f)
		receive(t, got, 1) // of the record
		get(f.RetryDeliveries(f.ctx))(f)
		receive(t, got, 1)
	},
	"Administer/the outbox in figures": func(t *testing.T, f *fixture) {
		f.source("a")
		diff(t, bot.OutboxStats{}, get(f.OutboxStats(f.ctx))(f))
		const n = 22
		for i := range n {
			f.record(f.outcome("a", strconv.Itoa(i), "text"))
		}
		for i := range n - 2 {
			at := f.now.Add(time.Duration(i+1) * time.Millisecond)
			f.must(f.Settle(f.ctx, f.next(), bot.Receipt{State: bot.DeliverySent, MessageID: "m", At: at}))
		}
		f.dropped(f.next())
		diff(t, bot.OutboxStats{
			Pending: 1, Dropped: 1, OldestDue: f.now, Sent24h: n - 2,
			LatencyP50: 10 * time.Millisecond, LatencyP95: 19 * time.Millisecond,
		}, get(f.OutboxStats(f.ctx))(f))
	},
}
