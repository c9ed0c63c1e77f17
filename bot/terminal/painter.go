package terminal

import (
	"strings"
	"time"
)

// heading is what the chat itself adds to a message.
type heading struct {
	id     string // of the message
	update bool   // whether it takes the place of an earlier one of this id
}

// painter draws one block of lines.
type painter struct {
	width  int
	color  bool
	margin []cell // begins every line
	out    strings.Builder
}

// block returns what was drawn.
func (p *painter) block() []byte { return []byte(p.out.String()) }

func (p *painter) room() int { return p.width - widthOf(p.margin) }

// row writes one line as it is.
func (p *painter) row(list []cell) {
	full := append(append([]cell{}, p.margin...), list...)
	for len(full) > 0 && strings.TrimSpace(full[len(full)-1].text) == "" {
		full = full[:len(full)-1]
	}
	paint(&p.out, full, p.color)
	p.out.WriteByte('\n')
}

// paragraph writes cells on as many lines as they take, those after the first
// indented.
func (p *painter) paragraph(list []cell, indent int) {
	blank := cells(strings.Repeat(" ", indent), 0)
	for i, l := range wrap(list, p.room()-indent) {
		if i > 0 {
			l = append(append([]cell{}, blank...), l...)
		}
		p.row(l)
	}
}

// spread writes left and right at the two ends of a line, or one below the
// other where they do not fit.
func (p *painter) spread(left, right []cell) {
	gap := p.room() - widthOf(left) - widthOf(right)
	if gap < 2 {
		p.paragraph(left, 2)
		if len(right) > 0 {
			p.paragraph(right, 2)
		}
		return
	}
	p.row(append(append(left, cells(strings.Repeat(" ", gap), 0)...), right...))
}

// rule writes a line across.
func (p *painter) rule(mark string, st style) {
	p.row(cells(strings.Repeat(mark, p.room()), st))
}

// link writes an address on a line of its own, and never breaks it: a broken
// address leads nowhere. Where the terminal knows links, a long one is shown short.
func (p *painter) link(prefix, u string) {
	u = address(u)
	if u == "" {
		return
	}
	if !p.color {
		p.row(cells(prefix+u, 0))
		return
	}
	shown := u
	if most := p.room() - len([]rune(prefix)); len(shown) > most {
		shown = shown[:most-1] + "…"
	}
	p.row([]cell{
		{text: prefix, style: dim},
		{text: "\x1b]8;;" + u + "\x1b\\"},
		{text: shown, style: blue},
		{text: "\x1b]8;;\x1b\\"},
	})
}

// clock writes t for people.
func clock(t time.Time, loc *time.Location) string { return t.In(loc).Format("2 Jan 15:04") }

// join puts a separator between what is not empty.
func join(separator string, parts ...string) string {
	var list []string
	for _, s := range parts {
		if s != "" {
			list = append(list, s)
		}
	}
	return strings.Join(list, separator)
}
