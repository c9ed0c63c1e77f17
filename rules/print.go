package rules

import (
	"slices"
	"strconv"
	"strings"
)

// printer writes conditions in the query language. With entities it writes what an
// entity stands for instead of its name, so that the text differs when the meaning does.
type printer struct {
	strings.Builder
	entities bool
}

// Query is the rule's condition in the query language, whichever way its file writes it.
func (r Rule) Query() string {
	var p printer
	if list, ok := r.match.(allOf); ok {
		p.list(list, " AND ")
	} else {
		p.top(r.match)
	}
	return p.String()
}

// key is a text that two conditions share only if they mean the same and name their hits alike.
func (r *Rule) key() string {
	p := printer{entities: true}
	r.match.write(&p)
	return p.String()
}

// top writes a condition without the parentheses that only matter within another.
func (p *printer) top(e expr) {
	if list, ok := e.(anyOf); ok {
		p.list(list, " OR ")
		return
	}
	e.write(p)
}

func (p *printer) list(list []expr, between string) {
	for i, e := range list {
		if i > 0 {
			p.WriteString(between)
		}
		e.write(p)
	}
}

func (p *printer) group(list []expr, between string) {
	if len(list) == 1 {
		list[0].write(p)
		return
	}
	p.WriteByte('(')
	p.list(list, between)
	p.WriteByte(')')
}

func (a allOf) write(p *printer) { p.group(a, " AND ") }
func (a anyOf) write(p *printer) { p.group(a, " OR ") }

func (n noneOf) write(p *printer) {
	p.WriteString("NOT ")
	p.group(n, " OR ")
}

func (a *atLeast) write(p *printer) {
	p.WriteString("AT LEAST " + strconv.Itoa(a.n) + " OF (")
	p.list(a.list, ", ")
	p.WriteByte(')')
}

func (s *sentence) write(p *printer) {
	p.WriteString("SENTENCE(")
	if list, ok := s.of.(allOf); ok {
		p.list(list, " AND ")
	} else {
		p.top(s.of)
	}
	p.WriteByte(')')
}

func (n *near) write(p *printer) {
	p.WriteByte('(')
	n.a.write(p)
	if n.ordered {
		p.WriteString(" BEFORE/")
	} else {
		p.WriteString(" NEAR/")
	}
	p.WriteString(strconv.Itoa(n.words) + " ")
	n.b.write(p)
	p.WriteByte(')')
}

func (e *entityRef) write(p *printer) {
	p.writeFields(e.aliases[0].(*term).fields)
	p.WriteString("@" + e.id)
	if !p.entities {
		return
	}
	p.WriteByte('{')
	p.list(e.aliases, " ")
	p.WriteString(" NOT ")
	p.list(e.not, " ")
	if e.needs != nil {
		p.WriteString(" NEEDS ")
		e.needs.write(p)
	}
	p.WriteByte('}')
}

func (t *term) write(p *printer) {
	p.writeFields(t.fields)
	s := t.plain
	if operators[s] && t.mark == "" {
		s = strconv.Quote(s)
	}
	p.WriteString(t.mark + s)
	if p.entities {
		for _, w := range t.words {
			p.WriteString(" " + w.key())
		}
		p.WriteString(" " + strconv.Quote(t.label))
	}
}

// key is a text that two words share only if they stand for the same.
func (w word) key() string {
	if w.exact != "" {
		return strconv.FormatBool(w.prefix) + "=" + w.exact
	}
	return strconv.FormatBool(w.prefix) + strings.Join(w.forms, " ")
}

func (p *printer) writeFields(fields fieldSet) {
	if fields == defaultFields {
		return
	}
	for _, f := range fieldNames {
		if fields == only(f) {
			p.WriteString(string(f) + ":")
		}
	}
}

// fieldSet is the fields that a term is looked for in.
type fieldSet uint8

// fieldNames are the fields in their order.
var fieldNames = []Field{FieldTitle, FieldText, FieldAuthor, FieldTag}

// defaultFields is where a term is looked for unless it says otherwise.
var defaultFields = only(FieldTitle) | only(FieldText)

func only(f Field) fieldSet { return 1 << slices.Index(fieldNames, f) }

func (s fieldSet) has(f Field) bool {
	switch f {
	case FieldTitle:
		return s&1 != 0
	case FieldText:
		return s&2 != 0
	case FieldAuthor:
		return s&4 != 0
	}
	return s&8 != 0
}

// eachTerm visits the terms of a condition, those of its entities included.
func eachTerm(e expr, visit func(*term)) {
	var list []expr
	switch e := e.(type) {
	case *term:
		visit(e)
	case allOf:
		list = e
	case anyOf:
		list = e
	case noneOf:
		list = e
	case *atLeast:
		list = e.list
	case *sentence:
		list = []expr{e.of}
	case *near:
		list = []expr{e.a, e.b}
	case *entityRef:
		list = slices.Concat([]expr(e.aliases), []expr(e.not))
		if e.needs != nil {
			list = append(list, e.needs)
		}
	}
	for _, e := range list {
		eachTerm(e, visit)
	}
}
