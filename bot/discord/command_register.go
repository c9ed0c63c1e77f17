package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/bot"
)

// register makes Discord know our commands. It asks which ones are registered
// and replaces them only if they differ, since creating commands is limited to
// 200 a day.
func (b *Bot) register(ctx context.Context, application string, wanted []commandSpec) (changed bool, err error) {
	path := "/applications/" + application + "/commands"
	if b.commandGuild != "" {
		path = "/applications/" + application + "/guilds/" + b.commandGuild + "/commands"
	}
	var present []commandSpec
	if err := b.call(ctx, http.MethodGet, path, nil, &present); err != nil {
		return false, err
	}
	if fingerprint(present) == fingerprint(wanted) {
		return false, nil
	}
	return true, b.call(ctx, http.MethodPut, path, wanted, nil)
}

// fingerprint tells command lists apart by what we say about commands, whatever
// else Discord adds and in which order it lists them. In one guild Discord
// tells no contexts, so they do not count.
func fingerprint(list []commandSpec) string {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b commandSpec) int { return strings.Compare(a.Name, b.Name) })
	for i := range list {
		list[i].Contexts, list[i].Install = nil, nil
		list[i].Options = slices.Clone(list[i].Options)
		for j := range list[i].Options {
			o := &list[i].Options[j]
			o.ChannelTypes = slices.Sorted(slices.Values(o.ChannelTypes))
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		return "" // structs of strings and numbers always marshal
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// keepRegistering registers until it works or Discord refuses for good.
func (b *Bot) keepRegistering(ctx context.Context, application string, wanted []commandSpec) {
	for pause := 5 * time.Second; ; pause = min(2*pause, 10*time.Minute) {
		changed, err := b.register(ctx, application, wanted)
		var wait *bot.WaitError
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			b.log.Info("slash commands are registered", "count", len(wanted), "changed", changed, "guild", b.commandGuild)
			return
		case errors.As(err, &wait):
			pause = max(pause, wait.After)
		case errors.Is(err, bot.ErrRefused), errors.Is(err, bot.ErrUnauthorized), errors.Is(err, bot.ErrDestination):
			b.log.Error("Discord does not take the slash commands; was the bot invited with the scope applications.commands?", "err", err)
			return
		}
		b.log.Warn("the slash commands could not be registered yet", "err", err, "retry", pause)
		if !sleep(ctx, pause) {
			return
		}
	}
}
