package discord

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"tocsin/bot"
)

const (
	// invalidWindow and Discord's 10000 requests in it are counted for each
	// address, which other programs may share; hence the half.
	// https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
	invalidWindow = 10 * time.Minute
	invalidMost   = 5000
)

// breaker counts the requests that Discord turned down, and lets none through
// once there were so many that it would ban the address.
type breaker struct {
	mu    sync.Mutex
	start time.Time
	n     int
}

var errTooManyInvalid = errors.New("too many requests were turned down by Discord in ten minutes; pausing before it bans the address")

// open returns a [*bot.WaitError] while requests must not go out.
func (b *breaker) open(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.start.Add(invalidWindow).Sub(now)
	if b.n < invalidMost || wait <= 0 {
		return nil
	}
	return &bot.WaitError{After: wait, Everywhere: true, Err: errTooManyInvalid}
}

// count notes an answer and returns how many were turned down in this window, 0
// if this one was not.
func (b *breaker) count(resp *http.Response, now time.Time) int {
	switch {
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
	case resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("X-RateLimit-Scope") != "shared":
	default:
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.start) >= invalidWindow {
		b.start, b.n = now, 0
	}
	b.n++
	return b.n
}
