package digest

import (
	"cmp"
	"slices"
	"time"

	"tocsin/feed"
	"tocsin/rules"
	"tocsin/schedule"
)

// Subscription says which matches one channel is told, and how.
type Subscription struct {
	// ID is unique among all subscriptions: chosen by the operator in
	// config.yaml, or made up when somebody subscribes by a command.
	ID string `json:"id"`
	// Chat names the chat that delivers ("discord", "terminal").
	Chat string `json:"chat"`
	// Guild is the Discord server it belongs to; "" for one that stands in config.yaml.
	Guild   string `json:"guild,omitempty"`
	Channel string `json:"channel"` // the chat's own channel id
	// Rules and Sources narrow what is told, by ID; empty means all of them. A
	// live blog found through a feed counts as that feed too.
	Rules    []string       `json:"rules,omitempty"`
	Sources  []string       `json:"sources,omitempty"`
	Severity rules.Severity `json:"severity"` // the least severity that is told
	// Instant posts an alert for each match as it comes.
	Instant bool `json:"instant"`
	// At is when the digest goes out, in Zone; the zero Schedule means no digest.
	At schedule.Schedule `json:"at,omitzero"`
	// Zone is an IANA time zone name; "" means UTC.
	Zone string `json:"zone,omitempty"`
	// Lines bounds how many lines a digest shows under one rule; 0 means the default.
	Lines int `json:"lines,omitempty"`
	// Mention is a Discord role id to ping with alerts, or "".
	Mention string `json:"mention,omitempty"`
	Paused  bool   `json:"paused,omitempty"`
	// By is the user who subscribed, and Created when; zero for config.yaml.
	By      string    `json:"by,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// Location is the time zone of the subscription; UTC if Zone is empty or unknown.
func (s Subscription) Location() *time.Location {
	if loc, err := time.LoadLocation(s.Zone); err == nil && s.Zone != "" {
		return loc
	}
	return time.UTC
}

// Wants reports whether the subscription asks for a rule's matches in a source,
// severity apart.
func (s Subscription) Wants(m rules.Match, src feed.Source) bool {
	if len(s.Rules) > 0 && !slices.Contains(s.Rules, m.Rule) {
		return false
	}
	return len(s.Sources) == 0 || slices.Contains(s.Sources, src.ID) ||
		src.Parent != "" && slices.Contains(s.Sources, src.Parent)
}

// Wanted returns those of the matches that the subscription is told, loudest first.
func (s Subscription) Wanted(matches []rules.Match, src feed.Source) []rules.Match {
	var wanted []rules.Match
	for _, m := range s.asked(matches, src) {
		if m.Severity >= s.Severity {
			wanted = append(wanted, m)
		}
	}
	slices.SortStableFunc(wanted, func(a, b rules.Match) int { return cmp.Compare(b.Severity, a.Severity) })
	return wanted
}

// asked returns the matches the subscription asks for, however quiet.
func (s Subscription) asked(matches []rules.Match, src feed.Source) []rules.Match {
	var asked []rules.Match
	for _, m := range matches {
		if s.Wants(m, src) {
			asked = append(asked, m)
		}
	}
	return asked
}

// Select returns the items of which the subscription is told, in their order.
func (s Subscription) Select(items []Item) []Item {
	var selected []Item
	for _, it := range items {
		if len(s.Wanted(it.Matches, it.Source)) > 0 {
			selected = append(selected, it)
		}
	}
	return selected
}
