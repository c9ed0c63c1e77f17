package liveblog

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

const byNeighbour strategy = "neighbours"

// neighbours finds lists without any ids, by their times alone: from each time the
// element is taken that tells no other time, and those that stand side by side
// are a list. Where such an element is nothing but the time, its entry follows it.
func neighbours(p *page) []finding {
	if p.doc == nil {
		return nil
	}
	var machine, shown []*html.Node
	for n := range p.doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case tellsTime(n):
			if !p.outside(n) {
				machine = append(machine, n)
			}
		case leaf(n):
			if _, ok := clockOnly(shortText(n, 48)); ok && !p.outside(n) {
				shown = append(shown, n)
			}
		}
	}
	var out []finding
	for _, times := range [][]*html.Node{machine, shown} {
		for _, boxes := range sideBySide(times) {
			if f := p.group(boxes); len(f.posts) > 0 {
				f.by = byNeighbour
				out = append(out, f)
			}
		}
	}
	return out
}

// tellsTime reports whether an element gives a time for machines.
func tellsTime(n *html.Node) bool {
	if n.DataAtom == atom.Time && !instant(markup.Attr(n, "datetime")).IsZero() {
		return true
	}
	return !ownMoments(n).published.IsZero()
}

// leaf reports whether an element holds text only.
func leaf(n *html.Node) bool {
	return n.FirstChild != nil && n.FirstChild.Type == html.TextNode && n.FirstChild.NextSibling == nil
}

// sideBySide groups the widest elements around each time that hold no other, by
// their parent.
func sideBySide(times []*html.Node) [][]box {
	if len(times) < minStarts || len(times) > maxBoxes {
		return nil
	}
	count := map[*html.Node]int{}
	for _, t := range times {
		for a := t; a != nil; a = a.Parent {
			count[a]++
		}
	}
	groups := map[*html.Node][]box{}
	var order []*html.Node
	for _, t := range times {
		a := t
		for a.Parent != nil && count[a.Parent] == 1 {
			a = a.Parent
		}
		if groups[a.Parent] == nil {
			order = append(order, a.Parent)
		}
		groups[a.Parent] = append(groups[a.Parent], box{n: a})
	}
	var out [][]box
	for _, parent := range order {
		if len(groups[parent]) >= minStarts {
			out = append(out, groups[parent])
		}
	}
	return out
}
