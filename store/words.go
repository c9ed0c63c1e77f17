package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxWord is the longest word, in bytes, that is told apart from others that start like it.
	maxWord = 128
	// maxWords bounds how much of a text is findable; PostgreSQL takes a
	// megabyte of words for one row.
	maxWords = 20_000
	// maxTerms bounds a question.
	maxTerms = 16
)

// words splits a text into what can be found of it: runs of letters and digits, with
// case and accents folded. Both databases get nothing else, and so agree.
func words(s string) []string {
	var list []string
	eachWord(s, func(word string, _, _ int) bool {
		list = append(list, word)
		return len(list) < maxWords
	})
	return list
}

// terms are the words of a question, each once but for the last one, which may be
// the start of a word.
func terms(s string) []string {
	list := words(s)
	if len(list) > maxTerms {
		list = list[:maxTerms]
	}
	var once []string
	seen := map[string]bool{}
	for i, w := range list {
		if i == len(list)-1 || !seen[w] {
			once = append(once, w)
		}
		seen[w] = true
	}
	return once
}

// eachWord calls fn with each word of s, folded, and where it stands in s, until fn
// returns false.
func eachWord(s string, fn func(word string, start, end int) bool) {
	for end := 0; end < len(s); {
		start := end + wordStart(s[end:])
		end = start + wordLength(s[start:])
		if end == start {
			return
		}
		if w := foldWord(s[start:end]); w != "" && !fn(w, start, end) {
			return
		}
	}
}

func wordStart(s string) int {
	if i := strings.IndexFunc(s, inWord); i >= 0 {
		return i
	}
	return len(s)
}

func wordLength(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// inWord takes marks too: an accent may stand after its letter.
func inWord(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.M) }

// foldWord folds a word and drops what folding makes of it besides letters and digits.
func foldWord(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.N) && r != utf8.RuneError {
			return r
		}
		return -1
	}, fold(s))
	if len(s) > maxWord {
		s = s[:maxWord]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

func fold(s string) string { return strings.ToLower(s) }
