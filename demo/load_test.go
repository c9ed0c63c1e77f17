package demo

import (
	"strings"
	"testing"
)

func TestMistakesInAStory(t *testing.T) {
	t.Parallel()
	const head = "days:\n- slug: s\n  title: T\n  summary: S\n  minutes: 10\n  steps:\n"
	for name, c := range map[string]struct{ story, want string }{
		"unknown key":       {head + "  - {at: 1, do: open, titel: x}\n", `unknown key "titel"`},
		"unknown action":    {head + "  - {at: 1, do: opne}\n", `unknown value "opne"`},
		"no time":           {head + "  - {do: open}\n", "needs at and do"},
		"no id":             {head + "  - {at: 1, do: put, title: x}\n", "names no id"},
		"edit of nothing":   {head + "  - {at: 1, do: edit, id: a}\n", `no entry "a"`},
		"put twice":         {head + "  - {at: 1, do: put, id: a}\n  - {at: 2, do: put, id: a}\n", "stands there already"},
		"edit of a removed": {head + "  - {at: 1, do: put, id: a}\n  - {at: 2, do: remove, id: a}\n  - {at: 3, do: edit, id: a}\n", `no entry "a"`},
		"back in time":      {head + "  - {at: 2, do: open}\n  - {at: 1, do: close}\n", "before the step above it"},
		"no steps":          {"days:\n- {slug: s, title: T, summary: S, minutes: 1}\n", "the day has no steps"},
		"no YAML":           {"days: [", "not YAML"},
	} {
		_, err := parse("story.yaml", []byte(c.story))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(storyFile)
	f.Add([]byte("days:\n- slug: s\n  title: T\n  summary: S\n  minutes: 1\n  steps: [{at: 1, do: open}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parse("story.yaml", data)
		if err != nil {
			return
		}
		for i := 1; i < len(s.Steps); i++ {
			if s.Steps[i].At < s.Steps[i-1].At {
				t.Fatalf("step %d comes before the one that precedes it", i)
			}
		}
	})
}
