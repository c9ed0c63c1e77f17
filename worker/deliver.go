package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
)

const (
	// leaseFor covers one try and its bookkeeping; it is renewed before each.
	leaseFor = 60 * time.Second
	// sendTimeout bounds one call of the chat.
	sendTimeout = 20 * time.Second
	// drainFor bounds how long one job keeps a channel, well below the age at
	// which the queue takes a job for dead.
	drainFor = 15 * time.Second
	// brokenEvery is how often a channel that takes no messages is tried again.
	brokenEvery = time.Hour
	// refusedEvery is how often a chat that refuses the bot's credentials is tried again.
	refusedEvery = 5 * time.Minute
	maxRetry     = 5 * time.Minute
)

type deliverWorker struct {
	river.WorkerDefaults[bot.Job]
	w *Worker
}

func (d *deliverWorker) Work(ctx context.Context, job *river.Job[bot.Job]) error {
	ch := bot.Channel{Chat: job.Args.Chat, ID: job.Args.Channel}
	more, err := d.w.emptyChannel(ctx, ch)
	if err == nil && more {
		return river.JobSnooze(0)
	}
	return err
}

// emptyChannel sends what is due in one channel, in order, and reports whether
// something due is left. If somebody else is at it, that one will see to it.
func (w *Worker) emptyChannel(ctx context.Context, ch bot.Channel) (more bool, err error) {
	chat := w.chats[ch.Chat]
	if chat == nil {
		return false, nil // a process that serves this chat sweeps the channel up
	}
	owner := w.owner + "/" + w.leases.next()
	ours, err := w.Store.Outbox.LeaseChannel(ctx, ch, owner, time.Now().Add(leaseFor))
	if err != nil || !ours {
		return false, err
	}
	err = w.drain(ctx, ch, chat, owner)
	// The lease goes back even when the job was cancelled.
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	more, releaseErr := w.Store.Outbox.ReleaseChannel(release, ch, owner)
	return more, errors.Join(err, releaseErr)
}

// drain delivers until nothing is due, the channel must wait, the time is up or
// the program stops.
func (w *Worker) drain(ctx context.Context, ch bot.Channel, chat bot.Chat, owner string) error {
	for start := time.Now(); time.Since(start) < drainFor && !w.hushed.stopping(); {
		if until, wait := w.hushed.waiting(ch.Chat, time.Now()); wait {
			return w.Store.Outbox.DeferChannel(ctx, ch, until, "")
		}
		if ours, err := w.Store.Outbox.LeaseChannel(ctx, ch, owner, time.Now().Add(leaseFor)); err != nil || !ours {
			return err
		}
		d, _, ok, err := w.Store.Outbox.NextDelivery(ctx, ch, time.Now())
		if err != nil || !ok {
			return err
		}
		goOn, err := w.deliver(ctx, chat, d)
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// deliver makes one try and settles it. It reports whether the channel may take
// the next delivery at once.
func (w *Worker) deliver(ctx context.Context, chat bot.Chat, d bot.Delivery) (goOn bool, err error) {
	messageID, sendErr := w.try(ctx, chat, d)
	now := time.Now()
	// What the chat answered must be written down even when the program stops meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	v := judge(d, messageID, sendErr, now)
	if err := w.Store.Outbox.Settle(ctx, d, v.receipt); err != nil {
		return false, fmt.Errorf("writing down what became of delivery %d: %w", d.ID, err)
	}
	w.report(d, v, sendErr)
	if v.everywhere {
		w.hushed.quietUntil(d.Channel.Chat, v.receipt.Due)
	}
	if v.receipt.State == bot.DeliveryPending {
		return false, w.Store.Outbox.DeferChannel(ctx, d.Channel, v.receipt.Due, v.broken)
	}
	return true, nil
}

func (w *Worker) try(ctx context.Context, chat bot.Chat, d bot.Delivery) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if d.MessageID != "" {
		return d.MessageID, chat.Edit(ctx, d)
	}
	return chat.Send(ctx, d)
}

// verdict is what one answer of a chat means.
type verdict struct {
	receipt    bot.Receipt
	broken     string // why the channel takes no messages, or ""
	everywhere bool   // the wait holds for the whole chat
}

// judge turns a chat's answer into what becomes of the delivery.
func judge(d bot.Delivery, messageID string, err error, now time.Time) verdict {
	if err == nil {
		return verdict{receipt: bot.Receipt{State: bot.DeliverySent, MessageID: messageID, At: now}}
	}
	again := func(after time.Duration) bot.Receipt {
		return bot.Receipt{State: bot.DeliveryPending, At: now, Due: now.Add(after), Error: err.Error()}
	}
	var wait *bot.WaitError
	switch {
	case errors.As(err, &wait):
		return verdict{receipt: again(max(wait.After, 50*time.Millisecond)), everywhere: wait.Everywhere}
	case errors.Is(err, bot.ErrUnauthorized):
		return verdict{receipt: again(refusedEvery), everywhere: true}
	case errors.Is(err, bot.ErrDestination):
		return verdict{receipt: again(brokenEvery), broken: err.Error()}
	case errors.Is(err, bot.ErrRefused), errors.Is(err, bot.ErrGone):
		return verdict{receipt: bot.Receipt{State: bot.DeliveryDropped, At: now, Error: err.Error()}}
	default:
		return verdict{receipt: again(min(time.Second<<min(d.Attempts, 10), maxRetry))}
	}
}

// report logs and traces what became of a try.
func (w *Worker) report(d bot.Delivery, v verdict, err error) {
	log := w.Logger.With("delivery", d.ID, "channel", d.Channel.ID, "subscription", d.Subscription)
	switch {
	case v.receipt.State == bot.DeliverySent:
		kind := EventPosted
		switch {
		case d.MessageID != "":
			kind = EventEdited
		case d.Kind == bot.DeliverDigest:
			kind = EventDigest
		}
		w.Trace(Event{Kind: kind, Source: d.Source, Entry: d.Entry, At: v.receipt.At, Published: d.Published, Delivery: &d})
		log.Debug("delivered", "message", v.receipt.MessageID)
	case v.receipt.State == bot.DeliveryDropped && errors.Is(err, bot.ErrGone):
		log.Info("the message to edit was deleted; forgetting it", "err", err)
	case v.receipt.State == bot.DeliveryDropped:
		log.Error("the chat refuses a message; it stays in the outbox as dropped", "err", err)
	case v.broken != "":
		log.Error("a channel takes no messages; what is due there waits", "err", err, "retry", v.receipt.Due)
	case errors.Is(err, bot.ErrUnauthorized):
		log.Error("the chat refuses the bot's credentials; messages wait", "err", err, "retry", v.receipt.Due)
	case d.Attempts <= 1:
		log.Warn("a message could not be delivered yet", "err", err, "retry", v.receipt.Due)
	default:
		log.Debug("a message could not be delivered yet", "err", err, "retry", v.receipt.Due)
	}
}
