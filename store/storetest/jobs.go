package storetest

import (
	"testing"
	"time"

	"tocsin/bot"
)

var jobTests = map[string]func(*testing.T, *fixture){
	// The jobs of a transaction exist if and only if it was committed.
	"Jobs/commit with the rows": func(t *testing.T, f *fixture) {
		f.source("a")
		bad := f.outcome("a", "2", "two")
		bad.Change = "no such change"
		if err := f.Record(f.ctx, []bot.Outcome{f.outcome("a", "1", "one"), bad}); err == nil {
			t.Fatal("recorded an outcome that cannot be")
		}
		equal(t, "known", len(get(f.Known(f.ctx, "a"))(f)), 0)
		got := collect[bot.Job](f)
		other := f.outcome("a", "3", "three")
		other.Deliveries[0].Channel.ID = "other"
		f.record(other)
		equal(t, "the only job", receive(t, got, 1)[0].Channel, "other")
	},
	"Jobs/start at once": func(t *testing.T, f *fixture) {
		f.source("a")
		got := collect[bot.Job](f)
		f.record(f.outcome("a", "1", "one"))
		receive(t, got, 1) // the runner is up
		start := time.Now()
		f.record(f.outcome("a", "2", "two"))
		receive(t, got, 1)
		if took := time.Since(start); took > 900*time.Millisecond {
			t.Errorf("the job started after %v; without a wake-up it takes a second", took)
		}
	},
	"Jobs/wait while nobody works": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		f = f.crash()
		receive(t, collect[bot.Job](f), 1)
	},
}
