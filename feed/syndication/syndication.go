// Package syndication reads RSS, Atom and JSON Feed.
package syndication

import (
	"context"

	"tocsin/feed"
	"tocsin/fetch"
)

// Reader reads feeds over HTTP; it implements [feed.Reader].
type Reader struct{ client *fetch.Client }

// New returns a Reader that fetches with client.
func New(client *fetch.Client) *Reader { return &Reader{client: client} }

// Read implements [feed.Reader].
func (r *Reader) Read(ctx context.Context, src feed.Source, cur feed.Cursor) (feed.Batch, error) {
	page, err := r.client.Get(ctx, src.URL, fetch.Validators{})
	if err != nil {
		return feed.Batch{}, err
	}
	return Parse(page.URL, page.ContentType, page.Body)
}
