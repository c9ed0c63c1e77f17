// Package liveblog reads live blog pages: JSON-LD and whatever else in a page
// tells its entries apart. Nothing in it is tuned to one publisher.
package liveblog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/feed"
	"tocsin/fetch"
)

// Reader reads live blogs over HTTP; it implements [feed.Reader].
type Reader struct{ client *fetch.Client }

// New returns a Reader that fetches with client.
func New(client *fetch.Client) *Reader { return &Reader{client: client} }

// cursor is what a Reader remembers.
type cursor struct {
	URL        string           `json:"url"`
	Validators fetch.Validators `json:"validators"`
	State      feed.State       `json:"state"`
	// Modified is the page's own time of change at the last read.
	Modified time.Time `json:"modified,omitzero"`
	Traces   []trace   `json:"traces,omitempty"`
	// Ask makes the next request unconditional: an entry has gone from the page,
	// and "not modified" would not confirm that it stays gone.
	Ask bool `json:"ask,omitempty"`
	// Stale counts the reads running that gave an older page than the one before.
	Stale int `json:"stale,omitempty"`
}

// maxStale is how many reads running may give an older page before it is
// believed: by then no cache holds an old copy, the publisher went back.
const maxStale = 3

// Read implements [feed.Reader].
func (r *Reader) Read(ctx context.Context, src feed.Source, cur feed.Cursor) (feed.Batch, error) {
	var c cursor
	if json.Unmarshal(cur, &c) != nil {
		c = cursor{}
	}
	if c.URL != src.URL || c.Ask {
		c.URL, c.Validators = src.URL, fetch.Validators{}
	}
	page, err := r.client.Get(ctx, src.URL, c.Validators)
	if err != nil {
		return feed.Batch{}, err
	}
	if page.Unchanged {
		return feed.Batch{
			Format: "liveblog", URL: page.URL, State: c.State, Cursor: cur,
			Unchanged: true, Moved: page.Moved, NotBefore: page.NotBefore,
		}, nil
	}
	b, err := c.take(page)
	if err != nil {
		return feed.Batch{}, fmt.Errorf("reading %s: %w", fetch.Show(src.URL), err)
	}
	if b.Cursor, err = json.Marshal(c); err != nil {
		return feed.Batch{}, fmt.Errorf("remembering %s: %w", fetch.Show(src.URL), err)
	}
	b.Moved, b.NotBefore = page.Moved, page.NotBefore
	return b, nil
}

// take reads a page in the light of what is remembered, and remembers it.
func (c *cursor) take(page *fetch.Page) (feed.Batch, error) {
	f, b, err := read(page.URL, page.Body)
	if err != nil {
		return feed.Batch{}, err
	}
	if older(f.modified, c.Modified) && c.Stale < maxStale {
		c.Stale++
		c.Ask = true
		return feed.Batch{Format: "liveblog", URL: page.URL, State: c.State, Unchanged: true, Warnings: []string{
			"the publisher served an older copy of the page than before; it was left alone"}}, nil
	}
	before := c.Traces
	c.Traces = recognise(b.Entries, f.posts, before)
	if part := poorer(c.Traces, before); len(part) > 0 {
		b.Entries = slices.DeleteFunc(b.Entries, func(e feed.Entry) bool { return part[e.ID] })
		for i, t := range c.Traces {
			c.Traces[i].Whole = t.Whole || part[t.ID]
		}
	}
	if gap(c.Traces, before) {
		b.Warnings = append(b.Warnings, fmt.Sprintf(
			"the page shows its newest %d entries and none of those seen before: some in between were missed", len(b.Entries)))
	}
	c.Validators, c.State, c.Modified, c.Stale = page.Validators, b.State, f.modified, 0
	c.Ask = lost(c.Traces)
	return b, nil
}
