package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tocsin/feed"
	"tocsin/strict"
)

// File is a rule file and its content.
type File struct {
	Name string
	Data []byte
}

// Problems is everything that is wrong with rule files; see [strict.Problems].
type Problems = strict.Problems //nolint:errname // the name that strict gives it

const (
	maxRules = 100_000 // in one set
	maxTerms = 10_000  // in one list
)

// compiler turns files into a set. Entities are read before any rule, so that their order
// does not matter.
type compiler struct {
	problems Problems
	entities map[string]*entityRef
	places   map[string]string // of ids, by kind and id
	set      *Set
	where    strict.Value // what is being read, for notes
	foreign  bool         // the rule that is being read is for other languages than English
}

// Compile makes a set of rule files. Everything that is wrong with any of them is one
// error, of type [Problems]; there is no set then.
func Compile(files ...File) (*Set, error) {
	c := &compiler{entities: map[string]*entityRef{}, places: map[string]string{}, set: &Set{byID: map[string]int{}}}
	var roots []map[string]strict.Value
	for _, f := range files {
		roots = append(roots, strict.Read(f.Name, f.Data, &c.problems).Fields("rules", "entities"))
	}
	for _, root := range roots {
		if v, ok := root["entities"]; ok {
			for _, item := range v.List() {
				c.entity(item)
			}
		}
	}
	for i, root := range roots {
		if v, ok := root["rules"]; ok {
			for _, item := range v.List() {
				c.rule(files[i].Name, item)
			}
		}
	}
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	c.set.index = newIndex(c.set.rules)
	return c.set, nil
}

// slug is an id that reads well in a command and in a log line.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// identifier reads an id that nothing of its kind has yet.
func (c *compiler) identifier(v strict.Value, f map[string]strict.Value, kind string) string {
	t, ok := f["id"]
	if !ok {
		v.Problem("", "this %s has no id", kind)
		return ""
	}
	id := t.Text()
	where, twice := c.places[kind+" "+id]
	switch {
	case !slug.MatchString(id):
		t.Problem("use small letters, digits and hyphens, 64 at most", "%q is no id", id)
		return ""
	case twice:
		t.Problem("the first stands at "+where, "two of the %s have the id %q", plural[kind], id)
		return ""
	}
	c.places[kind+" "+id] = t.Place()
	return id
}

var plural = map[string]string{"rule": "rules", "entity": "entities"}

// entity reads a person, place or thing with its names.
func (c *compiler) entity(v strict.Value) {
	f := v.Fields("id", "title", "names", "not", "needs")
	if !v.IsMapping() {
		return // a problem was reported
	}
	id := c.identifier(v, f, "entity")
	ref := &entityRef{id: id}
	if t, ok := f["names"]; ok {
		ref.aliases = c.terms(t, "@"+id)
	}
	if len(ref.aliases) == 0 {
		v.Problem("list them under names", "the entity %q has no names", id)
	}
	if t, ok := f["not"]; ok {
		ref.not = c.terms(t, "")
	}
	if t, ok := f["needs"]; ok {
		ref.needs = c.terms(t, "")
	}
	if id != "" {
		c.entities[id] = ref
	}
}

// terms reads a list of keywords and phrases; their hits are named as written, or by label.
func (c *compiler) terms(v strict.Value, label string) anyOf {
	c.where = v
	var list anyOf
	for _, item := range v.List() {
		t, note, err := newTerm(keyword(item.Text()), defaultFields)
		if err != nil {
			item.Problem("", "%v", err)
			continue
		}
		c.where = item
		c.note(note)
		if label != "" {
			t.label = label
		}
		list = append(list, t)
	}
	return list
}

// note keeps what an author may not expect.
func (c *compiler) note(note string) {
	if note != "" {
		c.set.notes = append(c.set.notes, c.where.Place()+": "+note)
	}
}

