package syndication

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"tocsin/feed"
	"tocsin/feed/markup"
)

// trace is by what an entry can be recognised in a later read; all but ID and
// Date are short hashes, "" where the item has none.
type trace struct {
	ID    string `json:"id"`
	GUID  string `json:"guid,omitempty"`
	Link  string `json:"link,omitempty"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	Date  int64  `json:"date,omitempty"`
}

// of completes a trace by what the entry says.
func (t trace) of(e feed.Entry) trace {
	t.Title, t.Text = hash(e.Title), hash(e.Text)
	if !e.Published.IsZero() {
		t.Date = e.Published.Unix()
	}
	return t
}

// identities gives every item an ID out of itself alone: its GUID, else its
// link, else its date and title. A GUID or link that several items of the feed
// share, with different links or titles, identifies none of them alone.
func identities(items []*gofeed.Item, base string) []trace {
	guids, links := map[string]string{}, map[string]string{}
	const shared = "\x00shared"
	note := func(m map[string]string, key, by string) {
		if key == "" {
			return
		}
		if old, ok := m[key]; ok && old != by {
			by = shared
		}
		m[key] = by
	}
	for _, it := range items {
		if it != nil {
			l := link(it, base)
			note(guids, guid(it), l+"\n"+key(it, l))
			note(links, l, it.Title)
		}
	}
	out := make([]trace, len(items))
	for i, it := range items {
		if it == nil {
			continue
		}
		g, l := guid(it), link(it, base)
		t := trace{GUID: hash(g), Link: hash(l)}
		if guids[g] == shared {
			t.GUID = ""
		}
		if links[l] == shared {
			t.Link = ""
		}
		switch {
		case t.GUID != "":
			t.ID = g
		case t.Link != "":
			t.ID = l
		default:
			t.ID = "item-" + hash(l+"\n"+day(it)+"\n"+fold(it.Title+"\n"+opening(it)))
		}
		if len(t.ID) > 300 {
			t.ID = "item-" + hash(t.ID)
		}
		out[i] = t
	}
	return out
}

// key tells two items of one GUID apart that have no link.
func key(it *gofeed.Item, link string) string {
	if link != "" {
		return ""
	}
	return fold(it.Title)
}

func guid(it *gofeed.Item) string { return strings.TrimSpace(markup.Line(it.GUID)) }

func day(it *gofeed.Item) string {
	if t := when(it.PublishedParsed); !t.IsZero() {
		return t.Format(time.RFC3339)
	}
	return ""
}

// opening stands for a title where there is none.
func opening(it *gofeed.Item) string {
	if it.Title != "" {
		return ""
	}
	words := strings.Fields(body(it))
	return strings.Join(words[:min(len(words), 12)], " ")
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func hash(s string) string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// recognise gives entries the IDs that they had in earlier reads, where a
// publisher changes GUIDs, or has none and edits the title. before holds the
// traces of earlier reads, now those of this one, in the order of entries.
func recognise(entries []feed.Entry, now, before []trace) {
	known := make(map[string]string, len(before)) // ID to link
	current := make(map[string]bool, len(now))
	byLink, byTitle, byText := map[string][]int{}, map[string][]int{}, map[string][]int{}
	for i, t := range before {
		known[t.ID] = t.Link
		index(byLink, t.Link, i)
		index(byTitle, t.Title, i)
		index(byText, t.Text, i)
	}
	links := map[string]int{}
	for _, t := range now {
		current[t.ID] = true
		links[t.Link]++
	}
	for i := range now {
		t := &now[i]
		if was, ok := known[t.ID]; ok && (was == t.Link || len(byLink[t.Link]) != 1) {
			continue // unless its GUID has come to be shared, and the link is another entry's
		}
		old := -1
		if t.Link != "" && links[t.Link] == 1 && len(byLink[t.Link]) == 1 {
			old = byLink[t.Link][0] // the same page under a new GUID
		}
		if old < 0 && t.GUID == "" && t.Link == "" {
			old = alike(*t, before, byTitle[t.Title], byText[t.Text])
		}
		if old < 0 || current[before[old].ID] {
			continue // nothing like it, or that one still stands there itself
		}
		delete(current, t.ID)
		t.ID = before[old].ID
		entries[i].ID = t.ID
		current[t.ID] = true
	}
}

// alike finds the one earlier item without GUID and link that shares title or
// text, and the date if both have one.
func alike(t trace, before []trace, candidates ...[]int) int {
	for _, list := range candidates {
		found := -1
		for _, i := range list {
			b := before[i]
			if b.GUID != "" || b.Link != "" || b.Date != t.Date && b.Date != 0 && t.Date != 0 {
				continue
			}
			if found >= 0 {
				found = -1
				break
			}
			found = i
		}
		if found >= 0 {
			return found
		}
	}
	// Both edited: the date alone, if it names one item only.
	found := -1
	for i, b := range before {
		if t.Date != 0 && b.Date == t.Date && b.GUID == "" && b.Link == "" {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

func index(m map[string][]int, key string, i int) {
	if key != "" {
		m[key] = append(m[key], i)
	}
}
