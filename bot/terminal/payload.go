package terminal

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

// message is a payload: one of the two.
type message struct {
	Alert  *alert  `json:"alert,omitempty"`
	Digest *bundle `json:"digest,omitempty"`
}

// alert is what is drawn of an alert.
type alert struct {
	Severity rules.Severity `json:"severity"`
	Rules    []string       `json:"rules"`
	Source   string         `json:"source,omitempty"`
	Author   string         `json:"author,omitempty"`
	Time     time.Time      `json:"time,omitzero"`
	Zone     string         `json:"zone,omitempty"`
	URL      string         `json:"url,omitempty"`
	Change   feed.Change    `json:"change"`
	At       time.Time      `json:"at,omitzero"` // of the change
	Changes  []change       `json:"changes,omitempty"`
	Title    []run          `json:"title,omitempty"`
	Text     []run          `json:"text,omitempty"`
}

// run is a stretch of text, and whether a rule hit it.
type run struct {
	Text string `json:"t"`
	Hit  bool   `json:"hit,omitempty"`
}

// change is one place of an edit with the words around it.
type change struct {
	Before string `json:"before,omitempty"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
	After  string `json:"after,omitempty"`
}

// bundle is what is drawn of a digest.
type bundle struct {
	From   time.Time      `json:"from,omitzero"`
	To     time.Time      `json:"to,omitzero"`
	Zone   string         `json:"zone,omitempty"`
	Topics []digest.Topic `json:"topics"`
}

// maxExcerpt bounds how much of an entry's text is shown, in bytes; the link leads to
// the rest.
const maxExcerpt = 1500

func newAlert(a digest.Alert) *alert {
	m := &alert{
		Severity: a.Severity(),
		Rules:    []string{},
		Source:   start(cmp.Or(a.Source.Title, a.Source.ID)),
		Author:   start(a.Entry.Author),
		Time:     a.Entry.When(),
		Zone:     a.Subscription.Zone,
		URL:      a.Entry.URL,
		Change:   a.Change,
		At:       a.At,
		Changes:  append(changes(a.TitleEdits), changes(a.TextEdits)...),
	}
	var hits []rules.Hit
	for _, match := range a.Matches {
		m.Rules = append(m.Rules, cmp.Or(match.Title, match.Rule))
		hits = append(hits, match.Hits...)
	}
	m.Title = excerpt(a.Entry.Title, fieldHits(hits, rules.FieldTitle, a.Entry.Title))
	m.Text = excerpt(a.Entry.Text, fieldHits(hits, rules.FieldText, a.Entry.Text))
	return m
}

func newDigest(d digest.Digest) *bundle {
	return &bundle{From: d.From, To: d.To, Zone: d.Subscription.Zone, Topics: d.Topics}
}

// start keeps a name short, which publishers do not always.
func start(name string) string {
	const most = 80
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most-1]) + "…"
}

// fieldHits returns the hits that lie in one field, in order.
func fieldHits(hits []rules.Hit, f rules.Field, s string) []rules.Hit {
	var in []rules.Hit
	for _, h := range hits {
		if h.Field == f && 0 <= h.Start && h.Start < h.End && h.End <= len(s) {
			in = append(in, h)
		}
	}
	slices.SortFunc(in, func(a, b rules.Hit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	return in
}

// runs splits s where hits begin and end. Hits of several rules may overlap or
// touch; those are one.
func runs(s string, hits []rules.Hit) []run {
	var list []run
	at := 0
	for _, h := range hits {
		start, end := max(h.Start, at), min(h.End, len(s))
		if start >= end {
			continue
		}
		if at < start {
			list = append(list, run{Text: s[at:start]})
		}
		if n := len(list); n > 0 && list[n-1].Hit {
			list[n-1].Text += s[start:end] // they touch
		} else {
			list = append(list, run{Text: s[start:end], Hit: true})
		}
		at = end
	}
	if at < len(s) {
		list = append(list, run{Text: s[at:]})
	}
	return list
}

// excerpt is runs of as much of s as a terminal should show: its start, or
// where the start holds no hit, what surrounds the first one. It ends and begins
// at white space.
func excerpt(s string, hits []rules.Hit) []run {
	if len(s) <= maxExcerpt {
		return runs(s, hits)
	}
	start := 0
	if len(hits) > 0 && hits[0].Start > maxExcerpt*2/3 {
		start = hits[0].Start - maxExcerpt/3
		if i := strings.IndexAny(s[start:hits[0].Start], " \n"); i >= 0 {
			start += i + 1
		} else {
			start = hits[0].Start
		}
	}
	end := len(s)
	if end > start+maxExcerpt {
		end = start + maxExcerpt
		if i := strings.LastIndexAny(s[start:end], " \n"); i > maxExcerpt/2 {
			end = start + i
		}
		for !utf8.RuneStart(s[end]) {
			end--
		}
	}
	within := make([]rules.Hit, 0, len(hits))
	for _, h := range hits {
		within = append(within, rules.Hit{Start: h.Start - start, End: h.End - start})
	}
	list := runs(s[start:end], within)
	if start > 0 {
		list = append([]run{{Text: "… "}}, list...)
	}
	if end < len(s) {
		list = append(list, run{Text: " …"})
	}
	return list
}

// around is how many words of context a change is shown in.
const around = 3

// changes turns a difference into its places: a deletion, an insertion, or one
// in exchange for the other.
func changes(edits []text.Edit) []change {
	var list []change
	var before string
	open := false // whether the last of list may still grow
	for _, e := range edits {
		words := strings.Fields(e.Text)
		if e.Kind == text.Keep {
			if n := len(list); n > 0 && open {
				list[n-1].After = strings.Join(words[:min(around, len(words))], " ")
			}
			before = strings.Join(words[max(0, len(words)-around):], " ")
			open = false
			continue
		}
		if len(words) == 0 {
			continue // only white space changed
		}
		if !open {
			list = append(list, change{Before: before})
			open = true
		}
		said := strings.Join(words, " ")
		last := &list[len(list)-1]
		switch e.Kind {
		case text.Delete:
			last.Old = strings.TrimSpace(last.Old + " " + said)
		case text.Insert:
			last.New = strings.TrimSpace(last.New + " " + said)
		}
	}
	return list
}
