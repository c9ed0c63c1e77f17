package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 8 << 20

// wire carries one request to the API and its answer back: it knows the API's
// address and version, names us, counts what Discord holds against us, and turns
// a web page in place of an answer into an error that programs can read.
type wire struct {
	base    *url.URL
	agent   string
	invalid breaker
	next    http.RoundTripper
	log     *slog.Logger
}

// apiPath is a path of the API as discordgo and we write it.
var apiPath = regexp.MustCompile(`^/api(?:/v\d+)?(/.*)$`)

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := w.invalid.open(time.Now()); err != nil {
		closeBody(req)
		return nil, err
	}
	out, err := w.rewrite(req)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := w.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if n := w.invalid.count(resp, time.Now()); n > 0 && n%100 == 0 {
		w.log.Warn("Discord turned down many requests lately; at 10000 in ten minutes it bans the address", "count", n, "status", resp.StatusCode)
	}
	if resp.StatusCode >= 300 {
		return resp, plainAnswer(resp)
	}
	return resp, nil
}

// rewrite points a request for https://discord.com/api/vN at the API's address.
func (w *wire) rewrite(req *http.Request) (*http.Request, error) {
	path := apiPath.FindStringSubmatch(req.URL.EscapedPath())
	if path == nil || req.URL.Host != discordHost {
		return nil, fmt.Errorf("%s is not an address of Discord's API", req.URL.Host)
	}
	out := req.Clone(req.Context())
	u, err := url.Parse(w.base.String() + "/v" + apiVersion + path[1])
	if err != nil {
		return nil, err
	}
	u.RawQuery = req.URL.RawQuery
	out.URL, out.Host = u, ""
	out.Header.Set("User-Agent", w.agent)
	return out, nil
}

const discordHost = "discord.com"

// endpoint is the address of a path such as /channels/1, before rewriting.
func endpoint(path string) string {
	return "https://" + discordHost + "/api/v" + apiVersion + path
}

// parseBase reads the address of the API: of its root, or of a bare host that
// has it at /api.
func parseBase(raw string) (*url.URL, error) {
	if raw == "" {
		raw = defaultAPIURL
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("discord: api_url %q is not an http or https address such as %s", raw, defaultAPIURL)
	}
	u.Path = regexp.MustCompile(`/v\d+$`).ReplaceAllString(strings.TrimRight(u.Path, "/"), "")
	u.RawPath = ""
	if u.Path == "" {
		u.Path = "/api"
	}
	return u, nil
}

// plainAnswer replaces the body of an error answer that is not JSON, such as
// a proxy's page, by JSON in the shape of Discord's errors.
func plainAnswer(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	resp.Body.Close()
	if err != nil {
		return fmt.Errorf("reading the answer %s: %w", resp.Status, err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		answer := errorBody{Message: "not an answer of Discord's API"}
		if title := pageTitle(body); kind == "text/html" && title != "" {
			answer.Message += " but the page “" + title + "”"
		}
		if resp.StatusCode == http.StatusTooManyRequests {
			answer.RetryAfter = retryAfter(resp.Header, unnamedWait).Seconds()
			answer.Global = true
		}
		resp.Header.Set(foreignAnswer, "1")
		if body, err = json.Marshal(answer); err != nil {
			return err
		}
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Header.Del("Content-Length")
	resp.ContentLength = int64(len(body))
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// foreignAnswer marks an answer that something between us and Discord gave.
const foreignAnswer = "X-Tocsin-Foreign"

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func pageTitle(page []byte) string {
	m := titleTag.FindSubmatch(page)
	if m == nil {
		return ""
	}
	title := []rune(strings.Join(strings.Fields(string(m[1])), " "))
	return string(title[:min(len(title), 80)])
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

func newHTTPTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 8 // one host takes all our requests
	return t
}

func newHTTPClient(t http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     t,
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
