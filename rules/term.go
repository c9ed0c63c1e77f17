package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tocsin/text"
)

// term holds where its words stand one after the other.
type term struct {
	written string // as hits name it
	words   []word
	fields  []Field
}

// word is one word of a term.
type word struct {
	fold   string
	exact  string // with case and accents; "" if they do not count
	prefix bool   // fold is the start of the word
}

// minPrefix is how many letters a prefix needs; shorter ones match half a dictionary.
const minPrefix = 3

// Where a term is looked for unless it says otherwise.
var defaultFields = []Field{FieldTitle, FieldText}

// newTerm reads a keyword or phrase: "power cut", "=Exact", "power out*". note, if not "",
// tells the author what they may not expect.
func newTerm(written string, fields []Field) (t *term, note string, err error) {
	s, isExact := strings.CutPrefix(strings.TrimSpace(written), "=")
	t = &term{written: strings.TrimSpace(written), fields: fields}
	prefixes := 0
	for _, found := range text.Words(s) {
		w := word{fold: found.Fold, prefix: strings.HasPrefix(s[found.End:], "*")}
		switch {
		case w.prefix && utf8.RuneCountInString(w.fold) < minPrefix:
			return nil, "", fmt.Errorf("%q: a prefix needs at least %d letters", written, minPrefix)
		case isExact:
			w.exact = found.Exact
		case isAcronym(found.Exact) && ordinary[w.fold]:
			w.exact = found.Exact
			note = fmt.Sprintf("%q is matched in capitals only, because %q is an ordinary word", w.exact, w.fold)
		}
		if w.prefix {
			prefixes++
		}
		t.words = append(t.words, w)
	}
	switch {
	case len(t.words) == 0:
		return nil, "", fmt.Errorf("%q has no letter or digit to look for", written)
	case strings.Count(s, "*") != prefixes:
		return nil, "", fmt.Errorf("%q: a * stands right after the start of a word", written)
	}
	if t.fields == nil {
		t.fields = defaultFields
	}
	return t, note, nil
}

func (t *term) eval(d *document) (hits []Hit, ok bool) {
	for i := range d.passages {
		p := &d.passages[i]
		if !slices.Contains(t.fields, p.field) {
			continue
		}
		for _, at := range p.places(t.words[0]) {
			if !t.stands(p, at) {
				continue
			}
			start, end := p.words[at].Start, p.words[at+len(t.words)-1].End
			hits = append(hits, Hit{Field: p.field, Start: start, End: end, Text: p.text[start:end], Term: t.written})
		}
	}
	return hits, len(hits) > 0
}

// places are where w may stand in the passage.
func (p *passage) places(w word) []int {
	if w.prefix {
		return p.begin[beginning(w.fold)]
	}
	return p.at[w.fold]
}

// stands reports whether all words of the term stand from the place at on.
func (t *term) stands(p *passage, at int) bool {
	if at+len(t.words) > len(p.words) {
		return false
	}
	for i, w := range t.words {
		found := p.words[at+i]
		switch {
		case w.prefix && !strings.HasPrefix(found.Fold, w.fold), !w.prefix && found.Fold != w.fold:
			return false
		case w.exact != "" && p.shouts:
			return false // capitals prove nothing there
		case w.exact != "" && w.prefix && !strings.HasPrefix(found.Exact, w.exact), w.exact != "" && !w.prefix && found.Exact != w.exact:
			return false
		}
	}
	return true
}

// needs is the key of the longest word, which is likely the rarest.
func (t *term) needs() []string {
	longest := slices.MaxFunc(t.words, func(a, b word) int { return len(a.fold) - len(b.fold) })
	if longest.prefix {
		return []string{prefixKey(beginning(longest.fold))}
	}
	return []string{longest.fold}
}

// isAcronym reports two capitals or more and nothing small.
func isAcronym(s string) bool {
	return len([]rune(s)) >= 2 && s == strings.ToUpper(s) && s != strings.ToLower(s)
}

// ordinary are English words that are acronyms too; written in capitals in a
// rule they mean the acronym.
var ordinary = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a act aid aids all am an and app apt are as at be bat bit can cap car care cat cop cops
		cod dare do dot ear eat era fact far fed fit for gap gas go had has he her him his hot hub i ice if in is
		it its lap led let lot mad man map march mask may me mean mega men mid mine most my no nor not now oh old on
		one or our out own pen pet pin pop raf raid ram rap rat rest run sad safe sage sea see she shape so soho
		sos spa spin star start stem step stop sun swat tan tap tax tea the them then they thin this tip to top up us
		via wars was wasp we west who why wig will wip win wins with yes you`) {
		set[w] = true
	}
	return set
}()
