package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
)

// compile makes a set of one file.
func compile(t testing.TB, yaml string) *Set {
	t.Helper()
	set, err := Compile(File{Name: "rules.yaml", Data: []byte(yaml)})
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, yaml)
	}
	return set
}

func TestMatch(t *testing.T) {
	t.Parallel()
	const entities = `
entities:
  - {id: kyiv, names: [Kyiv, Kiev, Київ], not: [chicken Kiev]}
rules:
  - id: r
    match: `
	tests := []struct {
		name, match, text string
		want              string // the hits, parted by |; "" for no match
	}{
		{"a word", "blackout", "A Blackout.", "Blackout"},
		{"no part of a word", "black", "A blackout.", ""},
		{"inflected forms", "strike", "Strikes, strike, struck; a striker", "Strikes|strike|struck"},
		{"inflected forms of the head", "[power cut]", "power cuts, powers cut", "power cuts"},
		{"no forms in quotes", `'"strike" OR "power cut"'`, "Strikes; power cuts", ""},
		{"no forms of a name", "Strike", "Strikes", ""},
		{"no other word", "new nation", "news of a national", ""},
		{"accents", "cafe", "Le Café", "Café"},
		{"all capitals", "blackout", "BLACKOUT IN ODESA", "BLACKOUT"},
		{"a phrase over a line end", `'"power cut"'`, "power\ncut", "power\ncut"},
		{"a phrase over a hyphen", `'"power cut"'`, "a power-cut", "power-cut"},
		{"a phrase with a word between", `'"power cut"'`, "power was cut", ""},
		{"an apostrophe", "O'Brien", "Mr O’Brien’s car", "O’Brien"},
		{"a zero-width space", "blackout", "black\u200bout", "black\u200bout"},
		{"bytes that are not UTF-8", "blackout", "\xff\xfe blackout\xff", "blackout"},
		{"right to left", "كييف", "في كييف.", "كييف"},
		{"Chinese", "停电", "基辅停电了", "停电"},
		{"an acronym", "US", "The US and the U.S. told us", "US|U.S."},
		{"an acronym among capitals", "IT", "DID IT HAPPEN", ""},
		{"a name in capitals", "NATO", "Nato and NATO", "Nato|NATO"},
		{"small letters", "us", "US and us", "US|us"},
		{"exact", "=Bild", "Das Bild, BILD, bild", "Bild"},
		{"exact prefix", "=Bild*", "Bilder bilder", "Bilder"},
		{"prefix", "electri*", "electric and Electricity", "electric|Electricity"},
		{"prefix of three", "ele*", "ele el elections", "ele|elections"},
		{"prefixes in a phrase", `'"power* cut*"'`, "powerful cuts", "powerful cuts"},
		{"and", "drone odesa", "a drone over Odesa", "drone|Odesa"},
		{"and, one missing", "drone odesa", "a drone over Lviv", ""},
		{"or", "drone OR missile", "missile", "missile"},
		{"not", "drone NOT toy", "a toy drone", ""},
		{"parentheses", "(a OR b) c", "b c", "b|c"},
		{"a field", "title:drone", "a drone", ""},
		{"an entity", `"@kyiv"`, "Київ, Kiev", "Київ|Kiev"},
		{"an entity in another context", `"@kyiv"`, "Chicken Kiev", ""},
		{"an entity in both", `"@kyiv"`, "Chicken Kiev in Kiev", "Kiev"},
		{"maps", `{all: [{any: [a, b]}, c], none: [{all: [x, y]}]}`, "a c x", "a|c"},
		{"maps, excluded", `{all: [{any: [a, b]}, c], none: [{all: [x, y]}]}`, "a c x y", ""},
		{"a list", "[power cut, outage]", "an outage, a power cut", "outage|power cut"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, m := range compile(t, entities+test.match).Match(feed.Entry{Text: test.text}) {
				for _, h := range m.Hits {
					got = append(got, h.Text)
				}
			}
			if s := strings.Join(got, "|"); s != test.want {
				t.Errorf("%s in %q hits %q, want %q", test.match, test.text, s, test.want)
			}
		})
	}
}

