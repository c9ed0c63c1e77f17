package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"time"

	"tocsin/feed"
)

//go:embed page.html
var pageFile string

var pages = template.Must(template.New("page").Parse(pageFile))

// view is what the template of a page shows.
type view struct {
	Publisher, Section, Language string
	Base, URL, Feed              string
	Title, Summary, Author       string
	Live, Closed                 bool
	Opened, Changed              time.Time
	Data                         map[string]any // JSON-LD
	Entries                      []post
	Paragraphs                   []string
}

// post is an entry as a page shows it.
type post struct {
	feed.Entry
	Paragraphs []string
	Updated    bool
}

// page is the live blog: its data for machines, and the same for people beside it.
func (b *blog) page(base string) ([]byte, error) {
	v := view{
		URL: base + BlogPath(b.slug), Title: b.title, Summary: b.summary,
		Live: true, Closed: !b.closed.IsZero(), Opened: b.opened, Changed: b.changed,
	}
	if !v.Closed {
		v.Title = running + v.Title
	}
	var updates []map[string]any
	for _, e := range b.newestFirst() {
		v.Entries = append(v.Entries, post{Entry: e, Paragraphs: paragraphs(e.Text), Updated: !e.Updated.IsZero()})
		updates = append(updates, posting(v.URL, e))
	}
	v.Data = map[string]any{
		"@context": "https://schema.org", "@type": "LiveBlogPosting", "@id": v.URL, "url": v.URL,
		"mainEntityOfPage": v.URL, "headline": v.Title, "description": b.summary, "inLanguage": language,
		"datePublished": stamp(b.opened), "dateModified": stamp(b.changed), "coverageStartTime": stamp(b.opened),
		"author":         map[string]any{"@type": "Organization", "name": name},
		"publisher":      map[string]any{"@type": "NewsMediaOrganization", "name": name, "url": base + "/"},
		"liveBlogUpdate": updates,
	}
	if v.Closed {
		v.Data["coverageEndTime"] = stamp(b.closed)
	}
	return v.render(base)
}

// newestFirst is the order of a page: by time, and later puts above earlier ones.
func (b *blog) newestFirst() []feed.Entry {
	entries := slices.Clone(b.entries)
	slices.Reverse(entries)
	slices.SortStableFunc(entries, func(a, c feed.Entry) int { return c.Published.Compare(a.Published) })
	return entries
}

// posting is an entry in the words of schema.org.
func posting(page string, e feed.Entry) map[string]any {
	link := page + "#" + e.ID
	p := map[string]any{
		"@type": "BlogPosting", "@id": link, "url": link, "headline": e.Title, "articleBody": e.Text,
		"datePublished": stamp(e.Published), "dateModified": stamp(e.When()),
	}
	if !e.Updated.IsZero() {
		p["dateModified"] = stamp(e.Updated)
	}
	if e.Author != "" {
		p["author"] = map[string]any{"@type": "Person", "name": e.Author}
	}
	return p
}

// article is the page of an ordinary item.
func article(base string, item feed.Entry) ([]byte, error) {
	v := view{
		URL: absolute(base, item.URL), Title: item.Title, Author: item.Author,
		Opened: item.Published, Changed: item.When(), Paragraphs: paragraphs(item.Text),
	}
	v.Data = map[string]any{
		"@context": "https://schema.org", "@type": "NewsArticle", "@id": v.URL, "url": v.URL, "headline": v.Title,
		"datePublished": stamp(v.Opened), "dateModified": stamp(v.Changed),
	}
	return v.render(base)
}

func (v view) render(base string) ([]byte, error) {
	v.Publisher, v.Section, v.Language, v.Base, v.Feed = name, section, language, base, base+FeedPath
	var out bytes.Buffer
	if err := pages.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("writing %s: %w", v.URL, err)
	}
	return out.Bytes(), nil
}

var blankLines = regexp.MustCompile(`\n\s*\n`)

func paragraphs(text string) []string { return blankLines.Split(text, -1) }

// Stamp is a time as the page's data gives it, to the millisecond.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// Stamp makes a time readable for machines.
func (view) Stamp(t time.Time) string { return stamp(t) }

// Clock makes a time readable for people.
func (view) Clock(t time.Time) string { return t.UTC().Format("15:04") }
