package bot

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// nearest returns the candidate that was probably meant by typed: one that
// begins with it or holds it, else one a few slips of the finger away; "" if there is none.
func nearest(typed string, candidates []string) string {
	typed = folded(typed)
	if typed == "" {
		return ""
	}
	best, least := "", utf8.RuneCountInString(typed)/3+1
	for _, c := range candidates {
		name := folded(c)
		d := slips([]rune(typed), []rune(name))
		if strings.HasPrefix(name, typed) {
			d = 0
		} else if strings.Contains(name, typed) {
			d = min(d, 1)
		}
		if d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// folded makes names alike that people mix up: case, spaces, dashes, underscores.
func folded(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-'
	}), "-")
}

// mostRunes bounds the work on absurd input.
const mostRunes = 100

// slips is the edit distance with swaps of neighbours (optimal string alignment).
func slips(a, b []rune) int {
	a, b = a[:min(len(a), mostRunes)], b[:min(len(b), mostRunes)]
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// didYouMean ends a sentence with the nearest candidate, or with where to look.
func didYouMean(typed string, candidates []string, where string) string {
	if near := nearest(typed, candidates); near != "" {
		return " Did you mean “" + near + "”?"
	}
	return " " + where
}

// pick finds what people typed among the IDs and titles of a list and returns
// its ID: exactly, or but for case, spaces and dashes.
func pick(typed string, list []named) (id string, ok bool) {
	typed = strings.TrimSpace(typed)
	if i := slices.IndexFunc(list, func(n named) bool { return n.id == typed }); i >= 0 {
		return list[i].id, true
	}
	want := folded(typed)
	i := slices.IndexFunc(list, func(n named) bool { return folded(n.id) == want || folded(n.title) == want })
	if i < 0 || want == "" {
		return "", false
	}
	return list[i].id, true
}

// named is a thing with an ID and a title that people may type.
type named struct{ id, title string }

// pickAll replaces each name by its ID, without repetition, and explains each
// that names nothing.
func pickAll(kind string, typed []string, list []named, where string) (ids []string, err error) {
	var wrong []error
	for _, t := range typed {
		if strings.TrimSpace(t) == "" {
			continue
		}
		id, ok := pick(t, list)
		switch {
		case !ok:
			wrong = append(wrong, refuse("There is no %s “%s”.%s", kind, quoted(t), didYouMean(t, names(list), where)))
		case !slices.Contains(ids, id):
			ids = append(ids, id)
		}
	}
	return ids, refusal(wrong...)
}

func names(list []named) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.id)
	}
	for _, n := range list {
		if n.title != "" {
			out = append(out, n.title)
		}
	}
	return out
}

// quoted is what somebody typed, short enough to repeat.
func quoted(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return string(runes)
}
