package discord

import (
	"context"

	"tocsin/bot"
)

// Edit implements [bot.Chat].
func (b *Bot) Edit(ctx context.Context, d bot.Delivery) error { return nil }
