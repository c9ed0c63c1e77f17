package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/text"
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

// words splits a text into what can be found of it: its words, with case and
// accents folded. Both databases get nothing else, and so agree.
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
	for _, w := range text.Words(s) {
		if folded := bare(w.Fold); folded != "" && !fn(folded, w.Start, w.End) {
			return
		}
	}
}

// bare leaves letters and digits only, of which neither database makes anything
// else, and bounds the length.
func bare(word string) string {
	word = strings.Map(func(r rune) rune {
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, word)
	if len(word) > maxWord {
		word = strings.ToValidUTF8(word[:maxWord], "")
	}
	return word
}
