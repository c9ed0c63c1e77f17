package discordtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// client talks to a fake as a bot does, without any library.
type client struct {
	t   *testing.T
	srv *Server
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   object
	list   []any
	err    error
}

func (a answer) code() int64 { return asInt(a.body["code"]) }

// start opens a fake that checks its own answers, too.
func start(t *testing.T, opts ...Option) client {
	t.Helper()
	return client{t, New(t, append([]Option{checkResponses()}, opts...)...)}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (c client) do(method, path string, body any) answer {
	c.t.Helper()
	var r io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	return c.send(within(c.t), method, path, "application/json", r)
}

func (c client) send(ctx context.Context, method, path, kind string, body io.Reader) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, c.srv.URL()+"/api/v10"+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+c.srv.Token())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1.0)")
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, header: res.Header, raw: string(data), err: err}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) == nil {
		a.body, a.list = asObject(v), asList(v)
	}
	return a
}

// create posts and fails the test unless the message is accepted.
func (c client) create(channel string, body object) string {
	c.t.Helper()
	a := c.do("POST", "/channels/"+channel+"/messages", body)
	if a.status != http.StatusOK {
		c.t.Fatalf("create: %d %s", a.status, a.raw)
	}
	return asString(a.body["id"])
}

// provoked checks that there are violations, and forgets them.
func (c client) provoked(part string) {
	c.t.Helper()
	bad := c.srv.TakeViolations()
	for _, v := range bad {
		if strings.Contains(v.String(), part) {
			return
		}
	}
	c.t.Errorf("no violation with %q in %v", part, bad)
}

// at follows a dotted path into the tree of errors and returns the codes there.
func at(tree any, path string) []string {
	if path != "" {
		for key := range strings.SplitSeq(path, ".") {
			tree = asObject(tree)[key]
		}
	}
	var codes []string
	for _, e := range asList(asObject(tree)["_errors"]) {
		codes = append(codes, asString(asObject(e)["code"]))
	}
	return codes
}
