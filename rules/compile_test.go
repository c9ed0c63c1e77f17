package rules

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"tocsin/feed"
	"tocsin/strict"
)

// problemCases are rule files, and after them in a file "want" what is wrong.
const problemCases = `
-- unknown keys --
rules:
  - id: r
    sevrity: urgent
    match: x
-- want --
3:5: unknown key "sevrity" (did you mean "severity"?)
-- unknown severity --
rules: [{id: r, severity: loud, match: x}]
-- want --
1:27: unknown value "loud" (use info, watch, urgent)
-- unknown entity --
entities: [{id: kyiv, names: [Kyiv]}]
rules: [{id: r, match: "@kiyv"}]
-- want --
2:24: there is no entity @kiyv; did you mean @kyiv?
-- an entity without names --
entities: [{id: kyiv}]
-- want --
1:12: the entity "kyiv" has no names (list them under names)
-- no id, no match --
rules: [{title: x}]
-- want --
1:9: this rule has no id
1:9: the rule "" has no match
-- a bad id --
rules: [{id: Ä b, match: x}]
-- want --
1:14: "Ä b" is no id (use small letters, digits and hyphens, 64 at most)
-- nothing that must stand there --
rules:
  - {id: a, match: NOT x}
  - {id: b, match: {none: [x]}}
  - {id: c, match: {any: [x, {none: [y]}]}}
-- want --
2:20: the rule "a" only says what must not stand there (add what must stand there, under any or all)
3:20: the rule "b" only says what must not stand there (add what must stand there, under any or all)
4:20: the rule "c" only says what must not stand there (add what must stand there, under any or all)
-- empty groups --
rules: [{id: a, match: []}, {id: b, match: {}}]
-- want --
1:24: an empty list matches nothing
1:44: nothing to match (write any, all or none)
-- terms --
rules:
  - {id: a, match: [ab*, "!!", a*b, "* x"]}
-- want --
2:21: "ab*": a prefix needs at least 3 letters
2:26: "!!" has no letter or digit to look for
2:32: "a*b": a prefix needs at least 3 letters
2:37: "* x": a * stands right after the start of a word
-- queries --
rules:
  - {id: a, match: '(x'}
  - {id: b, match: 'x OR'}
  - {id: c, match: '"x'}
  - {id: d, match: 'x )'}
  - {id: e, match: 'OR x'}
-- want --
2:20: a parenthesis is opened and not closed
3:20: a word is missing at the end
4:20: a quote is opened and not closed: "x
5:20: ")" is not expected there
6:20: a word is missing before OR
-- an empty test --
rules: [{id: a, match: x, tests: [{match: maybe}]}]
-- want --
1:35: a test needs a text or a title
1:43: "maybe" where true or false belongs (write true or false)
-- an alias --
rules: &a [*a]
-- want --
1:12: aliases such as *a are not read: write the value out
-- a list where keys belong --
[rules]
-- want --
1:1: a list where keys with values belong
`

func TestProblems(t *testing.T) {
	t.Parallel()
	cases := txtar.Parse([]byte(problemCases)).Files
	for i := 0; i+1 < len(cases); i += 2 {
		t.Run(cases[i].Name, func(t *testing.T) {
			_, err := Compile(File{Name: "f", Data: cases[i].Data})
			if err == nil {
				t.Fatal("it compiles")
			}
			got := strings.ReplaceAll("\n"+err.Error()+"\n", "\nf:", "\n")[1:]
			if diff := cmp.Diff(string(cases[i+1].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEveryFileIsReadBeforeItFails(t *testing.T) {
	t.Parallel()
	_, err := Compile(
		File{"a.yaml", []byte("rules: [{id: r, match: '@later'}]")},
		File{"b.yaml", []byte("entities: [{id: later, names: [x]}]\nrules: [{id: r, match: y}, {id: s, match: '@x'}]")},
		File{"c.yaml", []byte("\tbroken")},
	)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("the error is %v", err)
	}
	var files []string
	for _, p := range problems {
		files = append(files, p.File)
	}
	if got := strings.Join(files, " "); got != "b.yaml b.yaml c.yaml" {
		t.Errorf("problems in %s:\n%v", got, err)
	}
	if !strings.Contains(err.Error(), "a.yaml:1:14") {
		t.Errorf("the first rule with the id is not named:\n%v", err)
	}
}

func TestCapitalsThatCountAreNoted(t *testing.T) {
	t.Parallel()
	notes := compile(t, "rules: [{id: r, match: [US, NATO, it]}]").Notes()
	if len(notes) != 1 || !strings.HasPrefix(notes[0], `rules.yaml:1:25: "US" is matched in capitals only`) {
		t.Errorf("notes: %q", notes)
	}
}

func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"depth":       "rules: [{id: r, match: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}]",
		"size":        "rules:" + strings.Repeat(" ", 11<<20),
		"parentheses": "rules: [{id: r, match: '" + strings.Repeat("(", 100_000) + "'}]",
		"a long list": "rules: [{id: r, match: [" + strings.Repeat("x,", maxTerms+1) + "]}]",
	} {
		if _, err := Compile(File{Name: name, Data: []byte(data)}); err == nil {
			t.Errorf("%s compiles", name)
		} else if len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add([]byte("entities: [{id: e, names: [x], not: [y]}]\nrules: [{id: r, match: {all: ['@e'], none: [z]}, tests: [{text: x}]}]"))
	for _, file := range txtar.Parse([]byte(problemCases)).Files {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Compile(File{Name: "f", Data: data})
		if err != nil {
			return
		}
		set.Test()
		checkHits(t, story, set.Match(story))
	})
}

func FuzzQuery(f *testing.F) {
	for _, q := range []string{"a OR b c", `(x "y z*") NOT title:=Q`, `"`, `title:"a`, "NOT NOT a", "tag:(a)"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		c := &compiler{entities: map[string]*entityRef{}, set: &Set{}}
		c.where = strict.Read("query", nil, &c.problems)
		e, err := c.parseQuery(query)
		if err != nil {
			if utf8.ValidString(query) && !utf8.ValidString(err.Error()) {
				t.Errorf("the error is not UTF-8: %q", err)
			}
			return
		}
		if !e.positive() {
			return
		}
		c.set.rules = []Rule{{ID: "r", match: e}}
		c.set.index = newIndex(c.set.rules)
		agree(t, c.set, feed.Entry{Title: query, Text: fmt.Sprint(query, " a b c")})
	})
}
