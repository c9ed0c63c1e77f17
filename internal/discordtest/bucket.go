package discordtest

import (
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bucket counts the requests of one route and major parameter in the present window.
type bucket struct {
	id    string
	left  int
	reset time.Time
}

// take counts a call, sets the headers that say so, and returns how long the
// client has to wait if there was no room. The caller holds s.mu.
func (s *Server) take(c *call, h http.Header) time.Duration {
	if c.Route == "" {
		return 0
	}
	key := c.Method + " " + c.Route
	switch c.segment(0) {
	case "channels", "guilds", "webhooks", "interactions", "applications":
		key += " " + c.segment(1)
	}
	if strings.HasPrefix(c.Route, "/webhooks/") || strings.HasPrefix(c.Route, "/interactions/") {
		key += " " + c.segment(2)
	}
	now := time.Now()
	b := s.buckets[key]
	if b == nil {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(key))
		b = &bucket{id: strconv.FormatUint(sum.Sum64(), 16)}
		s.buckets[key] = b
	}
	if !now.Before(b.reset) {
		b.left, b.reset = s.opts.limit, now.Add(s.opts.per)
	}
	wait := time.Duration(0)
	if b.left == 0 {
		wait = b.reset.Sub(now)
	} else {
		b.left--
	}
	bucketHeaders(h, b.id, s.opts.limit, b.left, b.reset.Sub(now))
	return wait
}

func bucketHeaders(h http.Header, id string, limit, left int, after time.Duration) {
	reset := time.Now().Add(after)
	h.Set("X-RateLimit-Bucket", id)
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(reset.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(after.Seconds(), 'f', 3, 64))
}
