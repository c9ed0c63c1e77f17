package liveblog

import (
	"strings"

	"golang.org/x/net/html"

	"tocsin/feed/markup"
)

const byMicrodata strategy = "microdata"

// microdata reads schema.org LiveBlogPosting from itemprop attributes, or RDFa's
// property attributes.
func microdata(p *page) finding {
	f := finding{by: byMicrodata}
	if p.doc == nil {
		return f
	}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || !strings.Contains(markup.Attr(n, "itemtype")+markup.Attr(n, "typeof"), "LiveBlogPosting") {
			continue
		}
		found := false
		for c := range n.Descendants() {
			switch {
			case c.Type != html.ElementNode:
			case prop(c) == "liveBlogUpdate", prop(c) == "blogPost", prop(c) == "blogPosts":
				found = true
				if x, ok := microPost(p, c); ok {
					f.posts = append(f.posts, x)
				}
			case prop(c) == "headline" && f.title == "" && !found:
				f.title = value(c)
			}
		}
		if !found {
			f.warnings = append(f.warnings, "the page marks a live blog (microdata LiveBlogPosting) but no entries in it")
		}
	}
	return f
}

// prop is the property that an element gives, without vocabulary prefix.
func prop(n *html.Node) string {
	s := markup.Attr(n, "itemprop")
	if s == "" {
		s = markup.Attr(n, "property")
	}
	return s[strings.LastIndexAny(s, ":/")+1:]
}

// value is what an element gives as the value of a property.
func value(n *html.Node) string {
	for _, a := range []string{"content", "datetime", "href", "src"} {
		if v := markup.Attr(n, a); v != "" {
			return strings.TrimSpace(v)
		}
	}
	return markup.Line(markup.Node(n, nil))
}

func microPost(p *page, n *html.Node) (post, bool) {
	var (
		x     post
		title *html.Node
	)
	for _, a := range []string{"itemid", "resource", "about", "id", "data-id", "data-post-id"} {
		x.addID(idOf(p.base, markup.Attr(n, a)))
	}
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		switch prop(c) {
		case "headline", "name":
			if inner := enclosing(c, n); x.title == "" && inner == n {
				x.title, title = value(c), c
			}
		case "articleBody", "text", "description":
			if x.text == "" {
				x.text = body(c, title)
				if x.text == "" {
					x.text = prose(markup.Attr(c, "content"))
				}
			}
		case "datePublished", "dateCreated":
			if x.published.IsZero() {
				x.published = instant(value(c))
				if x.published.IsZero() {
					x.published = wall(value(c), p.zone())
				}
			}
		case "dateModified":
			x.updated = instant(value(c))
		case "url", "mainEntityOfPage":
			x.addID(idOf(p.base, value(c)))
			fill(&x.url, link(p.base, value(c)))
		case "author":
			if x.author == "" {
				x.author = markup.Line(shortText(c, 120))
			}
		}
	}
	if x.text == "" {
		x.text = body(n, title)
	}
	return x, x.title != "" || x.text != ""
}

// enclosing is the item that a property belongs to.
func enclosing(n, top *html.Node) *html.Node {
	for a := n.Parent; a != nil && a != top; a = a.Parent {
		for _, at := range a.Attr {
			if at.Key == "itemscope" || at.Key == "typeof" {
				return a
			}
		}
	}
	return top
}
