// Package liveblog reads live blog pages.
package liveblog

import (
	"context"

	"tocsin/feed"
	"tocsin/fetch"
)

// Reader reads live blogs over HTTP; it implements [feed.Reader].
type Reader struct{ client *fetch.Client }

// New returns a Reader that fetches with client.
func New(client *fetch.Client) *Reader { return &Reader{client: client} }

// Read implements [feed.Reader].
func (r *Reader) Read(ctx context.Context, src feed.Source, cur feed.Cursor) (feed.Batch, error) {
	page, err := r.client.Get(ctx, src.URL, fetch.Validators{})
	if err != nil {
		return feed.Batch{}, err
	}
	return Parse(page.URL, page.Body)
}
