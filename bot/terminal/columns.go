package terminal

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// cell is what a terminal shows as one character, with all that combines with it.
type cell struct {
	text  string
	width int // columns: 0, 1 or 2
	style style
}

const (
	joiner       = '\u200d' // makes one emoji of two
	emojiVariant = '\ufe0f' // asks for the wide, coloured form
)

// cells splits s into what is shown as one character each.
func cells(s string, st style) []cell {
	var list []cell
	joined, flag := false, false
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		part := s[:n]
		s = s[n:]
		second := flag && isFlagLetter(r)
		if last := len(list) - 1; last >= 0 && (joined || second || combines(r)) {
			list[last].text += part
			if r == emojiVariant || second {
				list[last].width = 2
			}
			flag = false
		} else {
			list = append(list, cell{text: part, width: columns(r), style: st})
			flag = isFlagLetter(r)
		}
		joined = r == joiner
	}
	return list
}

// isFlagLetter tells the letters that make a flag two by two.
func isFlagLetter(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// combines reports whether r is drawn upon the character before it.
func combines(r rune) bool {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones
		return true
	case r >= 0x1160 && r <= 0x11FF: // the later letters of a Korean syllable
		return true
	}
	return false
}

// columns is how wide a character is drawn.
func columns(r rune) int {
	if combines(r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func widthOf(list []cell) int {
	n := 0
	for _, c := range list {
		n += c.width
	}
	return n
}
