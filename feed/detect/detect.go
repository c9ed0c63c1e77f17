// Package detect tells feeds from live blogs by what they hold.
package detect

import (
	"errors"
	"fmt"
	"strings"

	"tocsin/feed"
	"tocsin/feed/liveblog"
	"tocsin/feed/markup"
	"tocsin/feed/syndication"
)

// Parse reads what stands at url, feed or live blog. contentType is the HTTP
// header, "" if unknown. For a page that is neither, the error wraps
// [feed.ErrNothing] and names the feeds that the page announces.
func Parse(url, contentType string, body []byte) (feed.Kind, feed.Batch, error) {
	if syndication.Is(body) {
		b, err := syndication.Parse(url, contentType, body)
		return feed.KindFeed, b, err
	}
	b, err := liveblog.Parse(url, body)
	if err == nil || !errors.Is(err, feed.ErrNothing) {
		return feed.KindLiveBlog, b, err
	}
	if links := markup.FeedLinks(url, body); len(links) > 0 {
		return "", feed.Batch{}, fmt.Errorf("the page names a feed: read %s instead: %w", strings.Join(links, " or "), err)
	}
	return "", feed.Batch{}, err
}
