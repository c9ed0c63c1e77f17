package liveblog

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

// asideWords are words in the class names of what stands in an entry but is not
// said by it; asideStarts start such words, asideParts are parts of such names.
var (
	asideWords  = wordSet("share sharing social byline author contributor ad ads newsletter related permalink copylink timestamp time date datetime timeago comment comments consent cookie toolbar copyright credit breadcrumb pagination reaction reactions like likes")
	asideStarts = []string{"advert", "promo", "recommend"}
	asideParts  = []string{"copy-link", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader", "screenreader"}
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// asideName reports whether a class name is that of an aside.
func asideName(s string) bool {
	if s == "" {
		return false
	}
	s = strings.ToLower(s)
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if asideWords[w] || slices.ContainsFunc(asideStarts, func(start string) bool { return strings.HasPrefix(w, start) }) {
			return true
		}
	}
	return slices.ContainsFunc(asideParts, func(part string) bool { return strings.Contains(s, part) })
}

// stubs are whole paragraphs that stand in for what a reader without scripts does not see.
var stubs = regexp.MustCompile(`(?i)^(?:to display this content.*|the content you requested does not exist.*|advertisement|werbung|publicité|anzeige|share|copy link|link copied.*|allow .{0,60} content\?.*|(?:to view|pour afficher|um diesen|per vedere) .{0,120}(?:cookies?|consent\w*).*|share this(?: post)?|read more|loading\.*|updated at .{1,30}|\d+ (?:minutes?|hours?|mins?) ago)$`)

// withoutStubs drops such paragraphs.
func withoutStubs(s string) string {
	if s == "" {
		return ""
	}
	var kept []string
	for para := range strings.SplitSeq(s, "\n\n") {
		if !stubs.MatchString(para) {
			kept = append(kept, para)
		}
	}
	return strings.Join(kept, "\n\n")
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// isAside reports whether an element of an entry is about it rather than of it.
func isAside(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Time, atom.Button, atom.Form, atom.Header, atom.Footer, atom.Aside, atom.Figcaption, atom.Nav:
		return true
	case atom.P, atom.Blockquote, atom.Body, atom.Main, atom.Article:
		return false
	}
	if strings.Contains(n.Data, "timeago") {
		return true
	}
	if markup.Attr(n, "aria-hidden") == "true" || markup.Attr(n, "hidden") != "" {
		return true
	}
	return asideName(markup.Attr(n, "class")) || asideName(markup.Attr(n, "data-testid"))
}

var headline = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:headline|title|heading|entry-head|subhead)(?:[^a-z]|$)`)

// headlineOf is the element that holds the headline of an entry, nil if it has none.
func headlineOf(n *html.Node) *html.Node {
	var byClass *html.Node
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		if isHeading(c) && c.FirstChild != nil || markup.Attr(c, "itemprop") == "headline" {
			return c
		}
		if byClass == nil && (c.DataAtom == atom.Div || c.DataAtom == atom.Span || c.DataAtom == atom.A || c.DataAtom == atom.P || c.DataAtom == atom.Strong) &&
			headline.MatchString(markup.Attr(c, "class")) && !asideName(markup.Attr(c, "class")) {
			byClass = c
		}
	}
	return byClass
}

// authorOf is what an entry says of its author.
func authorOf(n *html.Node) string {
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		class := markup.Attr(c, "class")
		if markup.Attr(c, "rel") == "author" || markup.Attr(c, "itemprop") == "author" || strings.Contains(class, "author") || strings.Contains(class, "byline") {
			if s := shortText(c, 80); s != "" && len(s) > 2 {
				return markup.Line(strings.TrimPrefix(strings.TrimPrefix(s, "By "), "Von "))
			}
		}
	}
	return ""
}

// within reports whether n is or stands in ancestor.
func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}

// body renders an entry without its headline and what surrounds it.
func body(n, title *html.Node) string {
	s := markup.Node(n, func(c *html.Node) bool { return c == title || c != n && isAside(c) })
	if n.DataAtom == atom.Li {
		s = strings.TrimPrefix(s, "• ") // of the list of entries, not of this one
	}
	return withoutStubs(s)
}

// moments are the times that an element tells.
type moments struct {
	published, updated time.Time
	shown              string // a clock time, if there is no machine's
}

// timeWords are words in the names of attributes that tell a time.
var timeWords = wordSet("time date timestamp datetime published created ts epoch")

var updatedName = regexp.MustCompile(`(?i)updat|modif|edit|changed|aktualisiert|mis à jour`)

func timeAttr(name string) bool {
	for w := range strings.SplitSeq(name, "-") {
		if timeWords[w] {
			return true
		}
	}
	return false
}

// ownMoments reads the times in an element's attributes.
func ownMoments(n *html.Node) (m moments) {
	for _, a := range n.Attr {
		if !strings.HasPrefix(a.Key, "data-") || !timeAttr(a.Key) {
			continue
		}
		t := instant(a.Val)
		switch {
		case t.IsZero():
		case updatedName.MatchString(a.Key):
			m.updated = t
		case m.published.IsZero() || strings.Contains(a.Key, "publish") || strings.Contains(a.Key, "sort"):
			m.published = t
		}
	}
	return m
}

// momentsOf reads the times of an entry: its own attributes, then the times that
// stand in it, parts of other entries apart.
func momentsOf(n *html.Node, other func(*html.Node) bool) moments {
	own := ownMoments(n)
	shown := moments{}
	if n.DataAtom == atom.Time {
		shown.published = instant(markup.Attr(n, "datetime"))
	}
	if leaf(n) {
		if s := shortText(n, 48); s != "" {
			if _, ok := clockOnly(s); ok {
				shown.shown = s
			}
		}
	}
	var walk func(c *html.Node)
	walk = func(c *html.Node) {
		for c := c.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || other(c) {
				continue
			}
			t := time.Time{}
			if c.DataAtom == atom.Time || strings.Contains(c.Data, "timeago") {
				t = instant(markup.Attr(c, "datetime"))
			}
			if t.IsZero() {
				t = ownMoments(c).published
			}
			switch {
			case !t.IsZero() && aboutUpdate(c, n):
				if shown.updated.IsZero() {
					shown.updated = t
				}
			case !t.IsZero() && shown.published.IsZero():
				shown.published = t
			case t.IsZero() && shown.shown == "" && shown.published.IsZero() && own.published.IsZero() && c.DataAtom != atom.P:
				if s := shortText(c, 48); s != "" {
					if _, ok := clockOnly(s); ok {
						shown.shown = s
					}
				}
			}
			walk(c)
		}
	}
	walk(n)
	if shown.published.IsZero() {
		shown.published = own.published
	}
	if shown.updated.IsZero() {
		shown.updated = own.updated
	}
	return shown
}

// aboutUpdate reports whether a time within an entry tells its last change.
func aboutUpdate(n, entry *html.Node) bool {
	for c := n; c != nil && c != entry; c = c.Parent {
		if c.DataAtom == atom.Footer || updatedName.MatchString(markup.Attr(c, "class")) || updatedName.MatchString(markup.Attr(c, "itemprop")) {
			return true
		}
	}
	return updatedName.MatchString(shortText(n, 60))
}
