package worker

import (
	"errors"
	"math/rand/v2"
	"slices"
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

	// usualGap is the median time between the entries of a live blog; one that
	// keeps to it is read as often as configured.
	usualGap    = 6 * time.Minute
	recent      = 10 // entries that tell how busy a live blog is
	fastestLive = 15 * time.Second
	slowestLive = 10 * time.Minute
	// leastAdapted: a shorter pace is meant as it stands, on one's own machines.
	leastAdapted = 10 * time.Second
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
	next := now.Add(jitter(pace(src, b, now)))
	if b.NotBefore.After(next) {
		next = earlier(b.NotBefore, now.Add(maxCourtesy))
	}
	return next
}

// pace is the time to the next read of an open source, before jitter. For a
// live blog it is src.Every × gap ÷ usualGap, where gap is the median between the
// newest entries of the page (usualGap where it dates fewer than three), or the
// time since the newest entry if that is longer. It stays between fastestLive
// and slowestLive, or src.Every where that lies outside. Feeds, and live blogs
// with an Every below leastAdapted, keep src.Every.
func pace(src bot.SourceStatus, b feed.Batch, now time.Time) time.Duration {
	if src.Kind != feed.KindLiveBlog || src.Every < leastAdapted {
		return src.Every
	}
	last := src.LastEntry
	var times []time.Time
	for _, e := range b.Entries {
		if !e.Published.IsZero() && !e.Published.After(now) { // neither undated nor absurd
			times = append(times, e.Published)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	times = times[:min(len(times), recent)]
	if len(times) > 0 && times[0].After(last) {
		last = times[0]
	}
	gap := usualGap
	if len(times) >= 3 {
		gaps := make([]time.Duration, len(times)-1)
		for i := range gaps {
			gaps[i] = times[i].Sub(times[i+1])
		}
		slices.Sort(gaps)
		gap = gaps[len(gaps)/2]
	}
	if !last.IsZero() {
		gap = max(gap, now.Sub(last))
	}
	wait := time.Duration(float64(src.Every) * min(gap.Hours(), 1e4) / usualGap.Hours())
	return min(max(wait, min(fastestLive, src.Every)), max(slowestLive, src.Every))
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
