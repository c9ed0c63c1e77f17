package liveblog

import (
	"encoding/json"
	"regexp"
	"strings"

	"tocsin/feed/markup"
)

const byList strategy = "lists"

// lists finds the entries in the data behind a page: the answers of live blog
// platforms, and the state that pages carry for their scripts. Platforms name the
// same few things differently; the vocabulary below is what those seen so far use
// (Guardian, BBC, Al Jazeera, Washington Post, Sourcefabric, Automattic, Easy
// Liveblogs, Arena, Tickaroo), without a switch on any of them.
func lists(p *page) []finding {
	var out []finding
	for _, state := range p.states {
		var v any
		if json.Unmarshal(unwrap(state), &v) != nil {
			continue
		}
		w := listWalk{page: p, left: maxNodes}
		w.walk(v, "", 0)
		if top, ok := v.(map[string]any); ok && p.doc == nil {
			for i := range w.found {
				w.found[i].title = markup.Title(first(top, "webTitle", "headline", "title", "name"))
				w.found[i].url = link(p.base, first(top, "canonicalUrl", "webURL", "url", "permalink"))
				if info, ok := top["eventInfo"].(map[string]any); ok {
					fill(&w.found[i].title, markup.Title(first(info, "name", "title")))
				}
			}
		}
		out = append(out, w.found...)
	}
	return out
}

// The words for what an entry has, best first. Keys are compared in lower case,
// without marks.
var (
	idKeys        = []string{"id", "urn", "uuid", "guid", "postid", "entryid", "blockid", "liveblogentryid"}
	urlKeys       = []string{"sharelink", "permalink", "shareurl", "canonicalurl", "url", "link"}
	publishedKeys = []string{"blockfirstpublished", "firstpublished", "firstdisplaydate", "publishedtime", "entrytime", "publisheddate", "publishedat", "publishedon", "datepublished", "publishdate", "publicationdate", "displaydate", "published", "createdat", "created", "createddate", "blockcreatedon", "firstcreated", "timestamp", "time", "date"}
	updatedKeys   = []string{"blocklastupdated", "lastpublished", "contentupdateddate", "lastupdated", "updatedat", "updatedon", "modifiedat", "datemodified", "lastmodified", "updated", "modified"}
	titleKeys     = []string{"title", "headline", "headlines", "heading", "subject"}
	textKeys      = []string{"render", "html", "articlebody", "body", "content", "text", "elements", "contentelements", "groups", "description"}
	authorKeys    = []string{"authors", "author", "contributors", "byline", "originalcreator", "credits", "creator"}
	// inner are the objects that hold part of what belongs to the entry itself.
	inner = []string{"message", "entry", "node", "dates", "attributes", "fields", "childrenmeta", "data", "item"}
	// listNames are what lists of entries are called; copies are lists that repeat some of them.
	copies    = regexp.MustCompile(`(?i)key_?events?|pinned|highlights|summar|related|most|teaser`)
	listNames = regexp.MustCompile(`(?i)live|^blocks$|posts|entries|^updates$|^log$|ticker|stream|results|^_?items$|edges`)
)

const (
	maxNodes = 500_000
	fewWords = 60 // bytes of text on average below which a list is one of teasers
)

type listWalk struct {
	page  *page
	found []finding
	left  int // how many more values are looked at
}

func (w *listWalk) walk(v any, name string, depth int) {
	if w.left--; w.left < 0 || depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			w.walk(v[k], k, depth+1)
		}
	case []any:
		if f, ok := w.list(v, name); ok {
			w.found = append(w.found, f)
			return
		}
		for _, x := range v {
			w.walk(x, name, depth+1)
		}
	case string:
		// Tickaroo and others put JSON into a string of JSON.
		if s := strings.TrimSpace(v); len(s) > 200 && (s[0] == '{' || s[0] == '[') {
			var in any
			if json.Unmarshal([]byte(s), &in) == nil {
				w.walk(in, name, depth+1)
			}
		}
	}
}

// list reads an array as entries, if most of its objects are.
func (w *listWalk) list(array []any, name string) (finding, bool) {
	f := finding{by: byList, named: listNames.MatchString(name)}
	rows := map[string]int{}
	if copies.MatchString(name) {
		return f, false
	}
	objects, read, words, withID := 0, 0, 0, 0
	for _, v := range array {
		m, ok := v.(map[string]any)
		if !ok {
			continue
		}
		objects++
		r := row{fields(m)}
		x, gone, ok := r.post(w.page)
		if !ok && !gone {
			continue
		}
		read++
		id := ""
		if len(x.ids) > 0 {
			id = core(x.ids[0])
			withID++
		}
		// A platform tells changes as further rows with the same id.
		if i, seen := rows[id]; seen && id != "" {
			if old := f.posts[i]; !x.updated.Before(old.updated) {
				f.posts[i] = x
			}
			continue
		}
		rows[id] = len(f.posts)
		f.posts = append(f.posts, x)
		words += len(x.text)
	}
	kept := f.posts[:0]
	for _, x := range f.posts {
		if !x.gone {
			kept = append(kept, x)
		}
	}
	f.posts = kept
	enough := read*3 >= objects*2 && len(f.posts) > 0 && (withID > 0 || f.named) && words >= fewWords*len(f.posts)
	if w.page.doc == nil && f.named { // a platform's answer has nothing else in it
		enough = read*2 >= objects && len(f.posts) > 0
	}
	return f, enough
}

