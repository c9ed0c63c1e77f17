package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// writer turns a stream of tags and text into lines and paragraphs.
type writer struct {
	builder
	pre     int
	pending string // the description of an image, told only if there is no text
}

func (w *writer) words(s string) {
	if w.pre > 0 {
		w.lines(s)
		return
	}
	w.text(s)
}

// lines adds text whose line ends count.
func (w *writer) lines(s string) {
	for line := range strings.Lines(s) {
		w.text(strings.TrimSuffix(line, "\n"))
		if strings.HasSuffix(line, "\n") {
			w.newline()
		}
	}
}

func (w *writer) alt(s string) {
	if w.pending == "" {
		w.pending = s
	}
}

func (w *writer) open(a atom.Atom) {
	switch a {
	case atom.Br:
		w.newline()
	case atom.Li:
		w.item()
	case atom.Tr, atom.Dt, atom.Dd:
		w.line()
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.paragraph()
		w.pre++
	default:
		if blockLevel(a) {
			w.paragraph()
		}
	}
}

func (w *writer) close(a atom.Atom) {
	switch a {
	case atom.Li:
		w.builder.lines = 1 // however its content ended
	case atom.Tr, atom.Dt, atom.Dd:
		w.line()
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.paragraph()
	default:
		if blockLevel(a) {
			w.paragraph()
		}
	}
}

func (w *writer) String() string {
	s := w.builder.String()
	if s == "" && w.pending != "" {
		return Line(w.pending)
	}
	return s
}

func blockLevel(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Aside, atom.Header, atom.Footer, atom.Main,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table,
		atom.Blockquote, atom.Figure, atom.Figcaption, atom.Hr, atom.Form, atom.Fieldset, atom.Address, atom.Details, atom.Summary:
		return true
	}
	return false
}

// Node renders the elements under n as clean text. Elements for which leave
// returns true are left out; leave may be nil.
func Node(n *html.Node, leave func(*html.Node) bool) string {
	var w writer
	w.node(n, leave)
	return w.String()
}

// node walks without recursion over siblings; depth is bounded by the parser.
func (w *writer) node(n *html.Node, leave func(*html.Node) bool) {
	switch n.Type {
	case html.TextNode:
		w.words(n.Data)
		return
	case html.ElementNode:
		if skip(n.DataAtom) || leave != nil && leave(n) {
			return
		}
		if n.DataAtom == atom.Img {
			w.alt(Attr(n, "alt"))
		}
		w.open(n.DataAtom)
		defer w.close(n.DataAtom)
	case html.CommentNode, html.DoctypeNode:
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, leave)
	}
}

// Attr is the value of an attribute, "" if n has none of the name.
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}
