package liveblog

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/feed/markup"
)

const byJSONLD strategy = "json-ld"

// jsonLD reads schema.org LiveBlogPosting from the JSON blocks of a page. A
// block that cannot be read costs only itself.
func jsonLD(p *page) finding {
	f := finding{by: byJSONLD}
	var postings []map[string]any
	nodes := map[string]map[string]any{}
	for i, block := range p.blocks {
		vs, err := decode(block)
		if err != nil {
			f.warnings = append(f.warnings, fmt.Sprintf("JSON-LD block %d of the page is not JSON: %v", i+1, err))
			continue
		}
		for _, v := range vs {
			collect(v, 0, &postings, nodes)
		}
	}
	postings = aboutThisPage(p, postings)
	found := false
	for _, m := range postings {
		base := p.base
		if u := link(p.base, stringOf(m["url"])); u != "" && base == "" {
			base = u
		}
		r := ldPosting{page: p, base: base, nodes: nodes, own: hosts(p.url, p.canonical, stringOf(m["url"]), stringOf(m["mainEntityOfPage"]))}
		updates, named := r.updates(m)
		found = found || named
		posts := r.posts(m, updates)
		f.posts = append(f.posts, posts...)
		f.warnings = append(f.warnings, r.warnings...)
		if f.title == "" {
			f.title = markup.Title(first(m, "headline", "name"))
		}
		if f.language == "" {
			f.language = stringOf(m["inLanguage"])
		}
		if f.url == "" {
			f.url = link(p.base, stringOf(m["url"]))
		}
		if t := instant(m["dateModified"]); t.After(f.modified) {
			f.modified = t
		}
		if live, ok := boolOf(m["isLive"], m["isLiveBroadcast"]); ok && !live {
			f.closed = max(f.closed, certain)
		}
	}
	if len(postings) > 0 && len(f.posts) == 0 {
		what := "names no entries"
		if found {
			what = "lists no entry that can be read"
		}
		f.warnings = append(f.warnings, "the page says that it is a live blog (JSON-LD LiveBlogPosting) but "+what)
	}
	return f
}

// maxDepth bounds how deep JSON is searched.
const maxDepth = 32

// collect gathers the LiveBlogPostings in a JSON value, and every object by its @id.
func collect(v any, depth int, postings *[]map[string]any, nodes map[string]map[string]any) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			collect(x, depth+1, postings, nodes)
		}
	case map[string]any:
		if id := stringOf(v["@id"]); id != "" && len(v) > 1 {
			nodes[id] = v
		}
		if isA(v, "LiveBlogPosting") {
			*postings = append(*postings, v)
			for _, x := range v {
				index(x, depth+1, nodes)
			}
			return
		}
		for _, k := range sortedKeys(v) {
			collect(v[k], depth+1, postings, nodes)
		}
	}
}

// index gathers objects by @id within a LiveBlogPosting, where no other one is looked for.
func index(v any, depth int, nodes map[string]map[string]any) {
	var none []map[string]any
	if depth <= maxDepth {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				index(x, depth+1, nodes)
			}
		case map[string]any:
			if isA(v, "LiveBlogPosting") {
				return
			}
			collect(v, depth+1, &none, nodes)
		}
	}
}

var ampAddress = regexp.MustCompile(`(?i)[/.?&_-]amp(?:[/.=&_-]|$)`)

// aboutThisPage drops the LiveBlogPostings that name another page, if one names
// this. The AMP variant of a page has an address of its own and the same entries.
func aboutThisPage(p *page, postings []map[string]any) []map[string]any {
	mine := false
	var out []map[string]any
	for _, m := range postings {
		named := link(p.base, first(m, "url", "mainEntityOfPage", "@id"))
		self := p.isSelf(named)
		mine = mine || self
		if named == "" || self || ampAddress.MatchString(named) {
			out = append(out, m)
		}
	}
	if !mine {
		return postings
	}
	return out
}

// ldPosting reads one LiveBlogPosting.
type ldPosting struct {
	page     *page
	base     string
	nodes    map[string]map[string]any
	own      []string // the hosts that entries may live on
	warnings []string
}

// updates lists the entries of a posting, however it nests them. named reports
// whether the posting has a place for them at all.
func (r *ldPosting) updates(m map[string]any) (out []map[string]any, named bool) {
	for _, key := range []string{"liveBlogUpdate", "schema:liveBlogUpdate", "liveBlogUpdates", "blogPost", "blogPosts", "updates"} {
		v, ok := m[key]
		if !ok {
			continue
		}
		named = true
		out = r.flatten(v, 0, out)
		if len(out) > 0 {
			break
		}
	}
	return out, named
}

