package liveblog

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
)

// id names a post: by the publisher's first id, else by when it was published
// and how it starts.
func (p post) id() string {
	if len(p.ids) > 0 {
		if len(p.ids[0]) > 200 {
			return "entry-" + digest(p.ids[0])
		}
		return p.ids[0]
	}
	key := p.title
	if key == "" {
		words := strings.Fields(p.text)
		key = strings.Join(words[:min(len(words), 12)], " ")
	}
	when := ""
	if !p.published.IsZero() {
		when = p.published.UTC().Truncate(time.Minute).Format(time.RFC3339)
	}
	return "entry-" + digest(when+"\n"+plain(key))
}

// plain folds a text to its letters and digits, so that marks and spacing do not tell.
func plain(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
