package rules

import (
	"iter"
	"slices"
)

// index finds the rules that may hold for a document without running the others. It
// files each rule under the keys that it needs: words, and beginnings of words.
type index map[string][]int

func newIndex(rules []Rule) index {
	x := index{}
	for i := range rules {
		for _, key := range rules[i].match.needs() {
			if filed := x[key]; len(filed) == 0 || filed[len(filed)-1] != i {
				x[key] = append(filed, i)
			}
		}
	}
	return x
}

// candidates returns the numbers of the rules that may hold for d, in order.
func (x index) candidates(d *document) []int {
	var list []int
	for key := range d.keys() {
		list = append(list, x[key]...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// keys yields the words of the document, and the keys of their beginnings.
func (d *document) keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range d.passages {
			for fold := range p.at {
				if !yield(fold) {
					return
				}
			}
			for b := range p.begin {
				if !yield(prefixKey(b)) {
					return
				}
			}
		}
	}
}

// prefixKey is the key of a beginning; no word contains its star.
func prefixKey(beginning string) string { return beginning + "*" }
