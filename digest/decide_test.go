package digest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
	"tocsin/rules"
	"tocsin/schedule"
	"tocsin/text"
)

var (
	urgent = rules.Match{Rule: "grid", Title: "Power grid", Severity: rules.Urgent, Hits: []rules.Hit{}}
	info   = rules.Match{Rule: "weather", Severity: rules.Info, Hits: []rules.Hit{}}
	entry  = feed.Entry{ID: "e1", Title: "Five killed", Revision: 2}
	first  = feed.Entry{ID: "e1", Title: "Three killed", Revision: 1}
)

func TestDecide(t *testing.T) {
	t.Parallel()
	type matches = []rules.Match
	both := matches{info, urgent}
	told := map[string]feed.Entry{"s": first}
	off := func(chat string) bool { return chat != "discord" }
	instant := Subscription{ID: "s", Chat: "discord", Instant: true}
	digestOnly := Subscription{ID: "s", Chat: "discord"}
	with := func(s Subscription, alter func(*Subscription)) Subscription { alter(&s); return s }
	loud := with(instant, func(s *Subscription) { s.Severity = rules.Urgent })
	paused := with(instant, func(s *Subscription) { s.Paused = true })
	gridOnly := with(instant, func(s *Subscription) { s.Rules = []string{"grid"} })
	elsewhere := with(instant, func(s *Subscription) { s.Sources = []string{"other"} })
	parents := with(instant, func(s *Subscription) { s.Sources = []string{"front"} })

	tests := []struct {
		name   string
		c      Case
		s      Subscription
		action Action // "" for no decision
		reason Reason
		alert  feed.Change // of the alert, if there is one
	}{
		{"new", Case{Change: "new", Matches: both}, instant, ActionAlert, ReasonMatched, "new"},
		{"new, no match", Case{Change: "new"}, instant, "", "", ""},
		{"new, another rule", Case{Change: "new", Matches: matches{info}}, gridOnly, "", "", ""},
		{"new, another source", Case{Change: "new", Matches: both}, elsewhere, "", "", ""},
		{"new, of a followed live blog", Case{Change: "new", Matches: both}, parents, ActionAlert, ReasonMatched, "new"},
		{"new, digest only", Case{Change: "new", Matches: both}, digestOnly, ActionHold, ReasonDigestOnly, ""},
		{"new, too quiet", Case{Change: "new", Matches: matches{info}}, loud, ActionNone, ReasonBelowSeverity, ""},
		{"new, paused", Case{Change: "new", Matches: both}, paused, ActionNone, ReasonPaused, ""},
		{"new, baseline", Case{Change: "new", Matches: both, Baseline: true}, instant, ActionNone, ReasonBaseline, ""},
		{"new, baseline, digest only", Case{Change: "new", Matches: both, Baseline: true}, digestOnly, ActionNone, ReasonBaseline, ""},
		{"new, chat off", Case{Change: "new", Matches: both, Serves: off}, instant, ActionHold, ReasonChatOff, ""},
		{"new, decided again after a crash", Case{Change: "new", Matches: both, Told: told}, instant, ActionAlert, ReasonMatched, "new"},

		{"edited", Case{Change: "edited", Matches: both, Before: both, Told: told}, instant, ActionUpdate, ReasonEdited, "edited"},
		{"edited while paused", Case{Change: "edited", Matches: both, Told: told}, paused, ActionUpdate, ReasonEdited, "edited"},
		{"edited while the chat is off", Case{Change: "edited", Matches: both, Told: told, Serves: off}, instant, ActionNone, ReasonChatOff, ""},
		{"edited, matches no more", Case{Change: "edited", Before: both, Told: told}, instant, ActionUpdate, ReasonNoMatch, "edited"},
		{"edited, quiet by now", Case{Change: "edited", Matches: matches{info}, Before: both, Told: told}, loud, ActionUpdate, ReasonNoMatch, "edited"},
		{"edited, matches now", Case{Change: "edited", Matches: both}, instant, ActionAlert, ReasonMatched, "new"},
		{"edited, loud enough now", Case{Change: "edited", Matches: both, Before: matches{info}}, loud, ActionAlert, ReasonMatched, "new"},
		{"edited, matched in silence before", Case{Change: "edited", Matches: both, Before: both}, instant, ActionNone, ReasonKnown, ""},
		{"edited, held before", Case{Change: "edited", Matches: both, Before: both}, digestOnly, ActionNone, ReasonKnown, ""},
		{"edited, to be held", Case{Change: "edited", Matches: both}, digestOnly, ActionHold, ReasonDigestOnly, ""},
		{"edited, never matched", Case{Change: "edited"}, instant, "", "", ""},

		{"removed", Case{Change: "removed", Matches: both, Told: told}, instant, ActionUpdate, ReasonRemoved, "removed"},
		{"removed, not told", Case{Change: "removed", Matches: both}, instant, ActionNone, ReasonRemoved, ""},
		{"restored", Case{Change: "restored", Matches: both, Before: both, Told: told}, instant, ActionUpdate, ReasonRestored, "restored"},
		{"restored, not told", Case{Change: "restored", Matches: both, Before: both}, instant, ActionNone, ReasonKnown, ""},
		{"restored and matches now", Case{Change: "restored", Matches: both}, instant, ActionAlert, ReasonMatched, "new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.c.Source = feed.Source{ID: "live", Parent: "front"}
			tt.c.Entry = entry
			decisions, alerts := tt.c.Decide([]Subscription{tt.s})
			var want []Decision
			if tt.action != "" {
				want = []Decision{{Subscription: "s", Action: tt.action, Reason: tt.reason}}
			}
			if diff := cmp.Diff(want, decisions); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
			if got := len(alerts) == 1; got != (tt.alert != "") || got && alerts[0].Change != tt.alert {
				t.Fatalf("alerts = %+v, want change %q", alerts, tt.alert)
			}
			if (tt.action == ActionAlert || tt.action == ActionUpdate) != (len(alerts) == 1) {
				t.Error("a decision to alert and the alert do not go together")
			}
		})
	}
}

