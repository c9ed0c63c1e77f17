package discord

import (
	"context"
	"strconv"
	"strings"

	"tocsin/bot"
)

// Limits of autocomplete.
const (
	maxChoices    = 25
	maxChoiceSize = 100
)

func permissionBits(r rights) string { return strconv.FormatInt(int64(r), 10) }

// fitChoices keeps choices within Discord's limits. One whose value is too long
// could not be chosen, so it is left out.
func fitChoices(list []choice) []choice {
	out := []choice{}
	for _, ch := range list {
		if len(out) == maxChoices {
			break
		}
		ch.Name = shorten(ch.Name, maxChoiceSize)
		if ch.Name != "" && ch.Value != "" && size(ch.Value) <= maxChoiceSize {
			out = append(out, ch)
		}
	}
	return out
}

// matching keeps the choices in whose name or value typed occurs, those that
// begin with it first.
func matching(list []choice, typed string) []choice {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, then []choice
	for _, ch := range list {
		name, value := strings.ToLower(ch.Name), strings.ToLower(ch.Value)
		switch {
		case strings.HasPrefix(name, typed) || strings.HasPrefix(value, typed):
			first = append(first, ch)
		case strings.Contains(name, typed) || strings.Contains(value, typed):
			then = append(then, ch)
		}
	}
	return append(first, then...)
}

func completeRule(_ context.Context, c *call, typed string) ([]choice, error) {
	return matching(ruleChoices(c.desk), typed), nil
}

func completeSource(ctx context.Context, c *call, typed string) ([]choice, error) {
	list, err := sourceChoices(ctx, c.desk)
	return matching(list, typed), err
}

func completeZone(_ context.Context, _ *call, typed string) ([]choice, error) {
	var out []choice
	for _, zone := range bot.Zones(typed, maxChoices) {
		out = append(out, choice{strings.ReplaceAll(zone, "_", " "), zone})
	}
	return out, nil
}

func completeSubscription(ctx context.Context, c *call, typed string) ([]choice, error) {
	subs, err := c.desk.Subscriptions(ctx, c.Guild)
	if err != nil {
		return nil, err
	}
	var list []choice
	for _, s := range subs {
		name := s.ID + ": " + plainSummary(s)
		if s.Channel == c.Channel {
			name = s.ID + " (here): " + plainSummary(s)
		}
		list = append(list, choice{name, s.ID})
	}
	return matching(list, typed), nil
}

// several completes the last name of a list with commas, and keeps the names before it.
func several(one completer) completer {
	return func(ctx context.Context, c *call, typed string) ([]choice, error) {
		last := typed[strings.LastIndexByte(typed, ',')+1:]
		before := typed[:len(typed)-len(last)]
		list, err := one(ctx, c, last)
		if before == "" || err != nil {
			return list, err
		}
		var out []choice
		for _, ch := range list {
			if value := before + ch.Value; !strings.Contains(","+before, ","+ch.Value+",") {
				out = append(out, choice{before + " " + ch.Value, value})
			}
		}
		return out, nil
	}
}

func ruleChoices(desk *bot.Desk) []choice {
	var list []choice
	for _, r := range desk.Rules() {
		name := r.Title
		if name == "" {
			name = r.ID
		}
		list = append(list, choice{name + " (" + r.Severity.String() + ")", r.ID})
	}
	return list
}

func sourceChoices(ctx context.Context, desk *bot.Desk) ([]choice, error) {
	sources, err := desk.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var list []choice
	for _, s := range sources {
		list = append(list, choice{bot.SourceTitle(s.Source), s.ID})
	}
	return list, nil
}
