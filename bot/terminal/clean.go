package terminal

import (
	"strings"
	"unicode"
)

// clean makes s safe to write to a terminal: of control characters only line
// ends stay, and marks that turn the direction of what follows go. So nothing a
// publisher writes can move the cursor, set a colour or forge a message.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\u2028', r == '\u2029', r == '\u00a0':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u00ad', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// line is clean on one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
