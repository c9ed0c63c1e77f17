package markup

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxFeedLinks is how many feed addresses a person wants to choose from.
const maxFeedLinks = 5

// FeedLinks returns the addresses of the feeds that an HTML page announces with
// <link rel="alternate">, comment feeds apart.
func FeedLinks(url string, page []byte) []string {
	var found []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for len(found) < maxFeedLinks {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch a := atom.Lookup(name); {
			case a == atom.Body:
				return found
			case a != atom.Link || !more:
				continue
			}
			attrs := map[string]string{}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				attrs[string(k)] = string(v)
			}
			kind := strings.ToLower(attrs["type"])
			if !slices.Contains(strings.Fields(strings.ToLower(attrs["rel"])), "alternate") ||
				!strings.HasSuffix(kind, "rss+xml") && !strings.HasSuffix(kind, "atom+xml") && !strings.HasSuffix(kind, "feed+json") {
				continue
			}
			link := Link(url, attrs["href"])
			if link == "" || strings.Contains(strings.ToLower(link), "/comments/") || slices.Contains(found, link) {
				continue
			}
			found = append(found, link)
		}
	}
	return found
}
