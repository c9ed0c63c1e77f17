package rules

import (
	"testing"

	"tocsin/rules/packs"
)

// minTests is how many texts a shipped rule proves itself by, of either kind.
const minTests = 6

func TestPacksPassTheirTests(t *testing.T) {
	t.Parallel()
	for _, name := range packs.Names() {
		set, err := Load(packPrefix + name)
		if err != nil {
			t.Errorf("pack %s:\n%v", name, err)
			continue
		}
		failures, total := set.Test()
		for _, f := range failures {
			t.Error(f)
		}
		if total == 0 {
			t.Errorf("pack %s has no tests", name)
		}
		for _, r := range set.rules {
			for _, match := range []bool{true, false} {
				n := 0
				for _, x := range r.tests {
					if x.match == match {
						n++
					}
				}
				if n < minTests {
					t.Errorf("rule %s has %d tests with match: %t, want %d", r.ID, n, match, minTests)
				}
			}
		}
	}
}
