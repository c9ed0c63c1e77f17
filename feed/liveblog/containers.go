package liveblog

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed/markup"
)

const byContainer strategy = "containers"

// box is an element that may be an entry: it has an id, and repeats.
type box struct {
	n  *html.Node
	id string
}

// containers finds elements that have an id and tell a time, and repeat: what
// the pages of most publishers are made of, AMP live lists included.
func containers(p *page) []finding {
	if p.doc == nil {
		return nil
	}
	groups := map[string][]box{}
	var order []string
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || !canBeEntry(n) {
			continue
		}
		attr, id := idAttr(p, n)
		if id == "" {
			continue
		}
		key := n.Data + " " + attr + " " + shape(n, id)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], box{n, id})
	}
	var out []finding
	wraps := wrappers(groups)
	for _, key := range order {
		boxes := groups[key]
		if len(boxes) == 1 && wraps[boxes[0].n] > 1 {
			continue
		}
		if len(boxes) > maxBoxes || notEntries.MatchString(key) || len(boxes) > 1 && nested(boxes) {
			continue
		}
		if f := p.group(boxes); len(f.posts) > 0 {
			f.named = liveWords.MatchString(strings.ReplaceAll(key, "_", "-"))
			out = append(out, f)
		}
	}
	return out
}

// wrappers counts, for elements that hold entries, how many entries of one list
// they hold at most.
func wrappers(groups map[string][]box) map[*html.Node]int {
	most := map[*html.Node]int{}
	for _, boxes := range groups {
		if len(boxes) < 2 || len(boxes) > maxBoxes {
			continue
		}
		count := map[*html.Node]int{}
		for _, b := range boxes {
			for a := b.n.Parent; a != nil; a = a.Parent {
				count[a]++
				most[a] = max(most[a], count[a])
			}
		}
	}
	return most
}

// maxBoxes bounds a group; the longest live blog measured had 1,418 entries.
const maxBoxes = 5000

// notEntries are the class and id names of lists that look like entries and are not.
var notEntries = regexp.MustCompile(`(?i)comment|teaser|related|promo|recommend|advert|menu|nav(?:igation|bar)?\b|footer|most-?read|trending|newsletter|carousel|gallery|\btab`)

func canBeEntry(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Article, atom.Section, atom.Li, atom.Dl, atom.Tr, atom.Header:
		return true
	case 0:
		return strings.Contains(n.Data, "-") // custom elements
	}
	return false
}

var idName = regexp.MustCompile(`^data-(?:[a-z]+-)*(?:id|url|key|anchor|ncpost-id|guid|uuid|urn|block_id|permalink)$`)

// idAttr is the attribute that names an element, and its value; data attributes
// first, since ids are also given for styling.
func idAttr(p *page, n *html.Node) (name, id string) {
	for _, a := range n.Attr {
		if a.Val != "" && idName.MatchString(a.Key) && len(a.Val) < 300 {
			if id = idOf(p.base, a.Val); id != "" {
				return a.Key, id
			}
		}
	}
	if id = markup.Attr(n, "id"); id != "" && len(id) < 300 {
		return "id", tidy(id)
	}
	return "", ""
}

var digits = regexp.MustCompile(`[0-9]+`)

// shape is what the entries of one list have in common: a class that speaks of
// something live, else the first that is not made up by a build tool, else the
// start of the id.
func shape(n *html.Node, id string) string {
	for c := range strings.FieldsSeq(markup.Attr(n, "class")) {
		if liveWords.MatchString(c) && !digits.MatchString(c) {
			return c
		}
	}
	for c := range strings.FieldsSeq(markup.Attr(n, "class")) {
		if !digits.MatchString(c) {
			return c
		}
	}
	if i := strings.IndexAny(id, "-_:"); i > 0 {
		return digits.ReplaceAllString(id[:i], "0")
	}
	return ""
}

// nested reports whether boxes of a group stand in each other.
func nested(boxes []box) bool {
	set := make(map[*html.Node]bool, len(boxes))
	for _, b := range boxes {
		set[b.n] = true
	}
	for _, b := range boxes {
		for a := b.n.Parent; a != nil; a = a.Parent {
			if set[a] {
				return true
			}
		}
	}
	return false
}

// group makes posts of a group of boxes; none if too few of them tell a time.
func (p *page) group(boxes []box) finding {
	f := finding{by: byContainer}
	inGroup := make(map[*html.Node]bool, len(boxes))
	for _, b := range boxes {
		inGroup[b.n] = true
	}
	var (
		clocks []clock
		at     []int
		timed  int
		ids    = map[string]bool{}
	)
	for _, b := range boxes {
		if b.id != "" && ids[core(b.id)] {
			continue // a copy: pinned, or for another screen
		}
		ids[core(b.id)] = true
		x := p.postIn(b, inGroup)
		m := momentsOf(b.n, func(c *html.Node) bool { return inGroup[c] })
		x.published, x.updated, x.shown = m.published, m.updated, !m.published.IsZero()
		if m.shown != "" && m.published.IsZero() {
			if c, ok := clockOnly(m.shown); ok {
				clocks = append(clocks, c)
				at = append(at, len(f.posts))
				x.coarse = true
			}
		}
		if x.coarse || x.shown {
			timed++
		}
		f.posts = append(f.posts, x)
	}
	if timed == 0 || timed*2 < len(f.posts) {
		return finding{}
	}
	if len(clocks) > 0 {
		for i, t := range dialOf(p, p.modified()).read(clocks) {
			f.posts[at[i]].published = t
		}
	}
	return f
}

