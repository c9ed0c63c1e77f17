package digest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
	"tocsin/rules"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var morning = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

func match(rule string, s rules.Severity, e feed.Entry, words ...string) rules.Match {
	m := rules.Match{Rule: rule, Title: strings.ToUpper(rule[:1]) + rule[1:], Severity: s, Hits: []rules.Hit{}}
	for _, w := range words {
		if i := strings.Index(e.Title, w); i >= 0 {
			m.Hits = append(m.Hits, rules.Hit{Field: rules.FieldTitle, Start: i, End: i + len(w), Text: w, Term: w})
		}
		if i := strings.Index(e.Text, w); i >= 0 {
			m.Hits = append(m.Hits, rules.Hit{Field: rules.FieldText, Start: i, End: i + len(w), Text: w, Term: w})
		}
	}
	return m
}

// day is a day's items, oldest first.
func day() []Item {
	live := feed.Source{ID: "gazette-live", Title: "The Gazette, live"}
	wire := feed.Source{ID: "wire", Title: "Wire <One>"}
	item := func(src feed.Source, id, title, body, url string, minutes int) Item {
		return Item{Source: src, Entry: feed.Entry{
			ID: id, Title: title, Text: body, URL: url, Published: morning.Add(time.Duration(minutes) * time.Minute),
		}}
	}
	items := []Item{
		item(live, "e1", "", "Good morning. We start the day in the east. A blackout began at four, the operator said. More soon.", "https://live.example.org/day", 0),
		item(live, "e2", "Envoys to meet on Thursday", "The talks resume. Nobody expects much.", "https://live.example.org/day", 20),
		item(wire, "w1", "Blackout in the east", "Substation hit.", "https://wire.example.net/1", 30),
		item(wire, "w2", "BLACKOUT in the  east", "Substation hit.", "https://wire.example.net/2?a=b&c=(d)", 45),
		item(live, "e3", "Trams stand still", "A second *substation* burns.\nRepairs take days.", "https://live.example.org/day#e3", 60),
		item(live, "e4", "Photo", "Photo. A queue at a well in the old town.", "javascript:alert(1)", 70),
	}
	for i, words := range [][]string{{"blackout"}, {"talks"}, {"Blackout"}, {"BLACKOUT"}, {"substation"}, nil} {
		it := &items[i]
		switch {
		case words == nil:
		case words[0] == "talks":
			it.Matches = []rules.Match{match("talks", rules.Watch, it.Entry, words...)}
		default:
			it.Matches = []rules.Match{match("weather", rules.Info, it.Entry), match("grid", rules.Urgent, it.Entry, words...)}
		}
	}
	items[4].Removed = true
	return items
}

func kyiv() Subscription { return Subscription{ID: "desk", Zone: "Europe/Kyiv"} }

