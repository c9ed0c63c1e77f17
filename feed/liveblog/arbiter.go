package liveblog

import (
	"slices"
	"strings"
	"time"
)

// find runs the strategies and joins what they find. JSON-LD names the entries
// best; the page shows their times and whole texts best; either may list fewer.
func find(p *page) finding {
	f := jsonLD(p)
	if m := microdata(p); len(f.posts) == 0 {
		fill(&f.title, m.title)
		f.by, f.posts, f.warnings = m.by, m.posts, append(f.warnings, m.warnings...)
	}
	sign(f.posts, f.by)
	f.posts = merge(f.posts)
	var alone []finding
	more := slices.Concat(containers(p), lists(p))
	if !complete(f.posts) {
		more = append(more, headings(p)...)
		if len(f.posts) == 0 && p.claimsLive() {
			more = append(more, neighbours(p)...)
		}
	}
	for _, g := range more {
		sign(g.posts, g.by)
		g.posts = merge(g.posts)
		partners := pairs(f.posts, g.posts)
		if !slices.ContainsFunc(partners, func(i int) bool { return i >= 0 }) {
			alone = append(alone, g)
			continue
		}
		f.posts = join(f.posts, g.posts, partners)
		fill(&f.url, g.url)
		fill(&f.title, g.title)
	}
	if liveEnough(f.posts) {
		return f
	}
	// The look of the page is all that is left to go by.
	live := p.claimsLive()
	for _, g := range sorted(alone) {
		least := 3
		if p.bluntlyLive() {
			least = 2
		}
		if g.named {
			least = 1
		}
		if p.doc == nil && g.by == byList || (live || g.named && g.by != byList) && p.credible(g, least) {
			fill(&g.title, f.title)
			fill(&g.url, f.url)
			g.language, g.modified, g.closed = f.language, f.modified, f.closed
			g.warnings = f.warnings
			return g
		}
	}
	if len(f.posts) > 0 {
		return f
	}
	for _, last := range []func(*page) finding{subheads, paragraphs} {
		if g := last(p); len(g.posts) > 0 {
			sign(g.posts, g.by)
			fill(&g.title, f.title)
			g.warnings = append(f.warnings, g.warnings...)
			return g
		}
	}
	return f
}

// complete reports whether posts leave nothing to be looked up elsewhere on the page.
func complete(posts []post) bool {
	return len(posts) > 0 && !slices.ContainsFunc(posts, func(x post) bool {
		return x.published.IsZero() || x.text == "" || x.cut
	})
}

// merge joins posts of one list that share an id, such as those of a page and
// its AMP variant; the first one's fields count, gaps are filled from the others.
func merge(posts []post) []post {
	at := map[string]int{}
	out := posts[:0:0]
	for _, p := range posts {
		i, known := -1, false
		for _, id := range p.ids {
			if i, known = at[core(id)]; known {
				break
			}
		}
		if !known {
			i = len(out)
			out = append(out, p)
		} else {
			out[i].fill(p)
			for _, id := range p.ids {
				out[i].addID(id)
			}
		}
		for _, id := range p.ids {
			if _, ok := at[core(id)]; !ok {
				at[core(id)] = i
			}
		}
	}
	return out
}

// fill takes from q what p lacks.
func (p *post) fill(q post) {
	fillFrom(&p.url, q.url, &p.from.url, q.from.url)
	fillFrom(&p.title, q.title, &p.from.title, q.from.title)
	fillFrom(&p.text, q.text, &p.from.text, q.from.text)
	fill(&p.author, q.author)
	fill(&p.language, q.language)
	if len(p.tags) == 0 {
		p.tags = q.tags
	}
	if p.published.IsZero() {
		p.published, p.shown, p.coarse, p.from.published = q.published, q.shown, q.coarse, q.from.published
	}
	if q.updated.After(p.updated) {
		p.updated = q.updated
	}
}

func fill(to *string, from string) {
	if *to == "" {
		*to = from
	}
}

// fillFrom is fill that also takes over where the value comes from.
func fillFrom(to *string, from string, by *strategy, source strategy) {
	if *to == "" && from != "" {
		*to, *by = from, source
	}
}

