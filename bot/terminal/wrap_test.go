package terminal

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules"
	"tocsin/text"
)

func TestCells(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]struct{ cells, columns int }{
		"":           {0, 0},
		"abc":        {3, 3},
		"cafe\u0301": {4, 4},
		"Київ":       {4, 4},
		"й":          {1, 1},
		"停電":         {2, 4},
		"한국":         {2, 4},
		"ﾊﾝ":         {2, 2}, // half-width katakana
		"🔥":          {1, 2},
		"👍🏽":         {1, 2}, // with a skin tone
		"👩‍🚒":        {1, 2}, // joined
		"🇺🇦🇵🇱":       {2, 4}, // two flags
		"☎\ufe0f":    {1, 2},
		"é́́":        {1, 1},
		"אב":         {2, 2},
	} {
		list := cells(s, 0)
		if len(list) != want.cells || widthOf(list) != want.columns {
			t.Errorf("%q: %d cells in %d columns, want %d in %d", s, len(list), widthOf(list), want.cells, want.columns)
		}
		var joined strings.Builder
		for _, c := range list {
			joined.WriteString(c.text)
		}
		if joined.String() != s {
			t.Errorf("%q became %q", s, joined.String())
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in    string
		limit int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 8, []string{"one two", "three"}},
		{"one two", 7, []string{"one two"}},
		{"one  two", 5, []string{"one", "two"}},
		{"  • one two", 8, []string{"  • one", "two"}},
		{"extraordinary", 5, []string{"extra", "ordin", "ary"}},
		{"an extraordinary day", 8, []string{"an", "extraord", "inary", "day"}},
		{"停電が続く。", 6, []string{"停電が", "続く。"}},
		{"停電続く。", 8, []string{"停電続", "く。"}},       // no line begins with a full stop
		{"停電「続く」", 6, []string{"停電", "「続", "く」"}}, // and none ends with an opening quote
		{"Kyiv停電Lviv", 6, []string{"Kyiv停", "電Lviv"}},
	} {
		var got []string
		for _, l := range wrap(cells(tt.in, 0), tt.limit) {
			var b strings.Builder
			paint(&b, l, false)
			got = append(got, b.String())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("wrap(%q, %d) (-want +got):\n%s", tt.in, tt.limit, diff)
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before, now string
		want        []change
	}{
		{"same", "same", nil},
		{"3 killed in Kharkiv", "5 killed in Kharkiv", []change{{Old: "3", New: "5", After: "killed in Kharkiv"}}},
		{"At least 3 people were killed in the city", "At least 5 people were hurt in the city",
			[]change{
				{Before: "At least", Old: "3", New: "5", After: "people were"},
				{Before: "people were", Old: "killed", New: "hurt", After: "in the city"},
			}},
		{"Trams stand still", "All trams stand still today", []change{
			{Old: "Trams", New: "All trams", After: "stand"}, {Before: "stand", Old: "still", New: "still today"}}},
		{"Gone", "", []change{{Old: "Gone"}}},
	} {
		if diff := cmp.Diff(tt.want, changes(text.Diff(tt.before, tt.now))); diff != "" {
			t.Errorf("%q to %q (-want +got):\n%s", tt.before, tt.now, diff)
		}
	}
}

func TestHitsThatTouchAreOne(t *testing.T) {
	got := runs("emergency outages in", []rules.Hit{{Start: 0, End: 17}, {Start: 10, End: 17}, {Start: 10, End: 20}})
	want := []run{{Text: "emergency outages in", Hit: true}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
