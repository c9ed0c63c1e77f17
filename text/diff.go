package text

import (
	"slices"
	"strings"
)

// EditKind says what became of a run of words between two versions of a text.
type EditKind int

// The kinds of edit.
const (
	Keep EditKind = iota
	Delete
	Insert
)

// Edit is one run of words of a difference. The Keep and Delete runs of a
// difference, joined, are the old text; the Keep and Insert runs the new one.
type Edit struct {
	Kind EditKind
	Text string
}

// maxDiffCells bounds the work and the memory of one difference; what lies
// between the common start and end of longer texts is replaced as a whole.
const maxDiffCells = 4 << 20

// Diff returns the difference of two texts, word by word: a word with the
// white space after it is the smallest piece. Equal texts give one Keep, or
// nothing if both are empty.
func Diff(before, after string) []Edit {
	a, b := pieces(before), pieces(after)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var d edits
	d.add(Keep, a[:start]...)
	d.middle(a[start:len(a)-end], b[start:len(b)-end])
	d.add(Keep, a[len(a)-end:]...)
	return d
}

// pieces cuts a text after the white space that follows each word.
func pieces(s string) []string {
	var list []string
	for s != "" {
		word := strings.IndexFunc(s, isSpace)
		if word < 0 {
			return append(list, s)
		}
		next := strings.IndexFunc(s[word:], func(r rune) bool { return !isSpace(r) })
		if next < 0 {
			return append(list, s)
		}
		list = append(list, s[:word+next])
		s = s[word+next:]
	}
	return list
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' }

type edits []Edit

// add appends words to the last run of their kind, or begins one.
func (d *edits) add(kind EditKind, words ...string) {
	if len(words) == 0 {
		return
	}
	s := strings.Join(words, "")
	if n := len(*d); n > 0 && (*d)[n-1].Kind == kind {
		(*d)[n-1].Text += s
		return
	}
	*d = append(*d, Edit{kind, s})
}

// middle adds the difference of two lists that differ at both ends, by their
// longest common subsequence.
func (d *edits) middle(a, b []string) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxDiffCells {
		d.add(Delete, a...)
		d.add(Insert, b...)
		return
	}
	width := len(b) + 1
	common := make([]uint16, (len(a)+1)*width) // of a[i:] and b[j:]; neither is longer than the bound's root twice over
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var gone, come []string
	flush := func() {
		d.add(Delete, gone...)
		d.add(Insert, come...)
		gone, come = gone[:0], come[:0]
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			flush()
			d.add(Keep, a[i])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			gone = append(gone, a[i])
			i++
		default:
			come = append(come, b[j])
			j++
		}
	}
	gone = slices.Concat(gone, a[i:])
	come = slices.Concat(come, b[j:])
	flush()
}
