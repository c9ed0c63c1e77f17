package rules

import (
	"strings"
	"unicode"

	"tocsin/feed"
	"tocsin/text"
)

// document is an entry, read once for all rules.
type document struct {
	passages []passage
}

// passage is one field of an entry; each tag is one of its own.
type passage struct {
	field Field
	text  string
	words []text.Word
	at    map[string][]int // places in words, by folded word
	begin map[string][]int // places in words, by the beginning of the folded word
	// shouts says that the passage is written in capitals, which are no
	// evidence then.
	shouts bool
}

func analyse(e feed.Entry) *document {
	d := &document{}
	d.add(FieldTitle, e.Title)
	d.add(FieldText, e.Text)
	d.add(FieldAuthor, e.Author)
	for _, tag := range e.Tags {
		d.add(FieldTag, tag)
	}
	return d
}

func (d *document) add(f Field, s string) {
	if s == "" {
		return
	}
	p := passage{field: f, text: s, words: text.Words(s)}
	p.at = make(map[string][]int, len(p.words))
	p.begin = make(map[string][]int, len(p.words))
	for i, w := range p.words {
		p.at[w.Fold] = append(p.at[w.Fold], i)
		if b := beginning(w.Fold); b != "" {
			p.begin[b] = append(p.begin[b], i)
		}
	}
	p.shouts = len(p.words) > 2 && !strings.ContainsFunc(s, unicode.IsLower)
	d.passages = append(d.passages, p)
}

// beginning is what all words share that a shortest prefix matches: the first
// minPrefix letters; "" if there are fewer.
func beginning(fold string) string {
	n := 0
	for i := range fold {
		if n == minPrefix {
			return fold[:i]
		}
		n++
	}
	if n == minPrefix {
		return fold
	}
	return ""
}
