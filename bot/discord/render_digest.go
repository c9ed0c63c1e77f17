package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tocsin/digest"
	"tocsin/rules"
)

// lateBy is how long after its slot a digest is called late.
const lateBy = 15 * time.Minute

// maxLine bounds one line of a digest with its link, so that the heading of its
// topic and the note above always stand in the same message.
const maxLine = maxDescription - 600

// RenderDigest implements [bot.Chat]. No part rings.
func (b *Bot) RenderDigest(d digest.Digest) ([]json.RawMessage, error) {
	color := lookQuiet.color
	loudest := rules.Info
	for _, t := range d.Topics {
		loudest = max(loudest, t.Severity)
		color = lookOf(loudest).color
	}
	bodies := digestBodies(d)
	out := make([]json.RawMessage, len(bodies))
	for i, body := range bodies {
		title := "🗞️ Digest · " + period(d)
		if len(bodies) > 1 {
			title += fmt.Sprintf(" · %d/%d", i+1, len(bodies))
		}
		data, err := payload(message{
			Embeds:   []embed{{Title: title, Description: body, Color: color}},
			Mentions: noMentions(),
			Flags:    flagSilent,
		})
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// period is the stretch of time that d covers, on the subscription's wall clock.
func period(d digest.Digest) string {
	loc := d.Subscription.Location()
	from, to := d.From.In(loc), d.To.In(loc)
	const day, clock = "2006-01-02", "15:04"
	text := to.Format(day + " " + clock)
	switch {
	case d.From.IsZero():
		text = "– " + text
	case from.Format(day) == to.Format(day):
		text = from.Format(day+" "+clock) + " – " + to.Format(clock)
	default:
		text = from.Format(day+" "+clock) + " – " + text
	}
	return escape(fmt.Sprintf("%s (%s)", text, loc))
}

// digestBodies distributes the lines of d over as many messages as they need.
func digestBodies(d digest.Digest) []string {
	p := &pages{limit: maxDescription}
	if !d.Due.IsZero() && d.To.Sub(d.Due) > lateBy {
		p.line(smallPrint("late: was due " + stamp(d.Due, "f")))
	}
	told := false
	for _, t := range d.Topics {
		lines := topicLines(t)
		if len(lines) == 0 {
			continue
		}
		told = true
		p.topic(heading(t))
		for _, line := range lines {
			p.line(line)
		}
	}
	if !told {
		p.line("Nothing matched in this time.")
	}
	return p.finish()
}

// heading of a topic; "" for a digest without rules.
func heading(t digest.Topic) string {
	title := shorten(t.Title, nameLimit)
	if title == "" {
		title = shorten(t.Rule, nameLimit)
	}
	if title == "" {
		return ""
	}
	return lookOf(t.Severity).sign + " " + bold(escape(title))
}

func topicLines(t digest.Topic) []string {
	var lines []string
	for _, l := range t.Lines {
		lines = append(lines, factLines(l)...)
	}
	if t.More > 0 {
		lines = append(lines, fmt.Sprintf("• … +%d", t.More))
	}
	return lines
}

// factLines is one fact as a line, or as several if it is longer than a message:
// each of them linked, none cut within a word.
func factLines(l digest.Line) []string {
	fact := oneLine(l.Text)
	if fact == "" {
		fact = "…"
	}
	end := dotted("", escape(shorten(l.Source, nameLimit)), stamp(l.Time, "t"))
	if end != "" {
		end = " · " + end
	}
	var lines []string
	bullet := "• "
	for fact != "" {
		var part, line string
		for n := min(len(fact), maxLine); ; n = n * 3 / 4 {
			part = fact[:wordEnd(fact, max(n, 1))]
			line = link(part, l.URL)
			if l.Removed {
				line = strike(line)
			}
			if n <= 1 || size(bullet+line+end) <= maxLine {
				break
			}
		}
		fact = strings.TrimSpace(fact[len(part):])
		line = bullet + line
		if fact == "" {
			line += end
		}
		lines = append(lines, line)
		bullet = "  "
	}
	return lines
}

// pages packs lines into messages of at most limit units, each beginning with
// the heading of its topic.
type pages struct {
	limit   int
	done    []string
	current string
	heading string // of the topic under way
	fresh   bool   // the heading is not written yet
	begun   bool   // it stands on an earlier page, or on this one
}

func (p *pages) topic(heading string) {
	p.heading, p.fresh, p.begun = heading, true, false
}

func (p *pages) line(line string) {
	add := p.separated(line)
	if p.current != "" && size(p.current)+size(add) > p.limit {
		p.done = append(p.done, p.current)
		p.current, p.fresh = "", true
		add = p.separated(line)
	}
	p.current += add
	p.fresh, p.begun = false, true
}

// separated is the line with what must stand before it on the current page.
func (p *pages) separated(line string) string {
	if p.heading != "" && p.fresh {
		heading := p.heading
		if p.begun {
			heading += " (continued)"
		}
		line = heading + "\n" + line
	}
	switch {
	case p.current == "":
		return line
	case p.fresh:
		return "\n\n" + line
	default:
		return "\n" + line
	}
}

func (p *pages) finish() []string { return append(p.done, p.current) }
