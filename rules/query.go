package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// parseQuery reads a condition written in one line, as people type it into a search box:
//
//	blackout OR "power cut"
//	(strike OR shelling) kharkiv NOT title:football
//	@grid NEAR/8 attack*
//	AT LEAST 2 OF (drone, missile, siren)
//
// Words next to each other must all stand somewhere; quotes make a phrase. NEAR binds
// closer than NOT, NOT closer than AND, AND closer than OR.
func (c *compiler) parseQuery(s string) (expr, error) {
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := &queryParser{compiler: c, tokens: tokens, fields: defaultFields}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		return nil, fmt.Errorf("%q is not expected there", p.tokens[0].source)
	}
	return e, nil
}

// lexeme is a word, a phrase in quotes, an operator, a parenthesis or a comma.
type lexeme struct {
	text   string
	field  string // "title" of title:word
	mark   string // "=" of =word
	quoted bool
	// foreign says that the word is of another language than the lexicon's.
	foreign bool
	source  string // all of it as it was written
}

func (t lexeme) is(s string) bool { return t.source == s }

// operators are the words that the language has a meaning for.
var operators = map[string]bool{"AND": true, "OR": true, "NOT": true, "AT": true, "SENTENCE": true, "NEAR": true, "BEFORE": true}

// lex cuts a query into lexemes.
func lex(s string) ([]lexeme, error) {
	s = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(s)
	var list []lexeme
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return list, nil
		}
		t, n, err := lexOne(s)
		if err != nil {
			return nil, err
		}
		t.source = s[:n]
		list = append(list, t)
		s = s[n:]
	}
}

// lexOne reads the lexeme that s begins with, and returns its length.
func lexOne(s string) (t lexeme, n int, err error) {
	if strings.ContainsRune("(),", rune(s[0])) {
		return lexeme{}, 1, nil
	}
	if i := strings.IndexByte(s, ':'); i > 0 && slices.Contains(fieldNames, Field(s[:i])) {
		t.field = s[:i]
		n = i + 1
	}
	if strings.HasPrefix(s[n:], "=") {
		t.mark = "="
		n++
	}
	if strings.HasPrefix(s[n:], `"`) {
		end := strings.IndexByte(s[n+1:], '"')
		if end < 0 {
			return lexeme{}, 0, fmt.Errorf("a quote is opened and not closed: %s", s[n:])
		}
		t.text, t.quoted = s[n+1:n+1+end], true
		return t, n + end + 2, nil
	}
	end := n + wordLength(s[n:])
	t.text = s[n:end]
	return t, end, nil
}

