package discord

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares rendered messages with testdata/<name>.golden.
func golden(t *testing.T, name string, payloads ...json.RawMessage) {
	t.Helper()
	var b strings.Builder
	for i, p := range payloads {
		if i > 0 {
			b.WriteString("\n=== next message ===\n")
		}
		b.WriteString(show(t, p))
	}
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

// show prints a payload for people.
func show(t testing.TB, payload json.RawMessage) string {
	t.Helper()
	m := decode(t, payload)
	var b strings.Builder
	parse, _ := json.Marshal(m.Mentions)
	fmt.Fprintf(&b, "pings:   %s\n", parse)
	if m.Flags != 0 {
		fmt.Fprintf(&b, "flags:   %d\n", m.Flags)
	}
	if m.Content != "" {
		fmt.Fprintf(&b, "content: %s\n", m.Content)
	}
	for _, e := range m.Embeds {
		fmt.Fprintf(&b, "color:   %06X\n", e.Color)
		if e.Author != nil {
			fmt.Fprintf(&b, "author:  %s\n", e.Author.Name)
		}
		fmt.Fprintf(&b, "title:   %s\nurl:     %s\n----\n%s\n----\n", e.Title, e.URL, e.Description)
	}
	return b.String()
}

func decode(t testing.TB, payload json.RawMessage) message {
	t.Helper()
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		t.Fatalf("%v in %s", err, payload)
	}
	return m
}

