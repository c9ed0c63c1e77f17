package discord

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"tocsin/rules"
)

// span is a stretch of a text, in bytes, end exclusive.
type span struct{ start, end int }

// piece is a run of an excerpt.
type piece struct {
	text string
	hit  bool
}

// hitsIn lists where matches hit a field, in order and without overlaps.
func hitsIn(field rules.Field, matches []rules.Match) []span {
	var spans []span
	for _, m := range matches {
		for _, h := range m.Hits {
			if h.Field == field {
				spans = append(spans, span{h.Start, h.End})
			}
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var merged []span
	for _, s := range spans {
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// excerpt returns about limit units of text around the first hits, cut between
// words, with an ellipsis where something is left out.
func excerpt(text string, hits []span, limit int) []piece {
	hits = slices.DeleteFunc(slices.Clone(hits), func(s span) bool {
		return s.start < 0 || s.start >= s.end || s.end > len(text) ||
			!utf8.RuneStart(text[s.start]) || s.end < len(text) && !utf8.RuneStart(text[s.end])
	})
	from, to := 0, len(text)
	if size(text) > limit {
		if len(hits) > 0 && size(text[:hits[0].start]) > limit*2/3 {
			from = wordStart(text[:hits[0].start], limit/4)
		}
		to = from + wordEnd(text[from:], limit)
	}
	var pieces []piece
	add := func(s string, hit bool) {
		if s != "" {
			pieces = append(pieces, piece{s, hit})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	at := from
	for _, h := range hits {
		start, end := max(h.start, at), min(h.end, to)
		if start >= end {
			continue
		}
		add(text[at:start], false)
		add(text[start:end], true)
		at = end
	}
	if at < to {
		add(strings.TrimRight(text[at:to], " \n"), false)
	}
	if to < len(text) {
		add(" …", false)
	}
	return pieces
}

// emphasised escapes text and encloses its words by mark, white space outside.
func emphasised(text string, mark func(string) string) string {
	text = plain(text)
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	i := strings.Index(text, inner)
	return text[:i] + mark(escape(inner)) + text[i+len(inner):]
}
