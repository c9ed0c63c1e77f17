package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tocsin/bot"
)

// The attempts on record are those of the version that was tried last; a newer one has none.
const deliveryColumns = `d.id, d.key, d.kind, d.subscription, d.chat, d.channel, d.source, d.entry, d.payload,
	d.version, d.sent_version, d.message_id, d.state, case when d.tried_version = d.version then d.attempts else 0 end,
	d.due, d.error, d.published, d.read_at, d.created_at, d.sent_at`

func deliveryInto(d *bot.Delivery) []any {
	return []any{
		&d.ID, &d.Key, &d.Kind, &d.Subscription, &d.Channel.Chat, &d.Channel.ID, &d.Source, &d.Entry, (*[]byte)(&d.Payload),
		&d.Version, &d.SentVersion, &d.MessageID, &d.State, &d.Attempts,
		timeInto{&d.Due}, &d.Error, timeInto{&d.Published}, timeInto{&d.Read}, timeInto{&d.Created}, timeInto{&d.Sent},
	}
}

func scanDelivery(r row) (d bot.Delivery, err error) { return d, r.Scan(deliveryInto(&d)...) }

// putDelivery inserts a delivery with a new key, due at once unless it says otherwise. For a
// key that is there, an alert gets the new payload and so a new version, and anything
// else is left alone. It returns the channel, and whether that now has to be looked at.
//
// A version that the chat may be showing by now, for all we know, stays sending: what
// comes of that try decides whether an edit follows.
func putDelivery(ctx context.Context, t tx, d bot.Delivery, revision int, at time.Time) (ch bot.Channel, waits bool, err error) {
	due := d.Due
	if due.Before(at) {
		due = at
	}
	var state bot.DeliveryState
	err = t.QueryRowContext(ctx, `
		insert into delivery (key, kind, subscription, chat, channel, source, entry, revision, payload,
			due, published, read_at, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		on conflict (key) do update set
			payload = excluded.payload, version = delivery.version + 1,
			state = case when delivery.state = 'sent' then 'pending' else delivery.state end,
			due = case when delivery.state = 'sent' or delivery.due < excluded.due then excluded.due else delivery.due end
			where delivery.kind = 'alert' and delivery.payload <> excluded.payload
		returning chat, channel, state`,
		d.Key, string(d.Kind), d.Subscription, d.Channel.Chat, d.Channel.ID, d.Source, clean(d.Entry), revision, string(d.Payload),
		due.UnixMilli(), ms(d.Published), ms(d.Read), at.UnixMilli()).Scan(&ch.Chat, &ch.ID, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return ch, false, nil
	}
	return ch, err == nil && state != bot.DeliveryDropped, err
}
