package strict

import (
	"strings"
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, yaml string
		read       func(v Value) any
		want       any
		problem    string // "" for none
	}{
		{"text", "k: x", func(v Value) any { return v.Text() }, "x", ""},
		{"a number as text", "k: 12", func(v Value) any { return v.Text() }, "12", ""},
		{"a list as text", "k: [x]", func(v Value) any { return v.Text() }, "", "f:1:4: a list where a text belongs"},
		{"texts of one", "k: x", func(v Value) any { return strings.Join(v.Texts(), "|") }, "x", ""},
		{"texts", "k: [x, y]", func(v Value) any { return strings.Join(v.Texts(), "|") }, "x|y", ""},
		{"texts of keys", "k: {x: y}", func(v Value) any { return len(v.Texts()) }, 0, "f:1:4: keys with values where a list belongs"},
		{"bool", "k: true", func(v Value) any { return v.Bool() }, true, ""},
		{"a quoted bool", `k: "true"`, func(v Value) any { return v.Bool() }, false, `f:1:4: "true" where true or false belongs (write true or false)`},
		{"the lowest int", "k: 1", func(v Value) any { return v.Int(1, 3) }, 1, ""},
		{"the highest int", "k: 3", func(v Value) any { return v.Int(1, 3) }, 3, ""},
		{"an int too high", "k: 4", func(v Value) any { return v.Int(1, 3) }, 1, `f:1:4: "4" where a whole number from 1 to 3 belongs`},
		{"an int too low", "k: 0", func(v Value) any { return v.Int(1, 3) }, 1, `f:1:4: "0" where a whole number from 1 to 3 belongs`},
		{"no int", "k: 1.5", func(v Value) any { return v.Int(1, 3) }, 1, `f:1:4: "1.5" where a whole number from 1 to 3 belongs`},
		{"duration", "k: 90s", func(v Value) any { return v.Duration(0, time.Hour) }, 90 * time.Second, ""},
		{"days", "k: 7d", func(v Value) any { return v.Duration(0, 1000*time.Hour) }, 168 * time.Hour, ""},
		{"a duration too long", "k: 2h", func(v Value) any { return v.Duration(time.Minute, time.Hour) }, time.Minute, "f:1:4: 2h is not between 1m0s and 1h0m0s"},
		{"absurd days", "k: 9999999999999999d", func(v Value) any { return v.Duration(0, time.Hour) }, time.Duration(0), "f:1:4: 9999999999999999d is not between 0s and 1h0m0s"},
		{"negative days", "k: -9999999999999d", func(v Value) any { return v.Duration(0, time.Hour) }, time.Duration(0), "f:1:4: -9999999999999d is not between 0s and 1h0m0s"},
		{"no duration", "k: soon", func(v Value) any { return v.Duration(0, time.Hour) }, time.Duration(0), `f:1:4: "soon" where a length of time belongs (write it like 30s, 5m, 12h or 7d)`},
		{"one of", "k: b", func(v Value) any { return v.OneOf("a", "b") }, "b", ""},
		{"none of", "k: c", func(v Value) any { return v.OneOf("a", "b") }, "", `f:1:4: unknown value "c" (use a, b)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var problems Problems
			got := test.read(Read("f", []byte(test.yaml), &problems).Fields("k")["k"])
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if s := problems.Error(); s != test.problem {
				t.Errorf("problem %s, want %s", s, test.problem)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, yaml, problem string }{
		{"empty", "", ""},
		{"a comment", "# nothing\n", ""},
		{"a key without a value", "name:\n", ""},
		{"an unknown key", "x: 1\nnamme: y\n", "f:1:1: unknown key \"x\" (known here: name, other)\nf:2:1: unknown key \"namme\" (did you mean \"name\"?)"},
		{"a key twice", "name: a\nname: b\n", `f:2:1: the key "name" stands here a second time`},
		{"a list", "- a\n", "f:1:1: a list where keys with values belong"},
		{"two documents", "name: a\n---\nname: b\n", "f: more than one YAML document (keep what stands before the second ---)"},
		{"an alias", "name: &a x\nother: *a\n", "f:2:8: aliases such as *a are not read: write the value out"},
		{"a nesting", "name: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "f:1:70: values nested more than 64 deep"},
		{"too large", strings.Repeat("#", maxFile+1), "f: the file has 10 MiB; 10 MiB are the limit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var problems Problems
			Read("f", []byte(test.yaml), &problems).Fields("name", "other")
			if s := problems.Error(); s != test.problem {
				t.Errorf("problems\n%s\nwant\n%s", s, test.problem)
			}
		})
	}
}

func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	t.Parallel()
	var problems Problems
	Read("f", []byte("a: 1\nb:\n\tc: 2\n"), &problems)
	if len(problems) != 1 || problems[0].Line == 0 || !strings.Contains(problems[0].Hint, "not tabs") {
		t.Errorf("problems: %v", problems)
	}
}

func TestProblemsComeInOrderOnce(t *testing.T) {
	t.Parallel()
	p := Problems{{File: "b", Line: 1, Column: 1, Message: "x"}, {File: "a", Line: 2, Column: 1, Message: "y"},
		{File: "a", Line: 1, Column: 9, Message: "z"}, {File: "b", Line: 1, Column: 1, Message: "x"}}
	const want = "a:1:9: z\na:2:1: y\nb:1:1: x"
	if got := p.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := (Problems{}).Err(); err != nil {
		t.Errorf("no problems are the error %v", err)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"kirov", "kyiv", "severity", "sources", "match", "id"}
	for name, want := range map[string]string{
		"sevrity": "severity", "source": "sources", "mtach": "match", "ids": "id", "kiyv": "kyiv", "unrelated": "", "": "",
		strings.Repeat("x", 1<<20): "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%.20q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: [a, {b: c}]\nother: 1d\n"))
	f.Add([]byte("a: &a [*a]\n---\n\t"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var problems Problems
		for _, v := range Read("f", data, &problems).Fields("name", "other") {
			v.Texts()
			v.Bool()
			v.Int(0, 1)
			v.Duration(0, time.Hour)
		}
		for _, p := range problems {
			if p.Message == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
	})
}
