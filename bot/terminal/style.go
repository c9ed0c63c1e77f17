package terminal

import (
	"fmt"
	"net/url"
	"strings"

	"tocsin/rules"
)

// style is how letters are drawn: a set of the constants below.
type style int

const (
	bold style = 1 << iota
	dim
	struck
	red
	green
	yellow
	blue
)

// codes are the parameters of ECMA-48's "select graphic rendition", in the order
// of the styles.
var codes = [...]string{"1", "2", "9", "31", "32", "33", "34"}

func (s style) String() string {
	var list []string
	for i, code := range codes {
		if s&(1<<i) != 0 {
			list = append(list, code)
		}
	}
	return strings.Join(list, ";")
}

// severityStyle is the colour a severity is drawn in.
func severityStyle(s rules.Severity) style {
	switch s {
	case rules.Urgent:
		return red
	case rules.Watch:
		return yellow
	}
	return blue
}

// severityMark tells severities apart without colour.
func severityMark(s rules.Severity) string {
	switch s {
	case rules.Urgent:
		return "●"
	case rules.Watch:
		return "◆"
	}
	return "○"
}

// paint writes cells, with styles or without.
func paint(b *strings.Builder, list []cell, color bool) {
	var now style
	for _, c := range list {
		if color && c.style != now {
			if now != 0 {
				b.WriteString("\x1b[0m")
			}
			if c.style != 0 {
				fmt.Fprintf(b, "\x1b[%sm", c.style)
			}
			now = c.style
		}
		b.WriteString(c.text)
	}
	if now != 0 {
		b.WriteString("\x1b[0m")
	}
}

// address is u as it may stand in a link: of the web's own schemes, in printable
// ASCII; "" if it is none.
func address(u string) string {
	parsed, err := url.Parse(strings.TrimSpace(u))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(parsed.String()) {
		if c <= ' ' || c > '~' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
