package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
)

// exhaustive matches an entry by running every rule.
func exhaustive(s *Set, e feed.Entry) []Match {
	var matches []Match
	d := analyse(e)
	for i := range s.rules {
		r := &s.rules[i]
		if !r.covers(e) {
			continue
		}
		if hits, ok := r.match.eval(d); ok {
			matches = append(matches, Match{Rule: r.ID, Title: r.Title, Severity: r.Severity, Hits: ordered(hits)})
		}
	}
	return matches
}

func TestTheIndexChangesNothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	matched := 0
	for range 100 {
		var yaml strings.Builder
		yaml.WriteString("entities: [{id: e, names: [delta echo, fox*], not: [alpha delta echo]}]\nrules:\n")
		for i := range 10 {
			fmt.Fprintf(&yaml, "  - {id: r%d, match: '(%s) %s'}\n", i, vocabulary[random.IntN(6)], condition(random, 3))
		}
		set := compile(t, yaml.String())
		for range 10 {
			e := feed.Entry{Title: words(random, 3), Text: words(random, 8), Author: words(random, 1), Tags: []string{words(random, 2)}}
			got := set.Match(e)
			matched += len(got)
			checkHits(t, e, got)
			if diff := cmp.Diff(exhaustive(set, e), got); diff != "" {
				t.Fatalf("-all rules +index:\n%s\n%+v\n%s", diff, e, yaml.String())
			}
		}
	}
	if matched < 300 {
		t.Errorf("%d matches are too few to tell anything", matched)
	}
}

var vocabulary = []string{"alpha", "bravo", "delta", "echo", "foxtrot", "US"}

func words(random *rand.Rand, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = vocabulary[random.IntN(len(vocabulary))]
	}
	return strings.Join(list, " ")
}

// condition is a random query.
func condition(random *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"alpha", `"bravo delta"`, "fox*", `"alp* bravo"`, "@e", "author:echo", "tag:bravo", "US", "=Alpha", "absent"}[random.IntN(10)]
	}
	a, b := condition(random, depth-1), condition(random, depth-1)
	return []string{"(" + a + " OR " + b + ")", "(" + a + " " + b + ")", "(" + a + " NOT " + b + ")"}[random.IntN(3)]
}
