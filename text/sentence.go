package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences splits s into its sentences: at line ends, and after a full stop that
// neither an initial nor a short title comes before and no small letter after.
// Where in doubt it does not split, since half a sentence tells nothing. White space
// between two sentences belongs to the second.
func Sentences(s string) []Span {
	var list []Span
	start := 0
	cut := func(end int) {
		if strings.TrimSpace(s[start:end]) != "" {
			list = append(list, Span{start, end})
		}
		start = end
	}
	for i, r := range s {
		after := i + utf8.RuneLen(r)
		switch {
		case i < start || r == utf8.RuneError:
		case r == '\n' || strings.ContainsRune("。！？", r):
			cut(skipClosing(s, after))
		case strings.ContainsRune(".!?…", r):
			end := skipClosing(s, after)
			next := strings.TrimLeft(s[end:], " ")
			if len(next) == len(s)-end {
				continue // no space: a number, an address
			}
			if first, _ := utf8.DecodeRuneInString(next); unicode.IsLower(first) || r == '.' && abbreviates(s[start:i]) {
				continue
			}
			cut(end)
		}
	}
	cut(len(s))
	return list
}

// skipClosing returns where the quotes and brackets at i end that close a sentence.
func skipClosing(s string, i int) int {
	return len(s) - len(strings.TrimLeft(s[i:], "\"'”’»)]」』"))
}

// abbreviates reports whether the full stop after s belongs to its last word: an
// initial ("J."), a dotted abbreviation ("U.S.") or a title ("Gov.", "Dr.").
func abbreviates(s string) bool {
	word := s[strings.LastIndexAny(s, " \n(«“\"")+1:]
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case utf8.RuneCountInString(word) == 1:
		return unicode.IsLetter(first)
	case len(word) > 2 && word[len(word)-2] == '.':
		return unicode.IsLetter(rune(word[len(word)-1]))
	}
	return strings.Contains(" Mr Mrs Ms Dr St Gen Col Maj Capt Lt Sgt Gov Sen Rep Prof No vs ", " "+word+" ")
}
