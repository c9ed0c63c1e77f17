package liveblog

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// layouts are the spellings of a full time with its zone that occur in pages.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700 MST",
	time.RFC1123Z,
	time.RFC1123,
	"Mon, 2 Jan 2006 15:04:05 -0700",
}

// bareLayouts are those without a zone.
var bareLayouts = []string{
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
}

// instant reads a time in one of the forms that pages hold: ISO 8601 and its
// relatives, seconds or milliseconds since 1970, as string or number. It is UTC,
// and zero if there is none, it cannot be true, or it leaves out its zone.
func instant(v any) time.Time {
	switch v := v.(type) {
	case float64:
		return epoch(v)
	case json.Number:
		f, _ := v.Float64()
		return epoch(f)
	case string:
		s := strings.TrimSpace(v)
		if i := strings.IndexByte(s, '['); i > 0 {
			s = s[:i] // 2026-03-02T08:00+01:00[Europe/Paris]
		}
		if s == "" {
			return time.Time{}
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return epoch(f)
		}
		for _, l := range layouts {
			if t, err := time.Parse(l, s); err == nil {
				return believable(t)
			}
		}
	}
	return time.Time{}
}

// epoch tells seconds, milliseconds and microseconds since 1970 by their size.
func epoch(f float64) time.Time {
	switch {
	case math.IsNaN(f), f < 9e8, f > 9e15:
		return time.Time{}
	case f < 9e10:
		return believable(time.UnixMilli(int64(f * 1000)))
	case f < 9e13:
		return believable(time.UnixMilli(int64(f)))
	}
	return believable(time.UnixMicro(int64(f)))
}

// wall reads a time that leaves out its zone.
func wall(v any, zone *time.Location) time.Time {
	s, _ := v.(string)
	for _, l := range bareLayouts {
		if t, err := time.ParseInLocation(l, strings.TrimSpace(s), zone); err == nil {
			return believable(t)
		}
	}
	return time.Time{}
}
