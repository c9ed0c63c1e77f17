package digest

import (
	"cmp"
	"slices"
	"time"

	"tocsin/rules"
)

// defaultLines bounds the lines under one rule for a subscription that sets no bound.
const defaultLines = 8

// Titles of the topic that no rule fills.
const (
	titleEverything = "Everything"    // of a digest without rules
	titleOther      = "Other entries" // beside topics of rules
)

// Compile puts items, oldest first, into a digest of what was recorded in
// [from, to). Each item is told once, under the loudest of the matches the
// subscription is told; those that no rule of the subscription matches come
// last, under no rule. Items that say the same are one line, and of several
// versions of an entry the last one counts.
//
// Topics come loudest first, then the one with the newest line; lines newest
// first, at most s.Lines a topic. Times are UTC. Due stays zero.
func Compile(s Subscription, items []Item, from, to time.Time) Digest {
	d := Digest{Subscription: s, From: from.UTC(), To: to.UTC(), Topics: []Topic{}}
	byRule := map[string]*Topic{}
	for _, same := range slices.Backward(merge(latest(items))) { // newest first among equal times
		match, line := s.line(same)
		t := byRule[match.Rule]
		if t == nil {
			t = &Topic{Rule: match.Rule, Title: cmp.Or(match.Title, match.Rule), Severity: match.Severity}
			byRule[match.Rule] = t
		}
		t.Severity = max(t.Severity, match.Severity)
		t.Lines = append(t.Lines, line)
	}
	for _, t := range byRule {
		slices.SortStableFunc(t.Lines, func(a, b Line) int { return b.Time.Compare(a.Time) })
		d.Topics = append(d.Topics, *t)
	}
	slices.SortFunc(d.Topics, compareTopics)
	limit := s.Lines
	if limit <= 0 {
		limit = defaultLines
	}
	for i := range d.Topics {
		d.Topics[i].bound(limit)
		if d.Topics[i].Rule == "" {
			d.Topics[i].Title = titleOther
			if len(d.Topics) == 1 {
				d.Topics[i].Title = titleEverything
			}
		}
	}
	return d
}

func compareTopics(a, b Topic) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		// No rule comes after every rule.
		boolean(a.Rule == "")-boolean(b.Rule == ""),
		b.Lines[0].Time.Compare(a.Lines[0].Time),
		cmp.Compare(a.Rule, b.Rule),
	)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bound keeps the first lines and counts the entries of the others.
func (t *Topic) bound(limit int) {
	if len(t.Lines) <= limit {
		return
	}
	for _, l := range t.Lines[limit:] {
		t.More += len(l.Entries)
	}
	t.Lines = t.Lines[:limit:limit]
}

// loudest is the loudest match of an item that the subscription is told; the zero
// Match if there is none.
func (s Subscription) loudest(it Item) (m rules.Match, ok bool) {
	wanted := s.Wanted(it.Matches, it.Source)
	if len(wanted) == 0 {
		return rules.Match{}, false
	}
	return wanted[0], true
}

// line makes one line of items that say the same, and returns it with the match
// under which it stands.
func (s Subscription) line(same []Item) (rules.Match, Line) {
	slices.SortStableFunc(same, func(a, b Item) int {
		ma, oka := s.loudest(a)
		mb, okb := s.loudest(b)
		return cmp.Or(
			boolean(a.Removed)-boolean(b.Removed),
			boolean(okb)-boolean(oka),
			cmp.Compare(mb.Severity, ma.Severity),
			b.Entry.When().Compare(a.Entry.When()),
		)
	})
	lead := same[0]
	match, _ := s.loudest(lead)
	l := Line{
		Text:    sentence(lead.Entry, match.Hits),
		Time:    lead.Entry.When().UTC(),
		Source:  cmp.Or(lead.Source.Title, lead.Source.ID, lead.Entry.Source),
		Removed: lead.Removed,
	}
	for _, it := range same {
		l.URL = cmp.Or(l.URL, it.Entry.URL)
		l.Entries = append(l.Entries, it.Entry.ID)
	}
	return match, l
}
