package syndication

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/mmcdole/gofeed"
)

// Is reports whether body is RSS, Atom or JSON Feed, as far as its start tells.
func Is(body []byte) bool { return kind(body) != gofeed.FeedTypeUnknown }

// peek is how far into a body its kind is looked for.
const peek = 4096

func kind(body []byte) gofeed.FeedType {
	body = bytes.TrimLeft(body, " \t\r\n\xEF\xBB\xBF")
	k := gofeed.DetectFeedType(bytes.NewReader(body[:min(len(body), peek)]))
	if k == gofeed.FeedTypeJSON && !isJSONFeed(body) {
		return gofeed.FeedTypeUnknown
	}
	return k
}

// isJSONFeed tells a JSON Feed from any other JSON object.
func isJSONFeed(body []byte) bool {
	if bytes.Contains(body[:min(len(body), peek)], []byte("jsonfeed.org/version")) {
		return true // even if it breaks off later
	}
	var f struct {
		Version     string            `json:"version"`
		FeedURL     string            `json:"feed_url"`
		HomePageURL string            `json:"home_page_url"`
		Items       []json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &f) == nil &&
		(strings.Contains(f.Version, "jsonfeed.org") || f.Items != nil && (f.FeedURL != "" || f.HomePageURL != ""))
}
