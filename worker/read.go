package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/feed"
)

// readJob asks for one read of a source, within the claim that led to it: whoever
// starts after that might meet the job of the next claim at the publisher's.
type readJob struct {
	Source string    `json:"source"`
	Until  time.Time `json:"until"` // end of the claim
}

func (readJob) Kind() string { return "read" }

func (readJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueRead, MaxAttempts: 3}
}

type readWorker struct {
	river.WorkerDefaults[readJob]
	w *Worker
}

func (r *readWorker) Work(ctx context.Context, job *river.Job[readJob]) error {
	if time.Until(job.Args.Until) < jobTimeout {
		return nil // too late: the source is claimed anew
	}
	return r.w.read(ctx, job.Args.Source)
}

// read reads a source and commits what came of it. Only a failure of our own (the
// database, a stop) is an error: a publisher's is a result, and written down.
func (w *Worker) read(ctx context.Context, id string) error {
	src, err := w.Store.Archive.Source(ctx, id)
	if errors.Is(err, bot.ErrUnknown) {
		return nil // no longer configured
	}
	if err != nil {
		return err
	}
	src.Follow = w.Follow[id]
	reader := w.Readers[src.Kind]
	if reader == nil {
		return w.readFailed(ctx, src, fmt.Errorf("nothing reads sources of kind %q", src.Kind))
	}
	batch, err := reader.Read(ctx, src.Source, src.Cursor)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return w.readFailed(ctx, src, err)
	}
	return w.record(ctx, src, batch)
}

// record compares a batch with what is known, decides, and commits.
func (w *Worker) record(ctx context.Context, src bot.SourceStatus, batch feed.Batch) error {
	now := time.Now().UTC()
	known, err := w.Store.Archive.Known(ctx, src.ID)
	if err != nil {
		return err
	}
	for i := range batch.Entries {
		complete(&batch.Entries[i], src.Source, batch)
	}
	delta := feed.Compare(src.Kind, known, batch)
	outcomes, err := w.outcomes(ctx, src, delta, now)
	if err != nil {
		return err
	}
	if err := w.Store.Archive.Record(ctx, outcomes); err != nil {
		return fmt.Errorf("recording %s: %w", src.ID, err)
	}
	title := batch.Title
	if src.Title != "" {
		title = "" // the operator's name for it stands above the publisher's
	}
	// All that the page announces, not only what is new on it: the last read may
	// have ended between its entries and its live blogs.
	found := append(w.found(src.Source, batch.Entries, now), successor(src, batch, now, w.Lookback)...)
	err = w.Store.Archive.FinishRead(ctx, bot.Reading{
		Source: src.ID, At: now, NextRead: afterRead(src, batch, now),
		Cursor: batch.Cursor, State: batch.State, Title: title, Moved: batch.Moved,
		Missed: delta.Missed, Seen: delta.Seen, Found: found,
	})
	if err != nil {
		return fmt.Errorf("recording %s: %w", src.ID, err)
	}
	news := w.found(src.Source, slices.Concat(delta.New, delta.Edited, delta.Restored), now)
	if src.State == feed.StateOpen {
		news = append(news, successor(src, batch, now, w.Lookback)...)
	}
	w.tellRead(src, batch, outcomes, news)
	return nil
}

// complete fills in what the publisher left to the source.
func complete(e *feed.Entry, src feed.Source, b feed.Batch) {
	e.Source = src.ID
	if e.Language == "" {
		e.Language = b.Language
	}
	if e.Language == "" {
		e.Language = src.Language
	}
}

// tellRead logs a read and traces its outcomes.
func (w *Worker) tellRead(src bot.SourceStatus, batch feed.Batch, outcomes []bot.Outcome, found []feed.Source) {
	log := w.Logger.With("source", src.ID)
	now := time.Now()
	if src.Failures > 0 {
		log.Info("the source reads well again", "after", src.Failures)
	}
	if src.State == feed.StateOpen && batch.State == feed.StateClosed {
		log.Info("the live blog has closed")
		w.Trace(Event{Kind: EventClosed, Source: src.ID, At: now})
	}
	for _, f := range found {
		log.Info("a live blog is announced", "live", f.ID, "url", f.URL)
		w.Trace(Event{Kind: EventFound, Source: f.ID, At: now})
	}
	if warnings := strings.Join(batch.Warnings, "; "); !batch.Unchanged && w.said.news(src.ID, warnings) {
		log.Info("the source is read with a warning", "why", warnings)
	}
	if len(outcomes) > 0 {
		log.Info("read", "changes", len(outcomes), "shown", len(batch.Entries))
	}
	for i := range outcomes {
		o := &outcomes[i]
		w.Trace(Event{Kind: EventRecorded, Source: src.ID, Entry: o.Entry.ID, At: o.At, Published: o.Entry.Published, Outcome: o})
	}
}

// readFailed writes a failed read down. It is told once, when the source begins to fail.
func (w *Worker) readFailed(ctx context.Context, src bot.SourceStatus, cause error) error {
	now := time.Now().UTC()
	next := afterFailure(src, cause, now)
	log := w.Logger.With("source", src.ID, "url", src.URL)
	switch {
	case src.Failures == 0:
		log.Warn("the source cannot be read; trying again less and less often", "err", cause)
	case next.IsZero():
		log.Info("the live blog is gone; not reading it any more", "err", cause)
	default:
		log.Debug("the source cannot be read", "err", cause, "failures", src.Failures+1)
	}
	return w.Store.Archive.FinishRead(ctx, bot.Reading{Source: src.ID, At: now, NextRead: next, Err: cause.Error()})
}
