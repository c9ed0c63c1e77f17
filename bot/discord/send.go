package discord

import (
	"context"

	"tocsin/bot"
)

// Send implements [bot.Chat].
func (b *Bot) Send(ctx context.Context, d bot.Delivery) (string, error) { return "", nil }

type selfID struct{}