func TestGolden(t *testing.T) {
	t.Parallel()
	from, to := morning.Add(-2*time.Hour), morning.Add(22*time.Hour)
	short := kyiv()
	short.Lines = 1
	bare := day()
	for i := range bare {
		bare[i].Matches = nil
	}
	for name, d := range map[string]Digest{
		"rules":   Compile(kyiv(), day(), from, to),
		"short":   Compile(short, day(), from, to),
		"bare":    Compile(Subscription{}, bare, time.Time{}, to),
		"nothing": Compile(kyiv(), nil, from, to),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var plain, markdown bytes.Buffer
			if err := WriteText(&plain, d); err != nil {
				t.Fatal(err)
			}
			if err := WriteMarkdown(&markdown, d); err != nil {
				t.Fatal(err)
			}
			object, err := json.MarshalIndent(d, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			for ext, got := range map[string][]byte{"txt": plain.Bytes(), "md": markdown.Bytes(), "json": append(object, '\n')} {
				golden(t, filepath.Join("testdata", name+"."+ext), got)
			}
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestNothingIsLost compiles random days: every entry is in one line or counted,
// once; topics and lines keep their order and bounds.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 7))
		s := Subscription{Severity: rules.Severity(random.IntN(3)), Lines: random.IntN(5)}
		if random.IntN(2) == 0 {
			s.Rules = []string{"a", "b"}
		}
		items := make([]Item, random.IntN(60))
		for i := range items {
			it := Item{
				Source:  feed.Source{ID: fmt.Sprint("s", random.IntN(3))},
				Entry:   feed.Entry{ID: fmt.Sprint("e", i), Text: fmt.Sprint("Said ", random.IntN(25)), Published: morning.Add(time.Duration(random.IntN(100)) * time.Minute)},
				Removed: random.IntN(5) == 0,
			}
			if random.IntN(2) == 0 {
				it.Entry.URL = fmt.Sprint("https://x.example/", random.IntN(40))
			}
			for _, rule := range []string{"a", "b", "c"} {
				if random.IntN(2) == 0 {
					it.Matches = append(it.Matches, rules.Match{Rule: rule, Severity: rules.Severity(random.IntN(3))})
				}
			}
			items[i] = it
		}
		before := slices.Clone(items)
		d := Compile(s, items, morning, morning.Add(time.Hour))
		if !reflect.DeepEqual(before, items) {
			t.Fatalf("seed %d: Compile changed its items", seed)
		}
		limit := s.Lines
		if limit == 0 {
			limit = defaultLines
		}
		seen := map[string]bool{}
		total := 0
		for i, topic := range d.Topics {
			if len(topic.Lines) == 0 || len(topic.Lines) > limit {
				t.Fatalf("seed %d: %d lines of %d under %q", seed, len(topic.Lines), limit, topic.Rule)
			}
			if i > 0 && topic.Severity > d.Topics[i-1].Severity {
				t.Fatalf("seed %d: a louder topic comes later", seed)
			}
			if topic.Rule == "c" && len(s.Rules) > 0 {
				t.Fatalf("seed %d: a topic of a rule nobody asked for", seed)
			}
			total += topic.More
			for j, l := range topic.Lines {
				if j > 0 && l.Time.After(topic.Lines[j-1].Time) {
					t.Fatalf("seed %d: an older line comes first", seed)
				}
				for _, e := range l.Entries {
					if seen[e] {
						t.Fatalf("seed %d: %s is told twice", seed, e)
					}
					seen[e] = true
					total++
				}
			}
		}
		if total != len(items) {
			t.Fatalf("seed %d: %d entries of %d are told or counted", seed, total, len(items))
		}
	}
}

func TestLastVersionCounts(t *testing.T) {
	t.Parallel()
	version := func(said string) Item {
		return Item{Source: feed.Source{ID: "s"}, Entry: feed.Entry{ID: "1", Text: said}}
	}
	d := Compile(Subscription{}, []Item{version("Three people are hurt."), version("Five people are hurt.")}, morning, morning)
	if len(d.Topics) != 1 || len(d.Topics[0].Lines) != 1 || d.Topics[0].Lines[0].Text != "Five people are hurt." || len(d.Topics[0].Lines[0].Entries) != 1 {
		t.Errorf("topics = %+v", d.Topics)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	at := func(source, id, url, body string) Item {
		return Item{Source: feed.Source{ID: source}, Entry: feed.Entry{ID: id, URL: url, Text: body}}
	}
	for name, tt := range map[string]struct {
		items []Item
		want  string
	}{
		"apart":                        {[]Item{at("s", "1", "u1", "one"), at("s", "2", "u2", "two")}, "1|2"},
		"one address":                  {[]Item{at("s", "1", "u", "one"), at("t", "2", "u", "two")}, "1 2"},
		"one text":                     {[]Item{at("s", "1", "", "Été  à Kyiv"), at("s", "2", "", "Ete a kyiv")}, "1 2"},
		"by way of a third":            {[]Item{at("s", "1", "u1", "one"), at("t", "2", "u2", "two"), at("v", "3", "u1", "two")}, "1 2 3"},
		"the address of a page":        {[]Item{at("s", "1", "u", "one"), at("s", "2", "u", "two"), at("t", "3", "u", "three")}, "1|2|3"},
		"nothing to compare":           {[]Item{at("s", "1", "", ""), at("s", "2", "", " ")}, "1|2"},
		"ids are of their own sources": {[]Item{at("s", "1", "", "one"), at("t", "1", "", "two")}, "1|1"},
	} {
		var groups []string
		for _, g := range merge(tt.items) {
			var ids []string
			for _, it := range g {
				ids = append(ids, it.Entry.ID)
			}
			groups = append(groups, strings.Join(ids, " "))
		}
		if got := strings.Join(groups, "|"); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	var items []Item
	for i := range 200 { // 1,200 entries
		for _, it := range day() {
			it.Entry.ID += fmt.Sprint("-", i)
			it.Entry.URL += fmt.Sprint("-", i)
			it.Entry.Text += fmt.Sprint(" ", i)
			items = append(items, it)
		}
	}
	for b.Loop() {
		Compile(kyiv(), items, morning, morning.Add(24*time.Hour))
	}
}
