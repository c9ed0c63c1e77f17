package digest

import (
	"strings"
	"unicode/utf8"

	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

// maxLine bounds the text of a line, in runes; a single longer sentence is cut.
const maxLine = 280

// sentence says what an entry tells, in whole sentences where they fit: its
// title if a hit lies there, else the sentences of its text that hold the hits,
// else what its title or the start of its text says.
func sentence(e feed.Entry, hits []rules.Hit) string {
	title := oneLine(e.Title)
	inText := make([]rules.Hit, 0, len(hits))
	for _, h := range hits {
		switch {
		case h.Field == rules.FieldTitle && title != "":
			return clip(title, 0, maxLine)
		case h.Field == rules.FieldText && 0 <= h.Start && h.Start < h.End && h.End <= len(e.Text):
			inText = append(inText, h)
		}
	}
	if len(inText) > 0 {
		return around(e.Text, inText)
	}
	if first := opening(e.Text); !says(title, 2) && first != "" {
		return first
	}
	return clip(title, 0, maxLine)
}

// says reports whether s has the words to tell something, which "Photo" or "Good
// morning" have not. Scripts without spaces need only letters.
func says(s string, words int) bool { return strings.Count(s, " ")+1 >= words || length(s) >= 15 }

// around joins the sentences of s that hold the hits, as many as fit.
func around(s string, hits []rules.Hit) string {
	var line string
	last := -1
	for i, span := range text.Sentences(s) {
		hit := hitIn(hits, span)
		if hit < 0 {
			continue
		}
		next := oneLine(s[span.Start:span.End])
		switch {
		case line == "":
			at := utf8.RuneCountInString(oneLine(s[span.Start:hit] + "|"))
			line = clip(next, at, maxLine)
		case last == i-1 && length(line)+1+length(next) <= maxLine:
			line += " " + next
		case length(line)+3+length(next) <= maxLine:
			line += " … " + next
		default:
			return line
		}
		last = i
	}
	return line
}

// hitIn returns where the first of the hits that reach into span begins within it; -1
// if there is none.
func hitIn(hits []rules.Hit, span text.Span) int {
	for _, h := range hits {
		if h.Start < span.End && h.End > span.Start {
			return max(h.Start, span.Start)
		}
	}
	return -1
}

// opening is the first sentence of s that says something, else the first.
func opening(s string) string {
	first := ""
	for _, span := range text.Sentences(s) {
		next := oneLine(s[span.Start:span.End])
		if says(next, 3) {
			return clip(next, 0, maxLine)
		}
		if first == "" {
			first = next
		}
	}
	return clip(first, 0, maxLine)
}

// clip shortens s to limit runes around the rune at, cut between words where it has
// any and marked with an ellipsis where something is left out.
func clip(s string, at, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	start := 0
	if at > limit*2/3 {
		start = min(at-limit/3, len(runes)-limit+2)
		for i := start; i < at && i < start+40; i++ {
			if runes[i] == ' ' {
				start = i + 1
				break
			}
		}
	}
	room := limit
	if start > 0 {
		room -= 2
	}
	end := len(runes)
	if end > start+room {
		end = start + room - 1
		for i := end; i > end-40 && i > at; i-- {
			if runes[i] == ' ' {
				end = i
				break
			}
		}
	}
	cut := strings.TrimSpace(string(runes[start:end]))
	if end < len(runes) {
		cut = strings.TrimRight(cut, " ,;:–—-(«“\"") + "…"
	}
	if start > 0 {
		cut = "… " + cut
	}
	return cut
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func length(s string) int { return utf8.RuneCountInString(s) }
