package fetch

import (
	"context"
	"fmt"
	"time"

	"tocsin/feed"
)

// host is one publisher's server: one request at a time, and none before it
// wants to be asked again.
type host struct {
	turn  chan struct{} // holds a token while nobody is being served
	users int           // requests that hold or await the turn
	until time.Time     // from a 429 with Retry-After
}

// enter waits for the turn at a host and returns the function that gives it back.
func (c *Client) enter(ctx context.Context, name string) (leave func(), err error) {
	c.mu.Lock()
	h := c.hosts[name]
	if h == nil {
		h = &host{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		c.hosts[name] = h
	}
	h.users++
	c.mu.Unlock()

	done := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		h.users--
		if h.users == 0 && !time.Now().Before(h.until) {
			delete(c.hosts, name)
		}
	}
	select {
	case <-h.turn:
	case <-ctx.Done():
		done()
		return nil, fmt.Errorf("waiting for other requests to %s: %w", name, ctx.Err())
	}
	leave = func() {
		h.turn <- struct{}{}
		done()
	}
	c.mu.Lock()
	wait := time.Until(h.until)
	c.mu.Unlock()
	if wait > 0 {
		leave()
		return nil, &feed.RetryError{After: wait, Err: fmt.Errorf(
			"%s asked to be left alone for another %s", name, wait.Round(time.Second))}
	}
	return leave, nil
}

// hush keeps all requests from a host for d.
func (c *Client) hush(name string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.hosts[name]; h != nil {
		h.until = time.Now().Add(d)
	}
}
