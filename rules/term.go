package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tocsin/rules/lexicon"
	"tocsin/text"
)

// term holds where its words stand one after the other.
type term struct {
	label  string // as hits name it
	plain  string // as the query language writes it, but for its mark
	mark   string // "=" if case and accents count
	words  []word
	fields fieldSet
	// atom is the number that the index gives the term; see [index].
	atom atom
}

// word is what a word of an entry must be like.
type word struct {
	forms  []string // folded; sorted, at least one
	exact  string   // with case and accents; "" if they do not count
	prefix bool     // forms[0] is the start of the word
}

const (
	// minPrefix is how many letters a prefix needs; shorter ones match half a dictionary.
	minPrefix = 3
	// maxPhrase is how many words a phrase may have.
	maxPhrase = 32
)

// newTerm makes a term of a keyword or phrase. note, if not "", tells the author what
// they may not expect.
func newTerm(l lexeme, fields fieldSet) (t *term, note string, err error) {
	t = &term{label: l.mark + l.text, mark: l.mark, fields: fields}
	var written []string
	prefixes := 0
	for _, span := range text.Spans(nil, l.text) {
		found := text.WordAt(l.text, span)
		w := word{forms: []string{found.Fold}, prefix: strings.HasPrefix(l.text[span.End:], "*")}
		switch {
		case found.Fold == "":
			return nil, "", fmt.Errorf("%q has a word without a letter or digit", t.label)
		case w.prefix && utf8.RuneCountInString(found.Fold) < minPrefix:
			return nil, "", fmt.Errorf("%q: a prefix needs at least %d letters", t.label, minPrefix)
		case l.mark != "":
			w.exact = found.Exact
		case isAcronym(found.Exact) && ordinary[found.Fold]:
			w.exact = found.Exact
			note = fmt.Sprintf("%q is matched in capitals only, because %q is an ordinary word", found.Exact, found.Fold)
		}
		t.words = append(t.words, w)
		plain := l.text[span.Start:span.End]
		if w.prefix {
			prefixes++
			plain += "*"
		}
		written = append(written, plain)
	}
	n := len(t.words)
	switch {
	case n == 0:
		return nil, "", fmt.Errorf("%q has no letter or digit to look for", t.label)
	case n > maxPhrase:
		return nil, "", fmt.Errorf("a phrase of %d words; %d are the limit", n, maxPhrase)
	case strings.Count(l.text, "*") != prefixes:
		return nil, "", fmt.Errorf("%q: a * stands right after the start of a word", t.label)
	case l.quoted:
		t.plain = `"` + strings.Join(written, " ") + `"`
		return t, note, nil
	}
	t.plain = strings.Join(written, "-")
	if !l.foreign {
		t.words[n-1].inflect(written[n-1])
	}
	return t, note, nil
}

// inflect lets a word stand for its other forms as well, unless it is a name, a prefix or exact.
func (w *word) inflect(written string) {
	if w.exact != "" || w.prefix {
		return
	}
	w.forms = append(w.forms, lexicon.English(written)...)
	slices.Sort(w.forms)
	w.forms = slices.Compact(w.forms)
}

// keyword reads a keyword, phrase or entity that stands alone in a list.
func keyword(s string) lexeme {
	l := lexeme{text: strings.TrimSpace(s)}
	if rest, ok := strings.CutPrefix(l.text, "="); ok {
		l.text, l.mark = rest, "="
	}
	if n := len(l.text); n > 2 && l.text[0] == '"' && l.text[n-1] == '"' {
		l.text, l.quoted = l.text[1:n-1], true
	}
	return l
}

func (t *term) eval(r *reading, in stretch, places []place) ([]place, bool) {
	start := len(places)
	list := r.of(t.atom)
	if in.first > 0 {
		i, _ := slices.BinarySearchFunc(list, in.first, func(o occurrence, first int32) int { return int(o.first - first) })
		list = list[i:]
	}
	for _, o := range list {
		if o.first >= in.end {
			break
		}
		if o.last < in.end && t.fields.has(r.passages[o.passage].field) {
			places = append(places, place{o, t.label})
		}
	}
	return places, len(places) > start
}

// covers reports whether the term stands at p or around it.
func (t *term) covers(r *reading, p place) bool {
	list := r.of(t.atom)
	i, _ := slices.BinarySearchFunc(list, p.last+1-int32(len(t.words)), func(o occurrence, first int32) int { return int(o.first - first) })
	for ; i < len(list) && list[i].first <= p.first; i++ {
		if list[i].last >= p.last {
			return true
		}
	}
	return false
}

func (*term) positive() bool { return true }

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
