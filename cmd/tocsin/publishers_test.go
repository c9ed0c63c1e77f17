package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// rssOf is a feed with the items.
func rssOf(items string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>` + items + `</channel></rss>`
}

// badPublishers is everything that publishers do wrong, and what the log says of it; ""
// if it is read all the same, with an alert that says told.
var badPublishers = []struct {
	name  string
	serve http.HandlerFunc
	says  string
	told  []string
}{
	{name: "html", serve: body("<html><head><title>Our front page</title></head><body><p>Welcome.</p></body></html>"), says: "web page"},
	{name: "truncated", serve: body(rssOf("<item><title>A blackout</title>")[:90]), says: "damaged"},
	{name: "errorpage", serve: body("<html><body><h1>Something went wrong</h1></body></html>"), says: "web page"},
	{name: "empty", serve: body(""), says: "empty"},
	{name: "picture", serve: body("\x89PNG\r\n\x1a\n\x00\x01\x02\x03"), says: "neither RSS"},
	{name: "s401", serve: status(401), says: "401"},
	{name: "s403", serve: status(403), says: "403 Forbidden"},
	{name: "s404", serve: status(404), says: "404 Not Found"},
	{name: "s410", serve: status(410), says: "410 Gone"},
	{name: "s429", serve: status(429), says: "429 Too Many Requests"},
	{name: "s500", serve: status(500), says: "500 Internal Server Error"},
	{name: "s503", serve: status(503), says: "503 Service Unavailable"},
	{name: "loop", serve: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/"+map[string]string{"/feed": "other", "/other": "feed"}[r.URL.Path], http.StatusFound)
	}, says: "circle"},
	{name: "stairs", serve: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	}, says: "redirects"},
	{name: "huge", serve: func(w http.ResponseWriter, _ *http.Request) { pour(w, 100) }, says: "MiB"},
	{name: "bomb", serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb())
	}, says: "MiB"},
	{name: "nogzip", serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		fmt.Fprint(w, "plain")
	}, says: "gzip"},
	{name: "hangs", serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, says: "no complete answer"},
	{name: "hangsup", serve: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, says: "hung up"},

	{name: "latin", serve: body("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><item><guid>l</guid><title>Blackout at the caf\xe9</title></item></channel></rss>"),
		told: []string{"at the café"}},
	{name: "klingon", serve: body(`<?xml version="1.0" encoding="klingon-7"?><rss version="2.0"><channel><item><guid>k</guid><title>Blackout in no charset</title></item></channel></rss>`),
		told: []string{"in no charset"}},
	{name: "dates", serve: body(rssOf(`
		<item><guid>d1</guid><title>Blackout of the year one</title><pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate></item>
		<item><guid>d2</guid><title>Blackout to come</title><pubDate>Mon, 01 Jan 2390 00:00:00 GMT</pubDate></item>
		<item><guid>d3</guid><title>Blackout at no time</title></item>
		<item><guid>d4</guid><title>Blackout the other day</title><pubDate>the other day</pubDate></item>`)),
		told: []string{"of the year one", "to come", "at no time", "the other day"}},
	{name: "twins", serve: body(rssOf(`
		<item><guid>t</guid><title>Blackout of twins</title></item>
		<item><guid>t</guid><title>Blackout of twins</title></item>`)),
		told: []string{"of twins"}},
	{name: "long", serve: body(rssOf(`<item><guid>m</guid><title>Blackout without end</title><description>` +
		strings.Repeat("blackout ", 1<<20/9) + `</description></item>`)), told: []string{"without end"}},
}

func body(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}

// pour writes mebibytes of blanks for as long as somebody takes them.
func pour(w io.Writer, mebibytes int) {
	blank := []byte(strings.Repeat(" ", 1<<20))
	for range mebibytes {
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
}

// bomb is a small body that unpacks to many times the limit.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	pour(z, 20)
	z.Close()
	return b.Bytes()
})

// TestBadPublishersHoldUpNobody reads everything that can go wrong beside one publisher
// that is well: each is told once, with its reason, and the good one is told throughout.
func TestBadPublishersHoldUpNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	bomb() // takes its time
	config := s.read("config.yaml")
	config = strings.Replace(config, "fetch: {allow_private: true}", "fetch: {allow_private: true, timeout: 3s, max_body_mib: 2}", 1)
	add := func(name, url string) {
		config += fmt.Sprintf("  - {id: %s, url: %q, every: 150ms, announce: all}\n", name, url)
	}
	for _, p := range badPublishers {
		server := httptest.NewServer(p.serve)
		t.Cleanup(server.Close)
		add(p.name, server.URL+"/feed")
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	add("closed", closed.URL)
	add("nowhere", "http://nowhere.invalid/feed")
	config += fmt.Sprintf("subscriptions:\n  - {id: desk, chat: discord, channel: %q, severity: info}\n", s.channel)
	s.write("config.yaml", config)

	s.start()
	log := s.process.log
	fails := map[string]string{"closed": "refuses connections", "nowhere": "nowhere.invalid"}
	for _, p := range badPublishers {
		if p.says != "" {
			fails[p.name] = p.says
		}
		for _, words := range p.told {
			s.wait(words)
		}
	}
	for name, says := range fails {
		s.must(log.wait(s.ctx, 1, "level=WARN", "source="+name+" ", says))
	}
	for i := range 3 { // meanwhile some are tried again
		title := fmt.Sprintf("Report %d.", i)
		s.publisher.put(post{ID: title, Title: title, Text: "A blackout."})
		if i == 0 {
			s.publisher.announce()
		}
		s.wait(title)
	}
	s.must(log.wait(s.ctx, 2, "level=DEBUG", "source=s500 ", "cannot be read"))
	s.stop()
	for name := range fails {
		if n := len(log.lines("level=WARN", "source="+name+" ")); n != 1 {
			t.Errorf("%s is told %d times:\n%s", name, n, strings.Join(log.lines("source="+name+" "), ""))
		}
	}
	if other := log.lines("level=ERROR"); len(other) > 0 {
		t.Errorf("errors:\n%s", strings.Join(other, ""))
	}
	want := 3
	for _, p := range badPublishers {
		want += len(p.told)
	}
	if n := len(s.discord.Messages(s.channel)); n != want {
		t.Errorf("%d messages, want %d:\n%s", n, want, s.transcript())
	}
}
