package liveblog

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"tocsin/feed"
)

// trace is by what an entry can be recognised in a later read, under whatever id
// and time it stands there then.
type trace struct {
	ID     string   `json:"id"`
	Others []string `json:"others,omitempty"` // further ids of the publisher
	Minute int64    `json:"minute,omitempty"` // of publication, since 1970; 0 if unknown
	Title  string   `json:"title,omitempty"`  // digest of the folded headline
	Sketch sketch   `json:"sketch,omitempty"`
	Coarse bool     `json:"coarse,omitempty"` // the minute was read off a clock, its day may be a guess
	Whole  bool     `json:"whole,omitempty"`  // the page showed more of it than the data behind it
	Missed int      `json:"missed,omitempty"` // reads running that did not show it
}

// maxTraces bounds how many entries a cursor remembers.
const maxTraces = 400

// newTrace remembers an entry and the post that it was made of.
func newTrace(e feed.Entry, p post) trace {
	t := trace{ID: e.ID, Coarse: p.coarse, Whole: p.whole, Sketch: sketchOf(e.Title + " " + e.Text)}
	for _, id := range p.ids {
		if id != e.ID && len(id) <= 200 && len(t.Others) < 3 {
			t.Others = append(t.Others, id)
		}
	}
	if !e.Published.IsZero() {
		t.Minute = e.Published.Unix() / 60
	}
	if title := plain(e.Title); title != "" {
		t.Title = digest(title)
	}
	return t
}

// recognise gives entries the IDs under which they are remembered: by any of the
// publisher's ids, else, if that entry has just gone from the page, by time and
// words. It returns what to remember now.
func recognise(entries []feed.Entry, posts []post, before []trace) []trace {
	now := make([]trace, len(entries))
	byID := map[string]int{}
	for i, t := range before {
		for _, id := range append([]string{t.ID}, t.Others...) {
			if _, ok := byID[core(id)]; !ok {
				byID[core(id)] = i
			}
		}
	}
	claimed := make([]bool, len(before))
	match := make([]int, len(entries))
	for i := range entries {
		now[i] = newTrace(entries[i], posts[i])
		match[i] = -1
		for _, id := range append([]string{now[i].ID}, now[i].Others...) {
			if old, ok := byID[core(id)]; ok && !claimed[old] {
				match[i], claimed[old] = old, true
				break
			}
		}
	}
	end := oldEnd(now)
	for i := range entries {
		if match[i] >= 0 {
			continue
		}
		if old := likeliest(now[i], before, claimed, end); old >= 0 {
			match[i], claimed[old] = old, true
		}
	}
	taken := map[string]bool{}
	for i, old := range match {
		if old >= 0 {
			taken[before[old].ID] = true
			now[i].adopt(before[old])
			entries[i].ID = now[i].ID
			if was := before[old]; now[i].Coarse && was.Minute != 0 && (now[i].Minute-was.Minute)%(24*60) == 0 {
				now[i].Minute = was.Minute
				entries[i].Published = time.Unix(was.Minute*60, 0).UTC()
			}
		}
	}
	out := now[:0:0]
	for i, t := range now {
		if match[i] < 0 {
			for taken[t.ID] { // its ID is the one that another entry had before
				t.ID += "-new"
				entries[i].ID = t.ID
			}
			taken[t.ID] = true
		}
		out = append(out, t)
	}
	if n := len(out); n > maxTraces && out[0].Minute < out[n-1].Minute {
		out = out[n-maxTraces:] // oldest first
	} else if n > maxTraces {
		out = out[:maxTraces]
	}
	for i, t := range before {
		if len(out) >= maxTraces {
			break
		}
		if !claimed[i] && !taken[t.ID] {
			t.Missed++
			out = append(out, t)
		}
	}
	return out
}

// adopt takes the ID that an entry had before and keeps its newer ids as further ones.
func (t *trace) adopt(old trace) {
	ids := append(append([]string{t.ID}, t.Others...), old.Others...)
	t.ID, t.Others = old.ID, nil
	for _, id := range ids {
		if id != t.ID && !slices.Contains(t.Others, id) && len(t.Others) < 3 {
			t.Others = append(t.Others, id)
		}
	}
}

// How alike two entries must be to be the same one. The measure is [sketch.like].
const (
	alikeAtOnce = 0.3 // published in the same minute
	alikeTitled = 0.4 // under the same headline, on the same day
	alikeAlone  = 0.8 // on words alone, on the same day
	alikeBare   = 0.5 // on words alone, on a page without times
	sameDay     = 12 * 60
)

