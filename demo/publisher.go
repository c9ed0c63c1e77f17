package demo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tocsin/feed"
)

// What the publisher is called and where its pages stand.
const (
	name     = "The Beacon"
	desk     = "The Beacon with agencies"
	section  = "Europe"
	language = "en"
	running  = "Live: " // stands before the title until the live blog closes

	// FeedPath is where the RSS feed stands.
	FeedPath = "/rss.xml"
)

// BlogPath is where a live blog stands.
func BlogPath(slug string) string { return "/europe/" + slug }

func articlePath(slug string) string { return "/europe/news/" + slug }

// Publisher serves a feed and live blogs. It is safe for concurrent use.
type Publisher struct {
	mu       sync.Mutex
	base     string
	items    []feed.Entry // newest last
	changed  time.Time    // of the feed
	blogs    map[string]*blog
	faults   map[string]Fault
	requests map[string]int
	asked    chan struct{} // closed and replaced at each request
}

// blog is a live blog.
type blog struct {
	slug, title, summary string
	opened, changed      time.Time
	closed               time.Time    // zero while it runs
	entries              []feed.Entry // in the order in which they were put
}

// NewPublisher returns a publisher without news. base is its own address, such as
// "http://127.0.0.1:8080", for absolute links; if it is "", links follow the host that a
// request names.
func NewPublisher(base string) *Publisher {
	return &Publisher{
		base:     strings.TrimRight(base, "/"),
		changed:  time.Now(),
		blogs:    map[string]*blog{},
		faults:   map[string]Fault{},
		requests: map[string]int{},
		asked:    make(chan struct{}),
	}
}

// SetBase changes the publisher's own address.
func (p *Publisher) SetBase(base string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.base = strings.TrimRight(base, "/")
}

// OpenBlog begins a live blog at [BlogPath]. The feed does not show it until it is
// announced. A live blog that is there already is opened again, with its entries.
func (p *Publisher) OpenBlog(slug, title string) {
	p.open(slug, title, "", time.Now())
}

func (p *Publisher) open(slug, title, summary string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.blogs[slug]
	if b == nil {
		b = &blog{slug: slug, opened: at}
		p.blogs[slug] = b
	}
	b.title, b.summary, b.closed, b.changed = title, summary, time.Time{}, time.Now()
}

// Put adds an entry to a live blog, or replaces the entry with the same ID in its place.
// Paragraphs of the text are separated by a blank line. A new entry without a time is
// published now; a changed one keeps the time it was published, and is updated now
// unless it says otherwise.
func (p *Publisher) Put(slug string, e feed.Entry) error {
	return p.change(slug, func(b *blog) error {
		i := slices.IndexFunc(b.entries, func(old feed.Entry) bool { return old.ID == e.ID })
		switch {
		case e.ID == "":
			return fmt.Errorf("an entry of the live blog %q has no ID", slug)
		case i < 0:
			if e.Published.IsZero() {
				e.Published = time.Now()
			}
			b.entries = append(b.entries, e)
		default:
			e.Published = cmp.Or(e.Published, b.entries[i].Published)
			e.Updated = cmp.Or(e.Updated, time.Now())
			b.entries[i] = e
		}
		return nil
	})
}

// Remove takes an entry away.
func (p *Publisher) Remove(slug, id string) error {
	return p.change(slug, func(b *blog) error {
		n := len(b.entries)
		b.entries = slices.DeleteFunc(b.entries, func(e feed.Entry) bool { return e.ID == id })
		if len(b.entries) == n {
			return fmt.Errorf("the live blog %q has no entry %q", slug, id)
		}
		return nil
	})
}

// CloseBlog ends a live blog: its page says so from now on.
func (p *Publisher) CloseBlog(slug string) error {
	return p.change(slug, func(b *blog) error {
		b.closed = time.Now()
		return nil
	})
}

// change does something to a live blog that must be there.
func (p *Publisher) change(slug string, do func(*blog) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.blogs[slug]
	if b == nil {
		return fmt.Errorf("there is no live blog %q: open it first", slug)
	}
	if err := do(b); err != nil {
		return err
	}
	b.changed = time.Now()
	return nil
}

// Announce puts an item on top of the feed, or replaces the item with the same ID. Its
// URL may be a path; for a live blog that is its [BlogPath]. Without an ID the URL
// identifies it; without a time it is published now.
func (p *Publisher) Announce(item feed.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	item.ID = cmp.Or(item.ID, item.URL)
	p.changed = now
	if i := slices.IndexFunc(p.items, func(old feed.Entry) bool { return old.ID == item.ID }); i >= 0 {
		item.Published = cmp.Or(item.Published, p.items[i].Published)
		p.items[i] = item
		return
	}
	item.Published = cmp.Or(item.Published, now)
	p.items = append(p.items, item)
}

// Requests counts the requests for a path so far, whatever was answered.
func (p *Publisher) Requests(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[path]
}

// WaitRequests blocks until a path was asked for n times or more.
func (p *Publisher) WaitRequests(ctx context.Context, path string, n int) error {
	for {
		p.mu.Lock()
		got, asked := p.requests[path], p.asked
		p.mu.Unlock()
		if got >= n {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was asked for %d times, not %d: %w", path, got, n, ctx.Err())
		case <-asked:
		}
	}
}

// Fault answers a request in the publisher's place and reports whether it did.
type Fault func(http.ResponseWriter, *http.Request) bool

// Fail lets a fault answer the requests for a path; nil ends that.
func (p *Publisher) Fail(path string, f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults[path] = f
}
