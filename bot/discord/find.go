package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tocsin/bot"
)

const (
	// nonceKept is how long Discord surely knows a nonce; it says "a few minutes".
	nonceKept = 2 * time.Minute
	// findPages bounds how many times 100 messages are looked through.
	findPages = 3
	// discordEpoch is the first millisecond of 2015, from which message ids count.
	discordEpoch = 1420070400000
)

// findPosted looks for d among the messages of the channel that came after it was
// made: by its nonce where Discord tells it, else by its words. That the bot may
// not read the channel's history is no error; the message is posted then.
func (b *Bot) findPosted(ctx context.Context, path string, d bot.Delivery, m message) (p posted, found bool, err error) {
	me, err := b.selfID(ctx)
	if err != nil {
		return posted{}, false, err
	}
	after := snowflakeAt(d.Created.Add(-time.Minute)) // clocks differ
	for range findPages {
		var page []posted
		err := b.call(ctx, http.MethodGet, fmt.Sprintf("%s?limit=100&after=%d", path, after), nil, &page)
		if errors.Is(err, bot.ErrDestination) {
			return posted{}, false, nil
		}
		if err != nil || len(page) == 0 {
			return posted{}, false, err
		}
		for _, p := range page {
			known := strings.Trim(string(p.Nonce), `"`) == nonce(d)
			if p.Author.ID == me && (known || p.Content == m.Content && p.shows(m)) {
				return p, true, nil
			}
			if id, err := strconv.ParseInt(p.ID, 10, 64); err == nil {
				after = max(after, id)
			}
		}
	}
	return posted{}, false, nil
}

// snowflakeAt is the least id of a message posted at t.
func snowflakeAt(t time.Time) int64 { return max(0, t.UnixMilli()-discordEpoch) << 22 }

// selfID asks for the bot's own user id, once.
func (b *Bot) selfID(ctx context.Context) (string, error) {
	if id := b.self.Load(); id != nil {
		return *id, nil
	}
	var me struct {
		ID string `json:"id"`
	}
	if err := b.call(ctx, http.MethodGet, "/users/@me", nil, &me); err != nil {
		return "", err
	}
	b.self.Store(&me.ID)
	return me.ID, nil
}