// wordLength is where the word that s begins with ends: before white space, a parenthesis,
// a quote or a comma that no digit follows.
func wordLength(s string) int {
	for i, r := range s {
		switch {
		case unicode.IsSpace(r), strings.ContainsRune(`()"`, r):
			return i
		case r == ',' && (i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9'):
			return i
		}
	}
	return len(s)
}

type queryParser struct {
	*compiler
	tokens []lexeme
	fields fieldSet
	depth  int
}

// maxNesting bounds parentheses within parentheses.
const maxNesting = 50

func (p *queryParser) take(word string) bool {
	if len(p.tokens) == 0 || !p.tokens[0].is(word) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *queryParser) or() (expr, error) {
	parts, err := p.several(p.and, func() bool { return p.take("OR") })
	if len(parts) == 1 {
		return parts[0], err
	}
	return anyOf(parts), err
}

func (p *queryParser) and() (expr, error) {
	parts, err := p.several(p.not, func() bool {
		return p.take("AND") || len(p.tokens) > 0 && !slices.ContainsFunc([]string{")", "OR", ","}, p.tokens[0].is)
	})
	if len(parts) == 1 {
		return parts[0], err
	}
	return allOf(parts), err
}

// several reads one part, and another as long as there is more.
func (p *queryParser) several(part func() (expr, error), more func() bool) ([]expr, error) {
	var parts []expr
	for {
		e, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if !more() {
			return parts, nil
		}
	}
}

func (p *queryParser) not() (expr, error) {
	if !p.take("NOT") {
		return p.near()
	}
	e, err := p.near()
	if err != nil {
		return nil, err
	}
	return noneOf{e}, nil
}

var nearness = regexp.MustCompile(`^(NEAR|BEFORE)(?:/(\d{1,9}))?$`)

func (p *queryParser) near() (expr, error) {
	a, err := p.atom()
	if err != nil || len(p.tokens) == 0 {
		return a, err
	}
	m := nearness.FindStringSubmatch(p.tokens[0].source)
	if m == nil {
		return a, nil
	}
	if m[2] == "" {
		return nil, fmt.Errorf("%s needs a number of words, such as %s/8", m[1], m[1])
	}
	words, _ := strconv.Atoi(m[2])
	p.tokens = p.tokens[1:]
	b, err := p.atom()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 && nearness.MatchString(p.tokens[0].source) {
		return nil, fmt.Errorf("%s joins two: write (a NEAR/8 b) AND (b NEAR/8 c), or SENTENCE(a b c)", m[1])
	}
	return newNear(a, b, words, m[1] == "BEFORE")
}

func newNear(a, b expr, words int, ordered bool) (expr, error) {
	switch {
	case words < 1 || words > maxNear:
		return nil, fmt.Errorf("words are near within 1 to %d words", maxNear)
	case !standsSomewhere(a) || !standsSomewhere(b):
		return nil, fmt.Errorf("nearness is measured between words, phrases, entities and alternatives of them")
	}
	return &near{a: a, b: b, words: words, ordered: ordered}, nil
}

func (p *queryParser) atom() (expr, error) {
	if len(p.tokens) == 0 {
		return nil, fmt.Errorf("a word is missing at the end")
	}
	t := p.tokens[0]
	switch {
	case t.is("("):
		return p.parenthesis(p.or)
	case t.is("SENTENCE"):
		p.tokens = p.tokens[1:]
		e, err := p.parenthesis(p.or)
		return &sentence{e}, err
	case t.is("AT"):
		return p.atLeast()
	case t.field != "" && t.mark == "" && t.text == "" && !t.quoted:
		p.tokens = p.tokens[1:]
		outer := p.fields
		p.fields = only(Field(t.field))
		defer func() { p.fields = outer }()
		return p.parenthesis(p.or)
	case operators[t.source] || t.is(")") || t.is(",") || nearness.MatchString(t.source):
		return nil, fmt.Errorf("a word is missing before %s", t.source)
	}
	p.tokens = p.tokens[1:]
	fields := p.fields
	if t.field != "" {
		fields = only(Field(t.field))
	}
	return p.operand(t, fields)
}

// parenthesis reads what stands between parentheses.
func (p *queryParser) parenthesis(inner func() (expr, error)) (expr, error) {
	if !p.take("(") {
		return nil, fmt.Errorf("a parenthesis is missing there")
	}
	if p.depth++; p.depth > maxNesting {
		return nil, fmt.Errorf("more than %d parentheses within each other", maxNesting)
	}
	e, err := inner()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		if len(p.tokens) > 0 {
			return nil, fmt.Errorf("%q is not expected there", p.tokens[0].source)
		}
		return nil, fmt.Errorf("a parenthesis is opened and not closed")
	}
	p.depth--
	return e, nil
}

// atLeast reads AT LEAST 2 OF (a, b, c).
func (p *queryParser) atLeast() (expr, error) {
	if len(p.tokens) < 4 || !p.tokens[1].is("LEAST") || !p.tokens[3].is("OF") {
		return nil, fmt.Errorf("write it like AT LEAST 2 OF (a, b, c)")
	}
	n, err := strconv.Atoi(p.tokens[2].source)
	if err != nil {
		return nil, fmt.Errorf("%q is no number: write it like AT LEAST 2 OF (a, b, c)", p.tokens[2].source)
	}
	p.tokens = p.tokens[4:]
	return p.parenthesis(func() (expr, error) {
		list, err := p.several(p.or, func() bool { return p.take(",") })
		if err != nil {
			return nil, err
		}
		return newAtLeast(n, list)
	})
}

func newAtLeast(n int, list []expr) (expr, error) {
	if n < 1 || n > len(list) {
		return nil, fmt.Errorf("at least %d of %d is not possible; parts are separated by commas", n, len(list))
	}
	return &atLeast{n: n, list: list}, nil
}
