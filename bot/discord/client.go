package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// client makes plain JSON calls of the API.
type client struct {
	http   *http.Client
	secret redactor
}

// call sends in as JSON (nil: no body) and decodes the answer into out (nil:
// thrown away). Path begins with / and stands below the API's version.
//
// It makes one try. An answer that is an error comes back as an *[apiError], which
// wraps what [bot.Chat] promises of its class; a limit as a [*bot.WaitError];
// after any other error the outcome is unknown. No error holds a token.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("discord: %s %s: %w", method, c.secret.string(path), err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, endpoint(path), body)
	if err != nil {
		return fmt.Errorf("discord: %w", c.secret.error(err))
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// The outermost error repeats the address, whose path may hold a token.
		if outer := (*url.Error)(nil); errors.As(err, &outer) {
			err = outer.Err
		}
		return fmt.Errorf("discord: %s %s: %w", method, c.secret.string(path), c.secret.error(err))
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("discord: %s %s: reading the answer: %w", method, c.secret.string(path), c.secret.error(err))
	}
	if resp.StatusCode >= 300 {
		return newAPIError(method, c.secret.string(path), resp, data)
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("discord: %s %s: the answer cannot be read: %w", method, c.secret.string(path), err)
	}
	return nil
}

// call is [client.call] with the bot's authorisation, within Discord's limits.
func (b *Bot) call(ctx context.Context, method, path string, in, out any) error {
	return b.rest.call(ctx, method, path, in, out)
}
