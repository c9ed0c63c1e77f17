package liveblog

import (
	"regexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

const bySubhead strategy = "subheads"

// bluntly are the words by which a page says that it is a live blog, and not
// just that something in it is live.
var bluntly = regexp.MustCompile(`(?i)live[ -]?(?:blog|ticker|updates?)|news[ -]?(?:blog|ticker)|as it happened|minute by minute|en direct\b|minuto a minuto|\bdiretta\b|in diretta|ao minuto`)

func (p *page) bluntlyLive() bool {
	return bluntly.MatchString(p.title + " " + spaced(p.address()))
}

// subheads splits a page that parts its entries by sub-headings only, without times
// or ids. It is the last resort, and only for a page that calls itself a live blog.
func subheads(p *page) finding {
	f := finding{by: bySubhead}
	if p.doc == nil || !p.bluntlyLive() {
		return f
	}
	runs := map[atom.Atom]map[*html.Node][]*html.Node{}
	var best []*html.Node
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || !isHeading(n) || n.DataAtom == atom.H1 || n.Parent == nil || p.outside(n) {
			continue
		}
		if runs[n.DataAtom] == nil {
			runs[n.DataAtom] = map[*html.Node][]*html.Node{}
		}
		run := append(runs[n.DataAtom][n.Parent], n)
		runs[n.DataAtom][n.Parent] = run
		if len(run) > len(best) {
			best = run
		}
	}
	if len(best) < minStarts {
		return f
	}
	stops := map[*html.Node]bool{}
	for _, n := range best {
		stops[n] = true
	}
	told := 0
	for _, n := range best {
		x := post{title: markup.Line(markup.Node(n, nil)), text: start{n: n}.following(stops)}
		if id := tidy(markup.Attr(n, "id")); id != "" {
			x.addID(id)
			x.url = link(p.base, "#"+id)
		}
		if len(x.text) >= fewWords {
			told++
		}
		if x.title != "" {
			f.posts = append(f.posts, x)
		}
	}
	if told*3 < len(best)*2 {
		return finding{by: bySubhead}
	}
	f.warnings = append(f.warnings, "the page gives its entries no times; they count from when they are first seen")
	return f
}

// outside reports whether a node stands in what surrounds an article.
func (p *page) outside(n *html.Node) bool {
	if n == nil {
		return false
	}
	if is, known := p.surround[n]; known {
		return is
	}
	is := n.DataAtom == atom.Nav || n.DataAtom == atom.Aside || n.DataAtom == atom.Footer || n.DataAtom == atom.Form ||
		notEntries.MatchString(markup.Attr(n, "class")) || p.outside(n.Parent)
	if p.surround == nil {
		p.surround = map[*html.Node]bool{}
	}
	p.surround[n] = is
	return is
}
