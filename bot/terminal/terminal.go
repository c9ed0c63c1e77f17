// Package terminal is the chat for people who sit at the terminal that Tocsin
// runs in: the default as long as no chat is set up.
package terminal

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"sync"

	"tocsin/bot"
	"tocsin/digest"
)

// Name is the name of this chat in subscriptions and deliveries.
const Name = "terminal"

// Options say what the terminal can show.
type Options struct {
	// Width is how many columns a line may take; 0 means 80.
	Width int
	// Color allows colours, bold and struck letters, and links.
	Color bool
}

// OptionsFor finds out what f can show. It honours NO_COLOR, TERM=dumb and
// COLUMNS; env is [os.Getenv] or a stand-in. What is no terminal gets no colour.
func OptionsFor(f *os.File, env func(string) string) Options { return Options{} }

// Chat writes messages to a terminal. It is safe for concurrent use; each
// message is one Write.
type Chat struct {
	out  io.Writer
	opts Options
	mu   sync.Mutex
}

var _ bot.Chat = (*Chat)(nil)

// New returns a chat that writes to out.
func New(out io.Writer, o Options) *Chat { return &Chat{out: out, opts: o} }

// Name is [Name].
func (c *Chat) Name() string { return Name }

// RenderAlert implements [bot.Chat].
func (c *Chat) RenderAlert(a digest.Alert) (json.RawMessage, error) { return nil, nil }

// RenderDigest implements [bot.Chat]; a terminal takes any digest in one message.
func (c *Chat) RenderDigest(d digest.Digest) ([]json.RawMessage, error) { return nil, nil }

// Send implements [bot.Chat].
func (c *Chat) Send(ctx context.Context, d bot.Delivery) (string, error) { return "", nil }

// Edit implements [bot.Chat].
func (c *Chat) Edit(ctx context.Context, d bot.Delivery) error { return nil }
