package liveblog

import (
	"net/url"
	"regexp"
	"strings"
)

// entryParams are query parameters that name an entry of a page.
var entryParams = []string{"update", "postId", "postid", "post", "entry", "pinned_post", "block", "lb", "liveblog-entry"}

// idPrefixes are what parts of one page put differently before the same id.
var idPrefixes = []string{"block", "post", "entry", "update", "item", "section", "id"}

var (
	hasDigit = regexp.MustCompile(`\d`)
	number   = regexp.MustCompile(`^[0-9a-fA-F]{12,}$`)
)

// core is an id without its prefix, if what is left still looks like one: what
// ids of one entry in several parts of a page have in common.
func core(id string) string {
	start := strings.ToLower(id[:min(len(id), 24)])
	cut := 0
	for _, live := range []string{"liveblog", "live-blog"} {
		if strings.HasPrefix(start, live) {
			cut = len(live)
			if strings.HasPrefix(start[cut:], "-") {
				cut++
			}
		}
	}
	for _, prefix := range idPrefixes {
		if !strings.HasPrefix(start[cut:], prefix) {
			continue
		}
		rest := id[cut+len(prefix):]
		if rest != "" && strings.IndexByte("-_:", rest[0]) >= 0 {
			rest = rest[1:]
		}
		if strings.ContainsAny(rest, "0123456789") {
			return rest
		}
	}
	return id
}

// tidy is an id as it is shown: without a prefix only if it needs none to be unique.
func tidy(id string) string {
	id = strings.TrimPrefix(strings.TrimSpace(id), "#")
	if rest := core(id); number.MatchString(rest) {
		return rest
	}
	return id
}

// addID adds an id that the post does not have yet.
func (p *post) addID(id string) {
	if id == "" {
		return
	}
	for _, x := range p.ids {
		if core(x) == core(id) {
			return
		}
	}
	p.ids = append(p.ids, id)
}

// idOf finds the id of an entry in an address or a bare id: its fragment, the
// query parameter that names entries, an address of its own. It returns "" for
// the address of the page itself.
func idOf(base, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > 2000 {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil || u.Opaque != "" || u.Scheme == "" && u.Host == "" && !strings.ContainsAny(ref, "/?#") {
		return tidy(ref) // "x1", "urn:asset:7"
	}
	if u.Fragment != "" && !strings.HasPrefix(u.Fragment, ":~:") {
		return tidy(u.Fragment)
	}
	query := u.Query()
	for _, p := range entryParams {
		if v := query.Get(p); v != "" {
			return tidy(strings.TrimPrefix(v, "with:"))
		}
	}
	b, err := url.Parse(base)
	if err != nil {
		b = &url.URL{}
	}
	abs := b.ResolveReference(u)
	if abs.Path == b.Path && (abs.Host == b.Host || u.Host == "") {
		return "" // the page itself
	}
	if strings.Trim(abs.Path, "/") == "" {
		return ""
	}
	return abs.Host + abs.EscapedPath()
}
