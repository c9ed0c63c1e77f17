package liveblog

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

const byParagraph strategy = "paragraphs"

// What a page must hold to be followed as one changing text: fewer or shorter
// paragraphs are what stands around entries that scripts load from elsewhere.
const (
	minParagraphs   = 8
	minParagraphLen = 40
)

// paragraphs takes a page that does not part its entries at all as one changing
// text, each paragraph of which is an entry. It is the last resort, and only for a
// page that calls itself a live blog.
func paragraphs(p *page) finding {
	f := finding{by: byParagraph}
	if p.doc == nil || !p.bluntlyLive() {
		return f
	}
	texts := map[*html.Node][]string{}
	var best *html.Node
	length := map[*html.Node]int{}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.P || n.Parent == nil || p.outside(n) || asideName(markup.Attr(n, "class")) {
			continue
		}
		s := body(n, nil)
		if len(s) < minParagraphLen || saysEnded(s) {
			continue
		}
		texts[n.Parent] = append(texts[n.Parent], s)
		length[n.Parent] += len(s)
		if best == nil || length[n.Parent] > length[best] {
			best = n.Parent
		}
	}
	if best == nil || len(texts[best]) < minParagraphs {
		return f
	}
	for _, s := range texts[best] {
		f.posts = append(f.posts, post{text: s})
	}
	f.warnings = append(f.warnings, "the page does not part its entries; it is followed as one text, of which each new paragraph counts as an entry")
	return f
}
