package demo_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/demo"
	"tocsin/feed"
	"tocsin/feed/liveblog"
	"tocsin/feed/syndication"
)

const (
	base = "https://beacon.example"
	slug = "20260302-live-a-test"
	page = "/europe/20260302-live-a-test"
)

// get asks for a path; headers are pairs of name and value.
func get(t *testing.T, p *demo.Publisher, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// read asks for a live blog and reads it as the program does.
func read(t *testing.T, p *demo.Publisher, path string) feed.Batch {
	t.Helper()
	w := get(t, p, path)
	b, err := liveblog.Parse(base+path, w.Body.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.Body)
	}
	if len(b.Warnings) > 0 {
		t.Errorf("warnings: %q", b.Warnings)
	}
	return b
}

func readFeed(t *testing.T, p *demo.Publisher) feed.Batch {
	t.Helper()
	w := get(t, p, demo.FeedPath)
	b, err := syndication.Parse(base+demo.FeedPath, w.Header().Get("Content-Type"), w.Body.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.Body)
	}
	if len(b.Warnings) > 0 {
		t.Errorf("warnings: %q", b.Warnings)
	}
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEachChangeShows(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base + "/")
	p.OpenBlog(slug, "A test & more")
	at := time.Now().Add(-5 * time.Minute).UTC().Truncate(time.Millisecond)
	first := feed.Entry{ID: "first", Title: "Power \"cut\" & 3 < 5", Text: "One.\n\nTwo < three.", Author: "A. B.", Published: at}
	second := feed.Entry{ID: "second", Title: "Second", Text: "Text of the second.", Author: "C. D.", Published: at.Add(time.Minute)}
	must(t, p.Put(slug, first))
	must(t, p.Put(slug, second))

	b := read(t, p, page)
	if b.Title != "Live: A test & more" || b.State != feed.StateOpen || b.Language != "en" {
		t.Errorf("title %q, state %q, language %q", b.Title, b.State, b.Language)
	}
	for i, want := range []feed.Entry{second, first} {
		if i >= len(b.Entries) {
			t.Fatalf("%d entries", len(b.Entries))
		}
		got := b.Entries[i]
		if !strings.Contains(got.ID, want.ID) || got.URL != base+page+"#"+want.ID {
			t.Errorf("id %q, url %q", got.ID, got.URL)
		}
		got.ID, got.URL, got.Updated, got.Language = want.ID, "", time.Time{}, ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entry %d (-want +got):\n%s", i, diff)
		}
	}

	id := b.Entries[1].ID
	first.Published, first.Title = time.Time{}, "Changed"
	must(t, p.Put(slug, first))
	if e := read(t, p, page).Entries[1]; e.ID != id || e.Title != "Changed" || !e.Published.Equal(at) || time.Since(e.Updated) > time.Minute {
		t.Errorf("the changed entry: %+v", e)
	}

	must(t, p.Remove(slug, "first"))
	if b := read(t, p, page); len(b.Entries) != 1 || b.Entries[0].Title != "Second" {
		t.Errorf("after the removal: %+v", b.Entries)
	}

	must(t, p.CloseBlog(slug))
	if b := read(t, p, page); b.State != feed.StateClosed || b.Title != "A test & more" {
		t.Errorf("closed: state %q, title %q", b.State, b.Title)
	}
	if body := get(t, p, page).Body.String(); !strings.Contains(body, "This live blog is no longer being updated.") {
		t.Error("the page does not say that it is closed")
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base)
	at := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	p.Announce(feed.Entry{URL: "/europe/news/one", Title: "One & only", Text: "Short.", Author: "A. B.", Tags: []string{"Culture", "Europe"}, Published: at})
	p.Announce(feed.Entry{URL: demo.BlogPath(slug), Title: "Live: a test"})
	b := readFeed(t, p)
	if b.Format != "rss" || len(b.Entries) != 2 {
		t.Fatalf("%s with %d entries", b.Format, len(b.Entries))
	}
	if e := b.Entries[0]; e.URL != base+page || e.Title != "Live: a test" || time.Since(e.Published) > time.Minute {
		t.Errorf("the live blog: %+v", e)
	}
	if e := b.Entries[1]; e.Title != "One & only" || e.Text != "Short." || e.Author != "A. B." || len(e.Tags) != 2 || !e.Published.Equal(at) {
		t.Errorf("the article: %+v", e)
	}
	if _, err := liveblog.Parse(base, get(t, p, "/europe/news/one").Body.Bytes()); !errors.Is(err, feed.ErrNothing) {
		t.Errorf("the article as a live blog: %v", err)
	}
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher("")
	p.OpenBlog(slug, "A test")
	must(t, p.Put(slug, feed.Entry{ID: "a", Title: "A", Text: "Text."}))
	p.Announce(feed.Entry{URL: page, Title: "Live: a test"})
	for _, path := range []string{page, demo.FeedPath} {
		h := get(t, p, path).Header()
		if w := get(t, p, path, "If-None-Match", h.Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s, same ETag: %d with %d bytes", path, w.Code, w.Body.Len())
		}
		if w := get(t, p, path, "If-None-Match", h.Get("ETag"), "Accept-Encoding", "gzip"); w.Code != http.StatusNotModified {
			t.Errorf("%s, same ETag, gzip: %d", path, w.Code)
		}
		if w := get(t, p, path, "If-Modified-Since", h.Get("Last-Modified")); w.Code != http.StatusNotModified {
			t.Errorf("%s, same time: %d", path, w.Code)
		}
		must(t, p.Put(slug, feed.Entry{ID: "b", Title: "B", Text: "Text."}))
		p.Announce(feed.Entry{URL: "/europe/news/one", Title: "One, before " + path})
		if w := get(t, p, path, "If-None-Match", h.Get("ETag"), "If-Modified-Since", h.Get("Last-Modified")); w.Code != http.StatusOK {
			t.Errorf("%s, changed: %d", path, w.Code)
		}
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base)
	p.OpenBlog(slug, "A test")
	plain := get(t, p, page).Body.String()
	w := get(t, p, page, "Accept-Encoding", "gzip, deflate")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(w.Body)
	must(t, err)
	got, err := io.ReadAll(z)
	must(t, err)
	if string(got) != plain {
		t.Error("compressed and plain page differ")
	}
}

