package discord

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/bot"
	"tocsin/internal/discordtest"
)

// answers is a RoundTripper made of a function; it counts the requests.
type answers struct {
	mu     sync.Mutex
	n      int
	answer func(*http.Request) *http.Response
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.n++
	a.mu.Unlock()
	resp := a.answer(r)
	resp.Request = r
	return resp, nil
}

func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n
}

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Status: strconv.Itoa(status), Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func always(status int, body string, header ...string) *answers {
	return &answers{answer: func(*http.Request) *http.Response { return response(status, body, header...) }}
}

// limited is a client whose limits are kept against the given answers.
func limited(next http.RoundTripper) *client {
	log := slog.New(slog.DiscardHandler)
	return &client{http: &http.Client{Transport: &limiter{auth: "Bot x", next: next, log: log}}}
}

func waitOf(err error) *bot.WaitError {
	var w *bot.WaitError
	errors.As(err, &w)
	return w
}

const messages1, messages2 = "/channels/1/messages", "/channels/2/messages"

func TestGlobalRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		next := always(200, "{}")
		c := limited(next)
		start := time.Now()
		for i := range 220 {
			if err := c.call(t.Context(), "POST", fmt.Sprintf("/channels/%d/messages", i), nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		took := time.Since(start)
		if most := took.Seconds()*50 + 50; float64(next.count()) > most || took > 6*time.Second {
			t.Errorf("%d requests in %v", next.count(), took)
		}
	})
}

func TestBucketIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		next := always(200, "{}", "X-RateLimit-Bucket", "b", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "0.5")
		c := limited(next)
		for range 3 {
			if err := c.call(t.Context(), "POST", messages1, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		next.answer = func(*http.Request) *http.Response {
			return response(200, "{}", "X-RateLimit-Bucket", "b", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "4")
		}
		if err := c.call(t.Context(), "POST", messages1, nil, nil); err != nil {
			t.Fatal(err)
		}
		sent := next.count()
		// Four seconds are too long to wait here: the caller is told, and nothing is sent.
		err := c.call(t.Context(), "POST", messages1, nil, nil)
		if w := waitOf(err); w == nil || w.After != 4*time.Second || w.Everywhere || next.count() != sent {
			t.Errorf("got %v (%+v) after %d requests", err, w, next.count()-sent)
		}
		// Other channels, and other routes of this one, are free.
		for _, path := range []string{messages2, "/channels/1"} {
			if err := c.call(t.Context(), "POST", path, nil, nil); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		time.Sleep(4 * time.Second)
		if err := c.call(t.Context(), "POST", messages1, nil, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestConcurrentRequestsShareABucket(t *testing.T) {
	t.Parallel()
	f, b := onFake(t, discordtest.RateLimit(5, 300*time.Millisecond))
	ch := f.AddChannel(discordtest.Channel{})
	d := delivery(t, b, ch, nil)
	if _, err := b.Send(t.Context(), d); err != nil { // the first answer names the bucket
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			d := d
			d.ID, d.Key = int64(100+i), strconv.Itoa(i)
			if _, err := b.Send(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, r := range f.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Error("Discord had to say 429")
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		fault      discordtest.Fault
		everywhere bool
	}{
		{"route", discordtest.RouteLimited(30 * time.Second), false},
		{"shared", discordtest.SharedLimited(30 * time.Second), false},
		{"global", discordtest.GlobalLimited(30 * time.Second), true},
		{"cloudflare", discordtest.CloudflareLimited(30 * time.Second), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, b := onFake(t)
			ch, other := f.AddChannel(discordtest.Channel{}), f.AddChannel(discordtest.Channel{})
			f.Fail(discordtest.Create(ch), c.fault, 1)
			_, err := b.Send(t.Context(), delivery(t, b, ch, nil))
			if w := waitOf(err); w == nil || w.After != 30*time.Second || w.Everywhere != c.everywhere {
				t.Fatalf("got %v (%+v)", err, w)
			}
			// The limit is kept without asking again, where it holds.
			if _, err := b.Send(t.Context(), delivery(t, b, ch, nil)); waitOf(err) == nil {
				t.Errorf("the same channel: %v", err)
			}
			_, err = b.Send(t.Context(), delivery(t, b, other, nil))
			if (waitOf(err) != nil) != c.everywhere {
				t.Errorf("another channel: %v", err)
			}
			if n := len(f.Requests()); c.everywhere && n != 1 || !c.everywhere && n != 2 {
				t.Errorf("%d requests went out", n)
			}
		})
	}
}

// A limit of its own kind, such as edits of old messages, leaves the rest of the bucket alone.
func TestLimitWithACode(t *testing.T) {
	t.Parallel()
	next := always(429, `{"code":30046,"message":"Maximum number of edits","retry_after":120}`)
	c := limited(next)
	err := c.call(t.Context(), "PATCH", messages1+"/5", nil, nil)
	if w := waitOf(err); w == nil || w.After != 2*time.Minute || !hasCode(err, 30046) {
		t.Errorf("got %v", err)
	}
	next.answer = func(*http.Request) *http.Response { return response(200, "{}") }
	if err := c.call(t.Context(), "PATCH", messages1+"/6", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestWaitHonoursTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := limited(always(200, "{}", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "0.9"))
		if err := c.call(t.Context(), "GET", messages1, nil, nil); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		if err := c.call(ctx, "GET", messages1, nil, nil); !errors.Is(err, context.Canceled) || time.Since(start) != 100*time.Millisecond {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		// A deadline before the turn is no reason to wait for it.
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start = time.Now()
		if err := c.call(short, "GET", messages1, nil, nil); waitOf(err) == nil || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestBucketsAreForgotten(t *testing.T) {
	t.Parallel()
	var b bucketBook
	now := time.Now()
	h := http.Header{}
	h.Set("X-RateLimit-Remaining", "4")
	h.Set("X-RateLimit-Reset-After", "1")
	for i := range 10 * manyBuckets {
		now = now.Add(10 * time.Millisecond)
		b.learn(routeOf("POST", fmt.Sprintf("/channels/%d/messages", i)), h, now)
	}
	if len(b.buckets) > 2*manyBuckets || len(b.names) > 1 {
		t.Errorf("%d buckets and %d names are kept", len(b.buckets), len(b.names))
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, name, major string }{
		{"/channels/1/messages/2", "GET /channels/:id/messages/:id", "channels/1"},
		{"/api/v9/guilds/3/members/4", "GET /guilds/:id/members/:id", "guilds/3"},
		{"/applications/5/guilds/6/commands", "GET /applications/:id/guilds/:id/commands", ""},
		{"/users/@me", "GET /users/@me", ""},
		{"/", "GET /", ""},
	} {
		if got := routeOf("GET", c.path); got != (route{c.name, c.major}) {
			t.Errorf("%s: got %+v", c.path, got)
		}
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base, _ := parseBase("")
		next := always(403, `{"code":50013,"message":"Missing Permissions"}`)
		c := &client{http: &http.Client{Transport: &wire{base: base, next: next, log: slog.New(slog.DiscardHandler)}}}
		for range invalidMost {
			if err := c.call(t.Context(), "POST", messages1, nil, nil); !errors.Is(err, bot.ErrDestination) {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		err := c.call(t.Context(), "POST", messages1, nil, nil)
		if w := waitOf(err); w == nil || !w.Everywhere || w.After != invalidWindow-time.Minute || next.count() != invalidMost {
			t.Errorf("after %d requests: %v (%+v)", next.count(), err, w)
		}
		time.Sleep(invalidWindow)
		if err := c.call(t.Context(), "POST", messages1, nil, nil); waitOf(err) != nil || next.count() != invalidMost+1 {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                               "https://discord.com/api/v10/users/@me?x=1",
		"http://127.0.0.1:1":             "http://127.0.0.1:1/api/v10/users/@me?x=1",
		"http://127.0.0.1:1/":            "http://127.0.0.1:1/api/v10/users/@me?x=1",
		"https://proxy.example/api/v9/":  "https://proxy.example/api/v10/users/@me?x=1",
		"https://proxy.example/d/api":    "https://proxy.example/d/api/v10/users/@me?x=1",
		" https://proxy.example/api/v10": "https://proxy.example/api/v10/users/@me?x=1",
	} {
		base, err := parseBase(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		for _, from := range []string{endpoint("/users/@me?x=1"), "https://discord.com/api/v9/users/@me?x=1"} {
			r, _ := http.NewRequest(http.MethodGet, from, nil)
			out, err := (&wire{base: base, agent: "a"}).rewrite(r)
			if err != nil || out.URL.String() != want || out.Header.Get("User-Agent") != "a" {
				t.Errorf("%q: %v, %v; want %s", in, out, err, want)
			}
		}
	}
	for _, in := range []string{"discord.com/api", "ftp://x", "http://", "http://x?y", "::"} {
		if _, err := New(Options{Token: "t", APIURL: in}); err == nil || !strings.Contains(err.Error(), "api_url") {
			t.Errorf("%q: %v", in, err)
		}
	}
	r, _ := http.NewRequest(http.MethodGet, "https://elsewhere.example/api/v10/x", nil)
	base, _ := parseBase("")
	if _, err := (&wire{base: base}).rewrite(r); err == nil {
		t.Error("a request for another host was let through")
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "  ", "Bot ", "a b", "a\nb", "tökén"} {
		if _, err := New(Options{Token: token}); err == nil || token != "" && strings.TrimSpace(token) != "" && strings.Contains(err.Error(), token) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	if b, err := New(Options{Token: " Bot abc\n"}); err != nil || b.token != "abc" {
		t.Errorf("got %v", err)
	}
}

func TestNothingTellsSecrets(t *testing.T) {
	t.Parallel()
	const token, interaction = "very-secret-token", "aW50ZXJhY3Rpb24tdG9rZW4"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/redirect") {
			http.Redirect(w, r, "https://elsewhere.example/"+r.Header.Get("Authorization"), http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"code":50035,"message":"Invalid Form Body"}`)
	}))
	t.Cleanup(server.Close)
	var log bytes.Buffer
	b, err := New(Options{Token: token, APIURL: server.URL, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/webhooks/1/" + interaction + "/messages/@original", "/interactions/1/" + interaction + "/callback", "/redirect"}
	var errs []error
	for _, c := range []*client{b.rest, b.interactionClient()} {
		for _, p := range paths {
			errs = append(errs, c.call(t.Context(), "POST", p, map[string]string{}, nil))
		}
	}
	server.Close()
	for _, p := range paths {
		errs = append(errs, b.interactionClient().call(t.Context(), "POST", p, nil, nil))
	}
	for _, err := range errs {
		if err == nil {
			t.Error("no error")
			continue
		}
		b.log.With("with", err).WithGroup("g").Info("message "+token, "err", err, slog.Group("h", "token", token), "url", paths[0])
		if s := err.Error(); strings.Contains(s, token) || strings.Contains(s, interaction) {
			t.Errorf("an error tells a secret: %s", s)
		}
	}
	b.log.Info("raw", "err", errors.New("Get https://discord.com"+paths[1]))
	if s := log.String(); strings.Contains(s, token) || strings.Contains(s, interaction) || !strings.Contains(s, "[token]") {
		t.Errorf("the log tells a secret, or nothing:\n%s", s)
	}
}

func TestInteractionsAreNotAuthorisedNorLimited(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Header.Get("Authorization")]++
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	b, err := New(Options{Token: "t", APIURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	b.http.Transport.(*limiter).shut = time.Now().Add(time.Hour)
	start := time.Now()
	for range 100 {
		if err := b.interactionClient().call(t.Context(), "POST", "/interactions/1/x/callback", struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if seen[""] != 100 || time.Since(start) > 2*time.Second {
		t.Errorf("100 answers took %v, authorised as %v", time.Since(start), seen)
	}
}

func TestFormErrors(t *testing.T) {
	t.Parallel()
	next := always(400, `{"code":50035,"message":"Invalid Form Body","errors":{
		"embeds":{"10":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}},
		          "2":{"url":{"_errors":[{"code":"URL","message":"Not a well formed URL."}]}}},
		"_errors":[{"message":"All of it."}]}}`)
	err := limited(next).call(t.Context(), "POST", messages1, struct{}{}, nil)
	want := "Invalid Form Body: All of it.; embeds.2.url: Not a well formed URL.; embeds.10.title: Must be 256 or fewer in length. (code 50035)"
	if !errors.Is(err, bot.ErrRefused) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func FuzzErrorAnswers(f *testing.F) {
	for _, s := range []string{`{"code":50035,"errors":{"a":{"_errors":[{}]}}}`, `{"errors":[1,{"_errors":3}]}`, "<title>x", "null", `{"retry_after":-1}`, `{"retry_after":1e300,"global":true}`} {
		f.Add(s, 400, "x")
		f.Add(s, 429, "1e9")
	}
	f.Fuzz(func(t *testing.T, body string, status int, after string) {
		resp := response(300+(status&0xff), body, "Retry-After", after)
		if err := plainAnswer(resp); err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(resp.Body)
		err := newAPIError("GET", "/", resp, data)
		if err == nil || err.Error() == "" {
			t.Fatal("no error")
		}
		if w := waitOf(err); w != nil && (w.After < 0 || w.After > 24*time.Hour) {
			t.Fatalf("wait %v", w.After)
		}
	})
}

func TestSession(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	s, err := b.newSession()
	if err != nil {
		t.Fatal(err)
	}
	me, err := s.User("@me")
	if err != nil || me.ID != f.Application() {
		t.Errorf("got %v, %v", me, err)
	}
	if r := f.Requests(); len(r) != 1 || r[0].Version != 10 {
		t.Errorf("requests %v", r)
	}
	f.Fail(discordtest.AnyRequest, discordtest.CloudflareLimited(time.Minute), 1)
	if _, err := s.User("@me"); err == nil || strings.Contains(err.Error(), "invalid character") {
		t.Errorf("a page in place of an answer: %v", err)
	}
}
