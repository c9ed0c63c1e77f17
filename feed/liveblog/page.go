package liveblog

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"tocsin/feed/markup"
)

// page is a document as all strategies read it.
type page struct {
	url       string // where it came from, "" if unknown
	canonical string // its own word for its address, "" if none
	base      string // what relative links are resolved against: url, else canonical
	title     string
	language  string
	doc       *html.Node          // nil if it is JSON, or nested deeper than any page is
	blocks    [][]byte            // the contents of its JSON-LD scripts, or the document itself if it is JSON
	states    [][]byte            // the contents of its other JSON scripts
	body      []byte              // UTF-8
	local     *time.Location      // what zone has found
	surround  map[*html.Node]bool // what outside has found
	warnings  []string
}

// maxScripts bounds how many JSON scripts of a page are looked into.
const maxScripts = 100

func newPage(address string, body []byte) *page {
	p := &page{url: address}
	if u, err := url.Parse(address); err == nil {
		u.Fragment, u.RawFragment = "", ""
		p.url = u.String()
	}
	p.body = decodeHTML(body)
	if b := bytes.TrimSpace(p.body); len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		p.blocks, p.states, p.base = [][]byte{b}, [][]byte{b}, p.url
		return p
	}
	var err error
	if p.doc, err = html.Parse(bytes.NewReader(p.body)); err == nil {
		p.read()
	} else {
		p.warnings = append(p.warnings, "the page is nested too deep to be read as a whole; only its JSON was")
		p.scan()
	}
	p.base = p.url
	if p.base == "" {
		p.base = p.canonical
	}
	return p
}

// decodeHTML returns the body in UTF-8.
func decodeHTML(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(body) {
		return body
	}
	enc, name, _ := charset.DetermineEncoding(body[:min(len(body), 4096)], "text/html")
	if name != "utf-8" {
		if out, err := enc.NewDecoder().Bytes(body); err == nil {
			return out
		}
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}

// read takes scripts and the head from the tree.
func (p *page) read() {
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode {
			p.note(n.DataAtom, func(name string) string { return markup.Attr(n, name) }, func() string {
				if n.FirstChild == nil {
					return ""
				}
				return n.FirstChild.Data
			})
		}
	}
}

// scan does the same without a tree, so that no nesting hides the scripts.
func (p *page) scan() {
	z := html.NewTokenizer(bytes.NewReader(p.body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			a := atom.Lookup(name)
			attrs := map[string]string{}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				attrs[string(k)] = string(v)
			}
			p.note(a, func(name string) string { return attrs[name] }, func() string {
				if z.Next() == html.TextToken {
					return string(z.Text())
				}
				return ""
			})
		}
	}
}

// note keeps what an element tells about the page; text returns the text in it.
func (p *page) note(element atom.Atom, attr func(string) string, text func() string) {
	switch element {
	case atom.Script:
		kind := strings.ToLower(attr("type"))
		isLD := strings.Contains(kind, "ld+json")
		isState := strings.Contains(kind, "json") || attr("id") == "__NEXT_DATA__"
		switch {
		case len(p.blocks)+len(p.states) >= maxScripts:
		case isLD:
			p.blocks = append(p.blocks, []byte(text()))
		case isState:
			p.states = append(p.states, []byte(text()))
		case kind == "" || strings.Contains(kind, "javascript"):
			if state := assigned(text()); state != nil {
				p.states = append(p.states, state)
			}
		}
	case atom.Html:
		fill(&p.language, attr("lang"))
	case atom.Link:
		if strings.EqualFold(attr("rel"), "canonical") {
			p.canonical = markup.Link(p.url, attr("href"))
		}
	case atom.Meta:
		switch property := strings.ToLower(attr("property")); property {
		case "og:title":
			p.title = markup.Title(attr("content"))
		case "og:url":
			fill(&p.canonical, markup.Link(p.url, attr("content")))
		case "og:locale":
			fill(&p.language, attr("content"))
		}
	case atom.Title:
		if p.title == "" {
			p.title = markup.Title(text())
		}
	}
}

// minState is the size below which what a script assigns holds no entries.
const minState = 500

// assigned is the JSON that a script assigns to a variable and does nothing else
// with, as in "window.__STATE__ = {…}"; nil if it is none.
func assigned(script string) []byte {
	if len(script) < minState {
		return nil
	}
	head := script[:200]
	i := strings.IndexByte(head, '=')
	if i < 0 || strings.ContainsAny(head[:i], "(){};") {
		return nil
	}
	rest := strings.TrimLeft(script[i+1:], " \t\r\n")
	rest = strings.TrimPrefix(rest, "JSON.parse(")
	if rest == "" || strings.IndexByte("{[\"", rest[0]) < 0 {
		return nil
	}
	var v json.RawMessage
	if json.NewDecoder(strings.NewReader(rest)).Decode(&v) != nil {
		return nil
	}
	return v
}

// isSelf reports whether an address is the page's, query and fragment apart.
func (p *page) isSelf(address string) bool {
	same := func(a, b string) bool {
		u, err := url.Parse(a)
		v, err2 := url.Parse(b)
		return err == nil && err2 == nil && a != "" && b != "" && strings.TrimSuffix(u.Path, "/") == strings.TrimSuffix(v.Path, "/") && host(a) == host(b)
	}
	return same(address, p.url) || same(address, p.canonical)
}

// address is what the page is best called: where it was read, else its own word.
func (p *page) address() string {
	if p.url != "" {
		return p.url
	}
	return p.canonical
}

// maxOpening is how much of a page's text is searched for words about the page.
const maxOpening = 6000

// opening is the start of the page's text, where it tells what clock it goes by.
func (p *page) opening() string {
	if p.doc == nil {
		return ""
	}
	var b strings.Builder
	for n := range p.doc.Descendants() {
		if b.Len() > maxOpening {
			break
		}
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Noscript {
			b.WriteString(strings.TrimSpace(n.Data))
			b.WriteByte(' ')
		}
	}
	return b.String()
}

var liveWords = regexp.MustCompile(`(?i)\blive\b|live-?blog|live-?ticker|\bticker\b|news-?blog|as it happened|\ben direct\b|\ble direct\b|\bdirecto\b|\bdiretta\b|\bao vivo\b|minuto a minuto|\bao minuto\b|\bna żywo\b|онлайн|наживо|\brelacja\b|\bliveupdates?\b|\blatest updates\b`)

// spaced is the path of an address as words.
func spaced(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.NewReplacer("/", " ", "-", " ", "_", " ").Replace(u.Path)
}

// claimsLive reports whether the page calls itself something live, in its title,
// address or headline.
func (p *page) claimsLive() bool {
	if liveWords.MatchString(p.title + " " + spaced(p.address())) {
		return true
	}
	if p.doc == nil {
		return false
	}
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.H1 && liveWords.MatchString(shortText(n, 300)) {
			return true
		}
	}
	return false
}
