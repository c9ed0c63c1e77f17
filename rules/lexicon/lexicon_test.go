package lexicon

import (
	"slices"
	"strings"
	"testing"
)

func TestEnglish(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"strike":    "strikes striking struck",
		"talk":      "talked talking talks",
		"blackout":  "blackouts",
		"cut":       "cuts cutting",
		"stop":      "stopped stopping stops",
		"child":     "children",
		"crisis":    "crises",
		"man":       "manned manning mans men",
		"treaty":    "treaties",
		"flee":      "fled fleeing flees",
		"die":       "died dies dying",
		"airstrike": "airstrikes",
		"ceasefire": "ceasefires",
		"new":       "", // not news
		"nation":    "nations",
		"general":   "generaled generaling generals",
		"struck":    "",
		"news":      "",
		"Kyiv":      "",
		"зерно":     "",
		"":          "",
		"zzzzz":     "zzzzzes",
	} {
		forms := English(word)
		slices.Sort(forms)
		if got := strings.Join(forms, " "); got != want {
			t.Errorf("English(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestEveryLineIsFound(t *testing.T) {
	t.Parallel()
	last := ""
	for line := range strings.Lines(english) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word <= last {
			t.Fatalf("%q stands after %q", word, last)
		}
		last = word
		if found, ok := find(english, word); !ok || found != strings.TrimSpace(line) {
			t.Fatalf("%q is not found", word)
		}
	}
}

func FuzzEnglish(f *testing.F) {
	f.Add("strike")
	f.Add("y")
	f.Fuzz(func(t *testing.T, word string) {
		for _, form := range English(word) {
			if form == word || form == "" {
				t.Errorf("%q is no other form of %q", form, word)
			}
		}
	})
}
