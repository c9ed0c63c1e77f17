package demo_test

import (
	"strings"
	"testing"
	"time"

	"tocsin/demo"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	s, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	count := map[demo.Action]int{}
	puts := map[int]int{}
	articles, before := 0, 0
	numbers := false
	texts := map[string]string{}
	for i, step := range s.Steps {
		count[step.Do]++
		e := step.Entry
		switch step.Do {
		case demo.Put:
			puts[step.Day]++
			texts[e.ID] = e.Title
			if step.At < 0 {
				before++
			}
			fallthrough
		case demo.Edit:
			if e.Title == "" || e.Text == "" || e.Author == "" {
				t.Errorf("entry %q lacks a title, a text or an author", e.ID)
			}
			if strings.Contains(texts[e.ID], "kills 3") && strings.Contains(e.Title, "kills 5") {
				numbers = true
			}
		case demo.Announce:
			if e.URL != demo.BlogPath(step.Slug) {
				articles++
			}
		}
		if i > 0 && step.At < s.Steps[i-1].At {
			t.Errorf("step %d comes before the one that precedes it", i)
		}
		if len(e.Text) > 400 {
			t.Errorf("entry %q has %d bytes of text: nobody reads that in the terminal", e.ID, len(e.Text))
		}
	}
	if n := puts[1] + puts[2]; n < 28 || n > 36 || puts[2] < 8 || puts[2] > 10 || before == 0 {
		t.Errorf("entries: %v, %d before the beginning", puts, before)
	}
	if count[demo.Open] != 2 || count[demo.Close] != 1 || count[demo.Remove] != 1 || count[demo.Edit] != 2 {
		t.Errorf("steps: %v", count)
	}
	if articles < 3 || articles > 4 || count[demo.Announce]-articles != 2 {
		t.Errorf("%d announcements, %d of them articles", count[demo.Announce], articles)
	}
	if !numbers {
		t.Error("no edit changes the number of dead from 3 to 5")
	}
	if took := s.Length() / demo.Speed; took < 28*time.Second || took > 35*time.Second {
		t.Errorf("the story takes %v", took)
	}
}
