// Package syndication reads RSS, Atom and JSON Feed.
package syndication

import (
	"context"
	"encoding/json"
	"fmt"

	"tocsin/feed"
	"tocsin/fetch"
)

// Reader reads feeds over HTTP; it implements [feed.Reader].
type Reader struct{ client *fetch.Client }

// New returns a Reader that fetches with client.
func New(client *fetch.Client) *Reader { return &Reader{client: client} }

// cursor is what a Reader remembers. Validators belong to one address; traces
// still tell entries after the feed has moved.
type cursor struct {
	URL        string           `json:"url"`
	Validators fetch.Validators `json:"validators"`
	// Traces are the entries of earlier reads, newest read first.
	Traces []trace `json:"traces,omitempty"`
}

// maxTraces bounds how many entries are remembered; feeds rarely show 100.
const maxTraces = 200

// Read implements [feed.Reader].
func (r *Reader) Read(ctx context.Context, src feed.Source, cur feed.Cursor) (feed.Batch, error) {
	var c cursor
	if json.Unmarshal(cur, &c) != nil || c.URL != src.URL {
		c = cursor{URL: src.URL, Traces: c.Traces}
	}
	page, err := r.client.Get(ctx, src.URL, c.Validators)
	if err != nil {
		return feed.Batch{}, err
	}
	if page.Unchanged {
		return feed.Batch{
			URL: page.URL, State: feed.StateOpen, Cursor: cur,
			Unchanged: true, Moved: page.Moved, NotBefore: page.NotBefore,
		}, nil
	}
	b, traces, err := parse(page.URL, page.ContentType, page.Body)
	if err != nil {
		return feed.Batch{}, fmt.Errorf("reading %s: %w", fetch.Show(src.URL), err)
	}
	recognise(b.Entries, traces, c.Traces)
	c.Traces = remember(traces, c.Traces)
	c.Validators = page.Validators
	if b.Cursor, err = json.Marshal(c); err != nil {
		return feed.Batch{}, fmt.Errorf("remembering %s: %w", fetch.Show(src.URL), err)
	}
	b.Moved, b.NotBefore = page.Moved, page.NotBefore
	return b, nil
}

// remember puts the entries of this read before those of earlier ones.
func remember(now, before []trace) []trace {
	seen := make(map[string]bool, len(now))
	for _, t := range now {
		seen[t.ID] = true
	}
	out := now
	for _, t := range before {
		if len(out) >= maxTraces {
			break
		}
		if !seen[t.ID] {
			out = append(out, t)
		}
	}
	return out
}
