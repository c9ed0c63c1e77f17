package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxFresh bounds how long a cache header may keep us away: it says how long a
// copy may be shown, which is not how long a reader should wait for news.
const maxFresh = 10 * time.Minute

// maxRetry bounds a Retry-After, so that a mistake does not silence a source for ever.
const maxRetry = 24 * time.Hour

// fresh is when an answer stops being fresh (RFC 9111, section 4.2); zero if
// its headers don't say.
func fresh(h http.Header) time.Time {
	now := time.Now()
	life := time.Duration(-1)
	for d := range strings.SplitSeq(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), "=")
		switch name {
		case "no-cache", "no-store":
			return time.Time{}
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32); err == nil {
				life = time.Duration(n) * time.Second
			}
		}
	}
	if life < 0 {
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return time.Time{}
		}
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			life = expires.Sub(date)
		} else {
			life = expires.Sub(now)
		}
	}
	if age, err := strconv.ParseInt(h.Get("Age"), 10, 32); err == nil && age > 0 {
		life -= time.Duration(age) * time.Second
	}
	if life <= 0 {
		return time.Time{}
	}
	return now.Add(min(life, maxFresh))
}

// retryAfter reads Retry-After, in seconds or as a date; otherwise if it is absent.
func retryAfter(h http.Header, otherwise time.Duration) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	wait := otherwise
	if n, err := strconv.ParseInt(v, 10, 32); err == nil {
		wait = time.Duration(n) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		wait = time.Until(t).Round(time.Second)
	}
	return min(max(wait, time.Second), maxRetry)
}
