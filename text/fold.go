// Package text reads text as people do: words and where they stand, what makes
// two spellings the same, and the difference between two versions. Rules,
// digests, stories and the search index all read through it.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as it is compared: compatibility forms resolved, case, accents,
// apostrophes and invisible characters removed. The Cyrillic letters й and ї are letters
// of their own and stay, ё becomes е. Folding twice changes nothing.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(s) {
		foldRune(&b, r)
	}
	return b.String()
}

// isFolded is the quick answer for most words of English text.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '\'' || c == '`' {
			return false
		}
	}
	return true
}

// spelt holds letters that Unicode does not take apart and people do, and those that
// it takes apart and people don't.
var spelt = map[rune]string{
	'ß': "ss", 'ø': "o", 'ł': "l", 'đ': "d", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ð': "d", 'þ': "th", 'ħ': "h",
	'й': "й", 'ї': "ї", 'ё': "е",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ة': "ه", 'ـ': "",
}

func foldRune(b *strings.Builder, r rune) {
	if isApostrophe(r) || isIgnorable(r) {
		return
	}
	for _, r := range unicodeLower(r) {
		if s, ok := spelt[r]; ok {
			b.WriteString(s)
			continue
		}
		if r < utf8.RuneSelf || unicode.In(r, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			b.WriteRune(r) // their marks and jamo are no accents
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			if s, ok := spelt[part]; ok {
				b.WriteString(s)
			} else if !unicode.Is(unicode.Mn, part) {
				b.WriteRune(part)
			}
		}
	}
}

// unicodeLower is the lower case of a letter; İ, whose own has two characters, is an i.
func unicodeLower(r rune) string {
	if r == 'İ' {
		return "i"
	}
	return string(unicode.ToLower(r))
}

// isApostrophe reports the characters that people type for an apostrophe.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '’', '‘', '‛', 'ʼ', 'ʹ', 'ʻ', '′', '＇':
		return true
	}
	return false
}

// isIgnorable reports characters that nobody sees: soft hyphens, zero-width
// spaces and joiners, marks of direction.
func isIgnorable(r rune) bool {
	return r == '\u00ad' || unicode.Is(unicode.Cf, r)
}
