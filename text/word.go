package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is a word of a text and where it stands.
type Word struct {
	Start, End int    // byte offsets, End exclusive
	Fold       string // as it is compared; see [Fold]
	// Exact is the word with its case and accents: without apostrophes, the dots of
	// an abbreviation and invisible characters.
	Exact string
}

// Words returns the words of s in order: its [Spans], read.
func Words(s string) []Word {
	spans := Spans(nil, s)
	words := make([]Word, len(spans))
	for i, span := range spans {
		words[i] = WordAt(s, span)
	}
	return words
}

// Span is a stretch of a text: byte offsets, End exclusive.
type Span struct{ Start, End int }

// Spans appends to list where the words of s stand, in order. Words are runs of
// letters, digits and marks: apostrophes inside belong to them ("O’Brien", "кам'яний"),
// except before the possessive s, which is left out ("Ukraine’s" is "Ukraine");
// hyphens and slashes part them; the dots of "U.S." belong to it, and so do the commas
// and dots inside a number. Chinese, Japanese and Thai, which part no words, give one
// word a character. Offsets hold for any bytes; what is not UTF-8 parts words.
func Spans(list []Span, s string) []Span {
	for i := 0; i < len(s); {
		if end := plainEnd(s, i); end > i {
			list = append(list, Span{i, end})
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isWide(r):
			list = append(list, Span{i, i + size})
			i += size
		case isWordRune(r):
			end := wordEnd(s, i)
			list = append(list, Span{i, end})
			i = end + possessive(s[end:])
		default:
			i += size
		}
	}
	return list
}

// plainEnd is the quick way for most words of English text: the end of a run of ASCII
// letters and digits that begins at i and that nothing after it can be part of; else i.
func plainEnd(s string, i int) int {
	end := i
	for end < len(s) && isPlain(s[end]) {
		end++
	}
	if end < len(s) && (s[end] >= utf8.RuneSelf || strings.IndexByte("'`.,", s[end]) >= 0) {
		return i
	}
	return end
}

func isPlain(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// WordAt reads the word that stands at one of the [Spans] of s.
func WordAt(s string, at Span) Word {
	raw := s[at.Start:at.End]
	w := Word{Start: at.Start, End: at.End, Exact: raw}
	if strings.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf || r == '.' || r == ',' || isApostrophe(r) }) {
		w.Exact = exact(raw)
	}
	w.Fold = Fold(w.Exact)
	return w
}

// exact drops what a spelling may or may not have: apostrophes, invisible
// characters, the dots of an abbreviation and the commas of a number.
func exact(raw string) string {
	abbreviation := strings.Contains(raw, ".") && !strings.ContainsFunc(raw, unicode.IsDigit)
	return strings.Map(func(r rune) rune {
		if isApostrophe(r) || isIgnorable(r) || r == ',' || r == '.' && abbreviation {
			return -1
		}
		return r
	}, norm.NFKC.String(raw))
}

// wordEnd returns where the word that begins at start ends.
func wordEnd(s string, start int) int {
	i := start
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if isWide(r) {
			break
		}
		if isWordRune(r) {
			i += size
			continue
		}
		joined := joins(s, start, i, r, size)
		if joined == 0 {
			break
		}
		i += joined
	}
	if dotted := abbreviationEnd(s, start, i); dotted > i {
		return dotted
	}
	return i
}

// joins returns how many bytes at i, where the rune r stands, belong to the
// word that began at start although they are no letters; 0 if it ends there.
func joins(s string, start, i int, r rune, size int) int {
	rest := s[i+size:]
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case isIgnorable(r):
		if isWordRune(next) && !isWide(next) || isIgnorable(next) || isApostrophe(next) {
			return size
		}
	case isApostrophe(r):
		if isWordRune(next) && !isWide(next) && !isPossessive(rest) {
			return size
		}
	case r == '.' || r == ',':
		last, _ := utf8.DecodeLastRuneInString(s[start:i])
		if unicode.IsDigit(last) && unicode.IsDigit(next) {
			return size
		}
	}
	return 0
}

// possessive is the length of an apostrophe and a lone s at the start of rest.
func possessive(rest string) int {
	r, size := utf8.DecodeRuneInString(rest)
	if !isApostrophe(r) || !isPossessive(rest[size:]) {
		return 0
	}
	return size + 1
}

// isPossessive reports whether rest, which follows an apostrophe, is a lone s.
func isPossessive(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	after, _ := utf8.DecodeRuneInString(rest[1:])
	return len(rest) == 1 || !isWordRune(after)
}

// abbreviationEnd finds the end of "U.S." when the word up to i is a lone
// letter followed by more letters with dots; i otherwise.
func abbreviationEnd(s string, start, i int) int {
	if utf8.RuneCountInString(s[start:i]) != 1 || !strings.HasPrefix(s[i:], ".") {
		return i
	}
	end, letters := i, 1
	for at := i + 1; ; {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.IsLetter(r) || isWide(r) {
			break
		}
		after, _ := utf8.DecodeRuneInString(s[at+size:])
		if isWordRune(after) {
			break
		}
		letters++
		end = at + size
		if after != '.' {
			break
		}
		at = end + 1
	}
	if letters < 2 {
		return i
	}
	if strings.HasPrefix(s[end:], ".") {
		end++
	}
	return end
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isPlain(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r))
}

// firstWide is the first letter of Thai, the lowest of those scripts.
const firstWide = 0x0E00

// isWide reports letters of scripts that write no spaces between words.
func isWide(r rune) bool {
	return r >= firstWide && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
