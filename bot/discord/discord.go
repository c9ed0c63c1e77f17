// Package discord is the bot in Discord: it renders alerts and digests as
// embeds, sends and edits them, and answers slash commands.
//
// Discord's REST API is spoken by this package itself, through one transport
// that keeps its limits; discordgo serves the gateway and lends its types.
package discord

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"tocsin/bot"
)

// chatName is the value of [bot.Channel.Chat] that this package serves.
const chatName = "discord"

const (
	apiVersion       = "10"
	defaultAPIURL    = "https://discord.com/api"
	defaultUserAgent = "DiscordBot (https://pkg.go.dev/tocsin, dev)"
)

// Options are what a [Bot] is made of.
type Options struct {
	// Token is the bot's token, with or without the word "Bot" before it. It
	// never appears in an error or a log line.
	Token string
	// APIURL is where the REST API stands, without its version; "" means
	// https://discord.com/api, and a bare host has it at /api. A REST proxy or
	// a fake is named here; the gateway's address comes from the answer to GET /gateway there.
	APIURL string
	// Logger takes what goes on; nil discards it. Tokens are cut out before it sees them.
	Logger *slog.Logger
	// UserAgent is sent with each request; Discord wants "DiscordBot (url, version)".
	// "" names Tocsin.
	UserAgent string
	// CommandGuild is the id of a server whose members alone get the slash
	// commands, at once: for trying things out. "" registers them everywhere.
	CommandGuild string
}

// Bot is one Discord application, as a [bot.Chat]. It is safe for concurrent use.
type Bot struct {
	token  string // without "Bot "
	secret redactor
	log    *slog.Logger
	http   *http.Client // authorised and rate limited
	rest   *client
	// replies answers interactions: their URLs carry their own authorisation, and
	// the limit of requests a second does not hold for them.
	replies *client
	self    atomic.Pointer[string] // the bot's user id, once asked for
	// commandGuild is Options.CommandGuild.
	commandGuild string
}

var _ bot.Chat = (*Bot)(nil)

// New returns the bot that o describes. It asks Discord nothing yet: whether the
// token holds shows with the first request. The error says which option is wrong.
func New(o Options) (*Bot, error) {
	token := strings.TrimSpace(o.Token)
	if word, rest, _ := strings.Cut(token, " "); word == "Bot" {
		token = strings.TrimSpace(rest)
	}
	if token == "" {
		return nil, errors.New("discord: no bot token")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("discord: the bot token holds spaces or other characters that no token has; copy it again from the developer portal")
	}
	if o.CommandGuild != "" && !snowflake.MatchString(o.CommandGuild) {
		return nil, fmt.Errorf("discord: %q is not the id of a server", o.CommandGuild)
	}
	base, err := parseBase(o.APIURL)
	if err != nil {
		return nil, err
	}
	agent := o.UserAgent
	if agent == "" {
		agent = defaultUserAgent
	}
	b := &Bot{token: token, secret: newRedactor(token), commandGuild: o.CommandGuild}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	b.log = slog.New(redactHandler{o.Logger.Handler(), b.secret})
	wire := &wire{base: base, agent: agent, next: newHTTPTransport(), log: b.log}
	b.http = newHTTPClient(&limiter{auth: "Bot " + token, next: wire, log: b.log})
	b.rest = &client{http: b.http, secret: b.secret}
	b.replies = &client{http: newHTTPClient(wire), secret: b.secret}
	return b, nil
}

// Name is "discord".
func (b *Bot) Name() string { return chatName }

// newSession returns a discordgo session for the gateway, closed and without
// handlers. Its REST calls go through the bot's own transport; it keeps no
// state, reconnects never and repeats nothing by itself.
func (b *Bot) newSession() (*discordgo.Session, error) {
	prepareDiscordgo(b.log)
	s, err := discordgo.New("Bot " + b.token)
	if err != nil {
		return nil, fmt.Errorf("discord: %s", b.secret.string(err.Error()))
	}
	s.Client = b.http
	s.StateEnabled = false
	s.ShouldReconnectOnError = false
	s.ShouldRetryOnRateLimit = false
	s.MaxRestRetries = 0
	s.SyncEvents = false
	s.LogLevel = discordgo.LogWarning // below, it prints whole events, and the token
	// Interactions need no intent; guilds tell of joins, and of channels and roles that go.
	s.Identify.Intents = discordgo.IntentsGuilds
	s.Identify.Properties.Browser = "tocsin"
	s.Identify.Properties.Device = "tocsin"
	return s, nil
}

// interactionClient is for callbacks and follow-ups of interactions: no
// authorisation but the token in the path, and no limit across requests.
func (b *Bot) interactionClient() *client { return b.replies }

// requestTimeout bounds one REST request where the context sets no earlier end.
const requestTimeout = 15 * time.Second
