package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	tests := []struct {
		name, before, after string
		want                []Edit
	}{
		{"nothing", "", "", nil},
		{"equal", "same words", "same words", []Edit{{Keep, "same words"}}},
		{"a number", "at least 3 killed", "at least 5 killed",
			[]Edit{{Keep, "at least "}, {Delete, "3 "}, {Insert, "5 "}, {Keep, "killed"}}},
		{"appended", "one", "one two", []Edit{{Delete, "one"}, {Insert, "one two"}}},
		{"all new", "", "word", []Edit{{Insert, "word"}}},
		{"all gone", "word", "", []Edit{{Delete, "word"}}},
		{"two places", "a b c d e", "a x c y e",
			[]Edit{{Keep, "a "}, {Delete, "b "}, {Insert, "x "}, {Keep, "c "}, {Delete, "d "}, {Insert, "y "}, {Keep, "e"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Diff(test.before, test.after)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDiffOfLongTextsIsBounded(t *testing.T) {
	before := strings.Repeat("a b ", 100_000)
	after := strings.Repeat("b c ", 100_000)
	checkJoins(t, before, after)
}

func FuzzDiff(f *testing.F) {
	f.Add("at least 3 killed", "at least 5 killed")
	f.Add(" a\n\nb", "a \xff b ")
	f.Fuzz(checkJoins)
}

// checkJoins holds what Diff promises: each side can be put together again.
func checkJoins(t *testing.T, before, after string) {
	var old, now strings.Builder
	last := Keep
	for i, e := range Diff(before, after) {
		if e.Text == "" {
			t.Error("an empty edit")
		}
		if i > 0 && e.Kind == last {
			t.Error("two runs of one kind in a row")
		}
		last = e.Kind
		if e.Kind != Insert {
			old.WriteString(e.Text)
		}
		if e.Kind != Delete {
			now.WriteString(e.Text)
		}
	}
	if old.String() != before || now.String() != after {
		t.Errorf("the difference of %q and %q does not join to them again", before, after)
	}
}
