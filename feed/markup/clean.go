package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Plain cleans text that holds no markup: NFC, no control or invisible
// characters, one blank between words, one blank line between paragraphs.
func Plain(s string) string {
	var b builder
	for line := range strings.Lines(valid(s)) {
		b.text(line)
		if strings.HasSuffix(line, "\n") {
			b.newline()
		}
	}
	return b.String()
}

// Line is Plain on a single line.
func Line(s string) string {
	return strings.Join(strings.Fields(Plain(s)), " ")
}

// valid makes s well-formed UTF-8 with newlines as the only line ends.
func valid(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s
}

// builder gathers words, lines and paragraphs. The zero value is ready to use.
type builder struct {
	out   strings.Builder
	space bool // blank due before the next word
	lines int  // line ends due before the next word; 2 or more make a paragraph
	bare  bool // a list mark was written and nothing after it
}

// newline ends a line; two running end a paragraph.
func (b *builder) newline() { b.lines++; b.space = false }

// paragraph ends a paragraph.
func (b *builder) paragraph() { b.lines = max(b.lines, 2); b.space = false }

// line ends a line, once.
func (b *builder) line() { b.lines = max(b.lines, 1); b.space = false }

// text adds running text; white space of any kind is one blank.
func (b *builder) text(s string) {
	for len(s) > 0 {
		// Most text is words of ASCII; they are taken as they are.
		n := 0
		for n < len(s) && s[n] > ' ' && s[n] < 0x7f {
			n++
		}
		if n > 0 {
			b.gap()
			b.out.WriteString(s[:n])
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case unicode.IsSpace(r):
			b.space = true
		case invisible(r):
		default:
			b.gap()
			b.out.WriteRune(r)
		}
	}
}

// item starts a list item.
func (b *builder) item() {
	if b.bare {
		return // the last one is still empty
	}
	b.line()
	b.gap()
	b.out.WriteString("•")
	b.space, b.bare = true, true
}

func (b *builder) gap() {
	switch {
	case b.out.Len() == 0, b.bare && b.lines > 0:
		// Nothing to part from: the start, or a list mark with its text in a block of its own.
		if b.bare {
			b.out.WriteByte(' ')
		}
	case b.lines >= 2:
		b.out.WriteString("\n\n")
	case b.lines == 1:
		b.out.WriteByte('\n')
	case b.space:
		b.out.WriteByte(' ')
	}
	b.space, b.lines, b.bare = false, 0, false
}

// String is the text so far, in NFC.
func (b *builder) String() string {
	s := strings.TrimSuffix(b.out.String(), "•")
	return norm.NFC.String(strings.TrimRight(s, "\n "))
}

// invisible reports whether a character shows nothing and means nothing in news:
// controls, byte order marks, soft hyphens, direction overrides. Joiners stay:
// emoji and Persian need them.
func invisible(r rune) bool {
	switch {
	case r == '\u00AD', r == '\u200B', r == '\u2060', r == '\uFEFF', r == '\uFFFC':
		return true
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return unicode.IsControl(r)
}
