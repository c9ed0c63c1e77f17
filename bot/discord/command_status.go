package discord

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tocsin/bot"
	"tocsin/rules"
)

func rulesCommand() command {
	return command{
		run: func(_ context.Context, c *call) (reply, error) {
			if name := c.text("rule"); name != "" {
				r, err := c.desk.Rule(name)
				if err != nil {
					return reply{}, err
				}
				return card(escape(shorten(ruleTitle(r), nameLimit)), lookOf(r.Severity).color, ruleDetails(r), ""), nil
			}
			var lines []string
			for _, r := range c.desk.Rules() {
				lines = append(lines, fmt.Sprintf("%s **%s** `%s`", lookOf(r.Severity).sign, escape(shorten(ruleTitle(r), nameLimit)), escapeCode(r.ID)))
			}
			if len(lines) == 0 {
				return sentence("No rules are loaded."), nil
			}
			return card(fmt.Sprintf("Rules (%d)", len(lines)), lookQuiet.color, lines, "find one with `rule`"), nil
		},
		spec: commandSpec{
			Name: "rules", Description: "List the rules that can be subscribed to",
			Options: []optionSpec{{
				Type: optionText, Name: "rule", Description: "Explain this one",
				Autocomplete: true, MinLength: 1, MaxLength: 100,
			}},
		},
		complete: map[string]completer{"rule": completeRule},
	}
}

func ruleTitle(r rules.Rule) string {
	if r.Title != "" {
		return r.Title
	}
	return r.ID
}

func ruleDetails(r rules.Rule) []string {
	lines := []string{lookOf(r.Severity).label() + " · `" + escapeCode(r.ID) + "`"}
	for _, narrow := range []struct {
		label string
		names []string
	}{{"Sources", r.Sources}, {"Languages", r.Languages}, {"Tags", r.Tags}} {
		if len(narrow.names) > 0 {
			lines = append(lines, narrow.label+": "+escape(shorten(strings.Join(narrow.names, ", "), 500)))
		}
	}
	return append(lines, "Subscribe with `/subscribe rules:"+escapeCode(r.ID)+"`.")
}

func statusCommand() command {
	return command{
		run: func(ctx context.Context, c *call) (reply, error) {
			s, err := c.desk.Status(ctx, c.Guild)
			if err != nil {
				return reply{}, err
			}
			return card("Status", statusColor(s), statusLines(s), ""), nil
		},
		spec: commandSpec{Name: "status", Description: "Show how reading and posting are going"},
	}
}

func statusColor(s bot.Status) int {
	if len(failing(s)) > 0 || s.Outbox.Dropped > 0 {
		return 0xF0A020
	}
	return 0x23A55A
}

func failing(s bot.Status) []bot.SourceStatus {
	var out []bot.SourceStatus
	for _, src := range s.Sources {
		if src.Error != "" {
			out = append(out, src)
		}
	}
	return out
}

func statusLines(s bot.Status) []string {
	bad := failing(s)
	lines := []string{fmt.Sprintf("**Sources**: %d, of which %d fail · **Rules**: %d · **Subscriptions here**: %d", len(s.Sources), len(bad), s.Rules, s.Subscriptions)}
	o := s.Outbox
	post := fmt.Sprintf("**Messages**: %d in 24 hours, %d waiting", o.Sent24h, o.Pending)
	if o.Dropped > 0 {
		post += fmt.Sprintf(", %d given up", o.Dropped)
	}
	if o.Pending > 0 && !o.OldestDue.IsZero() && o.OldestDue.Before(time.Now()) {
		post += ", the oldest due " + stamp(o.OldestDue, "R")
	}
	lines = append(lines, post)
	if o.LatencyP50 > 0 {
		lines = append(lines, fmt.Sprintf("**From reading to posting**: %s in half of the cases, %s in 95%%", short(o.LatencyP50), short(o.LatencyP95)))
	}
	if !s.Started.IsZero() {
		lines = append(lines, "**Running** since "+stamp(s.Started, "R"))
	}
	const mostSources = 25
	for i, src := range s.Sources { // those that fail come first
		if i == mostSources {
			lines = append(lines, fmt.Sprintf("… and %d more sources", len(s.Sources)-i))
			break
		}
		lines = append(lines, sourceLine(src))
	}
	return lines
}

func sourceLine(src bot.SourceStatus) string {
	head := "• " + dotted(link(sourceName(src.Source), src.URL), "`"+escapeCode(shorten(src.ID, nameLimit))+"`")
	switch {
	case src.Error != "":
		head = "⚠️" + strings.TrimPrefix(head, "•") + ": " + escape(shorten(src.Error, 200))
		if src.Failures > 1 {
			head += fmt.Sprintf(" (%d times)", src.Failures)
		}
	case src.LastRead.IsZero():
		head += " · not read yet"
	default:
		head += " · read " + stamp(src.LastRead, "R")
	}
	return head
}

// short rounds a duration to what people care for.
func short(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func helpCommand(others []command) command {
	return command{
		run: func(context.Context, *call) (reply, error) {
			lines := []string{"I read live blogs and feeds, and tell channels what matters to them: at once, in a daily digest, or both."}
			for _, o := range others {
				line := "`/" + o.spec.Name + "` " + o.spec.Description
				if o.needs != 0 {
					line += " (needs Manage Channels)"
				}
				lines = append(lines, line)
			}
			lines = append(lines, "Start with `/rules`, then `/subscribe` in the channel to be told.")
			return card("Tocsin", lookQuiet.color, lines, ""), nil
		},
		spec: commandSpec{Name: "help", Description: "Say what this bot does and how to start"},
	}
}
