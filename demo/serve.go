package demo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ServeHTTP serves the feed, the live blogs and the articles, with the headers that
// polite readers need: ETag, Last-Modified, gzip where it is accepted.
func (p *Publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f := p.count(r.URL.Path); f != nil && f(w, r) {
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "read only", http.StatusMethodNotAllowed)
		return
	}
	body, contentType, changed, err := p.render(r)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case body == nil:
		http.NotFound(w, r)
	default:
		serve(w, r, body, contentType, changed)
	}
}

// count counts a request and returns the fault that is set for its path.
func (p *Publisher) count(path string) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests[path]++
	close(p.asked)
	p.asked = make(chan struct{})
	return p.faults[path]
}

// render makes what stands at a path; the body is nil if nothing does.
func (p *Publisher) render(r *http.Request) (body []byte, contentType string, changed time.Time, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	base := cmp.Or(p.base, "http://"+r.Host)
	if r.URL.Path == FeedPath {
		body, err = p.rss(base)
		return body, "application/rss+xml; charset=utf-8", p.changed, err
	}
	const page = "text/html; charset=utf-8"
	for _, b := range p.blogs {
		if r.URL.Path == BlogPath(b.slug) {
			body, err = b.page(base)
			return body, page, b.changed, err
		}
	}
	for _, item := range p.items {
		if r.URL.Path == item.URL {
			body, err = article(base, item)
			return body, page, item.When(), err
		}
	}
	return nil, "", time.Time{}, nil
}

func serve(w http.ResponseWriter, r *http.Request, body []byte, contentType string, changed time.Time) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "public, max-age=0")
	h.Set("Vary", "Accept-Encoding")
	sum := sha256.Sum256(body)
	h.Set("ETag", fmt.Sprintf(`W/"%x"`, sum[:8])) // weak: the same for both encodings
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, err := z.Write(body)
		if err == nil {
			err = z.Close()
		}
		if err == nil {
			body = zipped.Bytes()
			h.Set("Content-Encoding", "gzip")
		}
	}
	http.ServeContent(w, r, "", changed, bytes.NewReader(body))
}