func (c *compiler) rule(file string, v strict.Value) {
	f := v.Fields("id", "title", "severity", "match", "sources", "languages", "tags", "tests")
	if !v.IsMapping() {
		return // a problem was reported
	}
	r := Rule{File: file, Line: v.Line(), Severity: Watch}
	r.ID = c.identifier(v, f, "rule")
	r.Title = r.ID
	if t, ok := f["title"]; ok {
		r.Title = strings.Join(strings.Fields(t.Text()), " ")
	}
	if t, ok := f["severity"]; ok {
		if word := t.OneOf(severityNames[:]...); word != "" {
			if err := r.Severity.UnmarshalText([]byte(word)); err != nil {
				t.Problem("", "%v", err)
			}
		}
	}
	for key, list := range map[string]*[]string{"sources": &r.Sources, "languages": &r.Languages, "tags": &r.Tags} {
		if t, ok := f[key]; ok {
			*list = t.Texts()
		}
	}
	c.foreign = len(r.Languages) > 0 && !slices.ContainsFunc(r.Languages, func(l string) bool {
		return sameLanguage(l, "en")
	})
	if t, ok := f["match"]; ok {
		r.match = c.condition(t, true)
		if r.match != nil && !r.match.positive() {
			t.Problem("add what must stand there, under any or all", "the rule %q only says what must not stand there", r.ID)
		}
	} else {
		v.Problem("", "the rule %q has no match", r.ID)
	}
	if t, ok := f["tests"]; ok {
		r.tests = c.examples(t)
	}
	if len(c.set.rules) >= maxRules {
		v.Problem("", "more than %d rules", maxRules)
		return
	}
	if r.ID != "" && r.match != nil {
		c.set.byID[r.ID] = len(c.set.rules)
		c.set.rules = append(c.set.rules, r)
	}
}

// condition reads what must hold: a query, a list of which one must hold, or a
// mapping of parts that must all hold. It returns nil after a problem.
func (c *compiler) condition(v strict.Value, top bool) expr {
	c.where = v
	switch {
	case v.IsList():
		return c.group(v, func(list []expr) expr { return anyOf(list) })
	case !v.IsMapping() && top:
		return c.check(v)(c.parseQuery(v.Text()))
	case !v.IsMapping():
		return c.check(v)(c.operand(keyword(v.Text()), defaultFields))
	}
	f := v.Fields("any", "all", "none", "near", "before", "sentence", "at_least", "query")
	var parts allOf
	for _, part := range []struct {
		key  string
		read func(strict.Value) expr
	}{
		{"all", func(v strict.Value) expr { return c.group(v, func(l []expr) expr { return allOf(l) }) }},
		{"any", func(v strict.Value) expr { return c.group(v, func(l []expr) expr { return anyOf(l) }) }},
		{"near", func(v strict.Value) expr { return c.nearness(v, false) }},
		{"before", func(v strict.Value) expr { return c.nearness(v, true) }},
		{"sentence", func(v strict.Value) expr {
			return c.group(v, func(l []expr) expr { return &sentence{allOf(l)} })
		}},
		{"at_least", c.atLeast},
		{"query", func(v strict.Value) expr { return c.check(v)(c.parseQuery(v.Text())) }},
		{"none", func(v strict.Value) expr { return c.group(v, func(l []expr) expr { return noneOf(l) }) }},
	} {
		t, ok := f[part.key]
		if !ok {
			continue
		}
		if e := part.read(t); e != nil {
			parts = append(parts, e)
		}
	}
	switch len(parts) {
	case 0:
		if len(f) == 0 {
			v.Problem("write any, all or none", "nothing to match")
		}
		return nil
	case 1:
		return parts[0]
	}
	return parts
}

// check reports an error at v.
func (c *compiler) check(v strict.Value) func(expr, error) expr {
	return func(e expr, err error) expr {
		if err != nil {
			v.Problem("", "%v", err)
			return nil
		}
		return e
	}
}

