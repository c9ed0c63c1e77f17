package store

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
)

// ClaimReads inserts a job for each source that is due, and keeps others from
// claiming it until FinishRead, but no longer than hold. It returns how many it claimed, at most limit.
func (db *DB) ClaimReads(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(source string) river.JobArgs) (n int, err error) {
	err = db.inTx(ctx, func(t tx) error {
		due, err := all(ctx, t, scanText, `
			update source set claimed_until = $2 where id in (
				select id from source
				where next_read <= $1 and (claimed_until is null or claimed_until <= $1)
				order by next_read limit $3 `+db.skipLocked+`)
			returning id`, now.UnixMilli(), now.Add(hold).UnixMilli(), limit)
		if err != nil {
			return err
		}
		n = len(due)
		jobs := make([]river.InsertManyParams, n)
		for i, id := range due {
			jobs[i].Args = job(id)
		}
		return insertJobs(ctx, t, jobs)
	})
	if err != nil {
		return 0, fmt.Errorf("claiming due sources: %w", err)
	}
	return n, nil
}

// ClaimDigests inserts a job for each subscription whose digest is due; otherwise it is
// as ClaimReads. A claim that is made again is for the same slot.
func (db *DB) ClaimDigests(ctx context.Context, now time.Time, hold time.Duration, limit int, job func(subscription string, due time.Time) river.JobArgs) (n int, err error) {
	type slot struct {
		subscription string
		due          time.Time
	}
	scan := func(r row) (s slot, err error) { return s, r.Scan(&s.subscription, timeInto{&s.due}) }
	err = db.inTx(ctx, func(t tx) error {
		due, err := all(ctx, t, scan, `
			update subscription set claimed_until = $2 where id in (
				select id from subscription
				where next_digest <= $1 and (claimed_until is null or claimed_until <= $1)
				order by next_digest limit $3 `+db.skipLocked+`)
			returning id, next_digest`, now.UnixMilli(), now.Add(hold).UnixMilli(), limit)
		if err != nil {
			return err
		}
		n = len(due)
		jobs := make([]river.InsertManyParams, n)
		for i, s := range due {
			jobs[i].Args = job(s.subscription, s.due)
		}
		return insertJobs(ctx, t, jobs)
	})
	if err != nil {
		return 0, fmt.Errorf("claiming due digests: %w", err)
	}
	return n, nil
}

// ClaimChannels inserts a [bot.Job] for each channel that nobody empties although a
// delivery has been due there since before since. A channel is not claimed
// again until as much time has passed once more.
func (db *DB) ClaimChannels(ctx context.Context, since time.Time, limit int) (n int, err error) {
	scan := func(r row) (ch bot.Channel, err error) { return ch, r.Scan(&ch.Chat, &ch.ID) }
	err = db.inTx(ctx, func(t tx) error {
		now := time.Now().UnixMilli()
		forgotten, err := all(ctx, t, scan, `
			select d.chat, d.channel
			from delivery d left join channel c on c.chat = d.chat and c.id = d.channel
			where d.state in ('pending', 'sending') and d.due < $1 and (c.id is null
				or c.not_before < $1 and c.swept_at < $1 and (c.owner = '' or c.leased_until < $2))
			group by d.chat, d.channel order by min(d.due) limit $3`, since.UnixMilli(), now, limit)
		if err != nil {
			return err
		}
		n = len(forgotten)
		for _, ch := range forgotten {
			if _, err := t.ExecContext(ctx, `
				insert into channel (chat, id, swept_at) values ($1, $2, $3)
				on conflict (chat, id) do update set swept_at = excluded.swept_at`, ch.Chat, ch.ID, now); err != nil {
				return err
			}
		}
		return insertJobs(ctx, t, channelJobs(forgotten))
	})
	if err != nil {
		return 0, fmt.Errorf("claiming forgotten channels: %w", err)
	}
	return n, nil
}
