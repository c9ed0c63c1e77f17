package terminal

import (
	"fmt"
	"strings"
	"time"

	"tocsin/digest"
	"tocsin/feed"
)

// maxChanges bounds how many places of an edit are shown one by one.
const maxChanges = 4

func (p *painter) alert(a alert, h heading) {
	loc := location(a.Zone)
	loud := severityStyle(a.Severity)
	p.out.WriteByte('\n')
	p.margin = cells("┃ ", loud)

	title := join(" · ", lines(a.Rules)...)
	left := cells(severityMark(a.Severity)+" "+strings.ToUpper(a.Severity.String()), loud|bold)
	if len(a.Rules) == 0 {
		left = cells("○ matches no rule any more", dim)
	}
	left = append(left, cells("  "+title, bold)...)
	p.spread(left, cells(number(h), dim))
	when := ""
	if !a.Time.IsZero() {
		when = clock(a.Time, loc)
	}
	p.paragraph(cells(join(" · ", when, line(a.Source), line(a.Author)), dim), 0)
	p.change(a, loc)

	var st style
	if a.Change == feed.ChangeRemoved {
		st = struck
	}
	p.runs(a.Title, st|bold)
	p.runs(a.Text, st)
	if address(a.URL) != "" {
		p.row(nil)
		p.link("→ ", a.URL)
	}
	p.margin = nil
}

// change says why the message is written again.
func (p *painter) change(a alert, loc *time.Location) {
	at := clock(a.At, loc)
	switch a.Change {
	case feed.ChangeRemoved:
		p.paragraph(cells("✗ taken back by the publisher "+at, red), 2)
	case feed.ChangeRestored:
		p.paragraph(cells("↺ shown again by the publisher "+at, green), 2)
	case feed.ChangeEdited:
		head := cells("✎ edited "+at, yellow)
		if len(a.Changes) == 0 {
			p.paragraph(head, 2)
		}
		for i, c := range a.Changes {
			if i == maxChanges {
				p.paragraph(cells(fmt.Sprintf("  and %d more changes", len(a.Changes)-i), dim), 2)
				break
			}
			if i == 0 {
				head = append(head, cells(": ", yellow)...)
			} else {
				head = cells("  ", 0)
			}
			p.paragraph(append(head, c.cells()...), 2)
		}
	}
}

// cells draws a change between the words around it: old → new, − old or + new.
func (c change) cells() []cell {
	var list []cell
	add := func(s string, st style) {
		if s = line(s); s == "" {
			return
		}
		if len(list) > 0 {
			list = append(list, cells(" ", 0)...)
		}
		list = append(list, cells(s, st)...)
	}
	add(c.Before, dim)
	switch {
	case c.New == "":
		add("−", red)
	case c.Old == "":
		add("+", green)
	}
	add(shorten(c.Old), red|struck)
	if c.Old != "" && c.New != "" {
		add("→", dim)
	}
	add(shorten(c.New), green)
	add(c.After, dim)
	return list
}

// shorten keeps the first words of a long change.
func shorten(s string) string {
	const most = 16
	words := strings.Fields(s)
	if len(words) <= most {
		return s
	}
	return strings.Join(words[:most], " ") + " …"
}

// runs draws text with its hits below a blank line, paragraph by paragraph.
// Without colour, hits stand between stars, and what is struck between tildes.
func (p *painter) runs(list []run, st style) {
	var paragraph []cell
	blank := true // whether a blank line is owed to the next paragraph
	flush := func() {
		if len(paragraph) == 0 {
			blank = true
			return
		}
		if blank {
			p.row(nil)
			blank = false
		}
		if st&struck != 0 && !p.color {
			tildes := cell{text: "~~", width: 2}
			paragraph = append(append([]cell{tildes}, paragraph...), tildes)
		}
		p.paragraph(paragraph, 0)
		paragraph = nil
	}
	for _, r := range list {
		for i, l := range strings.Split(clean(r.Text), "\n") {
			if i > 0 {
				flush()
			}
			switch {
			case l == "":
			case !r.Hit:
				paragraph = append(paragraph, cells(l, st)...)
			case p.color:
				paragraph = append(paragraph, cells(l, st|bold|yellow)...)
			default:
				stars := cell{text: "**", width: 2}
				paragraph = append(append(append(paragraph, stars), cells(l, st)...), stars)
			}
		}
	}
	if len(paragraph) > 0 {
		flush()
	}
}

func (p *painter) digest(d bundle, h heading) {
	loc := location(d.Zone)
	p.out.WriteByte('\n')
	p.rule("━", dim)
	head := append(cells("DIGEST", bold), cells("  "+span(d.From, d.To, loc), 0)...)
	p.spread(head, cells(number(h), dim))
	p.rule("━", dim)
	if len(d.Topics) == 0 {
		p.paragraph(cells("Nothing to tell.", 0), 0)
	}
	for i, t := range d.Topics {
		if i > 0 {
			p.row(nil)
		}
		p.topic(t, loc)
	}
	p.rule("━", dim)
}

func (p *painter) topic(t digest.Topic, loc *time.Location) {
	mark := cells(severityMark(t.Severity)+" ", severityStyle(t.Severity)|bold)
	p.paragraph(append(mark, cells(line(t.Title), bold)...), 2)
	for _, l := range t.Lines {
		var st style
		said := line(l.Text)
		if l.Removed {
			st = struck
			if !p.color {
				said = "~~" + said + "~~"
			}
		}
		p.paragraph(append(cells("  • ", 0), cells(said, st)...), 4)
		aside := []string{line(l.Source)}
		if !l.Time.IsZero() {
			aside = append(aside, clock(l.Time, loc))
		}
		if n := len(l.Entries); n > 1 {
			aside = append(aside, fmt.Sprintf("%d entries", n))
		}
		if l.Removed {
			aside = append(aside, "taken back")
		}
		if s := join(" · ", aside...); s != "" {
			p.paragraph(cells("    "+s, dim), 4)
		}
		p.link("    → ", l.URL)
	}
	if t.More > 0 {
		p.row(cells(fmt.Sprintf("    and %d more", t.More), dim))
	}
}

// number is how people tell messages apart.
func number(h heading) string {
	switch {
	case h.id == "" || h.id == "0":
		return ""
	case h.update:
		return "updates #" + line(h.id)
	}
	return "#" + line(h.id)
}

func span(from, to time.Time, loc *time.Location) string {
	switch {
	case from.IsZero() && to.IsZero():
		return ""
	case from.IsZero():
		return "until " + clock(to, loc)
	case to.IsZero():
		return "since " + clock(from, loc)
	}
	return clock(from, loc) + " – " + clock(to, loc)
}

func location(zone string) *time.Location {
	return digest.Subscription{Zone: zone}.Location()
}

func lines(list []string) []string {
	cleaned := make([]string, len(list))
	for i, s := range list {
		cleaned[i] = line(s)
	}
	return cleaned
}
