package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/feed"
)

// Lengths of text as the publisher wrote it, before markup is escaped.
const (
	excerptLimit = 700
	changesLimit = 500
	nameLimit    = 80 // of a source or a rule, on one line
)

// payload is a rendered message in JSON.
func payload(m message) (json.RawMessage, error) {
	data, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("discord: rendering: %w", err)
	}
	return data, nil
}

// fit renders with less and less text until the result keeps within limit.
func fit(limit, start int, render func(n int) string) string {
	for n := start; n > 0; n = n * 3 / 4 {
		if s := render(n); size(s) <= limit {
			return s
		}
	}
	return ""
}

// stamp is a moment that Discord shows in the reader's own zone and language:
// "R" relative, "f" date and time, "t" time. It is "" for times Discord cannot show.
func stamp(t time.Time, style string) string {
	if t.IsZero() || t.Year() < 1900 || t.Year() > 9999 {
		return ""
	}
	return fmt.Sprintf("<t:%d:%s>", t.Unix(), style)
}

// dotted joins what is not empty.
func dotted(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

// shorten cuts one line of text between words, at limit as size counts.
func shorten(s string, limit int) string {
	s = oneLine(s)
	if size(s) <= limit {
		return s
	}
	return strings.TrimRight(s[:wordEnd(s, limit-1)], " ,;:.–-") + "…"
}

// wordEnd is where to cut s so that at most limit units are kept: behind a
// word, or within one that is too long to spare.
func wordEnd(s string, limit int) int {
	n, space := 0, 0
	for i, r := range s {
		n += size(string(r))
		if n > limit {
			if space > i/2 {
				return space
			}
			return i
		}
		if r == ' ' || r == '\n' {
			space = i
		}
	}
	return len(s)
}

// wordStart is the first word that begins within the last limit units of s.
func wordStart(s string, limit int) int {
	n := 0
	for i := len(s); i > 0; {
		r, w := utf8.DecodeLastRuneInString(s[:i])
		if n += size(string(r)); n > limit {
			if j := strings.IndexAny(s[i:], " \n"); j >= 0 && j < (len(s)-i)/2 {
				return i + j + 1
			}
			return i
		}
		i -= w
	}
	return 0
}

func sourceName(src feed.Source) string {
	if name := shorten(src.Title, nameLimit); name != "" {
		return name
	}
	return shorten(src.ID, nameLimit)
}
