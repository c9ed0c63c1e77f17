package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// head is the page without its body.
func head(u *url.URL, resp *http.Response) *Page {
	bare := *u
	bare.User = nil
	return &Page{
		URL:         bare.String(),
		Status:      resp.StatusCode,
		ContentType: resp.Header.Get("Content-Type"),
		Validators: Validators{
			ETag:         resp.Header.Get("ETag"),
			LastModified: resp.Header.Get("Last-Modified"),
		},
		NotBefore: fresh(resp.Header),
	}
}

func (c *Client) page(u *url.URL, resp *http.Response) (*Page, error) {
	page := head(u, resp)
	if resp.ContentLength > c.maxBody {
		return nil, c.tooBig()
	}
	body, err := decoded(resp)
	if err != nil {
		return nil, err
	}
	// One byte more than allowed tells too big from just fitting; a bomb is
	// never unpacked any further.
	page.Body, err = io.ReadAll(io.LimitReader(body, c.maxBody+1))
	if int64(len(page.Body)) > c.maxBody {
		return nil, c.tooBig()
	}
	if err != nil {
		return nil, fmt.Errorf("the answer breaks off after %d bytes: %w", len(page.Body), explain(err))
	}
	return page, nil
}

func (c *Client) tooBig() error {
	return fmt.Errorf("the page is bigger than the limit of %s", size(c.maxBody))
}

// decoded unpacks the body as its Content-Encoding says.
func decoded(resp *http.Response) (io.Reader, error) {
	var body io.Reader = resp.Body
	names := strings.Split(strings.ToLower(resp.Header.Get("Content-Encoding")), ",")
	if len(names) > 2 {
		return nil, errors.New("the answer is packed more than twice")
	}
	for i := len(names) - 1; i >= 0; i-- {
		switch name := strings.TrimSpace(names[i]); name {
		case "", "identity":
		case "gzip", "x-gzip":
			r, err := gzip.NewReader(body)
			if errors.Is(err, io.EOF) {
				return strings.NewReader(""), nil
			}
			if err != nil {
				return nil, fmt.Errorf("the answer says it is packed with gzip, but: %w", err)
			}
			body = r
		case "deflate":
			// The name means zlib, but some servers send the bare stream.
			br := bufio.NewReader(body)
			if b, err := br.Peek(2); err == nil && b[0]&0x0f == 8 && (uint(b[0])<<8|uint(b[1]))%31 == 0 {
				r, err := zlib.NewReader(br)
				if err != nil {
					return nil, fmt.Errorf("the answer says it is packed with deflate, but: %w", err)
				}
				body = r
			} else {
				body = flate.NewReader(br)
			}
		default:
			return nil, fmt.Errorf("the answer is packed with %q, which was not asked for", name)
		}
	}
	return body, nil
}

// size writes a number of bytes for people.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
