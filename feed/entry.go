package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// Entry is one update: an item of a feed or an entry of a live blog, cleaned of
// markup. Its JSON form is what `tocsin read` prints and `--entries` files hold.
type Entry struct {
	// Source is the ID of the source it stands in; "" when read from a bare file.
	Source string `json:"source,omitempty"`
	// ID is stable within its source: it survives edits, and never changes hands.
	ID  string `json:"id"`
	URL string `json:"url,omitempty"`
	// Title and Text are plain text in NFC: no markup, paragraphs separated by
	// one blank line, list items on lines that start with "• ".
	Title    string   `json:"title,omitempty"`
	Text     string   `json:"text,omitempty"`
	Author   string   `json:"author,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Language string   `json:"language,omitempty"` // BCP 47
	// Published and Updated are UTC; zero when the publisher gives none or an absurd one.
	Published time.Time `json:"published,omitzero"`
	Updated   time.Time `json:"updated,omitzero"`
	// Revision counts the versions Tocsin has seen, from 1; 0 before it is recorded.
	Revision int `json:"revision,omitempty"`
}

// Fingerprint identifies what the entry says, so that an edit shows: it covers
// title and text with white space folded, and nothing else.
func (e Entry) Fingerprint() string {
	h := sha256.New()
	h.Write([]byte(strings.Join(strings.Fields(e.Title), " ")))
	h.Write([]byte{0})
	h.Write([]byte(strings.Join(strings.Fields(e.Text), " ")))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// When is the best known time of the entry: published, else updated, else zero.
func (e Entry) When() time.Time {
	if e.Published.IsZero() {
		return e.Updated
	}
	return e.Published
}

// Headline is the title, or the start of the text where there is none, in at
// most limit runes, cut between words and marked with an ellipsis.
func (e Entry) Headline(limit int) string {
	s := strings.Join(strings.Fields(e.Title), " ")
	if s == "" {
		s = strings.Join(strings.Fields(e.Text), " ")
	}
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	cut := string(runes[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.–-") + "…"
}
