package liveblog

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

const byHeading strategy = "headings"

// start is a line that begins an entry with a time of day.
type start struct {
	n     *html.Node
	bold  *html.Node // the part of a paragraph that is the headline
	clock clock
	title string
}

// minStarts is how many such lines make a run.
const minStarts = 3

// headings finds runs of headings, or of bold starts of paragraphs, that begin
// with a time of day: "9:45am: …", "12.31 Uhr: …", "+++ 14:05 … +++".
func headings(p *page) []finding {
	if p.doc == nil {
		return nil
	}
	runs := map[string][]start{}
	var order []string
	var days []dayHeading
	index := 0
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		index++
		if d, ok := dayHeadingOf(n, index); ok {
			days = append(days, d)
			continue
		}
		s, ok := startOf(n)
		if !ok {
			continue
		}
		s.clock.day = date{}
		key := n.Data
		if runs[key] == nil {
			order = append(order, key)
		}
		runs[key] = append(runs[key], s)
	}
	var out []finding
	for _, key := range order {
		if run := runs[key]; len(run) >= minStarts && len(run) <= maxBoxes {
			out = append(out, p.run(run, days))
		}
	}
	return out
}

// dayHeading is a line that is a date and nothing else.
type dayHeading struct {
	n     *html.Node
	day   date
	index int
}

func dayHeadingOf(n *html.Node, index int) (dayHeading, bool) {
	switch n.DataAtom {
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P:
	default:
		return dayHeading{}, false
	}
	s := shortText(n, 60)
	if s == "" || startsWithClock.MatchString(s) || len(strings.Fields(s)) > 5 {
		return dayHeading{}, false
	}
	day, ok := dayIn(s)
	return dayHeading{n, day, index}, ok
}

// startOf reads the line that begins an entry.
func startOf(n *html.Node) (start, bool) {
	switch n.DataAtom {
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		s := shortText(n, 400)
		c, title, ok := clockStart(s)
		return start{n: n, clock: c, title: title}, ok && !summary(title)
	case atom.P:
		bold := n.FirstChild
		for bold != nil && bold.Type == html.TextNode && strings.TrimSpace(bold.Data) == "" {
			bold = bold.NextSibling
		}
		if bold == nil {
			return start{}, false
		}
		if bold.DataAtom == atom.B || bold.DataAtom == atom.Strong {
			c, title, ok := clockStart(shortText(bold, 400))
			return start{n: n, bold: bold, clock: c, title: title}, ok
		}
		if s := shortText(n, 400); strings.HasPrefix(s, "++") {
			c, title, ok := clockStart(s)
			return start{n: n, bold: n, clock: c, title: title}, ok
		}
	}
	return start{}, false
}

// summary reports whether what follows a time is no headline but a list of them.
func summary(title string) bool { return strings.Count(title, "Uhr)") > 1 }

// run makes posts of a run of starts.
func (p *page) run(run []start, days []dayHeading) finding {
	f := finding{by: byHeading}
	stops := map[*html.Node]bool{}
	for _, s := range run {
		stops[s.n] = true
	}
	for _, d := range days {
		stops[d.n] = true
	}
	setDays(run, days, p.doc)
	clocks := make([]clock, len(run))
	for i, s := range run {
		clocks[i] = s.clock
		x := post{title: s.title, coarse: true}
		if s.bold != nil && s.bold != s.n {
			x.text = body(s.n, s.bold)
		}
		if rest := s.following(stops); rest != "" {
			x.text = strings.TrimSpace(x.text + "\n\n" + rest)
		}
		if id := tidy(markup.Attr(s.n, "id")); id != "" {
			x.addID(id)
			x.url = link(p.base, "#"+markup.Attr(s.n, "id"))
		}
		for c := range s.n.Descendants() {
			if c.DataAtom == atom.A {
				if ref := markup.Attr(c, "href"); ref != "" && x.url == "" {
					x.url = link(p.base, ref)
				}
			}
		}
		f.posts = append(f.posts, x)
	}
	for i, t := range dialOf(p, p.modified()).read(clocks) {
		f.posts[i].published = t
	}
	return f
}

// following is the text after a start, up to the next one, a date or a heading
// that opens another part. If the start stands alone in a wrapper, the text
// follows the wrapper.
func (s start) following(stops map[*html.Node]bool) string {
	n := s.n
	for range 3 {
		var parts []string
		stopped := false
		for c := n.NextSibling; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			if stops[c] || containsAny(c, stops) || isHeading(c) && (!isHeading(s.n) || c.Data <= s.n.Data) {
				stopped = true
				break
			}
			if !isAside(c) {
				if t := body(c, nil); t != "" {
					parts = append(parts, t)
				}
			}
		}
		if len(parts) > 0 || stopped || n.Parent == nil || n.Parent.DataAtom == atom.Body || s.bold != nil {
			return withoutStubs(strings.Join(parts, "\n\n"))
		}
		n = n.Parent
	}
	return ""
}

// setDays gives starts the days of the headings before them, or after them where
// the last thing of the list is such a heading and the first thing is none.
func setDays(run []start, days []dayHeading, doc *html.Node) {
	if len(days) == 0 {
		return
	}
	at := map[*html.Node]int{}
	for i := range run {
		at[run[i].n] = i + 1
	}
	heads := map[*html.Node]date{}
	for _, d := range days {
		heads[d.n] = d.day
	}
	type item struct {
		run int // 1-based; 0 for a day
		day date
	}
	var items []item
	for n := range doc.Descendants() {
		if i := at[n]; i > 0 {
			items = append(items, item{run: i})
		} else if d, ok := heads[n]; ok {
			items = append(items, item{day: d})
		}
	}
	if items[0].run > 0 && items[len(items)-1].run == 0 {
		var day date
		for i := len(items) - 1; i >= 0; i-- {
			if items[i].run == 0 {
				day = items[i].day
			} else {
				run[items[i].run-1].clock.day = day
			}
		}
		return
	}
	var day date
	for _, it := range items {
		if it.run == 0 {
			day = it.day
		} else {
			run[it.run-1].clock.day = day
		}
	}
}
