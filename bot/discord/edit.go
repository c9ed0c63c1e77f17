package discord

import (
	"context"
	"fmt"
	"net/http"

	"tocsin/bot"
)

// changedMessage is the body of a PATCH: what it does not name stays.
type changedMessage struct {
	Embeds   []embed  `json:"embeds"`
	Mentions mentions `json:"allowed_mentions"`
}

// Edit implements [bot.Chat]. It never pings, and leaves the first post's mention
// where it stands. A thread that has been archived is opened again.
func (b *Bot) Edit(ctx context.Context, d bot.Delivery) error {
	path, err := messagesPath(d.Channel.ID)
	if err != nil {
		return err
	}
	m, err := readPayload(d)
	if err != nil {
		return err
	}
	if !snowflake.MatchString(d.MessageID) {
		return fmt.Errorf("discord: %w: it was deleted before its id was known", bot.ErrGone)
	}
	path += "/" + d.MessageID
	err = b.patch(ctx, path, m)
	if hasCode(err, codeArchived) {
		open := map[string]bool{"archived": false}
		if openErr := b.call(ctx, http.MethodPatch, "/channels/"+d.Channel.ID, open, nil); openErr != nil {
			return fmt.Errorf("%w; opening it again failed: %w", err, openErr)
		}
		err = b.patch(ctx, path, m)
	}
	return err
}

func (b *Bot) patch(ctx context.Context, path string, m message) error {
	return b.call(ctx, http.MethodPatch, path, changedMessage{m.Embeds, noMentions()}, nil)
}
