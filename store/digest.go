package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/bot"
	"tocsin/digest"
)

// Undigested returns what a subscription was promised a line for, by an alert or a
// hold, and no digest has told it yet.
func (db *DB) Undigested(ctx context.Context, subscription string) (h bot.Held, err error) {
	type promise struct {
		decision int64
		found
	}
	scan := func(r row) (p promise, err error) {
		var every int64
		dest := append([]any{&p.decision, &p.row, &p.item.Removed}, feedInto(&p.item.Source, &every)...)
		err = r.Scan(append(dest, entryInto(&p.item.Entry)...)...)
		p.item.Source.Every = msDuration(every)
		return p, err
	}
	fail := func(err error) (bot.Held, error) {
		return bot.Held{}, fmt.Errorf("what the subscription %q was promised: %w", subscription, err)
	}
	if err := db.read.QueryRowContext(ctx, `select max(to_at) from digest where subscription = $1`, subscription).
		Scan(timeInto{&h.Since}); err != nil {
		return fail(err)
	}
	promises, err := all(ctx, db.read, scan, `
		select d.id, `+itemColumns+`
		from decision d join entry e on e.id = d.entry join source s on s.id = e.source
		join revision r on r.entry = e.id and r.revision = e.revision
		where d.subscription = $1 and d.digest is null and d.action in ('alert', 'hold')
		order by e.read_at, e.id, d.id`, subscription)
	if err != nil {
		return fail(err)
	}
	var list []found
	for i, p := range promises {
		h.Decisions = append(h.Decisions, p.decision)
		if i == 0 || promises[i-1].row != p.row {
			list = append(list, p.found)
		}
	}
	if h.Items, err = items(ctx, db.read, list); err != nil {
		return fail(err)
	}
	return h, nil
}

// PutDigest commits a compiled digest: its deliveries and their job, the decisions it
// covers, its JSON form for the record, and when the next one is due (zero:
// never). It does nothing if the slot d.Due of the subscription was filled already.
//
// It covers decisions by number, and not up to a time or a number: one that commits
// meanwhile may have the lower number, and must be left for the next digest.
func (db *DB) PutDigest(ctx context.Context, d digest.Digest, body json.RawMessage, covers []int64, parts []bot.Delivery, next time.Time) error {
	id := d.Subscription.ID
	err := db.inTx(ctx, func(t tx) error {
		if _, err := one(ctx, t, scanText, `select id from subscription where id = $1`, id); err != nil {
			return err
		}
		number, fresh, err := news(t.QueryRowContext(ctx, `
			insert into digest (subscription, due, from_at, to_at, body) values ($1, $2, $3, $4, $5)
			on conflict (subscription, due) do nothing returning id`,
			id, d.Due.UnixMilli(), d.From.UnixMilli(), d.To.UnixMilli(), string(body)))
		if err != nil {
			return err
		}
		if fresh {
			err = fillSlot(ctx, t, id, number, d.To, covers, parts)
		}
		if err != nil {
			return err
		}
		// A schedule that was changed meanwhile has its own next slot.
		_, err = t.ExecContext(ctx, `
			update subscription set next_digest = $3, claimed_until = null
			where id = $1 and next_digest = $2`, id, d.Due.UnixMilli(), ms(next))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the digest of %q: %w", id, err)
	}
	return nil
}

func fillSlot(ctx context.Context, t tx, subscription string, number int64, at time.Time, covers []int64, parts []bot.Delivery) error {
	if err := each(covers, func(ids []int64) error {
		_, err := t.ExecContext(ctx, `
			update decision set digest = $1 where subscription = $2 and digest is null
			and id in (`+placeholders(3, len(ids))+`)`, anys(ids, any(number), subscription)...)
		return err
	}); err != nil {
		return err
	}
	var channels []bot.Channel
	for _, p := range parts {
		ch, waits, err := putDelivery(ctx, t, p, 0, at)
		if err != nil {
			return err
		}
		if waits {
			channels = append(channels, ch)
		}
	}
	return insertJobs(ctx, t, channelJobs(slices.Compact(channels)))
}

// SkipDigest commits that the slot due stays empty. It does nothing if another one is next by now.
func (db *DB) SkipDigest(ctx context.Context, subscription string, due, next time.Time) error {
	err := db.inTx(ctx, func(t tx) error {
		_, err := t.ExecContext(ctx, `
			update subscription set next_digest = $3, claimed_until = null
			where id = $1 and next_digest = $2`, subscription, due.UnixMilli(), ms(next))
		return err
	})
	if err != nil {
		return fmt.Errorf("skipping a digest of %q: %w", subscription, err)
	}
	return nil
}

// Items returns the matched entries first read in [from, to), oldest first, baseline included.
func (db *DB) Items(ctx context.Context, from, to time.Time) ([]digest.Item, error) {
	list, err := all(ctx, db.read, scanFound, `
		select `+itemColumns+`
		from entry e join source s on s.id = e.source
		join revision r on r.entry = e.id and r.revision = e.revision
		where e.read_at >= $1 and e.read_at < $2
		and exists (select 1 from rule_match m where m.entry = e.id and m.revision = e.revision)
		order by e.read_at, e.id`, from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("the entries of a time: %w", err)
	}
	return items(ctx, db.read, list)
}
