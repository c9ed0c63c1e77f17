package worker

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAfterRead(t *testing.T) {
	now := time.Date(2026, 2, 5, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name      string
		last      time.Time
		batch     feed.Batch
		low, high time.Duration // from now; both zero for never
	}{
		{"an open source", now, feed.Batch{State: feed.StateOpen}, 54 * time.Second, 66 * time.Second},
		{"the publisher asks for more time", now, feed.Batch{NotBefore: now.Add(5 * time.Minute)}, 5 * time.Minute, 5 * time.Minute},
		{"the publisher asks for a day", now, feed.Batch{NotBefore: now.Add(24 * time.Hour)}, maxCourtesy, maxCourtesy},
		{"just closed", now, feed.Batch{State: feed.StateClosed}, 54 * time.Minute, 66 * time.Minute},
		{"closed for long", now.Add(-49 * time.Hour), feed.Batch{State: feed.StateClosed}, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := bot.SourceStatus{Source: feed.Source{Every: time.Minute}, LastEntry: test.last}
			check(t, afterRead(src, test.batch, now), now, test.low, test.high)
		})
	}
}

func TestAfterFailure(t *testing.T) {
	now := time.Date(2026, 2, 5, 12, 0, 0, 0, time.UTC)
	failed := errors.New("connection refused")
	tests := []struct {
		name      string
		failures  int // before this one
		parent    string
		err       error
		low, high time.Duration
	}{
		{"first", 0, "", failed, 108 * time.Second, 132 * time.Second},
		{"second", 1, "", failed, 216 * time.Second, 264 * time.Second},
		{"thousandth", 999, "", failed, 54 * time.Minute, 66 * time.Minute},
		{"the publisher names a time", 0, "", &feed.RetryError{After: 10 * time.Minute, Err: failed}, 9 * time.Minute, 11 * time.Minute},
		{"gone, as configured", 5, "", fmt.Errorf("404: %w", feed.ErrGone), 216 * time.Minute, 264 * time.Minute},
		{"a live blog gone for the first time", 0, "feed", fmt.Errorf("404: %w", feed.ErrGone), 430 * time.Second, 530 * time.Second},
		{"a live blog gone for good", 2, "feed", fmt.Errorf("404: %w", feed.ErrGone), 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := bot.SourceStatus{Source: feed.Source{Every: time.Minute, Parent: test.parent}, Failures: test.failures}
			check(t, afterFailure(src, test.err, now), now, test.low, test.high)
		})
	}
}

func check(t *testing.T, next, now time.Time, low, high time.Duration) {
	t.Helper()
	if low == 0 && high == 0 {
		if !next.IsZero() {
			t.Errorf("due again at %v, want never", next)
		}
		return
	}
	if d := next.Sub(now); d < low || d > high {
		t.Errorf("due again in %v, want %v to %v", d, low, high)
	}
}
