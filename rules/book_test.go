package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFile(t *testing.T, name, data string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	main, more := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml")
	writeFile(t, main, "rules: [{id: a, match: x}, {id: b, match: y}]")
	book, err := NewBook(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name      string
		change    func()
		summary   string
		err       string
		rules     int
		firstRule string
	}{
		{"unchanged", func() {}, "", "", 2, "a"},
		{"a rule changed", func() { writeFile(t, main, "rules: [{id: a, match: x z}, {id: b, match: y}]") }, "2 loaded, 1 changed", "", 2, "a"},
		{"a comment changed", func() { writeFile(t, main, "rules: [{id: a, match: x z}, {id: b, match: y}] # b") }, "2 loaded, 0 changed", "", 2, "a"},
		{"broken", func() { writeFile(t, main, "rules: [{id: a, mach: x}]") }, "", `unknown key "mach"`, 2, "a"},
		{"still broken", func() {}, "", "", 2, "a"},
		{"a test fails", func() { writeFile(t, main, "rules: [{id: c, match: x, tests: [{text: y}]}]") }, "", "must match, and does not", 2, "a"},
		{"good again", func() { writeFile(t, main, "rules: [{id: c, match: x}]") }, "1 loaded, 3 changed", "", 1, "c"},
		{"the glob gains a file", func() { writeFile(t, more, "rules: [{id: d, match: x}]") }, "2 loaded, 1 changed", "", 2, "c"},
		{"a file removed", func() {
			if err := os.Remove(main); err != nil {
				t.Fatal(err)
			}
		}, "1 loaded, 1 changed", "", 1, "d"},
	}
	for _, step := range steps {
		step.change()
		summary, err := book.Reload()
		if summary != step.summary {
			t.Errorf("%s: summary %q, want %q", step.name, summary, step.summary)
		}
		if (err != nil) != (step.err != "") || err != nil && !strings.Contains(err.Error(), step.err) {
			t.Errorf("%s: error %v, want %q", step.name, err, step.err)
		}
		if got := book.Rules().Rules(); len(got) != step.rules || got[0].ID != step.firstRule {
			t.Errorf("%s: the rules are %v", step.name, got)
		}
	}
}

func TestReloadWithoutTheFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.yaml")
	const good = "rules: [{id: a, match: x}]"
	writeFile(t, name, good)
	book, err := NewBook(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Reload(); err == nil {
		t.Error("a missing file is no problem")
	}
	if _, err := book.Reload(); err != nil {
		t.Errorf("the missing file is reported twice: %v", err)
	}
	if len(book.Rules().Rules()) != 1 {
		t.Error("the rules in force are gone")
	}
	writeFile(t, name, good)
	if summary, err := book.Reload(); summary != "1 loaded, 0 changed" || err != nil {
		t.Errorf("back again: %q, %v", summary, err)
	}
}

func TestLoadNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := Load("pack:nowhere", "missing.yaml", "[")
	if err == nil {
		t.Fatal("all is well")
	}
	for _, want := range []string{"pack:nowhere: there is no such pack", "ukraine", "missing.yaml: ", "[: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
	if set, err := Load("nothing-*.yaml"); err != nil || len(set.Rules()) != 0 {
		t.Errorf("a glob without files: %v", err)
	}
}
