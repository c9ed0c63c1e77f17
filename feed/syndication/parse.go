package syndication

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/language"

	"tocsin/feed"
	"tocsin/feed/markup"
)

// Parse reads a feed from its bytes. url is where it came from, to resolve
// relative links; contentType is the HTTP header, "" if unknown.
//
// A body that is not a feed gives an error wrapping [feed.ErrNothing] that says what
// it is instead. What can be read of a damaged feed is returned with warnings.
func Parse(url, contentType string, body []byte) (feed.Batch, error) {
	b, _, err := parse(url, contentType, body)
	return b, err
}

// parse also returns by what each entry can be recognised later, in the order of the entries.
func parse(url, contentType string, body []byte) (feed.Batch, []trace, error) {
	body = utf8Body(contentType, body)
	var warnings []string
	body, junk := withoutJunk(body)
	if junk != "" {
		warnings = append(warnings, junk)
	}
	if kind(body) == gofeed.FeedTypeUnknown {
		return feed.Batch{}, nil, notAFeed(url, body)
	}
	f, damage, err := read(body)
	if err != nil {
		return feed.Batch{}, nil, fmt.Errorf("the feed is damaged and nothing in it can be read: %w: %w", feed.ErrNothing, err)
	}
	warnings = append(warnings, damage...)
	b := feed.Batch{
		Format:   f.FeedType,
		Title:    markup.Title(f.Title),
		URL:      url,
		Language: tag(f.Language),
		State:    feed.StateOpen,
	}
	base := url
	if site := markup.Link(url, f.Link); site != "" {
		base = site
	}
	var traces []trace
	b.Entries, traces = entries(f, base, b.Language)
	if len(b.Entries) == 0 {
		warnings = append(warnings, "the feed is in order but has no items")
	}
	b.Warnings = warnings
	return b, traces, nil
}

// read parses the feed, and if it is damaged as much of it as can be saved.
func read(body []byte) (*gofeed.Feed, []string, error) {
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err == nil {
		return f, nil, nil
	}
	if f, lost := salvage(body); f != nil {
		warning := fmt.Sprintf("the feed is damaged (%s): %d items could be read", short(err), len(f.Items))
		if lost > 0 {
			warning += fmt.Sprintf(", %d could not", lost)
		}
		return f, []string{warning}, nil
	}
	return nil, nil, errors.New(short(err))
}

// short cuts an XML library's message to a readable length.
func short(err error) string {
	s := markup.Line(err.Error())
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// entries turns the items of a feed into entries, each ID once.
func entries(f *gofeed.Feed, base, lang string) ([]feed.Entry, []trace) {
	ids := identities(f.Items, base)
	seen := make(map[string]bool, len(f.Items))
	out := make([]feed.Entry, 0, len(f.Items))
	traces := make([]trace, 0, len(f.Items))
	for i, it := range f.Items {
		if it == nil || seen[ids[i].ID] {
			continue
		}
		e := entry(it, base)
		if e.Title == "" && e.Text == "" && e.URL == "" {
			continue
		}
		seen[ids[i].ID] = true
		e.ID = ids[i].ID
		if e.Language == "" {
			e.Language = lang
		}
		out = append(out, e)
		traces = append(traces, ids[i].of(e))
	}
	return out, traces
}

func entry(it *gofeed.Item, base string) feed.Entry {
	e := feed.Entry{
		URL:       link(it, base),
		Title:     markup.Title(it.Title),
		Text:      body(it),
		Author:    authors(it),
		Tags:      tags(it.Categories),
		Published: when(it.PublishedParsed),
		Updated:   when(it.UpdatedParsed),
	}
	if it.DublinCoreExt != nil && len(it.DublinCoreExt.Language) > 0 {
		e.Language = tag(it.DublinCoreExt.Language[0])
	}
	if e.Text == e.Title {
		e.Text = ""
	}
	return e
}

// body is the richer of content and description: publishers cut either.
func body(it *gofeed.Item) string {
	content, description := markup.Text(it.Content), markup.Text(it.Description)
	if len(description) > len(content) {
		return description
	}
	return content
}

// link is the page of an item; a GUID may be one too.
func link(it *gofeed.Item, base string) string {
	if l := markup.Link(base, it.Link); l != "" {
		return l
	}
	for _, l := range it.Links {
		if l = markup.Link(base, l); l != "" {
			return l
		}
	}
	if strings.HasPrefix(it.GUID, "http://") || strings.HasPrefix(it.GUID, "https://") {
		return markup.Link(base, it.GUID)
	}
	return ""
}

func authors(it *gofeed.Item) string {
	var names []string
	for _, a := range it.Authors {
		if a == nil {
			continue
		}
		if name := markup.Title(a.Name); name != "" && !strings.Contains(name, "@") {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// maxTags bounds the tags of an entry: some publishers list every keyword they have.
const maxTags = 50

func tags(categories []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range categories {
		c = markup.Title(c)
		if c == "" || seen[c] || len(out) == maxTags {
			continue
		}
		seen[c] = true
		out = append(out, c)
	}
	return out
}

// when is a time that can be true, in UTC: neither from before there were feeds
// nor from beyond tomorrow, which time zone mistakes explain.
func when(t *time.Time) time.Time {
	if t == nil || t.Year() < 1990 || t.After(time.Now().Add(24*time.Hour)) {
		return time.Time{}
	}
	return t.UTC()
}

// tag is a BCP 47 tag in its canonical spelling, "" if it is none.
func tag(s string) string {
	t, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}