func (r *ldPosting) flatten(v any, depth int, out []map[string]any) []map[string]any {
	if depth > maxDepth {
		return out
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = r.flatten(x, depth+1, out)
		}
	case map[string]any:
		for _, key := range []string{"itemListElement", "@list", "@set"} {
			if list, ok := v[key]; ok {
				return r.flatten(list, depth+1, out)
			}
		}
		if item, ok := v["item"].(map[string]any); ok && isA(v, "ListItem") {
			v = item
		}
		if len(v) == 1 { // {"@id": "…"} stands for an object elsewhere
			if n, ok := r.nodes[stringOf(v["@id"])]; ok {
				v = n
			}
		}
		out = append(out, v)
	}
	return out
}

func (r *ldPosting) posts(blog map[string]any, updates []map[string]any) []post {
	headline := markup.Title(first(blog, "headline", "name"))
	published := instant(blog["datePublished"])
	var posts []post
	for _, u := range updates {
		p, ok := r.post(u)
		if ok {
			posts = append(posts, p)
		}
	}
	withoutSharedIDs(posts)
	// Some publishers repeat the page's headline and time in every entry.
	if allSame(posts, func(p post) string { return p.title }) && (len(posts) > 2 || posts[0].title == headline) {
		for i := range posts {
			posts[i].title = ""
		}
	}
	if len(posts) > 1 && allSame(posts, func(p post) string { return p.published.String() }) && (len(posts) > 2 || posts[0].published.Equal(published)) {
		for i := range posts {
			posts[i].published, posts[i].updated = time.Time{}, time.Time{}
		}
	}
	return posts
}

// withoutSharedIDs drops the ids that several entries of one list give, such as
// the address of the page.
func withoutSharedIDs(posts []post) {
	uses := map[string]int{}
	for _, p := range posts {
		for _, id := range p.ids {
			uses[id]++
		}
	}
	for i := range posts {
		posts[i].ids = slices.DeleteFunc(posts[i].ids, func(id string) bool { return uses[id] > 1 })
	}
}

// allSame reports whether all of several posts share a value that is not empty.
func allSame(posts []post, value func(post) string) bool {
	if len(posts) < 2 || value(posts[0]) == "" {
		return false
	}
	return !slices.ContainsFunc(posts, func(p post) bool { return value(p) != value(posts[0]) })
}

// time reads a time, by the clock of the page if it leaves out its zone.
func (r *ldPosting) time(v any) time.Time {
	t := instant(v)
	if t.IsZero() && v != nil {
		t = wall(v, r.page.zone())
	}
	return t
}

func (r *ldPosting) post(u map[string]any) (post, bool) {
	p := post{
		title:     markup.Title(first(u, "headline", "name", "alternativeHeadline")),
		text:      prose(textOf(u["articleBody"])),
		author:    names(u["author"]),
		tags:      keywords(u["keywords"]),
		language:  stringOf(u["inLanguage"]),
		published: r.time(firstOf(u, "datePublished", "dateCreated", "dateline")),
		updated:   r.time(u["dateModified"]),
		url:       link(r.base, stringOf(u["url"])),
	}
	for _, key := range []string{"text", "description", "abstract"} {
		if p.text == "" {
			p.text = prose(textOf(u[key]))
		}
	}
	if p.text == "" && p.title == "" {
		p.text = media(u)
	}
	for _, key := range []string{"url", "@id", "identifier", "mainEntityOfPage"} {
		if key == "mainEntityOfPage" && !strings.ContainsAny(stringOf(u[key]), "#?") {
			continue
		}
		p.addID(idOf(r.base, stringOf(u[key])))
	}
	if p.url == "" {
		if u := link(r.base, stringOf(u["@id"])); strings.Contains(stringOf(u), "#") {
			p.url = u
		}
	}
	if p.text == "" && p.url != "" && len(r.own) > 0 && !slices.Contains(r.own, host(p.url)) {
		r.warnings = append(r.warnings, fmt.Sprintf("left out “%s”: without text, and on %s", p.title, host(p.url)))
		return post{}, false // a template's sample entry
	}
	if n := len([]rune(p.text)); n >= 990 && n <= 1010 || strings.HasSuffix(p.text, "…") || strings.HasSuffix(p.text, "...") {
		p.cut = true
	}
	return p, p.title != "" || p.text != "" || len(p.ids) > 0
}

// hosts lists the hosts of some addresses.
func hosts(addresses ...string) (out []string) {
	for _, a := range addresses {
		if h := host(a); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// host is the host of an address without "www.".
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
