package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

const (
	// hold is how long a claim keeps others away. A job runs within its claim
	// only, so a source is never read twice at the same time.
	hold = 2 * time.Minute
	// claimLimit bounds one transaction.
	claimLimit = 100
	// overdue is when a delivery counts as forgotten by its job.
	overdue = 15 * time.Second
	// sweepEvery and reloadEvery bound how often the calendar's slower hands move.
	sweepEvery  = 5 * time.Second
	reloadEvery = 2 * time.Second
)

// watchCalendar turns what is due into jobs until ctx is done. Every process may
// run it: a claim is a row that changes hands in a transaction.
func (w *Worker) watchCalendar(ctx context.Context) {
	tick := time.NewTicker(w.Tick)
	defer tick.Stop()
	var swept, reloaded time.Time
	failing := false
	for {
		now := time.Now()
		if w.Reload != nil && now.Sub(reloaded) >= reloadEvery {
			reloaded = now
			w.Reload()
		}
		err := w.claim(ctx, now)
		if err == nil && now.Sub(swept) >= sweepEvery {
			swept = now
			_, err = w.Store.Calendar.ClaimChannels(ctx, now.Add(-overdue), claimLimit)
		}
		switch {
		case err != nil && !failing && ctx.Err() == nil:
			w.Logger.Error("the database does not answer; trying again every tick", "err", err)
		case err == nil && failing:
			w.Logger.Info("the database answers again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// claim inserts a job for each source and digest that is due.
func (w *Worker) claim(ctx context.Context, now time.Time) error {
	read := func(source string) river.JobArgs { return readJob{Source: source, Until: now.Add(hold)} }
	compile := func(subscription string, due time.Time) river.JobArgs {
		return digestJob{Subscription: subscription, Due: due}
	}
	for {
		n, err := w.Store.Calendar.ClaimReads(ctx, now, hold, claimLimit, read)
		if err != nil {
			return err
		}
		m, err := w.Store.Calendar.ClaimDigests(ctx, now, hold, claimLimit, compile)
		if err != nil {
			return err
		}
		if n < claimLimit && m < claimLimit {
			return nil
		}
	}
}
