package demo_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/demo"
	"tocsin/feed"
)

// TestPlay reads the pages after every step, as the program would, and compares what
// stands there with what the story says.
func TestPlay(t *testing.T) {
	story, err := demo.Load()
	must(t, err)
	synctest.Test(t, func(t *testing.T) {
		p := demo.NewPublisher(base)
		start := time.Now()
		want := map[string][]feed.Entry{} // by slug, as they were put
		items, steps := 0, 0
		err := demo.Play(t.Context(), p, story, demo.Speed, func(s demo.Step) {
			steps++
			due := start.Add(max(s.At, 0) / demo.Speed)
			if late := time.Since(due); late < 0 || late > time.Millisecond {
				t.Errorf("%s of %q is %v late", s.Do, s.Entry.ID, late)
			}
			named := func(e feed.Entry) bool { return e.ID == s.Entry.ID }
			switch s.Do {
			case demo.Announce:
				items++
			case demo.Put:
				want[s.Slug] = append(want[s.Slug], s.Entry)
			case demo.Edit:
				want[s.Slug][slices.IndexFunc(want[s.Slug], named)] = s.Entry
			case demo.Remove:
				want[s.Slug] = slices.DeleteFunc(want[s.Slug], named)
			}
			if n := len(readFeed(t, p).Entries); items > 0 && n != items {
				t.Errorf("the feed has %d items, not %d", n, items)
			}
			if len(want[s.Slug]) > 0 {
				compare(t, s, want[s.Slug], read(t, p, demo.BlogPath(s.Slug)))
			}
		})
		must(t, err)
		if took := time.Since(start); steps != len(story.Steps) || took < 28*time.Second || took > 35*time.Second {
			t.Errorf("%d of %d steps in %v", steps, len(story.Steps), took)
		}
	})
}

// compare checks what stands in a live blog after a step.
func compare(t *testing.T, s demo.Step, want []feed.Entry, got feed.Batch) {
	t.Helper()
	if len(got.Entries) != len(want) {
		t.Fatalf("after %s of %q: %d entries, not %d", s.Do, s.Entry.ID, len(got.Entries), len(want))
	}
	for i, e := range got.Entries {
		w := want[len(want)-1-i]
		if !strings.Contains(e.ID, w.ID) || e.Title != w.Title || e.Text != w.Text || e.Author != w.Author {
			t.Errorf("after %s of %q: entry %d is\n%+v, not\n%+v", s.Do, s.Entry.ID, i, e, w)
		}
		if w.ID != s.Entry.ID {
			continue
		}
		age := time.Since(e.Published)
		if s.Do == demo.Put && s.At >= 0 && age > time.Millisecond || s.Do == demo.Put && s.At < 0 && (age < -s.At || age > -s.At+time.Second) {
			t.Errorf("%q is %v old when it appears", e.ID, age)
		}
		if s.Do == demo.Edit && time.Since(e.Updated) > time.Millisecond {
			t.Errorf("%q was updated %v ago when it changes", e.ID, time.Since(e.Updated))
		}
	}
	if closed := s.Do == demo.Close; closed != (got.State == feed.StateClosed) || closed == strings.HasPrefix(got.Title, "Live: ") {
		t.Errorf("after %s of %q: state %q, title %q", s.Do, s.Entry.ID, got.State, got.Title)
	}
}

func TestPlayStops(t *testing.T) {
	story, err := demo.Load()
	must(t, err)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		if err := demo.Play(ctx, demo.NewPublisher(base), story, demo.Speed, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stopped with %v", err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("stopped after %v", took)
		}
	})
	if err := demo.Play(t.Context(), demo.NewPublisher(base), story, 0, nil); err == nil {
		t.Error("speed 0: no error")
	}
}