func TestDecideFillsTheAlert(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)
	s := Subscription{ID: "s", Instant: true, At: schedule.Schedule{}}
	other := Subscription{ID: "t", Instant: true}
	c := Case{
		Change: feed.ChangeEdited, Source: feed.Source{ID: "live"}, Entry: entry, At: at,
		Matches: []rules.Match{info, urgent}, Told: map[string]feed.Entry{"s": first},
	}
	_, alerts := c.Decide([]Subscription{s, other})
	if len(alerts) != 2 || alerts[0].Subscription.ID != "s" || alerts[1].Subscription.ID != "t" {
		t.Fatalf("alerts = %+v, want one for each subscription in order", alerts)
	}
	a := alerts[0]
	if a.Matches[0].Rule != "grid" || a.Severity() != rules.Urgent {
		t.Errorf("the loudest match is not the first: %+v", a.Matches)
	}
	var before, now strings.Builder
	for _, e := range a.TitleEdits {
		if e.Kind != text.Insert {
			before.WriteString(e.Text)
		}
		if e.Kind != text.Delete {
			now.WriteString(e.Text)
		}
	}
	if before.String() != first.Title || now.String() != entry.Title {
		t.Errorf("the edits lead from %q to %q", before.String(), now.String())
	}
	if a.TextEdits != nil || alerts[1].TitleEdits != nil {
		t.Error("edits where nothing changed, or nothing was told")
	}
	if !a.At.Equal(at) || a.Entry.ID != "e1" || a.Source.ID != "live" {
		t.Errorf("the alert does not carry its case: %+v", a)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	s := Subscription{Rules: []string{"grid"}, Severity: rules.Watch}
	items := []Item{
		{Entry: feed.Entry{ID: "a"}, Matches: []rules.Match{info}},
		{Entry: feed.Entry{ID: "b"}, Matches: []rules.Match{info, urgent}},
		{Entry: feed.Entry{ID: "c"}},
	}
	if got := s.Select(items); len(got) != 1 || got[0].Entry.ID != "b" {
		t.Errorf("Select = %+v", got)
	}
}
