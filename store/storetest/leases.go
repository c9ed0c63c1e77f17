package storetest

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/bot"
)

var leaseTests = map[string]func(*testing.T, *fixture){
	"Lease/one owner at a time": func(t *testing.T, f *fixture) {
		lease := func(owner string, until time.Time) bool { return get(f.LeaseChannel(f.ctx, room, owner, until))(f) }
		soon := time.Now().Add(time.Minute)
		equal(t, "free", lease("a", soon), true)
		equal(t, "renewed", lease("a", soon), true)
		equal(t, "taken", lease("b", soon), false)
		get(f.ReleaseChannel(f.ctx, room, "b"))(f)
		equal(t, "released by another", lease("b", soon), false)
		get(f.ReleaseChannel(f.ctx, room, "a"))(f)
		equal(t, "released", lease("b", time.Now().Add(-time.Second)), true)
		equal(t, "run out", lease("a", soon), true)
		more, err := f.ReleaseChannel(f.ctx, bot.Channel{Chat: "fake", ID: "unseen"}, "a")
		f.must(err)
		equal(t, "more in an unseen channel", more, false)
	},
	"Lease/several ask at once": func(t *testing.T, f *fixture) {
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				ours, err := f.LeaseChannel(f.ctx, room, strconv.Itoa(i), time.Now().Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if ours {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		equal(t, "owners", won.Load(), 1)
	},
	"Lease/given back while more is due": func(t *testing.T, f *fixture) {
		f.source("a")
		release := func() bool {
			get(f.LeaseChannel(f.ctx, room, "me", time.Now().Add(time.Minute)))(f)
			return get(f.ReleaseChannel(f.ctx, room, "me"))(f)
		}
		equal(t, "nothing there", release(), false)
		f.now = f.now.Add(-time.Minute)
		f.record(f.outcome("a", "1", "one"))
		equal(t, "due", release(), true)
		f.failed(f.next(), time.Hour)
		equal(t, "waits", release(), false)
	},
	// Nothing but jobs wakes anybody here: one lost wake-up, and a message stays.
	"Lease/no wake-up is lost": func(t *testing.T, f *fixture) {
		f.source("a")
		const producers, each = 4, 10
		var mu sync.Mutex
		posted := map[int64]int{}
		empty := func(owner string) {
			for more := true; more; {
				ours, err := f.LeaseChannel(f.ctx, room, owner, time.Now().Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if err != nil || !ours {
					return
				}
				for {
					d, _, ok, err := f.NextDelivery(f.ctx, room, time.Now().Add(time.Second))
					if err != nil {
						t.Error(err)
					}
					if err != nil || !ok {
						break
					}
					mu.Lock()
					posted[d.ID]++
					mu.Unlock()
					if err := f.Settle(f.ctx, d, bot.Receipt{State: bot.DeliverySent, MessageID: "m", At: time.Now()}); err != nil {
						t.Error(err)
					}
				}
				if more, err = f.ReleaseChannel(f.ctx, room, owner); err != nil {
					t.Error(err)
				}
			}
		}
		var wg sync.WaitGroup
		for p := range producers {
			wg.Go(func() {
				for i := range each {
					id := fmt.Sprintf("%d-%d", p, i)
					if err := f.Record(f.ctx, []bot.Outcome{f.outcome("a", id, id)}); err != nil {
						t.Error(err)
					}
					empty(id)
				}
			})
		}
		wg.Wait()
		equal(t, "waiting", len(get(f.Deliveries(f.ctx, bot.DeliveryPending, 100))(f)), 0)
		equal(t, "posted", len(posted), producers*each)
		for id, n := range posted {
			equal(t, fmt.Sprint("posts of ", id), n, 1)
		}
	},
}
