package rules

import (
	"fmt"
	"strings"
	"unicode"
)

// parseQuery reads a condition written in one line, as people type it into a search box:
//
//	blackout OR "power cut"
//	(strike OR shelling) kharkiv NOT title:football
//	@grid AND attack*
//
// Words next to each other must all stand somewhere; quotes make a phrase.
func (c *compiler) parseQuery(s string) (expr, error) {
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := &queryParser{compiler: c, tokens: tokens}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		return nil, fmt.Errorf("%q is not expected there", p.tokens[0].text)
	}
	return e, nil
}

// token is a word, a phrase in quotes or a parenthesis.
type token struct {
	text   string
	field  string // "title" of title:word
	quoted bool
}

func (t token) is(s string) bool { return !t.quoted && t.field == "" && t.text == s }

// lex cuts a query into tokens.
func lex(s string) ([]token, error) {
	var tokens []token
	runes := []rune(strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(s))
	for i := 0; i < len(runes); {
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			i++
		case r == '(' || r == ')':
			tokens = append(tokens, token{text: string(r)})
			i++
		default:
			t, n, err := lexWord(runes[i:])
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, t)
			i += n
		}
	}
	return tokens, nil
}

// lexWord reads a word or phrase with what stands before it, and returns its length.
func lexWord(runes []rune) (t token, n int, err error) {
	for i, r := range runes {
		switch {
		case r == ':' && t.field == "" && fieldNames[string(runes[:i])] != "":
			t.field = string(runes[:i])
			n = i + 1
		case r == '"' && i == n:
			end := strings.IndexRune(string(runes[i+1:]), '"')
			if end < 0 {
				return token{}, 0, fmt.Errorf("a quote is opened and not closed: %s", string(runes[i:]))
			}
			phrase := string(runes[i+1:])[:end]
			t.text, t.quoted = phrase, true
			return t, i + 2 + len([]rune(phrase)), nil
		case unicode.IsSpace(r) || r == '(' || r == ')':
			t.text = string(runes[n:i])
			return t, i, nil
		}
	}
	t.text = string(runes[n:])
	return t, len(runes), nil
}

var fieldNames = map[string]Field{"title": FieldTitle, "text": FieldText, "author": FieldAuthor, "tag": FieldTag}

type queryParser struct {
	*compiler
	tokens []token
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
	var parts anyOf
	for {
		e, err := p.and()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if !p.take("OR") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *queryParser) and() (expr, error) {
	var parts allOf
	for {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if p.take("AND") {
			continue
		}
		if len(p.tokens) == 0 || p.tokens[0].is(")") || p.tokens[0].is("OR") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *queryParser) not() (expr, error) {
	if !p.take("NOT") {
		return p.atom()
	}
	e, err := p.atom()
	if err != nil {
		return nil, err
	}
	return noneOf{e}, nil
}

func (p *queryParser) atom() (expr, error) {
	if len(p.tokens) == 0 {
		return nil, fmt.Errorf("a word is missing at the end")
	}
	if p.take("(") {
		if p.depth++; p.depth > maxNesting {
			return nil, fmt.Errorf("more than %d parentheses within each other", maxNesting)
		}
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, fmt.Errorf("a parenthesis is opened and not closed")
		}
		p.depth--
		return e, nil
	}
	t := p.tokens[0]
	for _, operator := range []string{"AND", "OR", "NOT", ")"} {
		if t.is(operator) {
			return nil, fmt.Errorf("a word is missing before %s", operator)
		}
	}
	p.tokens = p.tokens[1:]
	var fields []Field
	if t.field != "" {
		fields = []Field{fieldNames[t.field]}
	}
	return p.operand(t.text, t.quoted, fields)
}
