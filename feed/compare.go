package feed

import "time"

// Change is what happened to an entry between two reads of its source.
type Change string

// The changes of an entry.
const (
	ChangeNew      Change = "new"
	ChangeEdited   Change = "edited"
	ChangeRemoved  Change = "removed"
	ChangeRestored Change = "restored" // shown again after a removal
)

// Known is what the archive remembers of an entry, as far as the next read of
// its source needs it.
type Known struct {
	ID          string
	Fingerprint string
	Published   time.Time
	Revision    int
	// Missed counts the good reads running that did not show the entry.
	Missed  int
	Removed bool
}

// Delta is the difference between what is known of a source and a new read.
type Delta struct {
	New      []Entry // Revision 1
	Edited   []Entry // Revision one above the known
	Restored []Entry // Revision as known, or one above if edited as well
	Removed  []string
	// Missed holds the entries that this read did not show and that are not
	// removed yet; their count of misses grows by one.
	Missed []string
	// Seen holds the entries that were missed before and stand there again.
	Seen []string
}

// missesBeforeRemoval is how many good reads running must miss an entry before
// it counts as removed; a single one may be a stale copy from a cache.
const missesBeforeRemoval = 2

// Compare tells what changed in a source. Entries of a feed roll off its end,
// so only a live blog can remove one; and there only if it is newer than the
// oldest entry still shown, since older ones may be beyond the page's limit. An
// old entry that is pinned out of its order says nothing about that limit.
func Compare(kind Kind, known map[string]Known, b Batch) Delta {
	var d Delta
	if b.Unchanged {
		return d
	}
	shown := make(map[string]bool, len(b.Entries))
	for _, e := range b.Entries {
		if shown[e.ID] {
			continue
		}
		shown[e.ID] = true
		k, seen := known[e.ID]
		edited := seen && k.Fingerprint != e.Fingerprint()
		e.Revision = k.Revision
		if !seen || edited {
			e.Revision++
		}
		switch {
		case !seen:
			d.New = append(d.New, e)
		case k.Removed:
			d.Restored = append(d.Restored, e)
		case edited:
			d.Edited = append(d.Edited, e)
		}
		if seen && k.Missed > 0 {
			d.Seen = append(d.Seen, e.ID)
		}
	}
	oldest := edge(b.Entries)
	if kind != KindLiveBlog || oldest.IsZero() {
		return d
	}
	for id, k := range known {
		switch {
		case shown[id] || k.Removed || !k.Published.After(oldest):
		case k.Missed+1 >= missesBeforeRemoval:
			d.Removed = append(d.Removed, id)
		default:
			d.Missed = append(d.Missed, id)
		}
	}
	return d
}

// edge is the time of the entry at the old end of the page, whichever way the
// page runs; zero if no entry has a time.
func edge(entries []Entry) time.Time {
	var first, last time.Time
	falling := 0
	for _, e := range entries {
		t := e.Published
		switch {
		case t.IsZero():
			continue
		case first.IsZero():
			first = t
		default:
			falling += last.Compare(t)
		}
		last = t
	}
	if falling < 0 {
		return first
	}
	return last
}
