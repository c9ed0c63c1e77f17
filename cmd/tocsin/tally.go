package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/worker"
)

// tally counts what the worker does, for the summary of the demo.
type tally struct {
	since                           time.Time // what was published before says nothing about speed
	mu                              sync.Mutex
	read, edited, removed           int
	matched, alerted, updated, held int
	digests                         int
	latency                         []time.Duration // publication to post
	digested                        chan struct{}
}

func newTally() *tally { return &tally{since: time.Now(), digested: make(chan struct{}, 16)} }

func (t *tally) add(e worker.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Kind {
	case worker.EventRecorded:
		t.record(e)
	case worker.EventPosted:
		t.alerted++
		if e.Published.After(t.since) {
			t.latency = append(t.latency, e.At.Sub(e.Published))
		}
	case worker.EventEdited:
		t.updated++
	case worker.EventDigest:
		t.digests++
		select {
		case t.digested <- struct{}{}:
		default:
		}
	}
}

func (t *tally) record(e worker.Event) {
	switch e.Outcome.Change {
	case feed.ChangeNew:
		t.read++
		if len(e.Outcome.Matches) > 0 {
			t.matched++
		}
	case feed.ChangeEdited:
		t.edited++
	case feed.ChangeRemoved:
		t.removed++
	}
	for _, d := range e.Outcome.Decisions {
		if d.Action == digest.ActionHold {
			t.held++
		}
	}
}

// changes is how many changes have been recorded so far.
func (t *tally) changes() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.read + t.edited + t.removed
}

// waitDigest waits until a digest has been posted.
func (t *tally) waitDigest(ctx context.Context, patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-t.digested:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errors.New("the digest did not come")
	}
}

// print sums up.
func (t *tally) print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprint(w, "\n═══ Summary ═══\n\n")
	fmt.Fprintf(w, "%4d entries read, %d edited and %d removed by the publisher\n", t.read, t.edited, t.removed)
	fmt.Fprintf(w, "%4d matched a rule\n", t.matched)
	fmt.Fprintf(w, "%4d alerted, and %d of those messages updated later\n", t.alerted, t.updated)
	fmt.Fprintf(w, "%4d held for the digest, told in %d digests\n", t.held, t.digests)
	if len(t.latency) > 0 {
		slices.Sort(t.latency)
		fmt.Fprintf(w, "     from publication to post: p50 %v, max %v\n",
			t.latency[len(t.latency)/2].Round(time.Millisecond), t.latency[len(t.latency)-1].Round(time.Millisecond))
	}
}
