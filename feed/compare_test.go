package feed

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// page writes entries as "id@minute=text"; "id=text" has no time.
func page(entries ...string) Batch {
	var b Batch
	for _, s := range entries {
		id, text, _ := strings.Cut(s, "=")
		id, minute, timed := strings.Cut(id, "@")
		e := Entry{ID: id, Text: text}
		if timed {
			e.Published = noon.Add(parseMinute(minute))
		}
		b.Entries = append(b.Entries, e)
	}
	return b
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func parseMinute(s string) time.Duration {
	d, err := time.ParseDuration(s + "m")
	if err != nil {
		panic(err)
	}
	return d
}

// apply does what a store does with a Delta.
func apply(known map[string]Known, d Delta) {
	for _, list := range [][]Entry{d.New, d.Edited, d.Restored} {
		for _, e := range list {
			known[e.ID] = Known{ID: e.ID, Fingerprint: e.Fingerprint(), Published: e.Published, Revision: e.Revision}
		}
	}
	change := func(ids []string, f func(*Known)) {
		for _, id := range ids {
			k := known[id]
			f(&k)
			known[id] = k
		}
	}
	change(d.Removed, func(k *Known) { k.Removed, k.Missed = true, k.Missed+1 })
	change(d.Missed, func(k *Known) { k.Missed++ })
	change(d.Seen, func(k *Known) { k.Missed = 0 })
}

// show writes a Delta as "new a b, edited c", IDs sorted.
func show(d Delta) string {
	var parts []string
	add := func(name string, ids []string) {
		if len(ids) > 0 {
			slices.Sort(ids)
			parts = append(parts, name+" "+strings.Join(ids, " "))
		}
	}
	list := func(entries []Entry) (ids []string) {
		for _, e := range entries {
			ids = append(ids, e.ID+"/"+string('0'+rune(e.Revision)))
		}
		return ids
	}
	add("new", list(d.New))
	add("edited", list(d.Edited))
	add("restored", list(d.Restored))
	add("removed", slices.Clone(d.Removed))
	add("missed", slices.Clone(d.Missed))
	add("seen", slices.Clone(d.Seen))
	return strings.Join(parts, ", ")
}

func TestCompareSequences(t *testing.T) {
	t.Parallel()
	type read struct {
		page Batch
		want string
	}
	for name, c := range map[string]struct {
		kind  Kind
		reads []read
	}{
		"new and edited": {KindLiveBlog, []read{
			{page("b@2=two", "a@1=one"), "new a/1 b/1"},
			{page("c@3=three", "b@2=two", "a@1=one!"), "new c/1, edited a/2"},
			{page("c@3=three", "b@2=two", "a@1=one"), "edited a/3"},
			{page("c@3=three", "b@2=two", "a@1=one"), ""},
		}},
		"white space is no edit": {KindLiveBlog, []read{
			{page("a@1=one  two"), "new a/1"},
			{page("a@1= one\n\ntwo "), ""},
		}},
		"a new time is no edit": {KindLiveBlog, []read{
			{page("a@1=one"), "new a/1"},
			{page("a@7=one"), ""},
		}},
		"removal needs two misses": {KindLiveBlog, []read{
			{page("c@3=", "b@2=", "a@1="), "new a/1 b/1 c/1"},
			{page("c@3=", "a@1="), "missed b"},
			{page("c@3=", "a@1="), "removed b"},
			{page("c@3=", "a@1="), ""},
		}},
		"a stale copy removes nothing": {KindLiveBlog, []read{
			{page("b@2=", "a@1="), "new a/1 b/1"},
			{page("c@3=", "b@2=", "a@1="), "new c/1"},
			{page("b@2=", "a@1="), "missed c"},
			{page("c@3=", "b@2=", "a@1="), "seen c"},
			{page("b@2=", "a@1="), "missed c"},
			{page("c@3=", "b@2=", "a@1="), "seen c"},
		}},
		"an unchanged read says nothing": {KindLiveBlog, []read{
			{page("b@2=", "a@1="), "new a/1 b/1"},
			{page("a@1="), "missed b"},
			{Batch{Unchanged: true}, ""},
			{page("a@1="), "removed b"},
		}},
		"older ones roll off": {KindLiveBlog, []read{
			{page("c@3=", "b@2=", "a@1="), "new a/1 b/1 c/1"},
			{page("d@4=", "c@3=", "b@2="), "new d/1"},
			{page("e@5=", "d@4=", "c@3="), "new e/1"},
		}},
		"one as old as the oldest shown may have rolled off": {KindLiveBlog, []read{
			{page("c@3=", "b@2=", "a@2="), "new a/1 b/1 c/1"},
			{page("c@3=", "b@2="), ""},
			{page("c@3=", "b@2="), ""},
		}},
		"restored, and edited on the way": {KindLiveBlog, []read{
			{page("b@2=two", "a@1=one"), "new a/1 b/1"},
			{page("a@1=one"), "missed b"},
			{page("a@1=one"), "removed b"},
			{page("b@2=two", "a@1=one"), "restored b/1, seen b"},
			{page("a@1=one"), "missed b"},
			{page("a@1=one"), "removed b"},
			{page("b@2=two!", "a@1=one"), "restored b/2, seen b"},
		}},
		"an old pinned entry does not widen the window": {KindLiveBlog, []read{
			{page("p@0=", "c@3=", "b@2="), "new b/1 c/1 p/1"},
			{page("p@0=", "d@4=", "c@3="), "new d/1"},
			{page("d@4=", "c@3="), ""},
		}},
		"nor does one pinned at the end of a page that runs upwards": {KindLiveBlog, []read{
			{page("b@2=", "c@3=", "d@4=", "p@0="), "new b/1 c/1 d/1 p/1"},
			{page("c@3=", "d@4=", "e@5=", "p@0="), "new e/1"},
		}},
		"oldest first": {KindLiveBlog, []read{
			{page("a@1=", "b@2=", "c@3="), "new a/1 b/1 c/1"},
			{page("a@1=", "c@3="), "missed b"},
			{page("a@1=", "c@3="), "removed b"},
		}},
		"entries without a time are never removed": {KindLiveBlog, []read{
			{page("a@1=", "x="), "new a/1 x/1"},
			{page("a@1="), ""},
			{page("a@1="), ""},
		}},
		"a page that is all without times removes nothing": {KindLiveBlog, []read{
			{page("a@1="), "new a/1"},
			{page("x="), "new x/1"},
			{page("x="), ""},
		}},
		"an empty page removes nothing": {KindLiveBlog, []read{
			{page("a@1="), "new a/1"},
			{page(), ""},
		}},
		"a feed removes nothing": {KindFeed, []read{
			{page("b@2=", "a@1="), "new a/1 b/1"},
			{page("a@1="), ""},
			{page("a@1="), ""},
		}},
		"drafts appear with old times": {KindLiveBlog, []read{
			{page("c@9=", "a@1="), "new a/1 c/1"},
			{page("c@9=", "b@5=", "a@1="), "new b/1"},
		}},
		"an ID that stands twice counts once": {KindLiveBlog, []read{
			{page("a@1=one", "a@1=copy"), "new a/1"},
			{page("a@1=one", "a@1=copy"), ""},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known := map[string]Known{}
			for i, r := range c.reads {
				d := Compare(c.kind, known, r.page)
				if got := show(d); got != r.want {
					t.Fatalf("read %d: %q, want %q", i+1, got, r.want)
				}
				apply(known, d)
			}
		})
	}
}
