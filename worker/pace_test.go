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

func TestPace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 5, 12, 0, 0, 0, time.UTC)
	// blog shows n entries, one every gap, the newest at the time quiet ago.
	blog := func(n int, gap, quiet time.Duration) feed.Batch {
		var b feed.Batch
		for i := range n {
			b.Entries = append(b.Entries, feed.Entry{Published: now.Add(-quiet - time.Duration(i)*gap)})
		}
		return b
	}
	const sec, minute = time.Second, time.Minute
	tests := []struct {
		name  string
		kind  feed.Kind
		every time.Duration
		last  time.Time
		batch feed.Batch
		want  time.Duration
	}{
		{"the usual", feed.KindLiveBlog, 30 * sec, now, blog(20, 6*minute, 0), 30 * sec},
		{"twice as busy", feed.KindLiveBlog, minute, now, blog(20, 3*minute, 0), 30 * sec},
		{"very busy", feed.KindLiveBlog, 30 * sec, now, blog(20, 27*sec, 0), 15 * sec},
		{"busy, then silent", feed.KindLiveBlog, 30 * sec, time.Time{}, blog(20, minute, 24*minute), 2 * minute},
		{"quiet", feed.KindLiveBlog, 30 * sec, now, blog(5, 30*minute, 0), 150 * sec},
		{"quiet for a day", feed.KindLiveBlog, 30 * sec, now.Add(-24 * time.Hour), feed.Batch{}, 10 * minute},
		{"not modified", feed.KindLiveBlog, 30 * sec, now, feed.Batch{Unchanged: true}, 30 * sec},
		{"nothing known", feed.KindLiveBlog, 30 * sec, time.Time{}, feed.Batch{}, 30 * sec},
		{"two entries tell nothing", feed.KindLiveBlog, 30 * sec, now, blog(2, sec, 0), 30 * sec},
		{"dated tomorrow", feed.KindLiveBlog, 30 * sec, now, blog(9, sec, -24*time.Hour), 30 * sec},
		{"configured fast", feed.KindLiveBlog, 10 * sec, now, blog(20, sec, 0), 10 * sec},
		{"configured slow", feed.KindLiveBlog, time.Hour, now, blog(9, time.Hour, 0), time.Hour},
		{"one's own machine", feed.KindLiveBlog, 200 * time.Millisecond, now, blog(9, time.Hour, 0), 200 * time.Millisecond},
		{"a feed", feed.KindFeed, 5 * minute, now, blog(20, sec, 0), 5 * minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := bot.SourceStatus{Source: feed.Source{Kind: test.kind, Every: test.every}, LastEntry: test.last}
			if got := pace(src, test.batch, now); got.Round(time.Millisecond) != test.want {
				t.Errorf("read again in %v, want %v", got, test.want)
			}
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
