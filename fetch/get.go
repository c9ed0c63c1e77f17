package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/net/idna"

	"tocsin/feed"
)

// get follows redirects by hand, so that every hop waits for its own host's turn.
func (c *Client) get(ctx context.Context, address string, since Validators) (*Page, error) {
	u, err := parse(address)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", Show(address), err)
	}
	var (
		seen   = map[string]bool{}
		moved  string // the end of the unbroken run of permanent redirects
		steady = true
		left   = c.timeout
	)
	for range maxRedirects + 1 {
		key := u.String()
		if seen[key] {
			return nil, fmt.Errorf("reading %s: it redirects in a circle, back to %s", Show(address), Show(key))
		}
		seen[key] = true
		hop, took, err := c.once(ctx, u, since, left)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", Show(u.String()), err)
		}
		if hop.next == nil {
			hop.page.Moved = moved
			return hop.page, nil
		}
		left -= took
		steady = steady && hop.permanent && (u.Scheme == "http" || hop.next.Scheme == "https")
		u = hop.next
		if steady {
			moved = u.String()
		}
	}
	return nil, fmt.Errorf("reading %s: more than %d redirects", Show(address), maxRedirects)
}

// parse checks an address and brings its host name into the form that the wire wants.
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the address, which may hold a password
		}
		return nil, fmt.Errorf("this is not a web address: %w", err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("only http:// and https:// addresses are read")
	case u.Hostname() == "":
		return nil, errors.New("the address names no host")
	}
	if ascii, err := idna.Lookup.ToASCII(u.Hostname()); err == nil {
		if port := u.Port(); port != "" {
			ascii += ":" + port
		}
		if u.Hostname() != ascii && ascii != "" && u.Host[0] != '[' {
			u.Host = ascii
		}
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hop is one answer: a page, or where to go next.
type hop struct {
	page      *Page
	next      *url.URL
	permanent bool
}

// once makes one request, and reports how much of the time it took.
func (c *Client) once(ctx context.Context, u *url.URL, since Validators, left time.Duration) (hop, time.Duration, error) {
	leave, err := c.enter(ctx, u.Host)
	if err != nil {
		return hop{}, 0, err
	}
	defer leave()

	start := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, left, errSlow)
	defer cancel()
	h, err := c.request(ctx, u, since)
	if err != nil && errors.Is(context.Cause(ctx), errSlow) {
		err = fmt.Errorf("no complete answer within %s", c.timeout)
	}
	return h, time.Since(start), err
}

var errSlow = errors.New("too slow")

func (c *Client) request(ctx context.Context, u *url.URL, since Validators) (hop, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return hop{}, explain(err)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, application/xml;q=0.8, */*;q=0.5")
	req.Header.Set("Accept-Encoding", "gzip, deflate")
	if since.ETag != "" {
		req.Header.Set("If-None-Match", since.ETag)
	}
	if since.LastModified != "" {
		req.Header.Set("If-Modified-Since", since.LastModified)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return hop{}, explain(err)
	}
	defer resp.Body.Close()

	switch resp.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
		page, err := c.page(u, resp)
		return hop{page: page}, err
	case http.StatusNotModified:
		if since == (Validators{}) {
			return hop{}, errors.New("the publisher answers “not modified” to a first request")
		}
		page := head(u, resp)
		page.Unchanged = true
		if page.Validators == (Validators{}) {
			page.Validators = since
		}
		return hop{page: page}, nil
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		next, err := target(u, resp)
		return hop{next: next, permanent: true}, err
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		next, err := target(u, resp)
		return hop{next: next}, err
	}
	return hop{}, c.refusal(u.Host, resp)
}

// target is where a redirect leads.
func target(u *url.URL, resp *http.Response) (*url.URL, error) {
	to := resp.Header.Get("Location")
	if to == "" {
		return nil, fmt.Errorf("the publisher answers “%s” but not where to", status(resp))
	}
	rel, err := url.Parse(to)
	if err != nil {
		return nil, errors.New("it redirects to something that is not an address")
	}
	next, err := parse(u.ResolveReference(rel).String())
	if err != nil {
		return nil, fmt.Errorf("it redirects to %s: %w", Show(to), err)
	}
	next.User = nil
	return next, nil
}

// refusal turns an answer without a page into an error.
func (c *Client) refusal(host string, resp *http.Response) error {
	said := fmt.Errorf("the publisher answers “%s”", status(resp))
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%w: %w", said, feed.ErrGone)
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %w", said, feed.ErrRefused)
	case http.StatusTooManyRequests:
		wait := retryAfter(resp.Header, 5*time.Minute)
		c.hush(host, wait)
		return &feed.RetryError{After: wait, Err: fmt.Errorf("%w; next try in %s", said, wait)}
	case http.StatusServiceUnavailable:
		wait := retryAfter(resp.Header, time.Minute)
		return &feed.RetryError{After: wait, Err: fmt.Errorf("%w; next try in %s", said, wait)}
	}
	return said
}

func status(resp *http.Response) string {
	if name := http.StatusText(resp.StatusCode); name != "" {
		return fmt.Sprintf("%d %s", resp.StatusCode, name)
	}
	return strconv.Itoa(resp.StatusCode)
}
