package store

import (
	"context"
	"fmt"
	"time"

	"tocsin/bot"
)

// Deliveries lists those in a state, the oldest first and at most limit; "" means any state.
func (db *DB) Deliveries(ctx context.Context, state bot.DeliveryState, limit int) ([]bot.Delivery, error) {
	list, err := all(ctx, db.read, scanDelivery, `
		select `+deliveryColumns+` from delivery d where $1 = '' or d.state = $1
		order by d.id limit $2`, string(state), limit)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries: %w", err)
	}
	return list, nil
}

// RetryDeliveries makes deliveries due at once that were dropped or wait for a later
// try, and takes up their channels even if they are broken; without ids, everything
// that was dropped. It returns how many that were; others are left alone.
func (db *DB) RetryDeliveries(ctx context.Context, ids ...int64) (n int, err error) {
	err = db.inTx(ctx, func(t tx) error {
		now := time.Now().UnixMilli()
		const retry = `update delivery set state = 'pending', due = $1, tried_version = 0, attempts = 0 where `
		const returning = ` returning chat, channel`
		scan := func(r row) (ch bot.Channel, err error) { return ch, r.Scan(&ch.Chat, &ch.ID) }
		var channels []bot.Channel
		if len(ids) == 0 {
			channels, err = all(ctx, t, scan, retry+`state = 'dropped'`+returning, now)
		} else {
			err = each(ids, func(ids []int64) error {
				chs, err := all(ctx, t, scan, retry+`state in ('dropped', 'pending') and id in (`+placeholders(2, len(ids))+`)`+returning, anys(ids, any(now))...)
				channels = append(channels, chs...)
				return err
			})
		}
		if err != nil {
			return err
		}
		n = len(channels)
		jobs := channelJobs(channels)
		for _, j := range jobs {
			ch := j.Args.(bot.Job)
			if _, err := t.ExecContext(ctx, `
				update channel set broken = '', not_before = 0
				where chat = $1 and id = $2 and broken <> ''`, ch.Chat, ch.Channel); err != nil {
				return err
			}
		}
		return insertJobs(ctx, t, jobs)
	})
	if err != nil {
		return 0, fmt.Errorf("retrying deliveries: %w", err)
	}
	return n, nil
}

// DropDeliveries gives up deliveries that wait, and returns how many did. One that is
// being sent at this moment may still arrive, and counts as sent then.
func (db *DB) DropDeliveries(ctx context.Context, ids ...int64) (n int, err error) {
	err = db.inTx(ctx, func(t tx) error {
		return each(ids, func(ids []int64) error {
			dropped, err := exec(ctx, t, `
				update delivery set state = 'dropped', error = 'dropped by the operator'
				where state in ('pending', 'sending') and id in (`+placeholders(1, len(ids))+`)`, anys(ids)...)
			n += int(dropped)
			return err
		})
	})
	if err != nil {
		return 0, fmt.Errorf("dropping deliveries: %w", err)
	}
	return n, nil
}

// BrokenChannel is a channel that takes no messages.
type BrokenChannel struct {
	bot.Channel
	Reason string
	Until  time.Time // when it is tried again
}

// BrokenChannels lists the channels that take no messages.
func (db *DB) BrokenChannels(ctx context.Context) ([]BrokenChannel, error) {
	scan := func(r row) (b BrokenChannel, err error) {
		return b, r.Scan(&b.Chat, &b.ID, &b.Reason, timeInto{&b.Until})
	}
	return all(ctx, db.read, scan, `
		select chat, id, broken, not_before from channel where broken <> '' order by chat, id`)
}

// OutboxStats sums up the outbox.
func (db *DB) OutboxStats(ctx context.Context) (s bot.OutboxStats, err error) {
	since := time.Now().Add(-24 * time.Hour).UnixMilli()
	err = db.read.QueryRowContext(ctx, `
		select (select count(*) from delivery where state in ('pending', 'sending')),
			(select count(*) from delivery where state = 'dropped'),
			(select min(due) from delivery where state in ('pending', 'sending')),
			(select count(*) from delivery where sent_at >= $1)`, since).
		Scan(&s.Pending, &s.Dropped, timeInto{&s.OldestDue}, &s.Sent24h)
	if err != nil {
		return s, fmt.Errorf("summing up the outbox: %w", err)
	}
	took, err := all(ctx, db.read, scanNumber, `
		select sent_at - read_at from delivery
		where sent_at >= $1 and read_at is not null order by 1`, since)
	if err != nil {
		return s, fmt.Errorf("summing up the outbox: %w", err)
	}
	s.LatencyP50, s.LatencyP95 = percentile(took, 50), percentile(took, 95)
	return s, nil
}

// percentile takes sorted milliseconds.
func percentile(sorted []int64, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*p + 99) / 100 // the nearest rank, from 1
	return msDuration(sorted[rank-1])
}
