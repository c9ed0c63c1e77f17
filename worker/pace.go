package worker

import (
	"errors"
	"math/rand/v2"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

const (
	maxBackoff = time.Hour // between reads of a source that fails
	// goneFactor slows down further for a publisher that says "gone" or "no".
	goneFactor = 4
	// closedEvery and closedFor: a closed live blog may be corrected or reopened for a while.
	closedEvery = time.Hour
	closedFor   = 48 * time.Hour
	// maxCourtesy bounds how long a publisher's caching headers can put us off.
	maxCourtesy = 15 * time.Minute
)

// afterRead is when a source is due again after a good read; zero for never.
func afterRead(src bot.SourceStatus, b feed.Batch, now time.Time) time.Time {
	if b.State == feed.StateClosed {
		last := src.LastEntry
		if last.IsZero() {
			last = now
		}
		if now.Sub(last) > closedFor {
			return time.Time{}
		}
		return now.Add(jitter(closedEvery))
	}
	next := now.Add(jitter(src.Every))
	if b.NotBefore.After(next) {
		next = earlier(b.NotBefore, now.Add(maxCourtesy))
	}
	return next
}

// afterFailure is when a source is due again after failures reads running went
// wrong, the last with err; zero for never.
func afterFailure(src bot.SourceStatus, err error, now time.Time) time.Time {
	failures := src.Failures + 1
	wait := src.Every << min(failures, 10)
	wait = min(max(wait, src.Every), maxBackoff)
	var retry *feed.RetryError
	switch {
	case errors.As(err, &retry):
		wait = max(wait, retry.After)
	case errors.Is(err, feed.ErrGone) && src.Parent != "" && failures >= 3:
		return time.Time{} // a live blog that was taken away
	case errors.Is(err, feed.ErrGone), errors.Is(err, feed.ErrRefused):
		wait *= goneFactor
	}
	return now.Add(jitter(wait))
}

// jitter spreads sources that started together: up to a tenth more or less.
func jitter(d time.Duration) time.Duration {
	if d < 10 {
		return d
	}
	return d - d/10 + rand.N(d/5)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
