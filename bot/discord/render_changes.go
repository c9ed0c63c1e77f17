package discord

import (
	"slices"
	"strings"
	"unicode"

	"tocsin/text"
)

// keepAround is how much unchanged text stands around a change.
const keepAround = 40

// changes tells on one line what an edit changed: old words struck through, new
// ones in bold, a changed number with an arrow. It stops after about limit units;
// the entry as it stands now is shown anyway. It is "" if no word changed.
func changes(edits []text.Edit, limit int) string {
	edits = tidy(edits)
	if !slices.ContainsFunc(edits, func(e text.Edit) bool { return e.Kind != text.Keep && e.Text != " " }) {
		return ""
	}
	var b strings.Builder
	for i, e := range edits {
		if size(b.String()) > limit {
			b.WriteString(" …")
			break
		}
		switch e.Kind {
		case text.Keep:
			b.WriteString(escape(around(e.Text, i == 0, i == len(edits)-1)))
		case text.Delete:
			b.WriteString(emphasised(middle(e.Text, limit/2), strike))
			if i+1 < len(edits) && edits[i+1].Kind == text.Insert {
				if isNumber(e.Text) && isNumber(edits[i+1].Text) {
					b.WriteString(" →")
				}
				if !strings.HasSuffix(b.String(), " ") && !strings.HasPrefix(edits[i+1].Text, " ") {
					b.WriteByte(' ')
				}
			}
		case text.Insert:
			b.WriteString(emphasised(middle(e.Text, limit/2), bold))
		}
	}
	return oneSpace(b.String())
}

// tidy folds white space, joins runs of one kind and puts what was deleted before
// what was inserted in its place.
func tidy(edits []text.Edit) []text.Edit {
	var out []text.Edit
	for _, e := range edits {
		e.Text = flat(e.Text)
		if e.Text == "" {
			continue
		}
		n := len(out)
		switch {
		case n > 0 && out[n-1].Kind == e.Kind:
			out[n-1].Text += e.Text
		case e.Kind == text.Delete && n > 1 && out[n-1].Kind == text.Insert && out[n-2].Kind == text.Delete:
			out[n-2].Text += e.Text
		case e.Kind == text.Delete && n > 0 && out[n-1].Kind == text.Insert:
			out = append(out[:n-1], e, out[n-1])
		default:
			out = append(out, e)
		}
	}
	return out
}

// flat makes one line of s and keeps a blank at its ends, which separates words.
func flat(s string) string {
	s = plain(s)
	inner := strings.Join(strings.Fields(s), " ")
	if inner == "" {
		if s == "" {
			return ""
		}
		return " "
	}
	if strings.TrimLeftFunc(s, unicode.IsSpace) != s {
		inner = " " + inner
	}
	if strings.TrimRightFunc(s, unicode.IsSpace) != s {
		inner += " "
	}
	return inner
}

// around shortens unchanged text to what lies next to a change.
func around(s string, first, last bool) string {
	switch {
	case first && size(s) > keepAround:
		return "… " + s[wordStart(s, keepAround):]
	case last && size(s) > keepAround:
		return s[:wordEnd(s, keepAround)] + " …"
	case !first && !last && size(s) > 2*keepAround+10:
		return s[:wordEnd(s, keepAround)] + " … " + s[wordStart(s, keepAround):]
	default:
		return s
	}
}

// middle leaves out the middle of a long run.
func middle(s string, limit int) string {
	if size(s) <= limit {
		return s
	}
	half := max(limit/2, 1)
	return s[:wordEnd(s, half)] + " … " + s[wordStart(s, half):]
}

// isNumber reports whether s is one short word with digits in it: 5, 3.5%, 1,200.
func isNumber(s string) bool {
	s = strings.TrimSpace(s)
	return size(s) <= 20 && strings.ContainsFunc(s, unicode.IsDigit) && !strings.ContainsAny(s, " \n")
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