func TestMatchTellsWhere(t *testing.T) {
	t.Parallel()
	set := compile(t, `
entities: [{id: odesa, names: [Odesa, Odessa]}]
rules: [{id: r, title: T, severity: urgent, match: '"power cut" @odesa OR tag:energy'}]`)
	got := set.Match(feed.Entry{Title: "Odesa: power cut", Text: "В Odessa", Tags: []string{"x", "the Energy"}})
	want := []Match{{Rule: "r", Title: "T", Severity: Urgent, Hits: []Hit{
		{FieldTitle, 0, 5, "Odesa", "@odesa"},
		{FieldTitle, 7, 16, "power cut", "power cut"},
		{FieldText, 3, 9, "Odessa", "@odesa"},
		{FieldTag, 4, 10, "Energy", "energy"},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRulesLookAtTheirEntriesOnly(t *testing.T) {
	t.Parallel()
	set := compile(t, `rules: [{id: r, match: x, sources: [a], languages: [en], tags: [Énergie]}]`)
	tests := []struct {
		source, language, tag string
		want                  bool
	}{
		{"a", "en", "energie", true},
		{"a/live", "en_GB", "Énergie", true},
		{"a", "", "energie", true},
		{"ab", "en", "energie", false},
		{"a", "eng", "energie", false},
		{"a", "fr", "energie", false},
		{"a", "en", "", false},
	}
	for _, test := range tests {
		e := feed.Entry{Source: test.source, Language: test.language, Tags: []string{test.tag}, Text: "x"}
		if got := len(set.Match(e)) == 1; got != test.want {
			t.Errorf("%+v matches: %t, want %t", e, got, test.want)
		}
	}
}

func TestFailuresSayWhy(t *testing.T) {
	t.Parallel()
	set := compile(t, `rules:
  - id: r
    match: drone
    tests:
      - text: nothing
      - {text: a drone, match: false}
      - {text: a drone, hits: [drones]}
      - {text: a drone, hits: [drone]}
`)
	failures, total := set.Test()
	if total != 4 {
		t.Errorf("%d tests, want 4", total)
	}
	var got []string
	for _, f := range failures {
		got = append(got, f.String())
	}
	want := []string{
		`rules.yaml:5:9: rule r: must match, and does not: "nothing"`,
		`rules.yaml:6:9: rule r: must not match, and does, by ["drone"]: "a drone"`,
		`rules.yaml:7:9: rule r: must hit "drones", and hits ["drone"]: "a drone"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// checkHits holds what a hit promises.
func checkHits(t *testing.T, e feed.Entry, matches []Match) {
	t.Helper()
	for _, m := range matches {
		if len(m.Hits) == 0 {
			t.Errorf("rule %s matches without a hit", m.Rule)
		}
		for _, h := range m.Hits {
			fields := map[Field][]string{FieldTitle: {e.Title}, FieldText: {e.Text}, FieldAuthor: {e.Author}, FieldTag: e.Tags}[h.Field]
			found := false
			for _, s := range fields {
				found = found || h.Start >= 0 && h.Start < h.End && h.End <= len(s) && s[h.Start:h.End] == h.Text
			}
			if !found {
				t.Errorf("no %s of %+v has %+v", h.Field, e, h)
			}
		}
	}
}

func FuzzMatch(f *testing.F) {
	set, err := Load("pack:ukraine")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Kyiv: blackouts", "Drones hit a sub\u00adstation; talks with Moscow \xff", "energy")
	f.Add("без света", "NEW START EXPIRES; New START expires", "")
	f.Fuzz(func(t *testing.T, title, body, tag string) {
		e := feed.Entry{Title: title, Text: body, Tags: []string{tag}}
		matches := set.Match(e)
		checkHits(t, e, matches)
		if diff := cmp.Diff(exhaustive(set, e), matches); diff != "" {
			t.Errorf("the index changes the outcome: -all rules +index:\n%s", diff)
		}
	})
}

// story is as long as a usual entry of a live blog.
var story = feed.Entry{
	Title: "Drones hit two substations near Odesa",
	Text: strings.Repeat("The governor said that crews were at work, that hospitals ran on generators and that trams stood still. ", 8) +
		"Half of the city was left without electricity, and the talks in Geneva went on.",
}

func BenchmarkMatchPack(b *testing.B) {
	set, err := Load("pack:ukraine")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		set.Match(story)
	}
}

func BenchmarkMatchThousandRules(b *testing.B) {
	var yaml strings.Builder
	yaml.WriteString("rules:\n")
	for i := range 1000 {
		fmt.Fprintf(&yaml, "  - {id: r%d, match: '(keyword%d OR \"power cut%d\") NOT other%d'}\n", i, i, i, i)
	}
	set := compile(b, yaml.String())
	b.ResetTimer()
	for b.Loop() {
		set.Match(story)
	}
}
