package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/discordtest"
)

// trouble is what goes on while the program is asked to stop.
type trouble struct {
	name string
	// begin arranges it before the program starts, and returns what waits until it is there.
	begin func(s *stage) (there func() error)
}

var troubles = []trouble{
	{"a publisher hangs", func(s *stage) func() error {
		asked := make(chan struct{}, 100)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			<-r.Context().Done()
		}))
		s.t.Cleanup(server.Close)
		s.write("config.yaml", s.read("config.yaml")+fmt.Sprintf("  - {id: hangs, url: %q, every: 150ms}\n", server.URL))
		return func() error {
			select {
			case <-asked:
				return nil
			case <-s.ctx.Done():
				return s.ctx.Err()
			}
		}
	}},
	{"Discord says to wait for long", posting(discordtest.RouteLimited(time.Minute))},
	{"Discord says to everybody to wait for long", posting(discordtest.GlobalLimited(time.Minute))},
	{"Discord has server errors", posting(discordtest.Status(500))},
	{"Discord does not answer", posting(discordtest.Silence())},
	{"Discord accepts and does not answer", posting(discordtest.Accepted(discordtest.Silence()))},
	{"Discord hangs up", posting(discordtest.HangUp())},
}

// posting is trouble with posts: the first one begins it.
func posting(f discordtest.Fault) func(s *stage) func() error {
	return func(s *stage) func() error {
		failing := s.discord.Fail(discordtest.Create(s.channel), f, 100)
		return func() error {
			s.publisher.put(post{ID: "held", Title: "Held up", Text: "A blackout."})
			s.publisher.announce()
			_, err := s.discord.WaitRequest(s.ctx, discordtest.Create(s.channel))
			failing.Stop()
			return err
		}
	}
}

// TestItStopsAmidTrouble asks the program to stop while something does not go on: it
// ends in a few seconds, and the next start makes good what was open.
func TestItStopsAmidTrouble(t *testing.T) {
	t.Parallel()
	const soon = 8 * time.Second
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			there := trouble.begin(s)
			s.configure(fmt.Sprintf("{id: desk, chat: discord, channel: %q, severity: info}", s.channel))
			s.start()
			s.must(s.publisher.waitReads(s.ctx, "/rss", 2))
			s.must(there())
			asked := time.Now()
			s.stop()
			if took := time.Since(asked); took > soon {
				t.Errorf("it took %v to stop", took)
			}
			s.start()
			s.publisher.put(post{ID: "held", Title: "Held up", Text: "A blackout."})
			s.publisher.announce()
			if !strings.Contains(trouble.name, "wait for long") { // then it is held for as long as that
				s.wait("Held up")
			}
			s.stop()
			if n := len(s.discord.Messages(s.channel)); n > 1 {
				t.Errorf("%d messages:\n%s", n, s.transcript())
			}
		})
	}
}

// configure sets the static subscriptions.
func (s *stage) configure(subscriptions ...string) {
	s.t.Helper()
	config, _, _ := strings.Cut(s.read("config.yaml"), "\nsubscriptions:\n")
	config = strings.TrimRight(config, "\n") + "\n"
	if len(subscriptions) > 0 {
		config += "\nsubscriptions:\n  - " + strings.Join(subscriptions, "\n  - ") + "\n"
	}
	s.write("config.yaml", config)
}
