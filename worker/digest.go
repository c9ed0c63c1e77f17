package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/digest"
)

// digestJob asks for the digest of one slot of a subscription.
type digestJob struct {
	Subscription string    `json:"subscription"`
	Due          time.Time `json:"due"`
}

func (digestJob) Kind() string { return "digest" }

func (digestJob) InsertOpts() river.InsertOpts {
	// A slot is filled once, however many jobs try.
	return river.InsertOpts{Queue: queueDigest, MaxAttempts: 5}
}

type digestWorker struct {
	river.WorkerDefaults[digestJob]
	w *Worker
}

func (d *digestWorker) Work(ctx context.Context, job *river.Job[digestJob]) error {
	return d.w.Compile(ctx, job.Args.Subscription, job.Args.Due)
}

// Compile puts the digest of one slot of a subscription into the outbox: what
// was promised since the last one, whenever that was. It does nothing for a
// slot that is filled, or a subscription that is gone.
func (w *Worker) Compile(ctx context.Context, id string, due time.Time) error {
	sub, err := w.Store.Subscribers.Subscription(ctx, id)
	if errors.Is(err, bot.ErrUnknown) {
		return nil // unsubscribed meanwhile
	}
	if err != nil {
		return err
	}
	now := time.Now()
	next := sub.At.Next(now, sub.Location())
	chat := w.chats[sub.Chat]
	if sub.Paused || chat == nil {
		return w.Store.Digests.SkipDigest(ctx, id, due, next)
	}
	held, err := w.Store.Digests.Undigested(ctx, id)
	if err != nil {
		return err
	}
	since := held.Since
	if since.IsZero() {
		since = due.AddDate(0, 0, -1)
	}
	d := digest.Compile(sub, sub.Select(held.Items), since, now)
	d.Due = due
	payloads, err := chat.RenderDigest(d)
	if err != nil {
		return fmt.Errorf("rendering the digest of %s: %w", id, err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return w.Store.Digests.PutDigest(ctx, d, body, held.Decisions, digestParts(sub, due, payloads), next)
}

// digestParts makes a delivery of each message of a digest.
func digestParts(sub digest.Subscription, due time.Time, payloads []json.RawMessage) []bot.Delivery {
	parts := make([]bot.Delivery, len(payloads))
	for i, p := range payloads {
		parts[i] = bot.Delivery{
			Key:          fmt.Sprintf("digest:%s:%d:%d", sub.ID, due.UnixMilli(), i+1),
			Kind:         bot.DeliverDigest,
			Subscription: sub.ID,
			Channel:      bot.Channel{Chat: sub.Chat, ID: sub.Channel},
			Payload:      p,
			Version:      1,
		}
	}
	return parts
}
