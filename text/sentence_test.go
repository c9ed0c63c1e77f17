package text

import (
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                      "",
		"One. Two! Three?":                      "One.| Two!| Three?",
		"Some 3.5 million, see a.example. Next": "Some 3.5 million, see a.example.| Next",
		"U.S. forces left. Gov. Smith said J. Doe did.": "U.S. forces left.| Gov. Smith said J. Doe did.",
		"He said: “We stay.” Then he left.":             "He said: “We stay.”| Then he left.",
		"It rose to 5 p.m. yesterday":                   "It rose to 5 p.m. yesterday",
		"First line\n\n• item\n":                        "First line\n|• item\n",
		"停電した。「復旧中。」数日かかる。":                             "停電した。|「復旧中。」|数日かかる。",
		"Світла немає. Тривога триває.":                 "Світла немає.| Тривога триває.",
	} {
		var parts []string
		for _, sp := range Sentences(in) {
			parts = append(parts, in[sp.Start:sp.End])
		}
		if got := strings.Join(parts, "|"); got != want {
			t.Errorf("Sentences(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("He said: “We stay.” U.S. forces left.")
	f.Add("\xff.\xff \n")
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, sp := range Sentences(s) {
			if sp.Start < end || sp.End <= sp.Start || sp.End > len(s) {
				t.Fatalf("sentence at %d to %d after %d in %q", sp.Start, sp.End, end, s)
			}
			end = sp.End
		}
	})
}
