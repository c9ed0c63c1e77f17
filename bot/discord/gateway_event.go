package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/bwmarrin/discordgo"
)

// event handles one event of the gateway, in a goroutine of its own. Nothing that
// a server sends may end the process.
func (g *gateway) event(ctx context.Context, l *line, e *discordgo.Event) {
	defer func() {
		if p := recover(); p != nil {
			g.bot.log.Error("handling an event failed", "event", e.Type, "err", fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	switch e.Type {
	case "READY":
		g.onReady(ctx, e.RawData)
		signal(l.ready)
	case "RESUMED":
		signal(l.ready)
	case "INTERACTION_CREATE":
		g.front.serve(ctx, e.RawData)
	case "GUILD_CREATE":
		g.onGuildCreate(e.RawData)
	case "GUILD_DELETE":
		g.onGuildDelete(e.RawData)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (g *gateway) onReady(ctx context.Context, data json.RawMessage) {
	var ready struct {
		Application struct {
			ID string `json:"id"`
		} `json:"application"`
		Guilds []struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(data, &ready); err != nil {
		g.bot.log.Warn("Discord's greeting cannot be read", "err", err)
		return
	}
	g.mu.Lock()
	g.guilds = map[string]bool{}
	for _, guild := range ready.Guilds {
		g.guilds[guild.ID] = true
	}
	first := !g.registering && snowflake.MatchString(ready.Application.ID)
	g.registering = g.registering || first
	g.mu.Unlock()
	g.bot.log.Info("connected to Discord", "servers", len(ready.Guilds))
	if first {
		g.start(func() { g.bot.keepRegistering(ctx, ready.Application.ID, specs(g.front.commands)) })
	}
}

func specs(list []command) []commandSpec {
	out := make([]commandSpec, len(list))
	for i, c := range list {
		out[i] = c.spec
	}
	return out
}

type guildEvent struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Unavailable bool   `json:"unavailable"`
}

// onGuildCreate tells a server that the bot joined from those that it was in.
func (g *gateway) onGuildCreate(data json.RawMessage) {
	var e guildEvent
	if json.Unmarshal(data, &e) != nil {
		return
	}
	g.mu.Lock()
	known := g.guilds[e.ID]
	g.guilds[e.ID] = true
	g.mu.Unlock()
	if !known {
		g.bot.log.Info("the bot was added to a server", "guild", e.ID, "name", e.Name)
	}
}

// onGuildDelete tells a removal from an outage.
func (g *gateway) onGuildDelete(data json.RawMessage) {
	var e guildEvent
	if json.Unmarshal(data, &e) != nil {
		return
	}
	if e.Unavailable {
		g.bot.log.Warn("a server has an outage at Discord", "guild", e.ID)
		return
	}
	g.mu.Lock()
	delete(g.guilds, e.ID)
	g.mu.Unlock()
	g.bot.log.Info("the bot was removed from a server; its subscriptions stay on record", "guild", e.ID)
}
