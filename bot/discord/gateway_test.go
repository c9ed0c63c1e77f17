package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/internal/discordtest"
)

// works shows that commands are answered.
func works(t *testing.T, srv *discordtest.Server, channel string) {
	t.Helper()
	if _, err := srv.Invoke(within(t), discordtest.Command{Channel: channel, Name: "help"}); err != nil {
		t.Fatal(err)
	}
}

func quick(g *gateway) {
	g.openWithin, g.readyWithin = 700*time.Millisecond, 700*time.Millisecond
}

func TestGatewayChaos(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts   []discordtest.Option
		before func(*discordtest.Server)
		after  func(*discordtest.Server)
		set    func(*gateway)
	}{
		"reset":               {after: (*discordtest.Server).DropGateway},
		"close 4000":          {after: func(s *discordtest.Server) { s.CloseGateway(4000) }},
		"close 4007":          {after: func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnResume(4007), 1); s.DropGateway() }},
		"asked to reconnect":  {after: (*discordtest.Server).AskReconnect},
		"reconnect on resume": {after: func(s *discordtest.Server) { s.FailGateway(discordtest.ReconnectOnResume(), 1); s.DropGateway() }},
		"invalid on resume":   {after: func(s *discordtest.Server) { s.FailGateway(discordtest.InvalidOnResume(false), 1); s.DropGateway() }},
		"invalid session":     {after: func(s *discordtest.Server) { s.Invalidate(false) }},
		"silent server":       {before: func(s *discordtest.Server) { s.FailGateway(discordtest.NoHello(), 2) }},
		"close on connect":    {before: func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnConnect(4000), 2) }},
		"refused upgrade":     {before: func(s *discordtest.Server) { s.FailGateway(discordtest.RefuseUpgrade(http.StatusBadGateway), 2) }},
		"no gateway address": {before: func(s *discordtest.Server) {
			s.Fail(discordtest.Path("GET", "/gateway"), discordtest.Status(http.StatusServiceUnavailable), 2)
		}},
		"zombie": {
			opts:   []discordtest.Option{discordtest.Heartbeat(400 * time.Millisecond)},
			before: func(s *discordtest.Server) { s.FailGateway(discordtest.NoAck(), 1) },
			set:    func(g *gateway) { g.silence = 900 * time.Millisecond },
		},
		"asked for a heartbeat": {after: (*discordtest.Server).AskHeartbeat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := discordtest.New(t, append(c.opts, discordtest.MaxConcurrency(100))...)
			channel := srv.AddChannel(discordtest.Channel{})
			if c.before != nil {
				c.before(srv)
			}
			desk, _ := newDesk()
			startBot(t, srv, desk, func(g *gateway) {
				quick(g)
				if c.set != nil {
					c.set(g)
				}
			})
			if _, err := srv.WaitCommand(within(t), "", "help"); err != nil {
				t.Fatal(err)
			}
			if c.after != nil {
				n := srv.Gateway()
				c.after(srv)
				if name != "asked for a heartbeat" {
					err := srv.WaitGateway(within(t), func(g discordtest.GatewayStats) bool {
						return g.Resumes+g.Identifies > n.Resumes+n.Identifies
					})
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			if name == "zombie" {
				if err := srv.WaitGateway(within(t), func(g discordtest.GatewayStats) bool { return g.Connections > 1 }); err != nil {
					t.Fatal(err)
				}
			}
			if err := srv.WaitReady(within(t)); err != nil {
				t.Fatal(err)
			}
			works(t, srv, channel)
		})
	}
}

func TestGatewayFatal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before       func(*discordtest.Server)
		unauthorized bool
		want         string
	}{
		"token refused":    {func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnIdentify(4004), -1) }, true, "DISCORD_TOKEN"},
		"token reset":      {(*discordtest.Server).RevokeToken, true, "DISCORD_TOKEN"},
		"sharding":         {func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnIdentify(4011), -1) }, false, "sharding"},
		"intents":          {func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnIdentify(4014), -1) }, false, "4014"},
		"version outdated": {func(s *discordtest.Server) { s.FailGateway(discordtest.CloseOnConnect(4012), -1) }, false, "update"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := discordtest.New(t, discordtest.AllowViolations())
			c.before(srv)
			b, err := New(Options{Token: srv.Token(), APIURL: srv.URL()})
			if err != nil {
				t.Fatal(err)
			}
			desk, _ := newDesk()
			err = b.Run(within(t), desk)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, bot.ErrUnauthorized) != c.unauthorized {
				t.Errorf("Run: %v", err)
			}
			if err != nil && strings.Contains(err.Error(), srv.Token()) {
				t.Error("the error holds the token")
			}
		})
	}
}

func TestTokenRevokedWhileRunning(t *testing.T) {
	t.Parallel()
	srv := discordtest.New(t, discordtest.AllowViolations())
	b, err := New(Options{Token: srv.Token(), APIURL: srv.URL()})
	if err != nil {
		t.Fatal(err)
	}
	desk, _ := newDesk()
	ended := make(chan error, 1)
	go func() { ended <- b.Run(within(t), desk) }()
	if err := srv.WaitReady(within(t)); err != nil {
		t.Fatal(err)
	}
	srv.RevokeToken()
	if err := <-ended; !errors.Is(err, bot.ErrUnauthorized) {
		t.Errorf("Run: %v", err)
	}
}

func TestGatewayStops(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]bool{"connected": false, "while opening": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := discordtest.New(t)
			if silent {
				srv.FailGateway(discordtest.NoHello(), -1)
			}
			b, err := New(Options{Token: srv.Token(), APIURL: srv.URL()})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			desk, _ := newDesk()
			go func() { ended <- b.Run(ctx, desk) }()
			if err := srv.WaitGateway(within(t), func(g discordtest.GatewayStats) bool { return g.Connections > 0 && (silent || g.Ready > 0) }); err != nil {
				t.Fatal(err)
			}
			if !silent {
				if _, err := srv.WaitCommand(within(t), "", "help"); err != nil {
					t.Fatal(err)
				}
				works(t, srv, srv.AddChannel(discordtest.Channel{}))
			}
			start := time.Now()
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("it took %v", took)
			}
			if !silent {
				if err := srv.WaitGateway(within(t), func(g discordtest.GatewayStats) bool { return len(g.ClientCloses) > 0 }); err != nil {
					t.Fatal(err)
				}
				if code := srv.Gateway().ClientCloses[0]; code != 1000 {
					t.Errorf("closed with %d", code)
				}
			}
		})
	}
}

func TestCommandsAreRegisteredOnChangeOnly(t *testing.T) {
	t.Parallel()
	srv := discordtest.New(t)
	guild := srv.AddGuild("port town")
	for _, at := range []string{"", guild} {
		b, err := New(Options{Token: srv.Token(), APIURL: srv.URL(), CommandGuild: at})
		if err != nil {
			t.Fatal(err)
		}
		list := specs(commands())
		for i, want := range []bool{true, false} {
			changed, err := b.register(within(t), srv.Application(), list)
			if err != nil || changed != want {
				t.Errorf("guild %q, time %d: changed %v, %v", at, i+1, changed, err)
			}
		}
		list[0].Description += "!"
		if changed, err := b.register(within(t), srv.Application(), list); err != nil || !changed {
			t.Errorf("guild %q: a changed description: changed %v, %v", at, changed, err)
		}
		if n := len(srv.Commands(at)); n != len(list) {
			t.Errorf("guild %q has %d commands", at, n)
		}
	}
}
