package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	maxFile  = 10 << 20 // bytes
	maxDepth = 64       // values within values
)

// Value is a place in a file and what stands there. Its methods report what is
// wrong and return the zero value then, so that reading goes on and finds the rest.
type Value struct {
	file     string
	node     *yaml.Node
	problems *Problems
}

// Read parses a file of one YAML document. What is wrong is added to problems, now and
// while the value is read. The value of an empty file has no fields.
func Read(file string, data []byte, problems *Problems) Value {
	v := Value{file: file, node: &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1, Tag: "!!map"}, problems: problems}
	if len(data) > maxFile {
		*problems = append(*problems, Problem{File: file, Message: fmt.Sprintf("the file has %d MiB; %d MiB are the limit", len(data)>>20, maxFile>>20)})
		return v
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return v
	case err != nil:
		*problems = append(*problems, syntaxProblem(file, data, err))
		return v
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		*problems = append(*problems, Problem{File: file, Message: "more than one YAML document", Hint: "keep what stands before the second ---"})
	}
	if at := unreadable(&doc, 0); at != nil {
		v.at(at).Problem("", "%s", unreadableWhy(at))
		return v
	}
	if len(doc.Content) > 0 && doc.Content[0].Tag != "!!null" {
		v.node = doc.Content[0]
	}
	return v
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem finds the line that the parser's message names.
func syntaxProblem(file string, data []byte, err error) Problem {
	p := Problem{File: file, Message: "not YAML: " + yamlLine.ReplaceAllString(err.Error(), "")}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		p.Line, _ = strconv.Atoi(m[1])
		p.Column = 1
	}
	if bytes.Contains(data, []byte("\n\t")) {
		p.Hint = "YAML is indented with spaces, not tabs"
	}
	return p
}

// unreadable finds an alias, which can blow a small file up to gigabytes, or a
// nesting that nobody writes.
func unreadable(n *yaml.Node, depth int) *yaml.Node {
	if n.Kind == yaml.AliasNode || depth > maxDepth {
		return n
	}
	for _, c := range n.Content {
		if bad := unreadable(c, depth+1); bad != nil {
			return bad
		}
	}
	return nil
}

func unreadableWhy(n *yaml.Node) string {
	if n.Kind == yaml.AliasNode {
		return fmt.Sprintf("aliases such as *%s are not read: write the value out", n.Value)
	}
	return fmt.Sprintf("values nested more than %d deep", maxDepth)
}

func (v Value) at(n *yaml.Node) Value { return Value{file: v.file, node: n, problems: v.problems} }

// Problem reports what is wrong at this place; hint may be "". Where something of another
// kind stands than belongs there, that is all that is said of the place.
func (v Value) Problem(hint, format string, args ...any) {
	p := v.Describe(hint, format, args...)
	if n := len(*v.problems); n > 0 {
		last := (*v.problems)[n-1]
		if last.misfit && last.File == p.File && last.Line == p.Line && last.Column == p.Column {
			return
		}
	}
	*v.problems = append(*v.problems, p)
}

// misfit reports that something of another kind stands here than what belongs here.
func (v Value) misfit(what string) {
	p := v.Describe("", "%s where %s", v.kind(), what)
	p.misfit = true
	*v.problems = append(*v.problems, p)
}

// Describe is a problem at this place that is not reported yet.
func (v Value) Describe(hint, format string, args ...any) Problem {
	return Problem{File: v.file, Line: v.node.Line, Column: v.node.Column, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Place is where the value stands: "file:line:column".
func (v Value) Place() string { return fmt.Sprintf("%s:%d:%d", v.file, v.node.Line, v.node.Column) }

// Fields is a mapping by key. Keys that are not known, or stand twice, are problems.
func (v Value) Fields(known ...string) map[string]Value {
	fields := map[string]Value{}
	if v.node.Kind != yaml.MappingNode {
		v.misfit("keys with values belong")
		return fields
	}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, value := v.at(v.node.Content[i]), v.at(v.node.Content[i+1])
		name := key.node.Value
		switch _, twice := fields[name]; {
		case !slices.Contains(known, name):
			key.Problem(suggest(name, known), "unknown key %q", name)
		case twice:
			key.Problem("", "the key %q stands here a second time", name)
		case value.node.Tag == "!!null":
			// A key without a value is as if it were not there.
		default:
			fields[name] = value
		}
	}
	return fields
}

func suggest(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known here: " + strings.Join(known, ", ")
}

// List is a sequence; a single value counts as a list of one.
func (v Value) List() []Value {
	switch v.node.Kind {
	case yaml.SequenceNode:
		list := make([]Value, len(v.node.Content))
		for i, c := range v.node.Content {
			list[i] = v.at(c)
		}
		return list
	case yaml.ScalarNode:
		return []Value{v}
	}
	v.misfit("a list belongs")
	return nil
}

// Text is a string, or a number or word that YAML takes for something else.
func (v Value) Text() string {
	if v.node.Kind != yaml.ScalarNode {
		v.misfit("a text belongs")
		return ""
	}
	return v.node.Value
}

// Texts is a list of texts.
func (v Value) Texts() []string {
	var texts []string
	for _, item := range v.List() {
		texts = append(texts, item.Text())
	}
	return texts
}

// Bool is true or false.
func (v Value) Bool() bool {
	var b bool
	if v.node.Kind != yaml.ScalarNode || v.node.Tag != "!!bool" || v.node.Decode(&b) != nil {
		v.Problem("write true or false", "%s where true or false belongs", v.kind())
	}
	return b
}

// Int is a whole number from low to high.
func (v Value) Int(low, high int) int {
	n, err := strconv.Atoi(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || err != nil || n < low || n > high {
		v.Problem("", "%s where a whole number from %d to %d belongs", v.kind(), low, high)
		return low
	}
	return n
}

// Duration is a time like 30s, 5m or 12h, from low to high.
func (v Value) Duration(low, high time.Duration) time.Duration {
	d, err := time.ParseDuration(v.node.Value)
	if days, ok := strings.CutSuffix(v.node.Value, "d"); ok && err != nil {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(max(-1, min(n, 1<<15))) * 24 * time.Hour
	}
	switch {
	case v.node.Kind != yaml.ScalarNode || err != nil:
		v.Problem("write it like 30s, 5m, 12h or 7d", "%s where a length of time belongs", v.kind())
		return low
	case d < low || d > high:
		v.Problem("", "%s is not between %s and %s", v.node.Value, low, high)
		return low
	}
	return d
}

// OneOf is one of the known words.
func (v Value) OneOf(known ...string) string {
	s := v.Text()
	if !slices.Contains(known, s) {
		v.Problem("use "+strings.Join(known, ", "), "unknown value %q", s)
		return ""
	}
	return s
}

// kind names what stands there, for messages.
func (v Value) kind() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	}
	s := v.node.Value
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

// IsList reports whether a sequence stands there.
func (v Value) IsList() bool { return v.node.Kind == yaml.SequenceNode }

// IsMapping reports whether keys with values stand there.
func (v Value) IsMapping() bool { return v.node.Kind == yaml.MappingNode }

// Line is the line of the value, from 1.
func (v Value) Line() int { return v.node.Line }
