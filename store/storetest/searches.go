package storetest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

// archive records one entry for each text, the later ones published later.
func (f *fixture) archive(source string, texts ...string) {
	f.t.Helper()
	f.source(source)
	for i, text := range texts {
		o := f.outcome(source, strconv.Itoa(i), text)
		o.Entry.Published = f.now.Add(time.Duration(i) * time.Minute)
		f.record(o)
	}
}

// found returns the texts that answer a question.
func (f *fixture) found(q bot.Query) []string {
	f.t.Helper()
	var texts []string
	for _, found := range get(f.Search(f.ctx, q))(f) {
		texts = append(texts, found.Entry.Text)
	}
	return texts
}

var searchTests = map[string]func(*testing.T, *fixture){
	"Search/words": func(t *testing.T, f *fixture) {
		const (
			cafe  = "The Café at Zaporizhzhia reopened"
			grid  = "Power is back: the grid of Zaporizhzhia holds"
			kyiv  = "Відключення світла у Києві, графіки"
			mixed = "grid-scale batteries; see example.org/grid_plan for v2.5"
		)
		f.archive("a", cafe, grid, kyiv, mixed)
		for _, test := range []struct {
			text string
			want []string
		}{
			{"cafe", []string{cafe}},
			{"CAFÉ", []string{cafe}},
			{"cafe\u0301", []string{cafe}},
			{"zaporizhzhia grid", []string{grid}},
			{"grid zaporizh", []string{grid}},
			{"zaporizh grid", nil}, // only the last word may be a start
			{"ВІДКЛЮЧЕННЯ києв", []string{kyiv}},
			{"batteries, (scale)", []string{mixed}},
			{"plan v2.5", []string{mixed}},
			{"grid plan", []string{mixed}},
			{"Zaporizhzhia’s holds", []string{grid}},
			{"example", []string{mixed}},
			{"grid grid batt", []string{mixed}},
			{"nothing of the kind", nil},
			{"?!", nil},
		} {
			diff(t, test.want, f.found(bot.Query{Text: test.text}))
		}
	},
	"Search/no question is wrong": func(t *testing.T, f *fixture) {
		f.archive("a", "one and two")
		for _, text := range []string{
			`"`, `'`, `''`, `"one`, `one"two`, `one AND`, `NOT one`, `one NEAR two`, `(one`, `one)`, `title:one`, `one*`, `*`, `^one`,
			`one & | ! two`, `one <-> two`, `one:*`, `\`, `a\'b`, "\x00", "\xff", "one\x00two", strings.Repeat("one ", 5000), strings.Repeat("x", 100_000), "½ ﬁ ß İ", "\u0301", "-one", "{one}", "one + two",
		} {
			if _, err := f.Search(f.ctx, bot.Query{Text: text}); err != nil {
				t.Errorf("%.40q: %v", text, err)
			}
		}
	},
	"Search/best first": func(t *testing.T, f *fixture) {
		f.source("a")
		for id, e := range map[string]feed.Entry{
			"body":  {Title: "Something else", Text: "A long story of many things, among them treaty, and more, and more again"},
			"title": {Title: "The treaty", Text: "It expires"},
		} {
			o := f.outcome("a", id, "")
			o.Entry.Title, o.Entry.Text = e.Title, e.Text
			f.record(o)
		}
		found := get(f.Search(f.ctx, bot.Query{Text: "treaty"}))(f)
		if len(found) != 2 || found[0].Entry.ID != "title" {
			t.Errorf("got %v", found)
		}
	},
	"Search/the newest": func(t *testing.T, f *fixture) {
		f.archive("a", "one", "two", "three")
		diff(t, []string{"three", "two", "one"}, f.found(bot.Query{}))
		diff(t, []string{"two"}, f.found(bot.Query{Limit: 1, Offset: 1}))
		equal(t, "snippet", get(f.Search(f.ctx, bot.Query{}))(f)[0].Snippet, "")
	},
	"Search/filters": func(t *testing.T, f *fixture) {
		f.archive("a", "one x", "two x", "three x")
		live := feed.Source{ID: "a/live", Kind: feed.KindLiveBlog, URL: "https://example.org/l", Every: time.Minute, Parent: "a"}
		f.must(f.FinishRead(f.ctx, bot.Reading{Source: "a", At: f.now, Found: []feed.Source{live}}))
		o := f.outcome("a/live", "1", "live x")
		o.Entry.Published = f.now.Add(time.Hour)
		o.Matches[0].Rule = "talks"
		f.record(o)
		f.archive("b", "other x")
		for _, text := range []string{"", "x"} {
			for name, test := range map[string]struct {
				q    bot.Query
				want int
			}{
				"source and children": {bot.Query{Source: "a"}, 4},
				"live blog":           {bot.Query{Source: "a/live"}, 1},
				"rule":                {bot.Query{Rule: "talks"}, 1},
				"other rule":          {bot.Query{Rule: "grid", Source: "a"}, 3},
				"from":                {bot.Query{From: f.now.Add(2 * time.Minute)}, 2},
				"to":                  {bot.Query{To: f.now.Add(2 * time.Minute), Source: "a"}, 2},
				"limit":               {bot.Query{Limit: 2}, 2},
				"beyond":              {bot.Query{Offset: 50}, 0},
				"absurd":              {bot.Query{Limit: -5, Offset: -5, Rule: "nobody' or 1=1"}, 0},
			} {
				test.q.Text = text
				equal(t, fmt.Sprintf("%s with %q", name, text), len(f.found(test.q)), test.want)
			}
		}
	},
	"Search/what an entry says now": func(t *testing.T, f *fixture) {
		f.source("a")
		o := f.outcome("a", "1", "the first wording")
		f.record(o)
		o = f.edit(o, "the second wording")
		o.Matches = nil
		f.record(o)
		equal(t, "old words", len(f.found(bot.Query{Text: "first"})), 0)
		equal(t, "old matches", len(f.found(bot.Query{Rule: "grid"})), 0)
		f.record(removed(o))
		found := get(f.Search(f.ctx, bot.Query{Text: "second"}))(f)
		equal(t, "new words", len(found), 1)
		equal(t, "removed", found[0].Removed, true)
		equal(t, "rules", len(found[0].Rules), 0)
		equal(t, "source", found[0].Source.URL, "https://example.org/a")
	},
	"Search/snippets show the original": func(t *testing.T, f *fixture) {
		f.source("a")
		filler := strings.Repeat("lorem ipsum ", 60)
		for id, text := range map[string]string{
			"long":    filler + "At the Café\nof Łódź, CAFÉS stay open. " + filler,
			"marks":   "\x02forged\x03 café marks",
			"nowhere": "nothing",
		} {
			o := f.outcome("a", id, text)
			if id == "nowhere" {
				o.Entry.Title = "Cafe in the title"
			}
			f.record(o)
		}
		got := map[string]string{}
		for _, found := range get(f.Search(f.ctx, bot.Query{Text: "cafe"}))(f) {
			got[found.Entry.ID] = found.Snippet
		}
		equal(t, "marks", got["marks"], " forged  \x02café\x03 marks")
		equal(t, "title", got["nowhere"], "\x02Cafe\x03 in the title")
		long := got["long"]
		for _, part := range []string{"…", "\x02Café\x03 of", "\x02CAFÉS\x03 stay open."} {
			if !strings.Contains(long, part) {
				t.Errorf("the snippet %q lacks %q", long, part)
			}
		}
		if len(long) > 300 {
			t.Errorf("the snippet has %d bytes: %q", len(long), long)
		}
	},
}
