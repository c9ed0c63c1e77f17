package store

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
)

// channelJobs makes a job of each channel, once.
func channelJobs(channels []bot.Channel) []river.InsertManyParams {
	var jobs []river.InsertManyParams
	seen := map[bot.Channel]bool{}
	for _, ch := range channels {
		if !seen[ch] {
			seen[ch] = true
			jobs = append(jobs, river.InsertManyParams{Args: bot.Job{Chat: ch.Chat, Channel: ch.ID}})
		}
	}
	return jobs
}

func insertJobs(ctx context.Context, t tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	_, err := t.enqueue(ctx, jobs)
	return err
}

// schedulerPace is how often River looks for scheduled jobs that have come due.
const schedulerPace = 5 * time.Second

// insertJobAt inserts a job for later. One that comes before River's scheduler would
// look again is made available at once, as River itself does with snoozes: those
// that poll leave it until its time, and are at most a second late.
func insertJobAt(ctx context.Context, t tx, args river.JobArgs, at time.Time) error {
	inserted, err := t.enqueue(ctx, []river.InsertManyParams{{Args: args, InsertOpts: &river.InsertOpts{ScheduledAt: at}}})
	if err != nil || time.Until(at) > schedulerPace {
		return err
	}
	for _, j := range inserted {
		if _, err := t.ExecContext(ctx, `
			update river_job set state = 'available' where id = $1 and state = 'scheduled'`, j.Job.ID); err != nil {
			return err
		}
	}
	return nil
}