// pairs finds for every post of b the one of a that is the same entry: by id,
// else by time to the minute with headline or text, else by headline alone where it
// is given once in both. Posts without a partner have -1.
func pairs(a, b []post) []int {
	byID, byTime, byTitle := map[string]int{}, map[int64][]int{}, map[string][]int{}
	for i, x := range a {
		for _, id := range x.ids {
			byID[core(id)] = i
		}
		if !x.published.IsZero() {
			byTime[x.published.Unix()/60] = append(byTime[x.published.Unix()/60], i)
		}
		if t := plain(x.title); t != "" {
			byTitle[t] = append(byTitle[t], i)
		}
	}
	given := map[string]int{}
	for _, y := range b {
		given[plain(y.title)]++
	}
	used := make([]bool, len(a))
	out := make([]int, len(b))
	take := func(j, i int) {
		out[j], used[i] = i, true
	}
	for j, y := range b {
		out[j] = -1
		for _, id := range y.ids {
			if i, ok := byID[core(id)]; ok && !used[i] {
				take(j, i)
				break
			}
		}
	}
	for j, y := range b {
		if out[j] >= 0 {
			continue
		}
		for _, i := range byTime[y.published.Unix()/60] {
			if !used[i] && sayTheSame(a[i], y) {
				take(j, i)
				break
			}
		}
		if t := plain(y.title); out[j] < 0 && t != "" && given[t] == 1 && len(byTitle[t]) == 1 && !used[byTitle[t][0]] && !apart(a[byTitle[t][0]], y) {
			take(j, byTitle[t][0])
		}
	}
	return out
}

// apart reports whether two posts were published on clearly different days.
func apart(a, b post) bool {
	return !a.published.IsZero() && !b.published.IsZero() && a.published.Sub(b.published).Abs() > 24*time.Hour
}

func sayTheSame(a, b post) bool {
	if t := plain(a.title); t != "" && t == plain(b.title) {
		return true
	}
	x, y := plain(head(a.text, 200)), plain(head(b.text, 200))
	n := min(len(x), len(y), 60)
	return n > 0 && x[:n] == y[:n]
}

// join adds to the posts of a what the page shows of them in b, and the posts that
// only b has, each after the one that it follows there. partner is what pairs found.
func join(a, b []post, partner []int) []post {
	for j, i := range partner {
		if i >= 0 {
			a[i] = better(a[i], b[j])
		}
	}
	type place struct {
		after int // index in a; -1 for before all
		p     post
	}
	var extra []place
	last := -1
	for j, i := range partner {
		if i >= 0 {
			last = max(last, i)
		} else if b[j].title != "" || b[j].text != "" {
			extra = append(extra, place{last, b[j]})
		}
	}
	if len(extra) == 0 {
		return a
	}
	var out []post
	next := 0
	for i := -1; i < len(a); i++ {
		if i >= 0 {
			out = append(out, a[i])
		}
		for next < len(extra) && extra[next].after == i {
			out = append(out, extra[next].p)
			next++
		}
	}
	return out
}

// better joins what data says of an entry with what the page shows of it: the
// page's time is the one that its readers know, its text is never cut.
func better(data, page post) post {
	out := data
	for _, id := range page.ids {
		out.addID(id)
	}
	if page.shown && !page.published.IsZero() {
		out.published, out.shown, out.from.published = page.published, true, page.from.published
	}
	if longer(page.text, data.text, data.cut) {
		out.text, out.from.text, out.cut = page.text, page.from.text, false
		out.whole = data.text != ""
	}
	if page.url != "" && !strings.Contains(data.url, "#") && !strings.Contains(data.url, "?") {
		out.url, out.from.url = page.url, page.from.url
	}
	out.fill(page)
	return out
}

// longer reports whether the page's text should stand instead of the data's: only
// if that is cut or clearly less, since the data goes on telling of an entry when
// the page no longer shows it.
func longer(page, data string, cut bool) bool {
	if page == "" || data == "" {
		return page != ""
	}
	if cut {
		return len(page) >= len(data)*9/10
	}
	if len(page) < len(data)+20 {
		return false
	}
	a, b := plain(head(page, 300)), plain(head(data, 300))
	n := min(len(a), len(b), 80)
	if a[:n] != b[:n] {
		return false
	}
	// The end of the data stands somewhere before the end of the page's text.
	return len(page) >= len(data)*5/4 || strings.Contains(page[:len(page)-10], data[max(0, len(data)-40):])
}

// head is the start of a text, in whole words.
func head(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return s[:strings.LastIndexByte(s[:limit], ' ')+1]
}
