package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/feed"
)

// open returns a client that may read from loopback, and a server.
func open(t *testing.T, o Options, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o.AllowPrivate = true
	c := New(o)
	t.Cleanup(c.Close)
	return c, srv.URL
}

func TestGet(t *testing.T) {
	t.Parallel()
	c, url := open(t, Options{UserAgent: "Tocsin/test (+https://example.org)"}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"a"`)
		w.Header().Set("Last-Modified", "Mon, 02 Mar 2026 07:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"a"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=x")
		fmt.Fprint(w, r.UserAgent())
	})
	p, err := c.Get(t.Context(), url+"/#top", Validators{})
	if err != nil {
		t.Fatal(err)
	}
	if string(p.Body) != "Tocsin/test (+https://example.org)" || p.ContentType != "text/plain; charset=x" || p.URL != url+"/" || p.Moved != "" {
		t.Errorf("%+v", p)
	}
	q, err := c.Get(t.Context(), url+"/", p.Validators)
	if err != nil || !q.Unchanged || q.Validators != p.Validators || q.Body != nil {
		t.Errorf("second: %+v, %v", q, err)
	}
}

func TestPacking(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("All is well. ", 1000)
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"x-gzip":  func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"raw": func(w io.Writer) io.WriteCloser {
			f, _ := flate.NewWriter(w, flate.BestSpeed)
			return f
		},
	}
	c, url := open(t, Options{MaxBody: 20_000}, func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		body := text
		switch name {
		case "bomb":
			name, body = "gzip", strings.Repeat(" ", 5<<20)
		case "big":
			fmt.Fprint(w, strings.Repeat(" ", 30_000))
			return
		case "huge":
			w.Header().Set("Content-Length", "104857600")
			return
		case "brotli":
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
			return
		case "lie":
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "this is not packed at all")
			return
		case "cut":
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			fmt.Fprint(z, body)
			z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprintf(w, "%s", b.Bytes()[:b.Len()-10])
			return
		}
		w.Header().Set("Content-Encoding", strings.Replace(name, "raw", "deflate", 1))
		z := pack[name](w)
		fmt.Fprint(z, body)
		z.Close()
	})
	for name := range pack {
		p, err := c.Get(t.Context(), url+"/"+name, Validators{})
		if err != nil || string(p.Body) != text {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"bomb": "bigger than the limit", "big": "bigger than the limit", "huge": "bigger than the limit",
		"brotli": `packed with "br"`, "lie": "says it is packed with gzip", "cut": "breaks off",
	} {
		_, err := c.Get(t.Context(), url+"/"+name, Validators{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), url) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	c, url := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			panic(err)
		}
		if code == 503 {
			w.Header().Set("Retry-After", "90")
		}
		w.WriteHeader(code)
	})
	for code, want := range map[int]error{404: feed.ErrGone, 410: feed.ErrGone, 401: feed.ErrRefused, 403: feed.ErrRefused, 451: feed.ErrRefused, 500: nil, 418: nil, 304: nil, 204: nil, 301: nil} {
		_, err := c.Get(t.Context(), fmt.Sprintf("%s/%d", url, code), Validators{})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%d: %v", code, err)
		}
		for _, other := range []error{feed.ErrGone, feed.ErrRefused, feed.ErrNothing} {
			if !errors.Is(want, other) && errors.Is(err, other) {
				t.Errorf("%d: %v is %v", code, err, other)
			}
		}
	}
	var retry *feed.RetryError
	if _, err := c.Get(t.Context(), url+"/503", Validators{}); !errors.As(err, &retry) || retry.After != 90*time.Second {
		t.Errorf("503: %v", err)
	}
}

// TestTooManyRequests: after a 429 the whole host is left alone for as long as it asks.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, url := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for range 3 {
		var retry *feed.RetryError
		_, err := c.Get(t.Context(), url+"/", Validators{})
		if !errors.As(err, &retry) || retry.After < 58*time.Minute || retry.After > time.Hour {
			t.Errorf("%v", err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the host was asked %d times", asked.Load())
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	c, url := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		to := map[string]struct {
			code int
			to   string
		}{
			"/perm": {301, "/perm2"}, "/perm2": {308, "/end"}, "/temp": {302, "/end"}, "/permtemp": {301, "/temp"},
			"/circle": {302, "/circle2"}, "/circle2": {302, "/circle"}, "/ftp": {302, "ftp://x/y"},
			"/long/1": {302, "/long/12"}, "/none": {302, ""}, "/secret": {302, "http://user:hunter2@" + r.Host + "/end"},
		}[r.URL.Path]
		switch {
		case strings.HasPrefix(r.URL.Path, "/long/"):
			http.Redirect(w, r, r.URL.Path+"1", http.StatusFound)
		case to.code != 0:
			if to.to != "" {
				w.Header().Set("Location", to.to)
			}
			w.WriteHeader(to.code)
		default:
			fmt.Fprint(w, "end", r.Header.Get("Authorization"))
		}
	})
	for path, moved := range map[string]string{"/perm": "/end", "/temp": "", "/permtemp": "/temp", "/secret": "", "/end": ""} {
		p, err := c.Get(t.Context(), url+path, Validators{})
		if err != nil || p.URL != url+"/end" || string(p.Body) != "end" {
			t.Errorf("%s: %+v, %v", path, p, err)
			continue
		}
		if want := moved; (want == "") != (p.Moved == "") || want != "" && p.Moved != url+want {
			t.Errorf("%s: moved to %q, want %q", path, p.Moved, want)
		}
	}
	for path, want := range map[string]string{"/circle": "in a circle", "/ftp": "only http", "/long/1": "more than 10 redirects", "/none": "not where to"} {
		if _, err := c.Get(t.Context(), url+path, Validators{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTooSlow(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	c, url := open(t, Options{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drip" {
			fmt.Fprint(w, "some")
			w.(http.Flusher).Flush()
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	defer close(stop)
	for _, path := range []string{"/silent", "/drip"} {
		if _, err := c.Get(t.Context(), url+path, Validators{}); err == nil || !strings.Contains(err.Error(), "no complete answer within 50ms") {
			t.Errorf("%s: %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, url+"/silent", Validators{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestOneAtATimePerHost(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	c, url := open(t, Options{}, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		now.Add(-1)
	})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Get(t.Context(), url, Validators{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at a time", most.Load())
	}
	if len(c.hosts) != 0 {
		t.Errorf("hosts remembered: %v", c.hosts)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") }))
	defer srv.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	c := New(Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "[::]", "169.254.169.254", "10.0.0.1", "100.100.100.200", "[fd00::1]", "[fe80::1]"} {
		if _, err := c.Get(t.Context(), "http://"+host+":"+port, Validators{}); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", host, err)
		}
	}
	// Spellings that only some resolvers take for a number: refused or unknown, but never read.
	for _, host := range []string{"2130706433", "0177.0.0.1", "0x7f.1", "127.1"} {
		if p, err := c.Get(t.Context(), "http://"+host+":"+port, Validators{}); err == nil {
			t.Errorf("%s: read %q", host, p.Body)
		}
	}
	c = New(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if _, err := c.Get(t.Context(), srv.URL, Validators{}); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "::ffff:1.1.1.1": true, "64:ff9b::101:101": true, "2002:101:101::": true,
		"127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::127.0.0.1": false,
		"192.168.1.1": false, "172.16.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "ff02::1": false, "fc00::1": false, "2001::1": false, "fe80::1%eth0": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("public(%s) = %v", addr, got)
		}
	}
}

func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	c := New(Options{Timeout: time.Second})
	for _, url := range []string{
		"http://user:hunter2@127.0.0.1:1/x?key=hunter2", "ftp://user:hunter2@x/", "http://user:hunter2@/", "http://hunter2 hunter2:hunter2@x:y/", "://hunter2", "http://user:hunter2@no-such-host.invalid/",
		"http://a.example/%zz?hunter2",
	} {
		_, err := c.Get(t.Context(), url, Validators{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"Cache-Control: max-age=60": time.Minute, "Cache-Control: public, max-age=86400": maxFresh, "Cache-Control: no-cache, max-age=60": 0,
		"Cache-Control: max-age=-5": 0, "Cache-Control: max-age=x": 0, "X: y": 0, "Cache-Control: max-age=60\nAge: 20": 40 * time.Second, "Cache-Control: max-age=60\nAge: 90": 0,
		"Expires: Mon, 02 Mar 2026 07:01:00 GMT\nDate: Mon, 02 Mar 2026 07:00:00 GMT": time.Minute, "Expires: 0": 0,
	} {
		h := http.Header{}
		for line := range strings.SplitSeq(header, "\n") {
			k, v, _ := strings.Cut(line, ": ")
			h.Add(k, v)
		}
		got := time.Duration(0)
		if f := fresh(h); !f.IsZero() {
			got = time.Until(f).Round(time.Second)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
