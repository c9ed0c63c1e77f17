package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
)

// readJob stands for the worker's own.
type readJob struct {
	Source string `json:"source"`
}

func (readJob) Kind() string { return "test_read" }

type digestJob struct {
	Subscription string    `json:"subscription"`
	Due          time.Time `json:"due"`
}

func (digestJob) Kind() string { return "test_digest" }

// claimReads returns the sources that were claimed.
func (f *fixture) claimReads(now time.Time, limit int) []string {
	f.t.Helper()
	var claimed []string
	n, err := f.ClaimReads(f.ctx, now, time.Minute, limit, func(source string) river.JobArgs {
		claimed = append(claimed, source)
		return readJob{source}
	})
	f.must(err)
	equal(f.t, "number of claims", n, len(claimed))
	return claimed
}

func (f *fixture) claimDigests(now time.Time) []digestJob {
	f.t.Helper()
	var claimed []digestJob
	_, err := f.ClaimDigests(f.ctx, now, time.Minute, 10, func(subscription string, due time.Time) river.JobArgs {
		job := digestJob{subscription, due}
		claimed = append(claimed, job)
		return job
	})
	f.must(err)
	return claimed
}

var calendarTests = map[string]func(*testing.T, *fixture){
	"Calendar/a read is claimed until it ends or the hold does": func(t *testing.T, f *fixture) {
		f.source("a")
		f.source("b")
		now := time.Now()
		equal(t, "before it is due", len(f.claimReads(now.Add(-time.Hour), 10)), 0)
		first := f.claimReads(now, 1)
		equal(t, "limit", len(first), 1)
		rest := f.claimReads(now, 10)
		equal(t, "the other one", len(rest), 1)
		equal(t, "both are held", len(f.claimReads(now, 10)), 0)
		equal(t, "the slot stays", get(f.Source(f.ctx, "a"))(f).NextRead.After(now), false)
		equal(t, "after the hold", len(f.claimReads(now.Add(time.Minute), 10)), 2)
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: now, NextRead: now}))
		diff(t, []string{"a"}, f.claimReads(now, 10))
	},
	"Calendar/claims become jobs": func(t *testing.T, f *fixture) {
		f.source("a")
		got := collect[readJob](f)
		f.claimReads(time.Now(), 10)
		equal(t, "job", receive(t, got, 1)[0].Source, "a")
	},
	"Calendar/several claimers share the work": func(t *testing.T, f *fixture) {
		const sources, claimers = 40, 5
		for i := range sources {
			f.source(fmt.Sprintf("s%02d", i))
		}
		now := time.Now()
		claims := make([][]string, claimers)
		var wg sync.WaitGroup
		for i := range claimers {
			wg.Go(func() {
				for range sources {
					claims[i] = append(claims[i], f.claimReads(now, 3)...)
				}
			})
		}
		wg.Wait()
		all := slices.Concat(claims...)
		slices.Sort(all)
		equal(t, "claims", len(all), sources)
		equal(t, "different ones", len(slices.Compact(all)), sources)
	},
	"Calendar/a digest keeps its slot": func(t *testing.T, f *fixture) {
		s := f.subscription("sub")
		now := time.Now()
		want := []digestJob{{s.ID, f.now}}
		diff(t, want, f.claimDigests(now))
		equal(t, "held", len(f.claimDigests(now)), 0)
		diff(t, want, f.claimDigests(now.Add(time.Minute)))
		next := f.now.Add(24 * time.Hour)
		f.must(f.SkipDigest(f.ctx, s.ID, f.now, next))
		equal(t, "skipped", len(f.claimDigests(now.Add(time.Hour))), 0)
		diff(t, []digestJob{{s.ID, next}}, f.claimDigests(next))
		f.must(f.SkipDigest(f.ctx, s.ID, next, time.Time{}))
		equal(t, "never", len(f.claimDigests(next.Add(1000*time.Hour))), 0)
	},
	"Calendar/a forgotten channel is swept up, and not twice": func(t *testing.T, f *fixture) {
		f.source("a")
		f.record(f.outcome("a", "1", "one"))
		sweep := func(since time.Time) int { return get(f.ClaimChannels(f.ctx, since, 10))(f) }
		equal(t, "not due so long", sweep(f.now), 0)
		equal(t, "forgotten", sweep(f.now.Add(time.Millisecond)), 1)
		equal(t, "swept", sweep(f.now.Add(time.Millisecond)), 0)
		long := time.Now().Add(time.Minute)
		equal(t, "forgotten again", sweep(long), 1)

		get(f.LeaseChannel(f.ctx, room, "me", time.Now().Add(time.Minute)))(f)
		equal(t, "leased", sweep(long.Add(time.Hour)), 0)
		get(f.ReleaseChannel(f.ctx, room, "me"))(f)
		f.must(f.DeferChannel(f.ctx, room, long.Add(2*time.Hour), ""))
		equal(t, "put off", sweep(long.Add(time.Hour)), 0)
		equal(t, "due again", sweep(long.Add(3*time.Hour)), 1)
	},
}