func TestLinksFollowTheHost(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher("")
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	p.Announce(feed.Entry{URL: page, Title: "Live: a test"})
	resp, err := s.Client().Get(s.URL + demo.FeedPath)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if !strings.Contains(string(body), "<link>"+s.URL+page+"</link>") {
		t.Errorf("no link to %s in\n%s", s.URL+page, body)
	}
	p.SetBase(base)
	if b := readFeed(t, p); b.Entries[0].URL != base+page {
		t.Errorf("with a base: %s", b.Entries[0].URL)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base)
	p.Fail(demo.FeedPath, demo.Times(2, demo.Status(http.StatusTooManyRequests, 30*time.Second)))
	for i, want := range []int{429, 429, 200} {
		w := get(t, p, demo.FeedPath)
		if w.Code != want || want == 429 && w.Header().Get("Retry-After") != "30" {
			t.Errorf("request %d: %d, Retry-After %q", i, w.Code, w.Header().Get("Retry-After"))
		}
	}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	p.Fail("/x", demo.HangUp())
	if resp, err := s.Client().Get(s.URL + "/x"); err == nil {
		resp.Body.Close()
		t.Errorf("hanging up answered %s", resp.Status)
	}
	p.Fail("/x", demo.Hang())
	client := *s.Client()
	client.Timeout = 50 * time.Millisecond
	var late interface{ Timeout() bool }
	if resp, err := client.Get(s.URL + "/x"); err == nil {
		resp.Body.Close()
		t.Errorf("hanging answered %s", resp.Status)
	} else if !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("hanging: %v", err)
	}
	p.Fail("/x", demo.Garbage("text/html", "<p>We will be back soon"))
	if w := get(t, p, "/x"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html" || w.Body.String() != "<p>We will be back soon" {
		t.Errorf("garbage: %d, %q, %q", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	p.Fail("/x", nil)
	if w := get(t, p, "/x"); w.Code != http.StatusNotFound {
		t.Errorf("healed: %d", w.Code)
	}
	if n := p.Requests("/x"); n != 4 {
		t.Errorf("%d requests counted", n)
	}
}

func TestWaitRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := demo.NewPublisher(base)
		done := make(chan error, 1)
		go func() { done <- p.WaitRequests(t.Context(), demo.FeedPath, 2) }()
		get(t, p, demo.FeedPath)
		synctest.Wait()
		if len(done) > 0 {
			t.Fatal("one request was taken for two")
		}
		get(t, p, demo.FeedPath)
		must(t, <-done)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.WaitRequests(ctx, demo.FeedPath, 3); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting in vain: %v", err)
		}
	})
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base)
	p.OpenBlog(slug, "A test")
	for what, err := range map[string]error{
		"put where nothing is open":   p.Put("other", feed.Entry{ID: "a"}),
		"put without an id":           p.Put(slug, feed.Entry{Title: "A"}),
		"remove what is not there":    p.Remove(slug, "a"),
		"close where nothing is open": p.CloseBlog("other"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, page, nil)
	w := httptest.NewRecorder()
	if p.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	p := demo.NewPublisher(base)
	p.OpenBlog(slug, "A test")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				if err := p.Put(slug, feed.Entry{ID: string(rune('a' + i)), Title: "T", Text: "Text."}); err != nil {
					t.Error(err)
				}
				p.Announce(feed.Entry{URL: page, Title: "Live: a test"})
				get(t, p, page, "Accept-Encoding", "gzip")
				get(t, p, demo.FeedPath)
			}
		})
	}
	wg.Wait()
	if n := p.Requests(page); n != 160 {
		t.Errorf("%d requests counted", n)
	}
	if b := read(t, p, page); len(b.Entries) != 8 {
		t.Errorf("%d entries", len(b.Entries))
	}
}
