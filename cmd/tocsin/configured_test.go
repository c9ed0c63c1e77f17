package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/discordtest"
	"tocsin/schedule"
	"tocsin/store"
)

// TestConfiguredSubscriptions serves what stands in the configuration, and what stands
// there otherwise at the next start.
func TestConfiguredSubscriptions(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	other := s.discord.AddChannel(discordtest.Channel{Guild: s.guild, Name: "night"})
	role := s.discord.AddRole(s.guild, "night shift", 0, true)
	alerts := fmt.Sprintf("{id: desk, chat: discord, channel: %q, mention: %q}", s.channel, role)
	s.configure(alerts, fmt.Sprintf("{id: night, chat: discord, channel: %q, instant: false, mention: %q, digest: {at: \"08:00\", zone: Europe/Kyiv}}", other, role))
	s.start()
	s.must(s.publisher.waitReads(s.ctx, "/rss", 2))
	s.publisher.put(post{ID: "first", Title: "First", Text: "A blackout."})
	s.publisher.announce()
	if m := s.wait("First"); len(m.MentionRoles) != 1 || m.MentionRoles[0] != role {
		t.Errorf("the role is not pinged: %s", m.JSON)
	}
	s.stop()

	s.digestIsDue("night")
	s.start()
	digest, err := s.discord.WaitMessage(s.ctx, other, discordtest.Containing("Digest", "A blackout."))
	s.must(err)
	if digest.MentionEveryone || len(digest.Mentions) > 0 {
		t.Errorf("the digest pings people: %s", digest.JSON)
	}
	s.stop()

	// The other channel's subscription is taken out, the first one moves there.
	s.configure(strings.Replace(alerts, s.channel, other, 1))
	s.start()
	s.publisher.put(post{ID: "second", Title: "Second", Text: "A blackout."})
	_, err = s.discord.WaitMessage(s.ctx, other, discordtest.Containing("Second"))
	s.must(err)
	s.publisher.put(post{ID: "first", Title: "First", Text: "A blackout in 5 towns."})
	s.wait("First", "5 towns") // where it was posted
	s.stop()

	// The source is taken out: nothing of it is read or told any more.
	config := s.read("config.yaml")
	before, _, _ := strings.Cut(config, "  - id: beacon")
	s.write("config.yaml", before+"  []\n")
	s.publisher.put(post{ID: "third", Title: "Third", Text: "A blackout."})
	reads := s.publisher.readsOf("/live/1") + s.publisher.readsOf("/rss")
	s.start()
	s.must(s.process.log.wait(s.ctx, 1, "msg=running"))
	s.stop()
	if n := s.publisher.readsOf("/live/1") + s.publisher.readsOf("/rss"); n != reads {
		t.Errorf("a source that is no longer configured is read")
	}
	if n, m := len(s.discord.Messages(s.channel)), len(s.discord.Messages(other)); n != 1 || m != 2 {
		t.Errorf("%d and %d messages:\n%s", n, m, s.transcript())
	}
}

// digestIsDue makes the next digest of a subscription due, while the program is down.
func (s *stage) digestIsDue(id string) {
	s.t.Helper()
	db, err := store.Open(s.ctx, filepath.Join(s.dir, "tocsin.db"), store.Options{})
	s.must(err)
	defer db.Close()
	sub, err := db.Subscription(s.ctx, id)
	s.must(err)
	at := sub.At
	for _, words := range []string{"08:01", at.String()} { // another schedule has another due time
		sub.At, err = schedule.Parse(words)
		s.must(err)
		s.must(db.PutSubscription(s.ctx, sub, time.Now().Add(-time.Hour)))
	}
}

func (p *press) readsOf(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads[path]
}

// TestRulesReloadWhileRunning changes the rules under the running program: a bad change
// is refused once and the old rules stay, a good one is in force at once.
func TestRulesReloadWhileRunning(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.configure(fmt.Sprintf("{id: desk, chat: discord, channel: %q, severity: info}", s.channel))
	s.start()
	s.must(s.publisher.waitReads(s.ctx, "/rss", 2))
	good := s.read("rules.yaml")

	s.write("rules.yaml", good+"  - id: floods\n    mach: flood\n")
	s.must(s.process.log.wait(s.ctx, 1, "refused", "rules.yaml:8:5", "mach"))
	s.publisher.put(post{ID: "first", Title: "First", Text: "A blackout."})
	s.publisher.announce()
	s.wait("First")

	s.write("rules.yaml", good+"  - id: floods\n    match: flood\n    severity: watch\n")
	s.must(s.process.log.wait(s.ctx, 1, "level=INFO", "rules: "))
	s.publisher.put(post{ID: "second", Title: "Second", Text: "A flood."})
	s.wait("Second")
	s.stop()
	if lines := s.process.log.lines("refused"); len(lines) != 1 {
		t.Errorf("the refusal is told %d times:\n%s", len(lines), strings.Join(lines, ""))
	}
}
