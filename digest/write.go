package digest

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// WriteText writes a digest for people, as plain text in the subscription's
// time zone. Control characters of publishers are left out.
func WriteText(w io.Writer, d Digest) error {
	var b strings.Builder
	loc := d.Subscription.Location()
	fmt.Fprintf(&b, "Digest, %s\n", period(d.From, d.To, loc))
	if len(d.Topics) == 0 {
		b.WriteString("\nNothing to tell.\n")
	}
	for _, t := range d.Topics {
		title := printable(t.Title)
		fmt.Fprintf(&b, "\n%s\n%s\n", title, strings.Repeat("─", max(3, length(title))))
		for _, l := range t.Lines {
			fmt.Fprintf(&b, "• %s\n", printable(l.Text)+aside(l, loc, printable))
			if u := address(l.URL); u != "" {
				fmt.Fprintf(&b, "  %s\n", u)
			}
		}
		if t.More > 0 {
			fmt.Fprintf(&b, "  and %d more\n", t.More)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMarkdown writes a digest as CommonMark, in the subscription's time zone. What
// publishers write is escaped.
func WriteMarkdown(w io.Writer, d Digest) error {
	var b strings.Builder
	loc := d.Subscription.Location()
	fmt.Fprintf(&b, "# Digest, %s\n", period(d.From, d.To, loc))
	if len(d.Topics) == 0 {
		b.WriteString("\nNothing to tell.\n")
	}
	for _, t := range d.Topics {
		fmt.Fprintf(&b, "\n## %s\n\n", escape(t.Title))
		for _, l := range t.Lines {
			said := escape(l.Text)
			if u := address(l.URL); u != "" {
				said = "[" + said + "](<" + u + ">)"
			}
			fmt.Fprintf(&b, "- %s\n", said+aside(l, loc, escape))
		}
		if t.More > 0 {
			fmt.Fprintf(&b, "\nand %d more\n", t.More)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// period says from when to when; the zero time is no bound.
func period(from, to time.Time, loc *time.Location) string {
	const form = "2 Jan 2006 15:04"
	switch {
	case from.IsZero() && to.IsZero():
		return "all there is"
	case from.IsZero():
		return "until " + to.In(loc).Format(form+" MST")
	case to.IsZero():
		return "since " + from.In(loc).Format(form+" MST")
	}
	return from.In(loc).Format(form) + " – " + to.In(loc).Format(form+" MST")
}

// aside is what a line says of itself: its source and time, how many entries
// say the same, and that it was taken back.
func aside(l Line, loc *time.Location, clean func(string) string) string {
	var parts []string
	if l.Source != "" {
		parts = append(parts, clean(l.Source))
	}
	if !l.Time.IsZero() {
		parts = append(parts, l.Time.In(loc).Format("2 Jan 15:04"))
	}
	if n := len(l.Entries); n > 1 {
		parts = append(parts, fmt.Sprintf("%d entries", n))
	}
	if l.Removed {
		parts = append(parts, "taken back by the publisher")
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// printable puts s on one line and leaves out what a terminal would obey: control
// characters, and marks that turn the direction of what follows.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == unicode.ReplacementChar, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, oneLine(s))
}

// escape writes s so that Markdown shows it as it is. Only what could format is
// escaped: a dash or a dot within a line cannot.
func escape(s string) string {
	var b strings.Builder
	start := true // of the line, where digits, dashes and the like make lists
	for _, r := range printable(s) {
		switch {
		case strings.ContainsRune("\\`*_[]<>|~&^$", r):
			b.WriteByte('\\')
		case start && strings.ContainsRune("#+-=:.)", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		start = start && unicode.IsDigit(r)
	}
	return b.String()
}

// address is u as a link to follow, "" if it is none: only the web's own
// schemes, and no character that could end the link.
func address(u string) string {
	parsed, err := url.Parse(strings.TrimSpace(u))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(parsed.String()) {
		if c <= ' ' || c > '~' || strings.IndexByte("<>\"\\`", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
