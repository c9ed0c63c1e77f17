package store

import (
	"context"
	"fmt"
	"time"

	"tocsin/bot"
)

// LeaseChannel gives owner the channel until the given time, or reports false if
// another owner holds it. The same owner may renew.
func (db *DB) LeaseChannel(ctx context.Context, ch bot.Channel, owner string, until time.Time) (ours bool, err error) {
	err = db.inTx(ctx, func(t tx) error {
		n, err := exec(ctx, t, `
			insert into channel (chat, id, owner, leased_until) values ($1, $2, $3, $4)
			on conflict (chat, id) do update set owner = excluded.owner, leased_until = excluded.leased_until
			where channel.owner in ('', excluded.owner) or channel.leased_until <= $5`,
			ch.Chat, ch.ID, owner, until.UnixMilli(), time.Now().UnixMilli())
		ours = n > 0
		return err
	})
	return ours, channelError("leasing", ch, err)
}

// ReleaseChannel gives the channel back and reports whether a delivery is due there.
//
// The row is given back first and the deliveries are looked at afterwards, in one
// transaction. So whoever found the channel leased did so before that look, after
// its own delivery had been committed: the look sees it. And whoever comes during it
// waits for the row, and then gets the lease.
func (db *DB) ReleaseChannel(ctx context.Context, ch bot.Channel, owner string) (more bool, err error) {
	err = db.inTx(ctx, func(t tx) error {
		n, err := exec(ctx, t, `
			update channel set owner = '', leased_until = 0 where chat = $1 and id = $2 and owner = $3`, ch.Chat, ch.ID, owner)
		if err != nil || n == 0 {
			return err // the lease had run out, and its new owner looks
		}
		now := time.Now()
		_, wake, err := nextUp(ctx, t, ch, now)
		more = !wake.IsZero() && !wake.After(now)
		return err
	})
	return more, channelError("releasing", ch, err)
}

// NextDelivery takes the oldest delivery of the channel that is pending, or was left
// sending by a process that died, and commits that it is being sent.
// If there is none, or it is not due yet, ok is false; wake is then when to look
// again, zero if nothing waits.
//
// Messages are first posted in the order in which they came: one that has to wait
// holds back those behind it. Edits of posted messages wait for none of them.
func (db *DB) NextDelivery(ctx context.Context, ch bot.Channel, now time.Time) (d bot.Delivery, wake time.Time, ok bool, err error) {
	err = db.inTx(ctx, func(t tx) error {
		id, due, err := nextUp(ctx, t, ch, now)
		if err != nil || due.IsZero() || due.After(now) {
			wake = due
			return err
		}
		if _, err := t.ExecContext(ctx, `
			update delivery set state = 'sending',
				attempts = case when tried_version = version then attempts + 1 else 1 end,
				tried_version = version,
				posted_version = case when message_id = '' and posted_version = 0 then version else posted_version end
			where id = $1`, id); err != nil {
			return err
		}
		d, err = scanDelivery(t.QueryRowContext(ctx, `select `+deliveryColumns+` from delivery d where id = $1`, id))
		ok = err == nil
		return err
	})
	return d, wake, ok, channelError("taking the next delivery of", ch, err)
}

// nextUp returns the delivery of a channel that is to go out next, and when; a zero
// time if there is none.
func nextUp(ctx context.Context, t tx, ch bot.Channel, now time.Time) (id int64, due time.Time, err error) {
	type candidate struct {
		id  int64
		due time.Time
	}
	scan := func(r row) (c candidate, err error) { return c, r.Scan(&c.id, timeInto{&c.due}) }
	// The first of the queue, and the edit that is due first.
	queue, err := all(ctx, t, scan, `
		select id, due from delivery where chat = $1 and channel = $2 and state in ('pending', 'sending') and message_id = ''
		order by id limit 1`, ch.Chat, ch.ID)
	if err != nil {
		return 0, time.Time{}, err
	}
	edits, err := all(ctx, t, scan, `
		select id, due from delivery where chat = $1 and channel = $2 and state in ('pending', 'sending') and message_id <> ''
		order by due, id limit 1`, ch.Chat, ch.ID)
	if err != nil {
		return 0, time.Time{}, err
	}
	var best candidate
	for _, c := range append(edits, queue...) {
		isDue, bestIsDue := !c.due.After(now), !best.due.After(now)
		switch {
		case best.id == 0,
			isDue && (!bestIsDue || c.id < best.id),
			!isDue && !bestIsDue && c.due.Before(best.due):
			best = c
		}
	}
	if best.id == 0 {
		return 0, time.Time{}, nil
	}
	deferred, err := all(ctx, t, scan, `select 0, not_before from channel where chat = $1 and id = $2`, ch.Chat, ch.ID)
	for _, c := range deferred {
		if c.due.After(best.due) {
			best.due = c.due
		}
	}
	return best.id, best.due, err
}

