package liveblog

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"tocsin/feed"
)

// Parse reads a live blog from its page. url is where it came from, to resolve
// relative links. A page that is no live blog gives an error wrapping
// [feed.ErrNothing] that says what was looked for.
func Parse(url string, body []byte) (feed.Batch, error) {
	_, b, err := read(url, body)
	return b, err
}

// read also returns what was found, with one post behind each entry.
func read(url string, body []byte) (finding, feed.Batch, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return finding{}, feed.Batch{}, fmt.Errorf("the answer is empty: %w", feed.ErrNothing)
	}
	p := newPage(url, body)
	f := find(p)
	if f.by != bySubhead && f.by != byParagraph && !liveEnough(f.posts) {
		return finding{}, feed.Batch{}, nothing(p, f)
	}
	b := feed.Batch{
		Format:   "liveblog",
		Title:    f.title,
		URL:      p.address(),
		Language: tag(f.language, p.language),
		Warnings: append(p.warnings, f.warnings...),
	}
	if b.Title == "" {
		b.Title = p.title
	}
	if b.URL == "" || p.doc == nil && f.url != "" {
		b.URL = f.url // data is fetched from elsewhere than people read
	}
	var newest time.Time
	b.Entries, f.posts = entries(p, f.posts, b.URL, b.Language)
	for _, e := range b.Entries {
		if e.Published.After(newest) {
			newest = e.Published
		}
	}
	if b.State = p.state(f, newest, b.Entries); b.State == feed.StateClosed {
		b.Next = p.successor()
	}
	return f, b, nil
}

// liveEnough asks for one entry that was published at a time; sites label all
// kinds of pages as live blogs.
func liveEnough(posts []post) bool {
	for _, p := range posts {
		if !p.published.IsZero() && (p.title != "" || p.text != "") {
			return true
		}
	}
	return false
}

// nothing says why a page is no live blog.
func nothing(p *page, f finding) error {
	reasons := append(p.warnings, f.warnings...)
	switch {
	case len(f.posts) > 0:
		reasons = append(reasons, "its entries have no times")
	case len(reasons) == 0:
		reasons = append(reasons, "it has no JSON-LD LiveBlogPosting, and neither repeated entries nor headings with times were found")
	}
	if p.doc != nil && !bytes.Contains(p.body, []byte("<")) {
		return fmt.Errorf("what stands there is neither a feed nor a web page: %w", feed.ErrNothing)
	}
	what := "the page"
	if p.title != "" {
		what = fmt.Sprintf("the page “%s”", p.title)
	}
	return fmt.Errorf("%s is not a live blog that can be read: %s: %w", what, strings.Join(reasons, "; "), feed.ErrNothing)
}

// entries turns posts into entries, each ID once.
func entries(p *page, posts []post, page, lang string) ([]feed.Entry, []post) {
	seen := make(map[string]bool, len(posts))
	out := make([]feed.Entry, 0, len(posts))
	kept := make([]post, 0, len(posts))
	for _, x := range posts {
		e := feed.Entry{
			ID:        x.id(),
			URL:       x.url,
			Title:     x.title,
			Text:      x.text,
			Author:    x.author,
			Tags:      x.tags,
			Language:  tag(x.language, lang),
			Published: x.published,
		}
		e.Title, e.Text = withoutRepetition(e.Title, e.Text)
		if e.Title == "" && e.Text == "" || seen[e.ID] {
			continue
		}
		// A second before or after publication is no update.
		if x.updated.Sub(x.published) > time.Second {
			e.Updated = x.updated
		}
		if e.URL == "" {
			e.URL = page
		}
		seen[e.ID] = true
		out, kept = append(out, e), append(kept, x)
	}
	return out, kept
}

// withoutRepetition drops the headline from the start of the text, or a headline
// that is nothing but the start of the text.
func withoutRepetition(title, text string) (string, string) {
	if title == "" || len(text) < len(title) || !strings.EqualFold(text[:len(title)], title) {
		if cut, ok := strings.CutSuffix(title, "…"); ok && cut != "" && strings.HasPrefix(text, strings.TrimSpace(cut)) {
			return "", text
		}
		return title, text
	}
	rest := text[len(title):]
	switch {
	case rest == "":
		return title, ""
	case rest[0] == '\n':
		return title, strings.TrimSpace(rest)
	case strings.ContainsAny(rest[:1], ".:!?") && (len(rest) == 1 || rest[1] == '\n'):
		return title, strings.TrimSpace(rest[1:])
	case rest[0] == ' ' || rest[0] == ',' || rest[0] == '.':
		if len(strings.Fields(title)) >= 5 {
			return "", text
		}
	}
	return title, text
}

// tag is the first of some language tags that is one, in its canonical spelling.
func tag(candidates ...string) string {
	for _, s := range candidates {
		t, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
		if err == nil && t != language.Und {
			return t.String()
		}
		var invalid language.ValueError
		if errors.As(err, &invalid) && t != language.Und {
			return t.String()
		}
	}
	return ""
}
