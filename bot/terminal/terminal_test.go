package terminal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var published = time.Date(2026, 11, 22, 12, 5, 0, 0, time.UTC)

func hit(f rules.Field, in, word string) rules.Hit {
	at := strings.Index(in, word)
	return rules.Hit{Field: f, Start: at, End: at + len(word), Text: word, Term: word}
}

// sample is an alert of a live blog's entry.
func sample() digest.Alert {
	e := feed.Entry{
		ID:     "e1",
		URL:    "https://live.example.org/2026/11/22/war-day-1369/#entry-1204",
		Title:  "Blackout across the eastern districts after a strike on a substation",
		Author: "Iryna Melnyk",
		Text: "Five people were killed when a substation was hit before dawn, the regional governor said.\n\n" +
			"Emergency power cuts are in force until the evening; trams stand still.\n\n" +
			"• Hospitals run on generators\n• Water is being trucked in",
		Published: published,
	}
	return digest.Alert{
		Subscription: digest.Subscription{ID: "desk", Zone: "Europe/Kyiv"},
		Source:       feed.Source{ID: "gazette-live", Title: "The Gazette, live"},
		Entry:        e,
		Matches: []rules.Match{
			{Rule: "grid", Title: "Attacks on the power grid", Severity: rules.Urgent, Hits: []rules.Hit{
				hit(rules.FieldTitle, e.Title, "Blackout"), hit(rules.FieldTitle, e.Title, "substation"), hit(rules.FieldText, e.Text, "substation"),
			}},
			{Rule: "cuts", Title: "Power cuts", Severity: rules.Watch, Hits: []rules.Hit{hit(rules.FieldText, e.Text, "power cuts")}},
		},
		Change: feed.ChangeNew,
		At:     published.Add(time.Minute),
	}
}

func changed(c feed.Change, alter func(*digest.Alert)) digest.Alert {
	a := sample()
	a.Change = c
	a.At = published.Add(9 * time.Minute)
	if alter != nil {
		alter(&a)
	}
	return a
}

func scenes() []scene {
	wide := sample()
	wide.Entry.Title = "停電が東部の広い範囲で続き、変電所への攻撃が原因とみられると当局が発表した。"
	wide.Entry.Text = "Відключення світла 🇺🇦 тривають 👩‍🚒🔥, cafe\u0301s are closed, 発電機で動く病院もある。復旧には数日かかる見通しで、水道も止まっている。"
	wide.Matches = []rules.Match{{Rule: "grid", Severity: rules.Watch, Hits: []rules.Hit{
		hit(rules.FieldTitle, wide.Entry.Title, "停電"), hit(rules.FieldText, wide.Entry.Text, "Відключення світла"),
	}}}
	hostile := sample()
	hostile.Entry.Title = "\x1b[2J\x1b]0;owned\x07Blackout\r\nforged \u202eline\u0085 \xff end"
	hostile.Entry.URL = "javascript:alert(1)"
	hostile.Matches = hostile.Matches[1:]
	return []scene{
		{name: "new", alert: sample()},
		{name: "edited", update: true, alert: changed(feed.ChangeEdited, func(a *digest.Alert) {
			a.TextEdits = []text.Edit{
				{Kind: text.Delete, Text: "Three"}, {Kind: text.Insert, Text: "Five"},
				{Kind: text.Keep, Text: " people were killed when a substation was hit before dawn, the regional governor said.\n\nEmergency power cuts are in force until the evening; "},
				{Kind: text.Delete, Text: "schools are closed and "},
				{Kind: text.Keep, Text: "trams stand still.\n\n• Hospitals run on generators"},
				{Kind: text.Insert, Text: "\n• Water is being trucked in"},
			}
		})},
		{name: "no match", update: true, alert: changed(feed.ChangeEdited, func(a *digest.Alert) {
			a.Matches = nil
			a.Entry.Text = "It was a false alarm."
			a.TitleEdits = []text.Edit{{Kind: text.Delete, Text: a.Entry.Title}, {Kind: text.Insert, Text: "Lights are on"}}
			a.Entry.Title = "Lights are on"
		})},
		{name: "removed", update: true, alert: changed(feed.ChangeRemoved, nil)},
		{name: "restored", update: true, alert: changed(feed.ChangeRestored, nil)},
		{name: "wide characters", alert: wide},
		{name: "hostile", alert: hostile},
		{name: "digest", digest: &digest.Digest{
			Subscription: digest.Subscription{ID: "desk", Zone: "Europe/Kyiv"},
			From:         published.Add(-30 * time.Hour), To: published.Add(-6 * time.Hour),
			Topics: []digest.Topic{
				{Rule: "grid", Title: "Attacks on the power grid", Severity: rules.Urgent, More: 3, Lines: []digest.Line{
					{Text: "Blackout across the eastern districts after a strike on a substation, and emergency cuts until the evening", URL: "https://live.example.org/#e1", Time: published.Add(-7 * time.Hour), Source: "The Gazette, live", Entries: []string{"e1", "x9"}},
					{Text: "A second transformer is on fire, says the operator", URL: "https://live.example.org/#e2", Time: published.Add(-8 * time.Hour), Source: "The Gazette, live", Entries: []string{"e2"}, Removed: true},
				}},
				{Rule: "talks", Title: "Talks", Severity: rules.Info, Lines: []digest.Line{{Text: "Envoys meet again on Thursday.", Entries: []string{"e3"}}}},
			},
		}},
		{name: "empty digest", digest: &digest.Digest{To: published}},
	}
}