// nearness reads {words: 5, of: [a, b]}.
func (c *compiler) nearness(v strict.Value, ordered bool) expr {
	f := v.Fields("words", "of")
	words, ok := f["words"]
	of, both := f["of"]
	if !ok || !both || len(of.List()) != 2 {
		v.Problem("write it like {words: 5, of: [a, b]}", "nearness needs a number of words and two conditions")
		return nil
	}
	return c.group(of, func(list []expr) expr {
		if len(list) < 2 {
			return nil // a problem was reported
		}
		return c.check(v)(newNear(list[0], list[1], words.Int(1, maxNear), ordered))
	})
}

// atLeast reads {count: 2, of: [a, b, c]}.
func (c *compiler) atLeast(v strict.Value) expr {
	f := v.Fields("count", "of")
	count, ok := f["count"]
	of, both := f["of"]
	if !ok || !both {
		v.Problem("write it like {count: 2, of: [a, b, c]}", "at_least needs a count and a list")
		return nil
	}
	return c.group(of, func(list []expr) expr {
		n := count.Int(1, maxTerms)
		if len(list) < len(of.List()) {
			return nil // a problem was reported
		}
		return c.check(v)(newAtLeast(n, list))
	})
}

// group reads a list of conditions.
func (c *compiler) group(v strict.Value, join func([]expr) expr) expr {
	items := v.List()
	if len(items) > maxTerms {
		v.Problem("make an entity of them, or several rules", "%d terms in one list; %d are the limit", len(items), maxTerms)
		return nil
	}
	var list []expr
	for _, item := range items {
		if e := c.condition(item, false); e != nil {
			list = append(list, e)
		}
	}
	if len(items) == 0 {
		v.Problem("", "an empty list matches nothing")
	}
	if len(list) == 0 {
		return nil
	}
	return join(list)
}

// operand is a keyword, a phrase or an @entity.
func (c *compiler) operand(l lexeme, fields fieldSet) (expr, error) {
	if id, ok := strings.CutPrefix(l.text, "@"); ok && !l.quoted {
		ref, ok := c.entities[id]
		switch {
		case !ok:
			return nil, c.unknownEntity(id)
		case fields != defaultFields:
			return ref.in(fields), nil
		}
		return ref, nil
	}
	l.foreign = c.foreign
	t, note, err := newTerm(l, fields)
	if err != nil {
		return nil, err
	}
	c.note(note)
	return t, nil
}

func (c *compiler) unknownEntity(id string) error {
	var known []string
	for k := range c.entities {
		known = append(known, k)
	}
	slices.Sort(known)
	if near := strict.Nearest(id, known); near != "" {
		return fmt.Errorf("there is no entity @%s; did you mean @%s?", id, near)
	}
	return fmt.Errorf("there is no entity @%s", id)
}

// example is a test that stands beside its rule.
type example struct {
	entry feed.Entry
	match bool
	hits  []string // texts that must be among the hits
	place string
}

func (c *compiler) examples(v strict.Value) []example {
	var list []example
	for _, item := range v.List() {
		f := item.Fields("title", "text", "author", "tags", "language", "source", "match", "hits")
		x := example{match: true, place: item.Place()}
		for key, field := range map[string]*string{
			"title": &x.entry.Title, "text": &x.entry.Text, "author": &x.entry.Author,
			"language": &x.entry.Language, "source": &x.entry.Source,
		} {
			if t, ok := f[key]; ok {
				*field = t.Text()
			}
		}
		if t, ok := f["tags"]; ok {
			x.entry.Tags = t.Texts()
		}
		if t, ok := f["match"]; ok {
			x.match = t.Bool()
		}
		if t, ok := f["hits"]; ok {
			x.hits = t.Texts()
		}
		if x.entry.Title == "" && x.entry.Text == "" {
			item.Problem("", "a test needs a text or a title")
		}
		list = append(list, x)
	}
	return list
}