func testBot(t testing.TB) *Bot {
	t.Helper()
	b, err := New(Options{Token: "test-token"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	published = time.Date(2026, 3, 2, 6, 14, 0, 0, time.UTC)
	changedAt = time.Date(2026, 3, 2, 6, 40, 0, 0, time.UTC)
)

// hit finds a word in a field, as a rule would.
func hit(field rules.Field, in, word string) rules.Hit {
	i := strings.Index(in, word)
	if i < 0 {
		panic(word + " is not in " + in)
	}
	return rules.Hit{Field: field, Start: i, End: i + len(word), Text: word, Term: word}
}

func sampleAlert() digest.Alert {
	const body = "Engineers cut power to the eastern districts after a strike on a substation.\n\nAbout 3 million people are without electricity, the operator says."
	return digest.Alert{
		Subscription: digest.Subscription{ID: "grid", Chat: "discord", Channel: "100000000000000001", Zone: "Europe/Kyiv", Mention: "200000000000000002"},
		Source:       feed.Source{ID: "example-live", Title: "Example Live"},
		Entry: feed.Entry{
			Source: "example-live", ID: "e1", URL: "https://news.example/live/2026#e1",
			Title: "Blackout in the east", Text: body, Language: "en", Published: published, Revision: 1,
		},
		Matches: []rules.Match{
			{Rule: "blackouts", Title: "Blackouts", Severity: rules.Urgent, Hits: []rules.Hit{
				hit(rules.FieldTitle, "Blackout in the east", "Blackout"),
				hit(rules.FieldText, body, "cut power"),
				hit(rules.FieldText, body, "without electricity"),
			}},
			{Rule: "grid-attacks", Title: "Attacks on the grid", Severity: rules.Watch, Hits: []rules.Hit{
				hit(rules.FieldText, body, "substation"),
			}},
		},
		Change: feed.ChangeNew,
		At:     published.Add(20 * time.Second),
	}
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	with := func(change func(*digest.Alert)) digest.Alert {
		a := sampleAlert()
		change(&a)
		return a
	}
	edit := []text.Edit{
		{Kind: text.Keep, Text: "Engineers cut power to the eastern districts after a strike on a substation.\n\nAbout "},
		{Kind: text.Delete, Text: "3"},
		{Kind: text.Insert, Text: "5"},
		{Kind: text.Keep, Text: " million people are without electricity, the "},
		{Kind: text.Delete, Text: "mayor"},
		{Kind: text.Insert, Text: "operator"},
		{Kind: text.Keep, Text: " says."},
	}
	tests := map[string]digest.Alert{
		"alert-new": sampleAlert(),
		"alert-edited": with(func(a *digest.Alert) {
			a.Change, a.At, a.TextEdits = feed.ChangeEdited, changedAt, edit
			a.Entry.Text = strings.Replace(a.Entry.Text, "3 million", "5 million", 1)
			a.TitleEdits = []text.Edit{{Kind: text.Keep, Text: "Blackout in the "}, {Kind: text.Delete, Text: "north"}, {Kind: text.Insert, Text: "east"}}
		}),
		"alert-removed": with(func(a *digest.Alert) { a.Change, a.At = feed.ChangeRemoved, changedAt }),
		"alert-restored": with(func(a *digest.Alert) {
			a.Change, a.At, a.TextEdits = feed.ChangeRestored, changedAt, edit
		}),
		"alert-no-longer-matching": with(func(a *digest.Alert) {
			a.Change, a.At, a.Matches = feed.ChangeEdited, changedAt, nil
			a.TextEdits = []text.Edit{{Kind: text.Delete, Text: "Power is out."}, {Kind: text.Insert, Text: "Power is back."}}
			a.Entry.Text = "Power is back."
		}),
		"alert-without-title": with(func(a *digest.Alert) {
			a.Entry.Title, a.Subscription.Mention = "", ""
			a.Matches = a.Matches[1:]
		}),
		"alert-without-link": with(func(a *digest.Alert) {
			a.Entry.URL, a.Entry.Published = "javascript:alert(1)", time.Time{}
			a.Matches = a.Matches[:1]
			a.Matches[0].Hits = a.Matches[0].Hits[:1] // the title alone
			a.Matches[0].Severity = rules.Info
		}),
		"alert-long": with(func(a *digest.Alert) {
			a.Entry.Text = strings.Repeat("Слова про погоду і дороги. ", 60) + "Знеструмлено три області. " + strings.Repeat("І знову про погоду. ", 60)
			a.Matches = []rules.Match{{Rule: "blackouts", Severity: rules.Watch, Hits: []rules.Hit{hit(rules.FieldText, a.Entry.Text, "Знеструмлено")}}}
		}),
		"alert-hostile": with(func(a *digest.Alert) {
			a.Entry.Title = "@everyone **FREE** <@123> [click](https://evil.example) ||x||"
			a.Entry.Text = "# Heading\n- list\n-# small\n> quote\n1. one\n`code` ```block``` <t:1:R> <#1> <@&2> https://evil.example discord.gg/abc \u202Egnp.exe a\u200Bb @here"
			a.Entry.URL = "https://news.example/a b(c)?x=[1]\"<>#é"
			a.Source.Title = "Ex*am*ple [x](y)"
			a.Matches = []rules.Match{{Rule: "r", Title: "**Rule** @everyone", Hits: []rules.Hit{hit(rules.FieldText, a.Entry.Text, "- list\n-# small")}}}
		}),
	}
	b := testBot(t)
	for name, a := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := b.RenderAlert(a)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, p)
			checkMessage(t, p)
		})
	}
}

