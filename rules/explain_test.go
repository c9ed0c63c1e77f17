package rules

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/feed"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	set := compile(t, `
entities: [{id: kyiv, names: [Kyiv, Kiev], not: [chicken Kiev]}]
rules:
  - {id: twin, match: "@kyiv (strike OR siren) NOT drill"}
  - {id: r, languages: [en], match: "@kyiv (strike OR siren) NOT drill"}
  - {id: deep, match: "SENTENCE(north BEFORE/3 wind) AT LEAST 1 OF (=Cold, snow*)"}
`)
	e := feed.Entry{Title: "Kyiv struck", Text: "Only a drill. North wind.", Language: "fr"}
	for id, want := range map[string]string{
		"r": `✗ rule r
  ✗ looks at languages en
  ✗ all of
    ✓ @kyiv: title 0–4 "Kyiv"
    ✓ any of
      ✓ strike [strike strikes striking struck]: title 5–11 "struck"
      ✗ siren [siren sirens]
    ✗ none of
      ✓ drill [drill drilled drilling drills]: text 7–12 "drill"
`,
		"deep": `✗ rule deep
  ✓ looks at every entry
  ✗ all of
    ✓ in one sentence
      ✓ within 3 words, in this order
        ✓ north [north norths]: text 14–19 "North"
        ✓ wind [wind winding winds wound]: text 20–24 "wind"
    ✗ at least 1 of
      ✗ =Cold
      ✗ snow*
`,
	} {
		got, ok := set.Explain(id, e)
		if diff := cmp.Diff(want, got.String()); !ok || diff != "" {
			t.Errorf("%s: -want +got:\n%s", id, diff)
		}
	}
	if _, ok := set.Explain("nobody", e); ok {
		t.Error("a rule that is not there is explained")
	}
}

func TestExplainAgreesWithMatch(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(8, 8))
	set := randomSet(rnd, 100)
	for range 10 {
		e := randomEntry(rnd)
		held := map[string][]Hit{}
		for _, m := range set.Match(e) {
			held[m.Rule] = m.Hits
		}
		for _, r := range set.Rules() {
			x, _ := set.Explain(r.ID, e)
			hits, ok := held[r.ID]
			if x.Holds != ok || ok && !cmp.Equal(x.Hits, hits) {
				t.Fatalf("%s for %+v: match says %t, explain\n%s", r.Query(), e, ok, x)
			}
		}
	}
}
