package detect

import (
	"errors"
	"strings"
	"testing"

	"tocsin/feed"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const (
		rss  = `<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>A</title></item></channel></rss>`
		live = `<html><script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":{"@id":"p1","headline":"A","datePublished":"2026-03-02T09:00:00Z"}}</script>`
		page = `<html><head><title>Home</title><link rel="alternate" type="application/rss+xml" href="/rss"></head><p>Text`
	)
	for name, c := range map[string]struct {
		body string
		kind feed.Kind
		want string // of the error
	}{
		"feed":             {rss, feed.KindFeed, ""},
		"live blog":        {live, feed.KindLiveBlog, ""},
		"page with a feed": {page, "", "read https://n.example/rss instead"},
		"page":             {`<html><p>Text`, "", "not a live blog"},
		"empty":            {"  ", "", "empty"},
		"json":             {`{"a":1}`, "", "not a live blog"},
		"text":             {`hello`, "", "neither a feed nor a web page"},
	} {
		kind, b, err := Parse("https://n.example/", "", []byte(c.body))
		switch {
		case kind != c.kind:
			t.Errorf("%s: kind %q", name, kind)
		case c.want == "" && (err != nil || len(b.Entries) != 1):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, feed.ErrNothing)):
			t.Errorf("%s: %v", name, err)
		}
	}
}
