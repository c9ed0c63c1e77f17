package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tocsin/bot"
)

const (
	// globalRate is how many requests go out in a second; Discord allows 50.
	globalRate  = 40
	globalBurst = 20
	// patience is how long a request waits here for its turn. A longer wait
	// is told to the caller, who has a place to note it.
	patience = time.Second
	// unnamedWait is kept where Discord asks for patience and does not say how long.
	unnamedWait = 10 * time.Second
)

// limiter authorises requests and keeps Discord's limits: so many a second in
// all, and so many in each bucket as the answers' headers say.
type limiter struct {
	auth string
	next http.RoundTripper
	log  *slog.Logger

	mu      sync.Mutex
	tokens  float64 // of globalBurst, as of filled
	filled  time.Time
	shut    time.Time // no request before: Discord's limit for the whole bot
	buckets bucketBook
}

var (
	errGlobalLimit = errors.New("the limit that Discord sets for the whole bot is reached")
	errRouteLimit  = errors.New("the limit that Discord sets for this channel is reached")
)

// RoundTrip returns a [*bot.WaitError], and sends nothing, if the request's turn
// comes later than patience or than the context's end.
func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	route := routeOf(req.Method, req.URL.Path)
	if err := l.turn(req.Context(), route); err != nil {
		closeBody(req)
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Header.Set("Authorization", l.auth)
	resp, err := l.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.buckets.learn(route, resp.Header, time.Now())
	l.mu.Unlock()
	if resp.StatusCode == http.StatusTooManyRequests {
		return resp, l.heed(route, resp)
	}
	return resp, nil
}

// turn waits until the request may go out.
func (l *limiter) turn(ctx context.Context, route route) error {
	for start := time.Now(); ; {
		wait, global := l.take(route, time.Now())
		if wait <= 0 {
			return nil
		}
		end, limited := ctx.Deadline()
		late := limited && time.Now().Add(wait).After(end)
		if late || time.Since(start)+wait > patience {
			err := errRouteLimit
			if global {
				err = errGlobalLimit
			}
			return &bot.WaitError{After: wait, Everywhere: global, Err: err}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// take reserves a request, or returns how long to wait before asking again and
// whether that wait holds for every route.
func (l *limiter) take(route route, now time.Time) (wait time.Duration, global bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.shut.Sub(now); wait > 0 {
		return wait, true
	}
	if wait := l.buckets.wait(route, now); wait > 0 {
		return wait, false
	}
	l.tokens = min(globalBurst, l.tokens+now.Sub(l.filled).Seconds()*globalRate)
	if l.filled.IsZero() {
		l.tokens = globalBurst
	}
	l.filled = now
	if l.tokens < 1 {
		return time.Duration((1-l.tokens)/globalRate*float64(time.Second)).Round(time.Millisecond) + time.Millisecond, true
	}
	l.tokens--
	l.buckets.take(route, now)
	return 0, false
}

// heed closes the bucket, or everything, for as long as a 429 asks.
func (l *limiter) heed(route route, resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	resp.Body.Close()
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var answer errorBody
	_ = json.Unmarshal(body, &answer) // the header says it too
	wait := answer.wait(resp.Header)
	global := answer.Global || resp.Header.Get("X-RateLimit-Global") != ""
	l.mu.Lock()
	defer l.mu.Unlock()
	until := time.Now().Add(wait)
	switch {
	case global:
		if until.After(l.shut) {
			l.shut = until
		}
		l.log.Warn("Discord limits the whole bot", "wait", wait)
	case answer.Code == 0:
		// A code names a limit of its own, such as edits of old messages, that
		// leaves the rest of the bucket alone.
		l.buckets.shut(route, until)
	}
	return nil
}

// retryAfter reads the header of that name, in seconds.
func retryAfter(h http.Header, otherwise time.Duration) time.Duration {
	s, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if err != nil || s < 0 || s > 24*3600 {
		return otherwise
	}
	return time.Duration(s * float64(time.Second))
}
