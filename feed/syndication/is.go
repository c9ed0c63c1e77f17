package syndication

import (
	"bytes"

	"github.com/mmcdole/gofeed"
)

// Is reports whether body looks like RSS, Atom or JSON Feed, as far as its start tells.
func Is(body []byte) bool { return kind(body) != gofeed.FeedTypeUnknown }

func kind(body []byte) gofeed.FeedType {
	return gofeed.DetectFeedType(bytes.NewReader(body[:min(len(body), 4096)]))
}
