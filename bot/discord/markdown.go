package discord

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What publishers and rules write reaches a message only through the functions
// of this file: plain for places without markup, escape for those with it,
// link for a masked link.

// plain drops what could deceive the eye or the parser (control characters,
// invisible ones, reversals of direction) and keeps line breaks.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "�")
	runes := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range runes {
		switch {
		case r == '\u2028' || r == '\u2029' || r == '\n':
			b.WriteByte('\n')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r):
		case r == '\u200C' || r == '\u200D':
			// Persian and emoji need the joiners; between other characters they only hide.
			if i > 0 && i+1 < len(runes) && joins(runes[i-1]) && joins(runes[i+1]) {
				b.WriteRune(r)
			}
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), blank[r]:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// blank holds letters that show nothing.
var blank = map[rune]bool{'\u115F': true, '\u1160': true, '\u3164': true, '\uFFA0': true, '\u2800': true, '\u034F': true, '\u17B4': true, '\u17B5': true}

func joins(r rune) bool {
	return r >= 0x300 && !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Cf) && !unicode.IsSpace(r)
}

// marks are the characters that Discord's markdown may read as markup anywhere:
// emphasis, code, spoilers, links, mentions, timestamps.
const marks = "\\*_~`|<[]"

// lineMarks begin a heading, small print, a quote or a list at the start of a line.
const lineMarks = "#->+"

// zeroWidth breaks the words that a backslash cannot break.
const zeroWidth = "\u200B"

// escape renders text so that Discord shows it as it stands: no markup, no
// mention, no link, no preview.
func escape(s string) string {
	s = plain(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	lineStart, digits := true, false // only blanks, and digits, so far
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		switch {
		case strings.ContainsRune(marks, r),
			lineStart && !digits && strings.ContainsRune(lineMarks, r),
			lineStart && digits && (r == '.' || r == ')'), // a numbered list
			r == '(' && strings.HasSuffix(s[:i], "]"),
			r == ':' && strings.HasPrefix(rest, "/"), // an address
			r == '.' && invites(s[:i], rest):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '@':
			b.WriteRune(r)
			if pings(rest) {
				b.WriteString(zeroWidth)
			}
		default:
			b.WriteRune(r)
		}
		switch {
		case r == '\n':
			lineStart, digits = true, false
		case lineStart && r >= '0' && r <= '9':
			digits = true
		case r != ' ' || digits:
			lineStart = false
		}
	}
	return b.String()
}

func pings(after string) bool {
	return hasPrefixFold(after, "everyone") || hasPrefixFold(after, "here")
}

// invites reports whether a dot between before and after makes an address that
// Discord turns into an invitation even without a scheme.
func invites(before, after string) bool {
	return hasSuffixFold(before, "discord") && (hasPrefixFold(after, "gg") || hasPrefixFold(after, "com") || hasPrefixFold(after, "me")) ||
		hasSuffixFold(before, "discordapp") && hasPrefixFold(after, "com") ||
		hasSuffixFold(before, "dsc") && hasPrefixFold(after, "gg")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// oneLine folds white space.
func oneLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// bold encloses escaped text, which must not be blank.
func bold(escaped string) string { return "**" + escaped + "**" }

// strike strikes escaped text through, line by line. Discord ends a struck text at
// the first two tildes, escaped or not, so inner ones become look-alikes.
func strike(escaped string) string {
	lines := strings.Split(strings.ReplaceAll(escaped, `\~`, "∼"), "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			lines[i] = "~~" + line + "~~"
		}
	}
	return strings.Join(lines, "\n")
}

// link makes a masked link of one line of text; without an address fit to be
// linked it is the text alone.
func link(text, address string) string {
	target := linkTarget(address)
	if target == "" {
		return escape(oneLine(text))
	}
	return "[" + linkText(text) + "](" + target + ")"
}

// linkText escapes the text of a masked link. Discord pairs the brackets in it
// even when they are escaped, and shows no link where the text looks like an
// address itself.
func linkText(text string) string {
	text = strings.NewReplacer("[", "(", "]", ")").Replace(oneLine(text))
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			break
		}
		start := strings.LastIndexFunc(text[:i], func(r rune) bool { return !unicode.IsLetter(r) }) + 1
		text = text[:start] + text[i+len("://"):]
	}
	if text = strings.TrimSpace(text); text == "" {
		text = "…"
	}
	return escape(text)
}

// linkTarget returns an address that is safe inside the parentheses of a masked
// link and as an embed's url: http or https, absolute, without a user name, and with every
// character encoded that the markdown might end the link at. It is "" if the
// address is not one to link.
func linkTarget(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	for _, r := range u.Host {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune("-.:[]_", r) {
			return ""
		}
	}
	if strings.ContainsAny(u.Host, "[]") {
		return "" // an IPv6 address: nobody's article, and brackets end a link
	}
	var b strings.Builder
	b.WriteString(u.Scheme + "://" + u.Host)
	rest := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}
	for _, c := range []byte(rest.String()) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>[]\"'\\`|*~{}^", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	if size(b.String()) > maxURL {
		return ""
	}
	return b.String()
}