// Settle commits what became of a delivery that NextDelivery gave. If its payload
// changed meanwhile, it is pending again.
//
// A chat that is asked to post twice answers with the message that it posted first. So
// what a success shows is the first version that was posted without a clear
// answer; if that is not the newest, an edit follows.
func (db *DB) Settle(ctx context.Context, d bot.Delivery, r bot.Receipt) error {
	err := db.inTx(ctx, func(t tx) error {
		s, err := one(ctx, t, scanSettling, `
			select version, sent_version, posted_version, tried_version, attempts, message_id, state, due, error, sent_at
			from delivery where id = $1 `+db.forUpdate, d.ID)
		if err != nil {
			return err
		}
		switch r.State {
		case bot.DeliverySent:
			s.sent(d, r)
			_, err = t.ExecContext(ctx, `
				update channel set broken = '' where chat = $1 and id = $2 and broken <> ''`, d.Channel.Chat, d.Channel.ID)
		case bot.DeliveryPending, bot.DeliveryDropped:
			s.failed(d, r)
		default:
			err = fmt.Errorf("a receipt cannot say %q", r.State)
		}
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `
			update delivery set sent_version = $2, posted_version = $3, message_id = $4, state = $5, due = $6, error = $7, sent_at = $8
			where id = $1`,
			d.ID, s.sentVersion, s.postedVersion, s.messageID, string(s.state), s.due.UnixMilli(), s.error, ms(s.sentAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("settling the delivery %d: %w", d.ID, err)
	}
	return nil
}

// settling is the part of a delivery's row that a receipt bears on.
type settling struct {
	version, sentVersion, postedVersion, triedVersion int
	attempts                                          int
	messageID                                         string
	state                                             bot.DeliveryState
	due                                               time.Time
	error                                             string
	sentAt                                            time.Time
}

func scanSettling(r row) (s settling, err error) {
	return s, r.Scan(&s.version, &s.sentVersion, &s.postedVersion, &s.triedVersion, &s.attempts,
		&s.messageID, &s.state, timeInto{&s.due}, &s.error, timeInto{&s.sentAt})
}

// sent counts even when the lease had run out and another owner tried as well: the
// message is there.
func (s *settling) sent(d bot.Delivery, r bot.Receipt) {
	if d.MessageID == "" {
		if s.messageID != "" {
			return
		}
		s.messageID, s.sentAt = r.MessageID, r.At
		s.sentVersion = d.Version
		if s.postedVersion > 0 {
			s.sentVersion = s.postedVersion
		}
		s.postedVersion = 0
	} else {
		s.sentVersion = max(s.sentVersion, d.Version)
	}
	s.error = ""
	s.state = bot.DeliverySent
	if s.sentVersion < s.version {
		s.state, s.due = bot.DeliveryPending, r.At
	}
}

// failed counts only for the try that it tells of.
func (s *settling) failed(d bot.Delivery, r bot.Receipt) {
	if s.state != bot.DeliverySending || s.triedVersion != d.Version || s.attempts != d.Attempts {
		return
	}
	s.state, s.due, s.error = r.State, r.Due, clean(r.Error)
	if r.State == bot.DeliveryDropped {
		s.due = r.At
		if s.version > d.Version {
			s.state = bot.DeliveryPending // the chat has not seen the newest yet
		}
	}
}

// DeferChannel puts off everything of the channel until due, and inserts the [bot.Job]
// that takes it up again then. It never brings a channel forward. A reason
// marks the channel as broken; "" clears that.
func (db *DB) DeferChannel(ctx context.Context, ch bot.Channel, due time.Time, reason string) error {
	err := db.inTx(ctx, func(t tx) error {
		if _, err := t.ExecContext(ctx, `
			insert into channel (chat, id) values ($1, $2) on conflict (chat, id) do nothing`, ch.Chat, ch.ID); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `
			update channel set broken = $3 where chat = $1 and id = $2`, ch.Chat, ch.ID, clean(reason)); err != nil {
			return err
		}
		later, err := exec(ctx, t, `
			update channel set not_before = $3 where chat = $1 and id = $2 and not_before < $3`, ch.Chat, ch.ID, due.UnixMilli())
		if err != nil || later == 0 {
			return err // a job for that time is there
		}
		return insertJobAt(ctx, t, bot.Job{Chat: ch.Chat, Channel: ch.ID}, due)
	})
	return channelError("deferring", ch, err)
}

func channelError(what string, ch bot.Channel, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s the channel %s:%s: %w", what, ch.Chat, ch.ID, err)
}
