package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/discordtest"
	"tocsin/schedule"
	"tocsin/store"
)

// TestTheWholeJob is a day of the program: somebody subscribes, a live blog is announced,
// entries come, change and go, the plug is pulled, and the digest arrives.
func TestTheWholeJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.start()
	s.must(s.publisher.waitReads(s.ctx, "/rss", 2)) // the baseline is on record

	answer := s.invoke("subscribe", map[string]any{"how": "both", "time": "08:00", "zone": "Europe/Kyiv"})
	if !strings.Contains(answer, "08:00") {
		t.Errorf("/subscribe answers %q", answer)
	}

	s.publisher.put(post{ID: "old", Text: "A blackout was reported before dawn.", At: time.Now().Add(-3 * time.Hour)})
	s.publisher.put(post{ID: "first", Title: "Blackout in the east", Text: "The blackout left 3 towns dark."})
	s.publisher.put(post{ID: "dull", Text: "Trams run again."})
	s.publisher.announce()
	alert := s.wait("Blackout in the east", "3 towns")
	if !strings.Contains(alert.Text(), "**Blackout**") && !strings.Contains(alert.Text(), "**blackout**") {
		t.Errorf("the hit is not bold: %s", alert.Text())
	}
	if len(alert.Mentions)+len(alert.MentionRoles) > 0 || alert.MentionEveryone || alert.Nonce == "" {
		t.Errorf("the alert pings somebody or has no nonce: %s", alert.JSON)
	}

	s.publisher.put(post{ID: "first", Title: "Blackout in the east", Text: "The blackout left 5 towns dark."})
	edited := s.wait("Blackout in the east", "5 towns")
	if edited.ID != alert.ID || edited.Edited.IsZero() {
		t.Errorf("the edit is a message of its own: %s", s.transcript())
	}

	s.publisher.put(post{ID: "second", Title: "Second blackout", Text: "The blackout has reached the port."})
	s.wait("Second blackout")
	s.kill()
	s.dueDigest()
	s.start()
	s.wait("Digest", "Blackout in the east", "Second blackout")

	s.publisher.remove("second")
	gone := s.wait("Second blackout", "~~")
	if gone.Edited.IsZero() {
		t.Errorf("the removal is not shown in place: %s", s.transcript())
	}

	for name, options := range map[string]map[string]any{
		"search": {"words": "blackout port"}, "latest": nil, "rules": nil, "status": nil, "help": nil,
		"subscriptions": nil, "digest": nil,
	} {
		if answer := s.invoke(name, options); answer == "" || strings.Contains(answer, "went wrong") {
			t.Errorf("/%s answers %q", name, answer)
		}
	}
	s.stop()
	if n := len(s.discord.Messages(s.channel)); n != 3 {
		t.Errorf("%d messages, want two alerts and a digest:\n%s", n, s.transcript())
	}
}

// dueDigest makes the digest of the guild's subscription due, while the program
// is down.
func (s *stage) dueDigest() {
	s.t.Helper()
	db, err := store.Open(s.ctx, filepath.Join(s.dir, "tocsin.db"), store.Options{})
	s.must(err)
	defer db.Close()
	subs, err := db.Subscriptions(s.ctx, s.guild)
	s.must(err)
	if len(subs) != 1 {
		s.t.Fatalf("%d subscriptions", len(subs))
	}
	sub := subs[0]
	sub.At, err = schedule.Parse("08:01") // another schedule has another due time
	s.must(err)
	s.must(db.PutSubscription(s.ctx, sub, time.Now().Add(-time.Hour)))
}

// plug is a point at which the plug is pulled, while one entry is on its way.
type plug struct {
	name string
	// pull arranges that killed is closed when the point is reached.
	pull func(s *stage, reached func())
}

var plugs = []plug{
	{"the page was served", func(s *stage, reached func()) {
		s.publisher.onServed(func(path string) {
			if path == "/live/1" {
				reached()
			}
		})
	}},
	{"the message was accepted and nobody answered", func(s *stage, reached func()) {
		f := s.discord.Fail(discordtest.Create(s.channel), discordtest.Accepted(discordtest.Silence()), 1)
		go func() {
			if _, err := s.discord.WaitRequest(s.ctx, discordtest.Create(s.channel)); err == nil {
				reached()
			}
			f.Stop()
		}()
	}},
	{"the message was refused by a dropped connection", func(s *stage, reached func()) {
		s.discord.Fail(discordtest.Create(s.channel), discordtest.HangUp(), 1)
		go func() {
			if _, err := s.discord.WaitRequest(s.ctx, discordtest.Create(s.channel)); err == nil {
				reached()
			}
		}()
	}},
	{"Discord had a server error after it accepted", func(s *stage, reached func()) {
		s.discord.Fail(discordtest.Create(s.channel), discordtest.Accepted(discordtest.Status(502)), 1)
		go func() {
			if _, err := s.discord.WaitRequest(s.ctx, discordtest.Create(s.channel)); err == nil {
				reached()
			}
		}()
	}},
	{"Discord said to wait", func(s *stage, reached func()) {
		s.discord.Fail(discordtest.Create(s.channel), discordtest.RouteLimited(time.Second), 1)
		go func() {
			if _, err := s.discord.WaitRequest(s.ctx, discordtest.Create(s.channel)); err == nil {
				reached()
			}
		}()
	}},
}

// TestThePlugIsPulled kills the program at every point between reading and
// posting: each entry is told exactly once.
func TestThePlugIsPulled(t *testing.T) {
	t.Parallel()
	for _, p := range plugs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			s.start()
			s.must(s.publisher.waitReads(s.ctx, "/rss", 2))
			s.invoke("subscribe", map[string]any{"how": "instant"})
			s.publisher.put(post{ID: "first", Title: "First", Text: "A blackout."})
			s.publisher.announce()
			s.wait("First")

			reached := make(chan struct{}, 100)
			p.pull(s, func() {
				select {
				case reached <- struct{}{}:
				default:
				}
			})
			s.publisher.put(post{ID: "second", Title: "Second", Text: "A blackout again."})
			select {
			case <-reached:
			case <-s.ctx.Done():
				t.Fatal("the point was never reached")
			}
			s.kill()
			s.publisher.onServed(nil)
			s.start()
			s.wait("Second")
			s.publisher.put(post{ID: "third", Title: "Third", Text: "Still a blackout."})
			s.wait("Third") // comes after whatever the second could still lead to
			s.publisher.put(post{ID: "second", Title: "Second", Text: "A blackout again, in 7 towns."})
			s.wait("Second", "7 towns")
			s.stop()
			if n := len(s.discord.Messages(s.channel)); n != 3 {
				t.Errorf("%d messages, want 3:\n%s", n, s.transcript())
			}
		})
	}
}

// TestARefusedTokenSaysSo ends the program with a sentence that helps.
func TestARefusedTokenSaysSo(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.discord.RevokeToken()
	out, code := s.once("run", "--config", filepath.Join(s.dir, "config.yaml"))
	if code != exitProblem || !strings.Contains(out, "token") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if strings.Contains(out, s.discord.Token()) {
		t.Error("the token is in the log")
	}
}

// TestASecondOwnerIsRefused keeps two programs off one SQLite file.
func TestASecondOwnerIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.start()
	out, code := s.once("run", "--config", filepath.Join(s.dir, "config.yaml"))
	if code != exitProblem || !strings.Contains(out, "tocsin.db") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if out, code := s.once("search", "--config", filepath.Join(s.dir, "config.yaml"), "blackout"); code != exitFine {
		t.Errorf("a search beside the running program: exit %d:\n%s", code, out)
	}
	s.stop()
}
