// Package lexicon knows the inflected forms of words, so that a rule that names a word
// finds it in every form, and finds no other word.
package lexicon

import (
	_ "embed"
	"sort"
	"strings"
)

// english has a line for each word, in the order of the alphabet: the word and its forms. A
// plus stands for the word itself.
//
//go:generate sh -c "go run build.go /usr/share/wordnet > en.txt"
//go:embed en.txt
var english string

// English returns the other forms of an English word in small letters: plural, third
// person, past, participle and gerund ("strike": striking, strikes, struck). A form
// that is given instead of its word ("struck") has none. A word that the lexicon does not know takes
// the plural of its ending ("airstrike": airstrikes).
func English(word string) []string {
	if len(word) < 3 || strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return nil
	}
	line, ok := find(english, word)
	if !ok {
		return plural(word)
	}
	forms := strings.Fields(line)[1:]
	for i, form := range forms {
		if ending, ok := strings.CutPrefix(form, "+"); ok {
			forms[i] = word + ending
		}
	}
	return forms
}

// find returns the line that begins with word.
func find(lines, word string) (string, bool) {
	start := sort.Search(len(lines), func(i int) bool {
		line := lineAt(lines, i)
		first, _, _ := strings.Cut(line, " ")
		return first >= word
	})
	if start == len(lines) {
		return "", false
	}
	line := lineAt(lines, start)
	first, _, _ := strings.Cut(line, " ")
	return line, first == word
}

// lineAt returns the line that the byte at i lies in.
func lineAt(lines string, i int) string {
	start := strings.LastIndexByte(lines[:i], '\n') + 1
	line, _, _ := strings.Cut(lines[start:], "\n")
	return line
}

// plural is the plural of a word that is in no lexicon.
func plural(word string) []string {
	stem, y := strings.CutSuffix(word, "y")
	switch last := word[len(word)-1]; {
	case last == 's' || len(word) < 4:
		return nil
	case last == 'x' || last == 'z' || strings.HasSuffix(word, "ch") || strings.HasSuffix(word, "sh"):
		return []string{word + "es"}
	case y && !strings.ContainsAny(stem[len(stem)-1:], "aeou"):
		return []string{stem + "ies"}
	}
	return []string{word + "s"}
}
