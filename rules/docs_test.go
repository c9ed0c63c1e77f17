package rules

import (
	"fmt"
	"os"
	"regexp"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

func TestExamplesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllSubmatch(page, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d YAML examples found", len(blocks))
	}
	for i, block := range blocks {
		set, err := Compile(File{Name: fmt.Sprintf("example-%d.yaml", i+1), Data: block[1]})
		if err != nil {
			t.Errorf("%v\nin\n%s", err, block[1])
			continue
		}
		failures, total := set.Test()
		for _, f := range failures {
			t.Error(f)
		}
		if total == 0 {
			t.Errorf("no tests in\n%s", block[1])
		}
	}
}
