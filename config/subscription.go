package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/schedule"
	"tocsin/strict"
)

// Names of the chats, as the packages of the chats define them.
const (
	chatTerminal = "terminal"
	chatDiscord  = "discord"
)

// place is where the configuration names a rule or a source.
type place struct {
	value strict.Value
	what  string // "rule" or "source"
	name  string
}

func (l *loader) subscriptions(f map[string]strict.Value) {
	v, ok := f["subscriptions"]
	if !ok {
		return
	}
	seen := map[string]string{}
	for _, item := range v.List() {
		if s, ok := l.subscription(item, seen); ok {
			l.config.Subscriptions = append(l.config.Subscriptions, s)
		}
	}
}

func (l *loader) subscription(v strict.Value, seen map[string]string) (digest.Subscription, bool) {
	f := v.Fields("id", "chat", "channel", "rules", "sources", "severity", "instant", "digest", "mention", "paused")
	s := digest.Subscription{Chat: chatTerminal, Instant: true, Zone: l.config.Zone}
	s.ID = identifier(v, f, seen, "subscription")
	if t, ok := f["chat"]; ok {
		s.Chat = t.OneOf(chatDiscord, chatTerminal)
	} else if _, ok := f["channel"]; ok && l.config.Discord.Token != "" {
		s.Chat = chatDiscord
	}
	if s.Chat == chatDiscord {
		if t, ok := f["channel"]; ok {
			s.Channel = snowflake(t)
		} else {
			v.Problem("copy its id in Discord: developer mode, then right-click the channel", "the subscription %q names no channel", s.ID)
		}
	}
	if t, ok := f["rules"]; ok {
		s.Rules = l.references(t, "rule")
	}
	if t, ok := f["sources"]; ok {
		s.Sources = l.references(t, "source")
	}
	if t, ok := f["severity"]; ok {
		if word := t.OneOf("info", "watch", "urgent"); word != "" {
			if err := s.Severity.UnmarshalText([]byte(word)); err != nil {
				t.Problem("", "%v", err)
			}
		}
	}
	if t, ok := f["instant"]; ok {
		s.Instant = t.Bool()
	}
	if t, ok := f["paused"]; ok {
		s.Paused = t.Bool()
	}
	if t, ok := f["mention"]; ok {
		s.Mention = snowflake(t)
	}
	if t, ok := f["digest"]; ok {
		l.digest(t, &s)
	}
	if _, planned := f["digest"]; !s.Instant && !planned && s.ID != "" {
		v.Problem("set instant: true, or a digest", "the subscription %q would never tell anything", s.ID)
	}
	return s, s.ID != ""
}

// maxLines bounds a digest's lines under one rule.
const maxLines = 50

func (l *loader) digest(v strict.Value, s *digest.Subscription) {
	f := v.Fields("at", "zone", "lines")
	if t, ok := f["at"]; ok {
		at, err := schedule.Parse(t.Text())
		if err != nil {
			t.Problem("", "%v", err)
		}
		s.At = at
	} else {
		v.Problem("", "the digest has no time: set at")
	}
	if t, ok := f["zone"]; ok {
		s.Zone = zone(t)
	}
	if t, ok := f["lines"]; ok {
		s.Lines = t.Int(1, maxLines)
	}
}

// references reads names of rules or sources and remembers where they stand.
func (l *loader) references(v strict.Value, what string) []string {
	var names []string
	for _, item := range v.List() {
		name := item.Text()
		names = append(names, name)
		l.config.places[item.Place()] = place{value: item, what: what, name: name}
	}
	return names
}

// Check reports the rules and sources that subscriptions name and that do not
// exist, as [strict.Problems]. ruleIDs are those of the rule set in force.
func (c *Config) Check(ruleIDs []string) error {
	var sources []string
	for _, s := range c.Sources {
		sources = append(sources, s.ID)
	}
	known := map[string][]string{"rule": ruleIDs, "source": sources}
	var problems strict.Problems
	for _, p := range c.places {
		if !slices.Contains(known[p.what], p.name) {
			hint := ""
			if near := strict.Nearest(p.name, known[p.what]); near != "" {
				hint = "did you mean " + near + "?"
			}
			problems = append(problems, p.value.Describe(hint, "there is no %s %q", p.what, p.name))
		}
	}
	return problems.Err()
}

var digits = regexp.MustCompile(`^[0-9]{15,20}$`)

// snowflake reads an id of Discord's.
func snowflake(v strict.Value) string {
	s := v.Text()
	if !digits.MatchString(s) {
		v.Problem(`Discord's ids are long numbers; write them in quotes, "1234…"`, "%q is no id of Discord's", s)
		return ""
	}
	return s
}

// zone reads an IANA time zone.
func zone(v strict.Value) string {
	name := v.Text()
	if _, err := time.LoadLocation(name); err != nil || name == "" || strings.EqualFold(name, "local") {
		v.Problem(zoneHint(name), "unknown time zone %q", name)
		return "UTC"
	}
	return name
}

// zoneHint names the zone that was probably meant.
func zoneHint(name string) string {
	near, err := bot.FindZone(name)
	if err != nil {
		near = strict.Nearest(name, bot.Zones("", math.MaxInt))
	}
	if near == "" || near == name {
		return "use a name like Europe/Paris, America/New_York or UTC"
	}
	return fmt.Sprintf("did you mean %q?", near)
}
