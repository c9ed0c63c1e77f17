package liveblog

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

// carriesOn are words beside a link to the live blog that comes next.
var carriesOn = regexp.MustCompile(`(?i)\bcontinues? (?:here|in|on|at|with)\b|\bnew live|\bnext live|\bfollow (?:our|the|all|today)|\bour (?:new|latest) (?:live|coverage)|\bsuivez\b|\bnouveau (?:direct|live)\b|\bsuite du direct\b|\b(?:neuer?|weiter)\b.{0,40}\b(?:live-?blog|ticker)\b|\bnuevo directo\b|\bsiga\b|\bnuova diretta\b|\bsegui(?:te)?\b|\bnova cobertura\b|\bacompanhe\b`)

// successor is the live blog that a closed one leads on to: a link beside words
// that say so, a link that is marked as one, or a newer page of the same series.
// It is "" if there is none.
func (p *page) successor() string {
	if p.doc == nil {
		return ""
	}
	said, series := "", ""
	for n := range p.doc.Descendants() {
		if n.DataAtom != atom.A || n.Type != html.ElementNode || p.outside(n) {
			continue
		}
		to := link(p.base, markup.Attr(n, "href"))
		if to == "" || host(to) != host(p.address()) || p.isSelf(to) || before(to, p.address()) {
			continue
		}
		if !liveWords.MatchString(spaced(to)) {
			continue
		}
		class := strings.ToLower(markup.Attr(n, "class"))
		switch {
		case strings.Contains(class, "live") && strings.Contains(class, "link"):
			return to
		case said == "" && n.Parent != nil && carriesOn.MatchString(shortText(n.Parent, maxNotice)):
			said = to
		case series == "" && sameSeries(p.address(), to):
			series = to
		}
	}
	if said != "" {
		return said
	}
	return series
}

// before reports whether both addresses hold a day and the first one's is earlier.
func before(a, b string) bool {
	x, ok := dayOfURL(a)
	y, ok2 := dayOfURL(b)
	if !ok || !ok2 {
		return false
	}
	at := func(d date) time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }
	return at(x).Before(at(y))
}

// sameSeries reports whether b is a later page of the series that a is of: both
// carry a day, b's is later, they stand in one folder and share words besides.
func sameSeries(a, b string) bool {
	x, ok := dayOfURL(a)
	y, ok2 := dayOfURL(b)
	if !ok || !ok2 || x == y || before(b, a) || folder(a) != folder(b) {
		return false
	}
	common := 0
	words := topicWords(a)
	for w := range topicWords(b) {
		if words[w] {
			common++
		}
	}
	return common >= 1
}

// folder is the part of an address that the pages of a series share, days apart.
func folder(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	path := strings.TrimSuffix(u.Path, "/")
	return digits.ReplaceAllString(path[:strings.LastIndexByte(path, '/')+1], "0")
}

// topicWords are the words of an address that tell what it is about.
func topicWords(address string) map[string]bool {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	path := strings.TrimSuffix(u.Path, "/")
	slug := path[strings.LastIndexByte(path, '/')+1:]
	out := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(slug), func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if len(w) >= 4 && !liveWords.MatchString(w) && !hasDigit.MatchString(w) && w != "html" {
			out[w] = true
		}
	}
	return out
}
