package liveblog

import (
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

// modified is when the page says it was last changed, in JSON-LD of any type or in
// its head; else when it was published; zero if it says neither.
func (p *page) modified() time.Time {
	var modified, published time.Time
	note := func(to *time.Time, t time.Time) {
		if t.After(*to) {
			*to = t
		}
	}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				if depth < 6 {
					walk(x, depth+1)
				}
			}
		case map[string]any:
			if isA(v, "LiveBlogPosting") || isA(v, "NewsArticle") || isA(v, "Article") || isA(v, "ReportageNewsArticle") || isA(v, "BlogPosting") || isA(v, "WebPage") {
				note(&modified, instant(v["dateModified"]))
				note(&published, instant(v["datePublished"]))
			}
			if g, ok := v["@graph"]; ok && depth < 6 {
				walk(g, depth+1)
			}
		}
	}
	for _, block := range p.blocks {
		if vs, err := decode(block); err == nil {
			for _, v := range vs {
				walk(v, 0)
			}
		}
	}
	if p.doc != nil {
		for n := range p.doc.Descendants() {
			if n.Type != html.ElementNode || n.DataAtom != atom.Meta {
				continue
			}
			name := strings.ToLower(markup.Attr(n, "property") + markup.Attr(n, "name") + markup.Attr(n, "itemprop"))
			switch t := instant(markup.Attr(n, "content")); {
			case strings.Contains(name, "modified") || strings.Contains(name, "updated_time"):
				note(&modified, t)
			case strings.Contains(name, "published") || strings.Contains(name, "pubdate") || name == "date":
				note(&published, t)
			}
		}
	}
	if modified.IsZero() {
		return published
	}
	return modified
}
