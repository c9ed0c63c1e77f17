// Package fetch reads pages from the web politely and within bounds: conditional
// requests, limits on time and size, one request at a time per host, and no
// connection to an address that is not public.
package fetch

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Options say how a [Client] behaves. The zero value is usable.
type Options struct {
	// UserAgent names the program and where its operator can be reached,
	// "Tocsin/1.2 (+https://example.org/tocsin)".
	UserAgent string
	// Timeout bounds one Get, redirects and body included but not the wait for the
	// host's turn; 0 means 30 seconds.
	Timeout time.Duration
	// MaxBody bounds the decompressed body in bytes; 0 means 16 MiB.
	MaxBody int64
	// AllowPrivate lets requests reach addresses that are not public: loopback,
	// private networks, cloud metadata.
	AllowPrivate bool
	// Allow lists networks that may be reached although they are not public.
	Allow []netip.Prefix
}

const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 16 << 20
	maxRedirects   = 10
)

// Validators let a publisher answer "not modified".
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Page is the answer to one Get.
type Page struct {
	URL         string // after redirects, without credentials
	Status      int    // 200 or 304
	ContentType string // the header as sent, "" if absent
	Body        []byte // decompressed, in the publisher's character set; nil if Unchanged
	Validators  Validators
	Unchanged   bool // the publisher answered 304
	// Moved is the new address when the one asked for has moved for good.
	Moved string
	// NotBefore is when the answer stops being fresh by its own headers, at most
	// ten minutes ahead; zero if they name no time.
	NotBefore time.Time
}

// Client fetches pages. It is safe for concurrent use and keeps connections open.
type Client struct {
	http    *http.Client
	agent   string
	timeout time.Duration
	maxBody int64

	mu    sync.Mutex
	hosts map[string]*host
}

// New returns a Client.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !o.AllowPrivate {
		dialer.ControlContext = guard(o.Allow)
	}
	return &Client{
		http: &http.Client{
			Transport: &http.Transport{
				// No proxy: behind one, the guard would see the proxy's address only.
				DialContext:            dialer.DialContext,
				ForceAttemptHTTP2:      true,
				MaxIdleConns:           100,
				MaxIdleConnsPerHost:    1,
				IdleConnTimeout:        90 * time.Second,
				TLSHandshakeTimeout:    10 * time.Second,
				MaxResponseHeaderBytes: 256 << 10,
				DisableCompression:     true, // done by hand, so that it is bounded and deflate works
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		agent:   o.UserAgent,
		timeout: o.Timeout,
		maxBody: o.MaxBody,
		hosts:   map[string]*host{},
	}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Get fetches an http or https address, following redirects. With validators of
// an earlier page of the same address the publisher may answer "not modified".
//
// Errors name the address without credentials or query. They wrap
// [feed.ErrGone] (404, 410), [feed.ErrRefused] (401, 403, 451) or [ErrPrivate], or are a
// [*feed.RetryError] (429, 503); other errors may pass.
func (c *Client) Get(ctx context.Context, address string, since Validators) (*Page, error) {
	return c.get(ctx, address, since)
}
