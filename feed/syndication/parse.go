package syndication

import (
	"errors"

	"tocsin/feed"
)

// Parse reads a feed from its bytes. url is where it came from, to resolve
// relative links; contentType is the HTTP header, "" if unknown.
//
// A body that is not a feed gives an error wrapping [feed.ErrNothing] that says what
// it is instead. What can be read of a damaged feed is returned with warnings.
func Parse(url, contentType string, body []byte) (feed.Batch, error) {
	return feed.Batch{}, errors.New("not implemented")
}