func (p *page) postIn(b box, inGroup map[*html.Node]bool) post {
	x := post{author: authorOf(b.n)}
	x.addID(b.id)
	if id := tidy(markup.Attr(b.n, "id")); id != "" {
		x.addID(id)
	}
	title := headlineOf(b.n)
	if title != nil {
		x.title = markup.Line(markup.Node(title, isAside))
	}
	if content := contentOf(b.n); content != nil {
		x.text = body(content, title)
	}
	if x.text == "" {
		x.text = body(b.n, title)
	}
	x.text = withoutClock(x.text)
	// Where the element only heads the entry, its text follows as siblings.
	if x.text == "" {
		x.text = p.after(b.n, inGroup, &x)
	}
	x.url = anchor(p, b)
	return x
}

// withoutClock drops the time of an entry from the start of its text.
func withoutClock(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	if _, ok := clockOnly(line); ok {
		return strings.TrimSpace(rest)
	}
	return s
}

var contentName = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:body|content|entry-text|post-text|article-?body|text)(?:[^a-z]|$)`)

// contentOf is the one element of an entry that holds its text, if it says so.
func contentOf(n *html.Node) *html.Node {
	var found *html.Node
	for c := range n.Descendants() {
		if c.Type != html.ElementNode || c.DataAtom != atom.Div && c.DataAtom != atom.Section || found != nil && within(c, found) {
			continue
		}
		if markup.Attr(c, "itemprop") == "articleBody" {
			return c
		}
		if contentName.MatchString(markup.Attr(c, "class")) {
			if found != nil {
				return nil // several: the whole entry is read instead
			}
			found = c
		}
	}
	return found
}

// maxFollowing bounds how many elements after a heading belong to its entry.
const maxFollowing = 60

// after is the text between an element and the next one of its group. A heading
// there is the headline, if the entry has none yet.
func (p *page) after(n *html.Node, inGroup map[*html.Node]bool, x *post) string {
	var parts []string
	for range maxFollowing {
		n = n.NextSibling
		if n == nil || inGroup[n] || n.Type == html.ElementNode && containsAny(n, inGroup) {
			break
		}
		if n.Type != html.ElementNode || isAside(n) {
			continue
		}
		title := headlineOf(n)
		if isHeading(n) {
			title = n
		}
		if x.title == "" && title != nil && len(parts) == 0 {
			x.title = markup.Line(markup.Node(title, nil))
			if title == n {
				continue
			}
		} else {
			title = nil
		}
		if s := body(n, title); s != "" {
			parts = append(parts, s)
		}
	}
	return withoutStubs(strings.Join(parts, "\n\n"))
}

func containsAny(n *html.Node, set map[*html.Node]bool) bool {
	for c := range n.Descendants() {
		if set[c] {
			return true
		}
	}
	return false
}

// anchor is the address of an entry: a link in it that names it, else the place of
// its id on the page.
func anchor(p *page, b box) string {
	for c := range b.n.Descendants() {
		if c.Type != html.ElementNode || b.id == "" {
			continue
		}
		for _, key := range []string{"href", "data-link", "data-url", "data-permalink"} {
			if ref := markup.Attr(c, key); ref != "" && core(idOf(p.base, ref)) == core(b.id) {
				return link(p.base, ref)
			}
		}
	}
	if ref := markup.Attr(b.n, "data-url"); ref != "" {
		return link(p.base, ref)
	}
	if id := markup.Attr(b.n, "id"); id != "" && !strings.ContainsAny(id, " ") {
		return link(p.base, "#"+id)
	}
	return ""
}

// credible reports whether a list found by its look alone is a live blog: enough
// entries that say something and do not just lead elsewhere, at different times.
func (p *page) credible(f finding, least int) bool {
	words, away, withTime, text := 0, 0, 0, 0
	times := map[int64]bool{}
	for _, x := range f.posts {
		if n := len(x.text) + len(x.title); n >= 40 || x.text != "" {
			words++
		}
		text += len(x.text)
		if x.text == "" && x.url != "" && !p.isSelf(x.url) {
			away++
		}
		if !x.published.IsZero() {
			withTime++
			times[x.published.Unix()] = true
		}
	}
	n := len(f.posts)
	if f.by == byNeighbour && text < 30*n {
		return false // a programme, a table of results
	}
	return n >= least && words*3 >= n*2 && away*2 <= n && withTime*2 >= n && (len(times)*2 >= withTime)
}

// sorted returns findings with the most text first.
func sorted(fs []finding) []finding {
	weight := func(f finding) (n int) {
		for _, x := range f.posts {
			n += min(len(x.text)+len(x.title), 2000)
		}
		return n
	}
	slices.SortStableFunc(fs, func(a, b finding) int {
		if lone := len(a.posts) == 1; lone != (len(b.posts) == 1) {
			// What stands alone may as well be the wrapper of all.
			return map[bool]int{true: 1, false: -1}[lone]
		}
		if vague := a.by == byNeighbour; vague != (b.by == byNeighbour) {
			return map[bool]int{true: 1, false: -1}[vague]
		}
		return weight(b) - weight(a)
	})
	return fs
}
