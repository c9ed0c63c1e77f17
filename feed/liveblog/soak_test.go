package liveblog

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tocsin/feed"
	"tocsin/fetch"
)

// story is a live blog that a seeded newsroom writes, with the truth about it.
type story struct {
	r       *rand.Rand
	clock   time.Time
	entries []told // newest first
	next    int
	ids     bool // the publisher names its entries
	window  int  // how many the page shows
	dom     bool // the page is its markup; else it is JSON-LD
}

type told struct {
	n        int
	at       time.Time
	title    string
	text     string
	versions int
}

var vocabulary = strings.Fields("harbour ferry crew owner strike pier night morning council mayor vote talks wage ticket tide storm bridge road train signal market price fish boat captain union meeting court police fire alarm school river tunnel lamp tower bell")

func (s *story) sentence(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = vocabulary[s.r.IntN(len(vocabulary))]
	}
	return strings.Join(words, " ")
}

func (s *story) write() {
	s.next++
	if s.r.IntN(4) == 0 { // what is told again and again in the same words
		s.entries = append([]told{{n: s.next, at: s.clock, title: fmt.Sprintf("alert for the harbour district %d", s.next),
			text: "an alert has been declared for the harbour district and people are asked to go to the shelters at once", versions: 1}}, s.entries...)
		return
	}
	s.entries = append([]told{{n: s.next, at: s.clock, title: fmt.Sprintf("%s %d", s.sentence(5), s.next), text: s.sentence(30), versions: 1}}, s.entries...)
}

// edit changes a word of one of the newest entries, in its headline or its text.
func (s *story) edit() {
	if len(s.entries) == 0 {
		return
	}
	e := &s.entries[s.r.IntN(min(len(s.entries), s.window))]
	if s.r.IntN(3) == 0 {
		words := strings.Fields(e.title)
		words[s.r.IntN(len(words)-1)] = fmt.Sprintf("recast%d", e.versions)
		e.title = strings.Join(words, " ")
		e.versions++
		return
	}
	words := strings.Fields(e.text)
	words[s.r.IntN(len(words))] = fmt.Sprintf("changed%d", e.versions)
	e.text = strings.Join(words, " ")
	e.versions++
}

// remove takes one entry away and returns its number; never one at the edge of
// the window, where nobody could tell it from one that has rolled off.
func (s *story) remove() int {
	shown := min(len(s.entries), s.window)
	if shown < 6 {
		return 0
	}
	i := s.r.IntN(shown - 4)
	n := s.entries[i].n
	s.entries = append(s.entries[:i:i], s.entries[i+1:]...)
	return n
}

func (s *story) page() []byte {
	var b strings.Builder
	shown := s.entries[:min(len(s.entries), s.window)]
	if s.dom {
		b.WriteString(`<html lang="en"><head><title>Harbour live blog</title></head><body><main>`)
		for _, e := range shown {
			id := ""
			if s.ids {
				id = fmt.Sprintf(` id="post-%d"`, e.n)
			}
			fmt.Fprintf(&b, `<div class="entry"%s><time datetime="%s">x</time><h3>%s</h3><p>%s</p></div>`, id, e.at.Format(time.RFC3339), e.title, e.text)
		}
		b.WriteString(`</main></body></html>`)
		return []byte(b.String())
	}
	var updates []map[string]any
	for _, e := range shown {
		u := map[string]any{"@type": "BlogPosting", "headline": e.title, "articleBody": e.text, "datePublished": e.at.Format(time.RFC3339)}
		if s.ids {
			u["@id"] = fmt.Sprintf("post-%d", e.n)
		}
		updates = append(updates, u)
	}
	ld, err := json.Marshal(map[string]any{"@type": "LiveBlogPosting", "headline": "Harbour live", "liveBlogUpdate": updates})
	if err != nil {
		panic(err)
	}
	return []byte(`<html><script type="application/ld+json">` + string(ld) + `</script></html>`)
}

// TestSoak follows live blogs of several kinds for a day of their time: every entry
// is told once, every edit as an edit, every removal as one, and nothing else.
func TestSoak(t *testing.T) {
	t.Parallel()
	const days = 1
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s := &story{
				r: rand.New(rand.NewPCG(seed, 1)), clock: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC),
				ids: seed&1 == 0, dom: seed&2 == 0, window: []int{10, 60}[seed>>2&1],
			}
			for range 3 {
				s.write()
				s.clock = s.clock.Add(time.Minute)
			}
			var (
				c            cursor
				known        = map[string]feed.Known{}
				number, name = map[string]int{}, map[int]string{} // ID of ours to the story's number, and back
				gone         = map[int]bool{}
			)
			numberIn := func(title string) (n int) {
				_, err := fmt.Sscan(title[strings.LastIndexByte(title, ' ')+1:], &n)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			for step := range days * 24 * 2 {
				removed := 0
				switch x := s.r.IntN(10); {
				case x < 5:
					for range 1 + s.r.IntN(3) {
						s.clock = s.clock.Add(time.Duration(1+s.r.IntN(4)) * time.Minute)
						s.write()
					}
				case x < 8:
					s.edit()
				case x == 8:
					removed = s.remove()
				}
				s.clock = s.clock.Add(5 * time.Minute)
				for range 1 + 2*min(removed, 1) { // a removal is believed at the second look
					b, err := c.take(&fetch.Page{URL: "https://news.example/live", Body: s.page()})
					if err != nil {
						t.Fatal(err)
					}
					d := feed.Compare(feed.KindLiveBlog, known, b)
					apply(known, d)
					for _, e := range d.New {
						n := numberIn(e.Title)
						if was, twice := name[n]; twice {
							t.Fatalf("step %d: entry %d is new again as %s, it was %s", step, n, e.ID, was)
						}
						if other, taken := number[e.ID]; taken {
							t.Fatalf("step %d: %s of entry %d is given to entry %d", step, e.ID, other, n)
						}
						number[e.ID], name[n] = n, e.ID
					}
					for _, e := range append(d.Edited, d.Restored...) {
						if n := numberIn(e.Title); number[e.ID] != n {
							t.Fatalf("step %d: %s is entry %d, and read as %d", step, e.ID, number[e.ID], n)
						}
					}
					for _, id := range d.Removed {
						gone[number[id]] = true
					}
				}
				if removed > 0 && !gone[removed] {
					t.Fatalf("step %d: entry %d was removed, and nobody noticed", step, removed)
				}
			}
			for n := range gone {
				for _, e := range s.entries {
					if e.n == n {
						t.Errorf("entry %d is told as removed and still stands there", n)
					}
				}
			}
			for _, e := range s.entries {
				if k := known[name[e.n]]; name[e.n] == "" || k.Revision > e.versions {
					t.Errorf("entry %d: known as %q in revision %d, written %d times", e.n, name[e.n], k.Revision, e.versions)
				}
			}
			if size, err := json.Marshal(c); err != nil || len(size) > 200_000 {
				t.Errorf("the cursor takes %d bytes, %v", len(size), err)
			}
		})
	}
}