// row is a JSON object that may be an entry, its keys in lower case without marks.
type row struct{ m map[string]any }

func fields(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[bare(k)] = v
	}
	for _, k := range inner {
		if in, ok := out[k].(map[string]any); ok {
			for k, v := range in {
				if _, taken := out[bare(k)]; !taken {
					out[bare(k)] = v
				}
			}
		}
	}
	return out
}

func bare(key string) string {
	return strings.ToLower(marks.Replace(key))
}

var marks = strings.NewReplacer("_", "", "-", "", ":", "")

func (r row) post(p *page) (x post, gone, ok bool) {
	for _, k := range publishedKeys {
		if x.published.IsZero() {
			x.published = instant(r.m[k])
		}
	}
	for _, k := range publishedKeys {
		if x.published.IsZero() {
			x.published = wall(r.m[k], p.zone())
		}
	}
	for _, k := range updatedKeys {
		if x.updated.IsZero() {
			x.updated = instant(r.m[k])
		}
	}
	// Rows of changes carry the time of the change beside that of the entry.
	if t := instant(r.m["timestamp"]); x.updated.IsZero() && t.After(x.published) {
		x.updated = t
	}
	x.shown = !x.published.IsZero()
	for _, k := range idKeys {
		if s := scalar(r.m[k]); s != "" && len(s) < 300 {
			x.addID(tidy(s))
			break
		}
	}
	for _, k := range urlKeys {
		if s := scalar(r.m[k]); s != "" && x.url == "" {
			x.url = link(p.base, s)
			if strings.ContainsAny(s, "#?") {
				x.addID(idOf(p.base, s))
			}
		}
	}
	for _, k := range titleKeys {
		if x.title == "" {
			x.title = markup.Title(words(r.m[k], 0))
		}
	}
	for _, k := range textKeys {
		if x.text == "" {
			x.text = withoutStubs(prose(words(r.m[k], 0)))
		}
	}
	if x.title == "" && x.text == "" {
		x.text = markup.Title(caption(r.m, 0))
	}
	for _, k := range authorKeys {
		if x.author == "" {
			x.author = people(r.m[k])
		}
	}
	for key, tag := range map[string]string{"keyevent": "key_event", "summary": "summary"} {
		if is, ok := boolOf(r.m[key]); ok && is {
			x.tags = append(x.tags, tag)
		}
	}
	x.gone = r.gone()
	return x, x.gone, !x.published.IsZero() && (x.title != "" || x.text != "")
}

// gone reports whether a row says that its entry was taken away, or is not public yet.
func (r row) gone() bool {
	if deleted, ok := boolOf(r.m["deleted"]); ok && deleted {
		return true
	}
	if scalar(r.m["type"]) == "delete" {
		return true
	}
	switch scalar(r.m["poststatus"]) {
	case "", "open", "publish", "published":
		return false
	}
	return true
}

func scalar(v any) string {
	switch v.(type) {
	case string, float64:
		return stringOf(v)
	}
	return ""
}

// words gathers the text of a value: a string, an object that renders one, or a
// list of paragraphs and media.
func words(v any, depth int) string {
	if depth > 8 {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, x := range v {
			if s := words(x, depth+1); s != "" {
				if !markup.HasBlocks(s) {
					s = "<p>" + s + "</p>"
				}
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "\n")
	case map[string]any:
		m := fields(v)
		for _, k := range []string{"html", "rendered", "render", "text", "content", "basic", "body", "model", "blocks", "value", "paragraphs", "items", "refs", "children"} {
			if s := words(m[k], depth+1); s != "" {
				return s
			}
		}
	}
	return ""
}

// captionKeys are what describes a picture, film or quoted post.
var captionKeys = []string{"caption", "alt", "alttext", "altText", "description", "title", "html"}

// caption is the first description of something shown in a value.
func caption(v any, depth int) string {
	if depth > 8 {
		return ""
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range captionKeys {
			if s, ok := v[k].(string); ok && strings.ContainsRune(strings.TrimSpace(s), ' ') {
				return s
			}
		}
		for _, k := range sortedKeys(v) {
			if s := caption(v[k], depth+1); s != "" {
				return s
			}
		}
	case []any:
		for _, x := range v {
			if s := caption(x, depth+1); s != "" {
				return s
			}
		}
	}
	return ""
}

// people is the names in a value, "" if it only holds keys to names elsewhere.
func people(v any) string {
	switch v := v.(type) {
	case string:
		return markup.Title(strings.TrimPrefix(v, "By "))
	case map[string]any:
		for _, k := range []string{"name", "display_name", "displayName", "title"} {
			if s := scalar(v[k]); s != "" {
				return markup.Title(s)
			}
		}
		if by, ok := v["by"]; ok {
			return names(by)
		}
	case []any:
		return names(v)
	}
	return ""
}