type scene struct {
	name   string
	update bool
	alert  digest.Alert
	digest *digest.Digest
}

func (s scene) render(t testing.TB, c *Chat) json.RawMessage {
	t.Helper()
	if s.digest == nil {
		p, err := c.RenderAlert(s.alert)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, err := c.RenderDigest(*s.digest)
	if err != nil || len(p) != 1 {
		t.Fatalf("RenderDigest = %d messages, %v", len(p), err)
	}
	return p[0]
}

func (s scene) post(t testing.TB, c *Chat) {
	t.Helper()
	d := bot.Delivery{ID: 12, Payload: s.render(t, c)}
	if s.update {
		d.MessageID = "12"
		if err := c.Edit(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		return
	}
	if id, err := c.Send(context.Background(), d); err != nil || id != "12" {
		t.Fatalf("Send = %q, %v", id, err)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Width: 60}, {Width: 60, Color: true}, {Width: 100}, {Width: 100, Color: true}} {
		name := strconv.Itoa(o.Width)
		if o.Color {
			name += "-color"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			c := New(&got, o)
			for _, s := range scenes() {
				fmt.Fprintf(&got, "-- %s --\n", s.name)
				s.post(t, c)
			}
			// Escape characters would make the files hard to review.
			visible := strings.ReplaceAll(got.String(), "\x1b", "␛")
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(visible), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(visible, "\n")); diff != "" {
				t.Errorf("drawn otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderIsPure(t *testing.T) {
	t.Parallel()
	for _, s := range scenes() {
		narrow, broad := s.render(t, New(nil, Options{Width: 40})), s.render(t, New(nil, Options{Width: 100, Color: true}))
		if !bytes.Equal(narrow, broad) {
			t.Errorf("%s: the payload depends on the terminal", s.name)
		}
	}
}

func TestRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"", "{}", "[]", `{"content":"hi"}`, `{"alert":7}`} {
		var out bytes.Buffer
		_, err := New(&out, Options{}).Send(context.Background(), bot.Delivery{ID: 1, Payload: []byte(payload)})
		if !errors.Is(err, bot.ErrRefused) || out.Len() > 0 {
			t.Errorf("Send(%q) = %v and wrote %q", payload, err, out.String())
		}
	}
}

func TestStoppedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out bytes.Buffer
	c := New(&out, Options{})
	if _, err := c.Send(ctx, bot.Delivery{Payload: scenes()[0].render(t, c)}); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("Send = %v and wrote %q", err, out.String())
	}
}

// lines counts whole blocks: each Write must be one message.
type blocks struct{ list []string }

func (b *blocks) Write(p []byte) (int, error) {
	b.list = append(b.list, string(p))
	return len(p), nil
}

func TestMessagesDoNotMingle(t *testing.T) {
	t.Parallel()
	var out blocks
	c := New(&out, Options{Width: 60})
	s := scenes()[0]
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { s.post(t, c) })
	}
	wg.Wait()
	if len(out.list) != 20 {
		t.Fatalf("%d writes for 20 messages", len(out.list))
	}
	for _, b := range out.list {
		if b != out.list[0] {
			t.Error("equal messages are drawn otherwise")
		}
	}
}
