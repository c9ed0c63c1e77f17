package liveblog

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"tocsin/feed"
)

// TestMemoryIsBounded: a page of any length leaves a cursor of bounded size, and
// its newest entries are the ones remembered, whichever way it runs.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var entries []feed.Entry
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for i := range 1500 {
		entries = append(entries, feed.Entry{ID: fmt.Sprintf("entry-%d", i), Title: fmt.Sprintf("Headline of entry number %d", i), Published: start.Add(time.Duration(i) * time.Minute)})
	}
	for range 2 {
		traces := recognise(entries, make([]post, len(entries)), nil)
		if len(traces) != maxTraces || !slices.ContainsFunc(traces, func(t trace) bool { return t.ID == "entry-1499" }) {
			t.Errorf("%d entries are remembered, the first is %s", len(traces), traces[0].ID)
		}
		size, err := json.Marshal(cursor{Traces: traces})
		if err != nil || len(size) > 100_000 {
			t.Errorf("a cursor of %d bytes, %v", len(size), err)
		}
		slices.Reverse(entries)
	}
}

func TestSketch(t *testing.T) {
	t.Parallel()
	const text = "Crews and owners of the ferries meet at the town hall this morning to talk about wages"
	a := sketchOf(text)
	for other, want := range map[string][2]float64{
		text:                                  {1, 1},
		"  " + text + "!":                     {1, 1},
		text + " and hours":                   {0.6, 1},
		"Something else altogether, in words": {0, 0.1},
		"":                                    {0, 0},
	} {
		if got := a.like(sketchOf(other)); got < want[0] || got > want[1] {
			t.Errorf("%q is like by %v", other, got)
		}
	}
	if sketch("not base64 at all").like(a) != 0 {
		t.Error("a damaged sketch is like something")
	}
}
