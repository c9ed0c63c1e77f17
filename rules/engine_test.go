package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
	"tocsin/strict"
)

// vocabulary is small, so that random rules hold for random entries often.
var vocabulary = []string{"power", "cut", "cuts", "US", "us", "it", "IT", "grid", "Kyiv", "Київ", "drone", "drones", "new", "New", "START",
	"power-cut", "O’Brien", "U.S.", "1,100", "停電", "é", "\xff", "a\u200bb", "blackout", "black", "АТАКА", "атака", "."}

func word1(rnd *rand.Rand) string { return vocabulary[rnd.IntN(len(vocabulary))] }

func words(rnd *rand.Rand, n int) string {
	parts := make([]string, rnd.IntN(n)+1)
	for i := range parts {
		parts[i] = word1(rnd)
	}
	return strings.Join(parts, []string{" ", " ", " ", ". ", "\n", "-"}[rnd.IntN(6)])
}

func randomEntry(rnd *rand.Rand) feed.Entry {
	e := feed.Entry{Title: words(rnd, 6), Text: words(rnd, 40), Author: words(rnd, 2)}
	if rnd.IntN(4) == 0 {
		e.Title = strings.ToUpper(e.Title)
	}
	for range rnd.IntN(3) {
		e.Tags = append(e.Tags, words(rnd, 2))
	}
	return e
}

// randomQuery writes a query of the language, some of them wrong.
func randomQuery(rnd *rand.Rand, depth int) string {
	kind := rnd.IntN(14)
	if depth == 0 {
		kind = rnd.IntN(6)
	}
	sub := func() string { return randomQuery(rnd, depth-1) }
	switch kind {
	case 0:
		return `"` + words(rnd, 3) + []string{"", "*"}[rnd.IntN(2)] + `"`
	case 1:
		return "=" + word1(rnd)
	case 2:
		return word1(rnd) + "*"
	case 3:
		return "@thing"
	case 4:
		return []string{"title:", "text:", "author:", "tag:"}[rnd.IntN(4)] + word1(rnd)
	case 6:
		return "(" + sub() + " OR " + sub() + ")"
	case 7:
		return "(" + sub() + " AND " + sub() + ")"
	case 8:
		return "(" + sub() + " NOT " + sub() + ")"
	case 9:
		return fmt.Sprintf("(%s NEAR/%d %s)", randomQuery(rnd, 0), rnd.IntN(4)+1, randomQuery(rnd, 0))
	case 10:
		return fmt.Sprintf("(%s BEFORE/%d (%s OR %s))", randomQuery(rnd, 0), rnd.IntN(9)+1, randomQuery(rnd, 0), randomQuery(rnd, 0))
	case 11:
		return "SENTENCE(" + sub() + " " + sub() + ")"
	case 12:
		return "AT LEAST 2 OF (" + sub() + ", " + sub() + ", " + sub() + ")"
	case 13:
		return "title:(" + sub() + ")"
	}
	return word1(rnd)
}

const randomEntities = `entities: [{id: thing, names: [power, drone, New START, grid], not: [power cut, us drone], needs: [kyiv, us, "black*", it]}]
`

// randomSet compiles rules of random queries, leaving out those that are refused.
func randomSet(rnd *rand.Rand, n int) *Set {
	c := &compiler{entities: map[string]*entityRef{}, places: map[string]string{}, set: &Set{byID: map[string]int{}}}
	base, err := Compile(File{Name: "e.yaml", Data: []byte(randomEntities + `rules: [{id: x, match: "@thing"}]`)})
	if err != nil {
		panic(err)
	}
	c.where = strict.Read("random", nil, &c.problems)
	c.entities["thing"] = base.rules[0].match.(*entityRef)
	for len(c.set.rules) < n {
		e, err := c.parseQuery(randomQuery(rnd, 3))
		if err != nil || !e.positive() {
			continue
		}
		id := fmt.Sprint("r", len(c.set.rules))
		c.set.byID[id] = len(c.set.rules)
		c.set.rules = append(c.set.rules, Rule{ID: id, match: e})
	}
	c.set.index = newIndex(c.set.rules)
	return c.set
}

// exhaustive matches an entry by the reference, rule after rule.
func exhaustive(s *Set, e feed.Entry) []Match {
	ref := newReference(e)
	var matches []Match
	for i := range s.rules {
		r := &s.rules[i]
		if !r.covers(e) {
			continue
		}
		if hits, ok := ref.match(r.match); ok {
			matches = append(matches, Match{Rule: r.ID, Title: r.Title, Severity: r.Severity, Hits: hits})
		}
	}
	return matches
}

// agree compares the engine with the reference, over all rules of a set.
func agree(t *testing.T, set *Set, e feed.Entry) (matches int) {
	t.Helper()
	got := set.Match(e)
	if diff := cmp.Diff(exhaustive(set, e), got); diff != "" {
		t.Fatalf("on %q %q %q %q: -reference +engine:\n%s", e.Title, e.Text, e.Author, e.Tags, diff)
	}
	checkHits(t, e, got)
	return len(got)
}

func TestEngineAgreesWithReference(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 14))
	matches := 0
	for range 3 {
		set := randomSet(rnd, 250)
		for range 25 {
			matches += agree(t, set, randomEntry(rnd))
		}
	}
	if matches < 1000 {
		t.Errorf("only %d matches: the entries and the rules have too little in common", matches)
	}
}

func FuzzEngine(f *testing.F) {
	f.Add(uint64(1), "Power cut", "New START in the U.S. A drone.\nKyiv’s grid", "tag")
	f.Add(uint64(7), "NEW START IN US", "\xff\xfe a\u200bb 停電 power-cut", "")
	f.Fuzz(func(t *testing.T, seed uint64, title, text, tag string) {
		if len(text) > 2000 {
			return
		}
		set := randomSet(rand.New(rand.NewPCG(seed, 1)), 20)
		agree(t, set, feed.Entry{Title: title, Text: text, Tags: []string{tag}})
	})
}

// TestQueryPrintsAndReadsBack holds that the printed form of a condition means the same.
func TestQueryPrintsAndReadsBack(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(2, 7))
	set := randomSet(rnd, 2000)
	c := &compiler{set: &Set{}, entities: map[string]*entityRef{}}
	c.where = strict.Read("printed", nil, &c.problems)
	for _, r := range set.rules {
		eachEntity(r.match, func(e *entityRef) {
			if e.aliases[0].(*term).fields == defaultFields {
				c.entities[e.id] = e
			}
		})
	}
	for _, r := range set.rules {
		e, err := c.parseQuery(r.Query())
		if err != nil {
			t.Fatalf("%s: %v", r.Query(), err)
		}
		if again := (Rule{match: e}).Query(); again != r.Query() {
			t.Fatalf("%s reads back as %s", r.Query(), again)
		}
	}
}

func eachEntity(e expr, visit func(*entityRef)) {
	switch e := e.(type) {
	case *entityRef:
		visit(e)
	case allOf:
		for _, e := range e {
			eachEntity(e, visit)
		}
	case anyOf:
		for _, e := range e {
			eachEntity(e, visit)
		}
	}
}

func TestMatchAllocatesNothingForNothing(t *testing.T) {
	set := randomSet(rand.New(rand.NewPCG(5, 5)), 200)
	e := feed.Entry{Title: "Nothing to see", Text: strings.Repeat("plain words that no rule asks for, ", 20)}
	set.Match(e)
	if n := testing.AllocsPerRun(100, func() { set.Match(e) }); n > 0 && !raceEnabled {
		t.Errorf("%v allocations for an entry that nothing matches", n)
	}
}
