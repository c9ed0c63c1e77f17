package main

import (
	"fmt"
	"testing"

	"tocsin/internal/discordtest"
	"tocsin/store/storetest"
)

// TestTwoProcessesShareTheWork runs two programs on one PostgreSQL database: what each
// of them could read and post is read and posted once.
func TestTwoProcessesShareTheWork(t *testing.T) {
	t.Parallel()
	s := newStage(t, storetest.Postgres(t).URL)
	s.start()
	first := s.process
	s.startBeside(2)
	s.must(s.publisher.waitReads(s.ctx, "/rss", 3))
	s.invoke("subscribe", map[string]any{"how": "instant"})
	s.publisher.announce()
	const entries = 20
	for i := range entries {
		s.publisher.put(post{ID: fmt.Sprintf("e%d", i), Title: fmt.Sprintf("Report %d.", i), Text: "A blackout."})
		if i%5 == 4 {
			s.must(s.publisher.waitReads(s.ctx, "/live/1", 1))
		}
	}
	for i := range entries {
		s.wait(fmt.Sprintf("Report %d.", i))
	}
	s.publisher.put(post{ID: "e3", Title: "Report 3.", Text: "A blackout in 9 towns."})
	s.wait("Report 3.", "9 towns")
	s.stop()
	s.process = first
	s.publisher.put(post{ID: "last", Title: "Report last.", Text: "A blackout."})
	s.wait("Report last.") // by the one that is left
	s.stop()
	if n := len(s.discord.Messages(s.channel)); n != entries+1 {
		t.Errorf("%d messages, want %d:\n%s", n, entries+1, s.transcript())
	}
}

// startBeside runs one more program and waits until n have a session.
func (s *stage) startBeside(n int) {
	s.t.Helper()
	s.start()
	s.must(s.discord.WaitGateway(s.ctx, func(g discordtest.GatewayStats) bool { return g.Ready == n }))
}