func sampleDigest() digest.Digest {
	return digest.Digest{
		Subscription: digest.Subscription{ID: "grid", Zone: "Europe/Kyiv", Mention: "200000000000000002"},
		From:         time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC),
		To:           time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC),
		Due:          time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC),
		Topics: []digest.Topic{
			{Rule: "blackouts", Title: "Blackouts", Severity: rules.Urgent, More: 12, Lines: []digest.Line{
				{Text: "Power cut to 5 districts [updated]", URL: "https://news.example/live#e9", Source: "Example Live", Time: published, Entries: []string{"e9"}},
				{Text: "All of it was a rumour", URL: "https://news.example/live#e7", Source: "Example Live", Time: published.Add(-time.Hour), Removed: true},
				{Text: "Без світла", Source: "Приклад", Time: published.Add(-2 * time.Hour)},
			}},
			{Rule: "talks", Title: "Talks (and *more* talks)", Severity: rules.Info, Lines: []digest.Line{
				{Text: "Envoys meet", URL: "https://news.example/talks_(round_2)", Time: published},
			}},
		},
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	with := func(change func(*digest.Digest)) digest.Digest {
		d := sampleDigest()
		change(&d)
		return d
	}
	tests := map[string]digest.Digest{
		"digest":       sampleDigest(),
		"digest-empty": with(func(d *digest.Digest) { d.Topics = nil }),
		"digest-late":  with(func(d *digest.Digest) { d.To = d.To.Add(5 * time.Hour); d.Topics = d.Topics[1:] }),
		"digest-first": with(func(d *digest.Digest) { d.From, d.Due, d.Subscription.Zone = time.Time{}, time.Time{}, "" }),
		"digest-without-rules": with(func(d *digest.Digest) {
			d.Topics = []digest.Topic{{Lines: d.Topics[1].Lines}}
		}),
		"digest-split": with(func(d *digest.Digest) {
			d.Topics[0].Lines = nil
			for i := range 45 {
				d.Topics[0].Lines = append(d.Topics[0].Lines, digest.Line{
					Text: fmt.Sprintf("Подія номер %d: знеструмлено район, ремонтні бригади працюють", i+1),
					URL:  fmt.Sprintf("https://news.example/live/2026-03-02/entry-%04d", i+1), Source: "Приклад наживо", Time: published,
				})
			}
		}),
	}
	b := testBot(t)
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts, err := b.RenderDigest(d)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, parts...)
			for _, p := range parts {
				checkMessage(t, p)
				if m := decode(t, p); m.Flags&flagSilent == 0 || m.Content != "" {
					t.Errorf("a digest rings: %s", p)
				}
			}
		})
	}
}

// checkMessage holds the limits of Discord against a payload.
func checkMessage(t testing.TB, p json.RawMessage) {
	t.Helper()
	m := decode(t, p)
	if m.Mentions.Parse == nil || len(m.Mentions.Parse) > 0 {
		t.Errorf("allowed_mentions.parse is %v, want an empty list", m.Mentions.Parse)
	}
	if len(m.Embeds) != 1 {
		t.Fatalf("%d embeds, want one", len(m.Embeds))
	}
	e := m.Embeds[0]
	for _, part := range []struct {
		name, text string
		limit      int
	}{
		{"content", m.Content, maxContent},
		{"title", e.Title, maxTitle},
		{"description", e.Description, maxDescription},
		{"url", e.URL, maxURL},
	} {
		if n := size(part.text); n > part.limit {
			t.Errorf("the %s is %d long, %d allowed", part.name, n, part.limit)
		}
	}
	total := size(e.Title) + size(e.Description)
	if e.Author != nil {
		if total += size(e.Author.Name); size(e.Author.Name) > maxAuthor {
			t.Errorf("the author is %d long, %d allowed", size(e.Author.Name), maxAuthor)
		}
	}
	if total > maxEmbedTotal {
		t.Errorf("the embed is %d long in all, %d allowed", total, maxEmbedTotal)
	}
	if strings.TrimSpace(e.Description) == "" || strings.TrimSpace(e.Title) == "" {
		t.Error("the message has no title or no text")
	}
}

func TestEveryWordOfADigestIsTold(t *testing.T) {
	t.Parallel()
	d := sampleDigest()
	var long strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&long, "слово%d ", i)
	}
	d.Topics[0].Lines = []digest.Line{
		{Text: long.String(), URL: "https://news.example/" + strings.Repeat("a", 1900), Source: "S", Time: published},
		{Text: strings.Repeat("ж", 9000), URL: "https://news.example/x"},
	}
	parts, err := testBot(t).RenderDigest(d)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, p := range parts {
		checkMessage(t, p)
		all.WriteString(decode(t, p).Embeds[0].Description + "\n")
	}
	for i := range 3000 {
		if w := fmt.Sprintf("слово%d", i); !strings.Contains(all.String(), w+" ") && !strings.Contains(all.String(), w+"]") {
			t.Fatalf("%s is cut or lost", w)
		}
	}
	if n := strings.Count(all.String(), "ж"); n != 9000 {
		t.Errorf("%d of 9000 letters are told", n)
	}
	for line := range strings.Lines(all.String()) {
		if strings.Count(line, "](") != strings.Count(line, "[") {
			t.Errorf("a link is cut: %q", line)
		}
	}
}
