package liveblog

import (
	"errors"

	"tocsin/feed"
)

// Parse reads a live blog from its page. url is where it came from, to resolve
// relative links. A page that is no live blog gives an error wrapping
// [feed.ErrNothing] that says what was looked for.
func Parse(url string, body []byte) (feed.Batch, error) {
	return feed.Batch{}, errors.New("not implemented")
}
