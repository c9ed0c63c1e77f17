package discord

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// route names what Discord counts together until an answer says more: the
// method, the path without its lesser ids, and the id that has limits of its own.
type route struct {
	name  string // "POST /channels/:id/messages"
	major string // "channels/123", or ""
}

var snowflake = regexp.MustCompile(`^\d+$`)

// routeOf finds the route of a request. Only the first id of a path under
// channels, guilds or webhooks has limits of its own.
// https://discord.com/developers/docs/topics/rate-limits
func routeOf(method, path string) route {
	if m := apiPath.FindStringSubmatch(path); m != nil {
		path = m[1]
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var major string
	if len(parts) > 1 && (parts[0] == "channels" || parts[0] == "guilds" || parts[0] == "webhooks") {
		major = parts[0] + "/" + parts[1]
	}
	for i, p := range parts {
		if snowflake.MatchString(p) {
			parts[i] = ":id"
		}
	}
	return route{method + " /" + strings.Join(parts, "/"), major}
}

// bucketBook remembers what the answers said about limits. Discord names the
// bucket of a route with the first answer; several routes may share one.
type bucketBook struct {
	names   map[string]string // by route name
	buckets map[bucketKey]*bucket
}

type bucketKey struct{ name, major string }

type bucket struct {
	limit int           // of one window
	span  time.Duration // of a window, as far as was seen
	left  int
	reset time.Time // left counts until then
}

func (b *bucketBook) key(r route) bucketKey {
	if name, ok := b.names[r.name]; ok {
		return bucketKey{name, r.major}
	}
	return bucketKey(r)
}

// wait is how long r's bucket stays empty.
func (b *bucketBook) wait(r route, now time.Time) time.Duration {
	k := b.buckets[b.key(r)]
	if k == nil || k.left > 0 {
		return 0
	}
	return k.reset.Sub(now)
}

// take counts a request that goes out. The first one after the end of a window
// begins another, so that many at once do not all count as the first.
func (b *bucketBook) take(r route, now time.Time) {
	k := b.buckets[b.key(r)]
	if k == nil {
		return
	}
	if !k.reset.After(now) {
		k.left, k.reset = max(k.limit, 1), now.Add(k.span)
	}
	k.left--
}

// shut empties r's bucket until a time.
func (b *bucketBook) shut(r route, until time.Time) {
	if b.buckets == nil {
		b.buckets = map[bucketKey]*bucket{}
	}
	k := b.key(r)
	if b.buckets[k] == nil {
		b.buckets[k] = &bucket{limit: 1}
	}
	b.buckets[k].left, b.buckets[k].reset = 0, until
}

// manyBuckets is when those that are full again are forgotten.
const manyBuckets = 1000

// learn reads the headers of an answer.
func (b *bucketBook) learn(r route, h http.Header, now time.Time) {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil || after < 0 || after > 24*3600 {
		return
	}
	if b.names == nil {
		b.names, b.buckets = map[string]string{}, map[bucketKey]*bucket{}
	}
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		b.names[r.name] = name
	}
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil {
		limit = left + 1
	}
	window := time.Duration(after * float64(time.Second))
	k, reset := b.key(r), now.Add(window)
	fresh := &bucket{limit: limit, span: window, left: left, reset: reset}
	if old := b.buckets[k]; old != nil {
		fresh.span = max(window, old.span)
		if old.reset.After(now) && reset.Sub(old.reset) < fresh.span/2 {
			// The same window: other requests may be under way, and are counted already.
			fresh.left = min(left, old.left)
		}
	}
	b.buckets[k] = fresh
	if len(b.buckets) > manyBuckets {
		for k, v := range b.buckets {
			if !v.reset.After(now) {
				delete(b.buckets, k)
			}
		}
	}
}
