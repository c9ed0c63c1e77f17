package discord

import (
	"encoding/json"

	"tocsin/digest"
)

// RenderAlert implements [bot.Chat].
func (b *Bot) RenderAlert(a digest.Alert) (json.RawMessage, error) { return nil, nil }

// RenderDigest implements [bot.Chat].
func (b *Bot) RenderDigest(d digest.Digest) ([]json.RawMessage, error) { return nil, nil }
