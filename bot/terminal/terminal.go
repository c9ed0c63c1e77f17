// Package terminal is the chat for people who sit at the terminal that Tocsin
// runs in: the default as long as no chat is set up.
package terminal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"sync"

	"tocsin/bot"
	"tocsin/digest"
)

// Name is the name of this chat in subscriptions and deliveries.
const Name = "terminal"

// Chat writes messages to a terminal. It is safe for concurrent use; each
// message is one Write.
//
// A terminal cannot change what it shows, so an edit is a new message that names
// the one it updates. Nor does it remember: a message that was written just before a
// crash, and not recorded as sent, is written again by the next start.
type Chat struct {
	opts Options
	mu   sync.Mutex
	out  io.Writer
}

var _ bot.Chat = (*Chat)(nil)

// New returns a chat that writes to out.
func New(out io.Writer, o Options) *Chat { return &Chat{out: out, opts: o} }

// Name is [Name].
func (c *Chat) Name() string { return Name }

// RenderAlert implements [bot.Chat]. The payload is what is to be drawn; width
// and colours are those of the terminal it is sent to.
func (c *Chat) RenderAlert(a digest.Alert) (json.RawMessage, error) {
	return json.Marshal(message{Alert: newAlert(a)})
}

// RenderDigest implements [bot.Chat]; a terminal takes any digest in one message.
func (c *Chat) RenderDigest(d digest.Digest) ([]json.RawMessage, error) {
	payload, err := json.Marshal(message{Digest: newDigest(d)})
	return []json.RawMessage{payload}, err
}

// Send implements [bot.Chat]. The id of the message is that of the delivery.
func (c *Chat) Send(ctx context.Context, d bot.Delivery) (string, error) {
	id := strconv.FormatInt(d.ID, 10)
	return id, c.write(ctx, d.Payload, heading{id: id})
}

// Edit implements [bot.Chat]. It never returns [bot.ErrGone].
func (c *Chat) Edit(ctx context.Context, d bot.Delivery) error {
	return c.write(ctx, d.Payload, heading{id: d.MessageID, update: true})
}

func (c *Chat) write(ctx context.Context, payload json.RawMessage, h heading) error {
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		return fmt.Errorf("%w: the payload is not the terminal's: %w", bot.ErrRefused, err)
	}
	p := &painter{width: c.opts.width(), color: c.opts.Color}
	switch {
	case m.Alert != nil:
		p.alert(*m.Alert, h)
	case m.Digest != nil:
		p.digest(*m.Digest, h)
	default:
		return fmt.Errorf("%w: the payload holds neither an alert nor a digest", bot.ErrRefused)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := c.out.Write(p.block())
	return err
}
