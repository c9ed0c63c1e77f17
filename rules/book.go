package rules

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"tocsin/strict"
)

// Book holds the set in force and follows its files. It is safe for concurrent use.
type Book struct {
	patterns []string
	set      atomic.Pointer[Set]

	mu    sync.Mutex
	files []File // as they were looked at last, good or bad
}

// NewBook loads the files that the patterns name, as [Load] does. A file whose own tests
// fail is refused like one that does not compile.
func NewBook(patterns ...string) (*Book, error) {
	b := &Book{patterns: patterns}
	files, err := readFiles(patterns)
	if err != nil {
		return nil, err
	}
	set, err := accept(files)
	if err != nil {
		return nil, err
	}
	b.files = files
	b.set.Store(set)
	return b, nil
}

// Rules returns the set in force.
func (b *Book) Rules() *Set { return b.set.Load() }

// Reload looks at the files again. When they have changed and are good, the new set is in
// force for the next entry, and the summary says what changed ("41 loaded, 1 changed"). When they
// are bad, the old set stays and the error says why; the same bad files are
// reported once. The summary is "" when nothing changed.
func (b *Book) Reload() (summary string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	files, err := readFiles(b.patterns)
	if err != nil {
		// A file that went missing shows as a change of the list, reported once.
		missing := []File{{Name: err.Error()}}
		if sameFiles(missing, b.files) {
			return "", nil
		}
		b.files = missing
		return "", err
	}
	if sameFiles(files, b.files) {
		return "", nil
	}
	b.files = files
	set, err := accept(files)
	if err != nil {
		return "", err
	}
	old := b.set.Swap(set)
	return fmt.Sprintf("%d loaded, %d changed", len(set.rules), changed(old, set)), nil
}

// accept compiles files and runs their tests.
func accept(files []File) (*Set, error) {
	set, err := Compile(files...)
	if err != nil {
		return nil, err
	}
	failures, _ := set.Test()
	var problems Problems
	for _, f := range failures {
		problems = append(problems, strict.Problem{File: f.Place, Message: fmt.Sprintf("rule %s: a test fails: %s: %q", f.Rule, f.Why, f.Text)})
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return set, nil
}

func sameFiles(a, b []File) bool {
	return slices.EqualFunc(a, b, func(a, b File) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) })
}

// changed counts the rules that are new, gone or different. A rule differs if its
// condition reads differently, which covers the entities in it.
func changed(old, now *Set) int {
	n := 0
	for _, r := range now.rules {
		if before, ok := old.Rule(r.ID); !ok || describe(before) != describe(r) {
			n++
		}
	}
	for _, r := range old.rules {
		if _, ok := now.byID[r.ID]; !ok {
			n++
		}
	}
	return n
}

func describe(r Rule) string {
	return fmt.Sprintf("%q %v %q %q %q %s", r.Title, r.Severity, r.Sources, r.Languages, r.Tags, r.key())
}

func problem(file string, err error) strict.Problem {
	return strict.Problem{File: file, Message: err.Error()}
}
