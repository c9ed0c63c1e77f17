package store

import (
	"context"
	"fmt"
	"time"

	"tocsin/bot"
	"tocsin/digest"
)

func scanSubscription(r row) (s digest.Subscription, err error) {
	return s, r.Scan(jsonInto{&s})
}

// Subscriptions lists those of a guild by ID, or of every guild for "*".
func (db *DB) Subscriptions(ctx context.Context, guild string) ([]digest.Subscription, error) {
	return all(ctx, db.read, scanSubscription,
		`select body from subscription where guild = $1 or $1 = '*' order by id`, guild)
}

// Subscription returns one; an error wrapping [bot.ErrUnknown] if there is none of that ID.
func (db *DB) Subscription(ctx context.Context, id string) (digest.Subscription, error) {
	s, err := one(ctx, db.read, scanSubscription, `select body from subscription where id = $1`, id)
	if err != nil {
		return s, fmt.Errorf("subscription %q: %w", id, err)
	}
	return s, nil
}

// PutSubscription inserts or replaces a subscription; next is when its next digest is
// due, zero for none. While schedule and zone stay as they are, the stored due
// time is kept and next ignored.
func (db *DB) PutSubscription(ctx context.Context, s digest.Subscription, next time.Time) error {
	err := db.inTx(ctx, func(t tx) error {
		_, err := t.ExecContext(ctx, `
			insert into subscription (id, guild, schedule, zone, body, next_digest) values ($1, $2, $3, $4, $5, $6)
			on conflict (id) do update set
				next_digest = case
					when subscription.schedule = excluded.schedule and subscription.zone = excluded.zone
					then coalesce(subscription.next_digest, excluded.next_digest)
					else excluded.next_digest end,
				guild = excluded.guild, schedule = excluded.schedule, zone = excluded.zone, body = excluded.body`,
			s.ID, s.Guild, s.At.String(), s.Zone, toJSON(s), ms(next))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the subscription %q: %w", s.ID, err)
	}
	return nil
}

// DeleteSubscription forgets a subscription, what it was promised for its next digest, and
// what is still to be posted for it: nobody wants that any more. Its posted
// messages stay.
func (db *DB) DeleteSubscription(ctx context.Context, id string) error {
	err := db.inTx(ctx, func(t tx) error {
		n, err := exec(ctx, t, `delete from subscription where id = $1`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrUnknown
		}
		for _, q := range []string{
			`delete from decision where subscription = $1 and digest is null and action <> 'none'`,
			`update delivery set state = 'dropped', error = 'the subscription was deleted'
			where subscription = $1 and state = 'pending' and message_id = ''`,
		} {
			if _, err := t.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting the subscription %q: %w", id, err)
	}
	return nil
}

// Alerts returns the alerts an entry has led to, whatever their state, with the entry
// as it stood when each was decided.
func (db *DB) Alerts(ctx context.Context, source, entry string) ([]bot.PostedAlert, error) {
	scan := func(r row) (a bot.PostedAlert, err error) {
		return a, r.Scan(append(deliveryInto(&a.Delivery), entryInto(&a.First)...)...)
	}
	list, err := all(ctx, db.read, scan, `
		select `+deliveryColumns+`, `+entryColumns+`
		from delivery d join entry e on e.source = d.source and e.key = d.entry
		left join revision r on r.entry = e.id and r.revision = d.revision
		where d.source = $1 and d.entry = $2 and d.kind = 'alert' order by d.id`, source, entry)
	if err != nil {
		return nil, fmt.Errorf("the alerts on %q of %q: %w", entry, source, err)
	}
	return list, nil
}