// oldEnd is the minute of the entry at the old end of a page, 0 if it tells no times.
func oldEnd(now []trace) int64 {
	first, last := int64(0), int64(0)
	for _, t := range now {
		if t.Minute != 0 {
			if first == 0 {
				first = t.Minute
			}
			last = t.Minute
		}
	}
	return min(first, last)
}

// likeliest finds the entry that has just gone from the page and that t most
// probably is; -1 if there is none. What is as old as the old end of the page may
// have rolled off, and a new entry in the same words is not it.
func likeliest(t trace, before []trace, claimed []bool, end int64) int {
	best, score := -1, 0.0
	for i, old := range before {
		if claimed[i] || old.Missed > 1 {
			continue
		}
		like := t.Sketch.like(old.Sketch)
		apart := t.Minute - old.Minute
		timed := t.Minute != 0 && old.Minute != 0
		if timed && t.Coarse && apart%(24*60) == 0 {
			apart = 0 // the same time on the clock; the day was a guess
		}
		still := old.Minute == 0 || old.Minute > end
		near := !timed || apart > -sameDay && apart < sameDay
		titled := t.Title != "" && t.Title == old.Title
		same := timed && apart == 0 && (like >= alikeAtOnce || titled) ||
			still && titled && near && like >= alikeTitled ||
			still && near && like >= alikeAlone ||
			!timed && like >= alikeBare
		if same && (best < 0 || like > score) {
			best, score = i, like
		}
	}
	return best
}

// sketch stands for a text: the smallest hashes of its pairs of words, in base64.
type sketch string

const sketchSize = 8

func sketchOf(s string) sketch {
	words := strings.Fields(plain(s))
	if len(words) == 0 {
		return ""
	}
	var hashes []uint32
	for i := range words {
		h := fnv.New32a()
		h.Write([]byte(strings.Join(words[i:min(i+2, len(words))], " ")))
		hashes = append(hashes, h.Sum32()*2654435761) // FNV alone spreads short texts badly
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	hashes = hashes[:min(len(hashes), sketchSize)]
	var b []byte
	for _, h := range hashes {
		b = binary.BigEndian.AppendUint32(b, h)
	}
	return sketch(base64.RawStdEncoding.EncodeToString(b))
}

// like estimates which part of the words of two texts is common, from 0 to 1.
func (s sketch) like(o sketch) float64 {
	a, b := s.hashes(), o.hashes()
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	union := slices.Concat(a, b)
	slices.Sort(union)
	union = slices.Compact(union)
	union = union[:min(len(union), max(len(a), len(b)))]
	common := 0
	for _, h := range union {
		if slices.Contains(a, h) && slices.Contains(b, h) {
			common++
		}
	}
	return float64(common) / float64(len(union))
}

func (s sketch) hashes() (out []uint32) {
	b, err := base64.RawStdEncoding.DecodeString(string(s))
	if err != nil {
		return nil
	}
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, binary.BigEndian.Uint32(b))
	}
	return out
}

// poorer lists the entries that were read whole before and of which only a part is
// left now: the page no longer shows them, though the data behind it still lists
// them. What is left of them is no edit.
func poorer(now, before []trace) map[string]bool {
	if !slices.ContainsFunc(now, func(t trace) bool { return t.Missed == 0 && t.Whole }) {
		return nil // the page has changed altogether
	}
	old := make(map[string]trace, len(before))
	for _, t := range before {
		old[t.ID] = t
	}
	out := map[string]bool{}
	for _, t := range now {
		if was, ok := old[t.ID]; ok && t.Missed == 0 && was.Whole && !t.Whole {
			out[t.ID] = true
		}
	}
	return out
}

// lost reports whether an entry of the last read is gone from this one.
func lost(traces []trace) bool {
	return slices.ContainsFunc(traces, func(t trace) bool { return t.Missed == 1 })
}

// gap reports whether a page that has been read before shows nothing that was on it then.
func gap(now, before []trace) bool {
	if len(before) == 0 || len(now) == 0 {
		return false
	}
	known := map[string]bool{}
	newest := int64(0)
	for _, t := range before {
		known[t.ID] = true
		newest = max(newest, t.Minute)
	}
	return !slices.ContainsFunc(now, func(t trace) bool {
		return t.Missed == 0 && (known[t.ID] || t.Minute != 0 && t.Minute <= newest)
	})
}

// older reports whether a page was made before the one read last.
func older(page, last time.Time) bool {
	return !page.IsZero() && !last.IsZero() && page.Before(last)
}
