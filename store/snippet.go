package store

import (
	"strings"

	"tocsin/feed"
)

// Marks of a hit in a snippet, as [bot.Found] has them.
const (
	hitStart = "\x02"
	hitEnd   = "\x03"
)

const (
	snippetBytes = 240 // about three lines
	leadBytes    = 60  // that are shown before the first hit
)

// span is where a hit stands in a text, and which of the terms it is.
type span struct{ start, end, term int }

// snippet returns the stretch of the entry with the most of the terms, hits marked: of
// the text, else of the title.
func snippet(e feed.Entry, terms []string) string {
	for _, s := range []string{e.Text, e.Title} {
		s = plain.Replace(s)
		if hits := findTerms(s, terms); len(hits) > 0 {
			return excerpt(s, hits)
		}
	}
	return ""
}

// plain keeps a publisher's text on one line, and from forging marks. It keeps the length, so
// that hits stay where they are.
var plain = strings.NewReplacer(hitStart, " ", hitEnd, " ", "\n", " ", "\r", " ", "\t", " ")

func findTerms(s string, terms []string) []span {
	var hits []span
	last := len(terms) - 1
	eachWord(s, func(word string, start, end int) bool {
		for i, t := range terms {
			if word == t || i == last && strings.HasPrefix(word, t) {
				hits = append(hits, span{start, end, i})
				break
			}
		}
		return true
	})
	return hits
}

// excerpt shows the window that holds the most different terms, the first of its kind.
func excerpt(s string, hits []span) string {
	best, most := 0, 0
	for i, first := range hits {
		different := map[int]bool{}
		for _, h := range hits[i:] {
			if h.end-first.start > snippetBytes-leadBytes {
				break
			}
			different[h.term] = true
		}
		if len(different) > most {
			best, most = i, len(different)
		}
	}
	from, to := window(s, hits[best])
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	at := from
	for _, h := range hits {
		if h.start < from || h.end > to {
			continue
		}
		b.WriteString(s[at:h.start] + hitStart + s[h.start:h.end] + hitEnd)
		at = h.end
	}
	b.WriteString(s[at:to])
	if to < len(s) {
		b.WriteString("…")
	}
	return b.String()
}

// window goes around a hit and is cut between words, never within the hit.
func window(s string, hit span) (from, to int) {
	from = max(0, hit.start-leadBytes)
	if from > 0 {
		from = hit.start
		if i := strings.IndexByte(s[max(0, hit.start-leadBytes):hit.start], ' '); i >= 0 {
			from = max(0, hit.start-leadBytes) + i + 1
		}
	}
	to = min(len(s), max(from+snippetBytes, hit.end))
	if to < len(s) {
		cut := strings.LastIndexByte(s[hit.end:to], ' ')
		to = hit.end + max(cut, 0)
	}
	return from, to
}
