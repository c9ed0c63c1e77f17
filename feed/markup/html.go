package markup

import (
	"html"
	"regexp"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text renders a fragment of HTML as clean text, as [feed.Entry] wants it.
// Markup that was escaped once too often is unpacked. Anything is accepted; time
// and memory are linear in the input.
func Text(fragment string) string {
	s := render(fragment)
	for range 2 {
		if !overEscaped(s) {
			break
		}
		s = render(s)
	}
	return s
}

// Title renders a fragment of HTML as one line of clean text. What is not
// markup, such as the sign in "5 < 6", stays.
func Title(fragment string) string {
	return strings.Join(strings.Fields(Text(fragment)), " ")
}

var (
	entity = regexp.MustCompile(`&(?:[a-zA-Z]{2,8}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});`)
	tag    = regexp.MustCompile(`(?i)</?(?:p|a|b|i|em|strong|br|div|span|ul|ol|li|h[1-6]|blockquote|figure|img)(?:\s[^<>]*)?/?>`)
	block  = regexp.MustCompile(`(?i)<(?:p|br|div|li|h[1-6]|blockquote|tr|section|article)\b`)
)

func overEscaped(s string) bool {
	return (strings.Contains(s, ";") || strings.Contains(s, ">")) && strings.ContainsAny(s, "&<") && (entity.MatchString(s) && html.UnescapeString(s) != s || tag.MatchString(s))
}

// HasBlocks reports whether a fragment marks its paragraphs or lines by tags;
// if not, line ends in it are all there is.
func HasBlocks(fragment string) bool { return block.MatchString(fragment) }

// render works on tokens, without a tree: no nesting is too deep for it.
func render(fragment string) string {
	fragment = valid(fragment)
	if !strings.ContainsAny(fragment, "<&") {
		return Plain(fragment)
	}
	var (
		w       writer
		z       = xhtml.NewTokenizer(strings.NewReader(fragment))
		skipped atom.Atom // the element whose content is being skipped
		depth   int
	)
	keepLines := !HasBlocks(fragment)
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return w.String()
		case xhtml.TextToken:
			if skipped != 0 {
				continue
			}
			text := string(z.Text())
			if keepLines && w.pre == 0 {
				w.lines(text)
			} else {
				w.words(text)
			}
		case xhtml.StartTagToken:
			name, more := z.TagName()
			a := atom.Lookup(name)
			if skipped != 0 {
				if a == skipped {
					depth++
				}
				continue
			}
			if skip(a) {
				skipped, depth = a, 1
				continue
			}
			if a == atom.Img && more {
				w.alt(attr(z, "alt"))
			}
			w.open(a)
		case xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			if a := atom.Lookup(name); skipped == 0 && !skip(a) {
				w.open(a)
				w.close(a)
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if skipped != 0 {
				if a == skipped {
					if depth--; depth == 0 {
						skipped = 0
					}
				}
				continue
			}
			w.close(a)
		}
	}
}

func attr(z *xhtml.Tokenizer, name string) string {
	for {
		k, v, more := z.TagAttr()
		if string(k) == name {
			return string(v)
		}
		if !more {
			return ""
		}
	}
}

// skip reports whether an element holds nothing that people read as text.
func skip(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg, atom.Object,
		atom.Button, atom.Select, atom.Textarea, atom.Head, atom.Nav, atom.Canvas, atom.Audio, atom.Video, atom.Math:
		return true
	}
	return false
}
