package syndication

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"tocsin/feed"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// result is the part of a Batch that the files in testdata state.
type result struct {
	Format   string       `json:"format,omitempty"`
	Title    string       `json:"title,omitempty"`
	Language string       `json:"language,omitempty"`
	Entries  []feed.Entry `json:"entries,omitempty"`
	Warnings []string     `json:"warnings,omitempty"`
	Error    string       `json:"error,omitempty"`
}

// TestParse reads testdata/*.txtar: the comment holds the content type if there is
// one, the file "feed" the body, and "want.json" what it yields.
func TestParse(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			contentType := ""
			for line := range strings.Lines(string(ar.Comment)) {
				if v, ok := strings.CutPrefix(line, "Content-Type: "); ok {
					contentType = strings.TrimSpace(v)
				}
			}
			b, err := Parse("https://news.example/feeds/main.xml", contentType, ar.Files[0].Data)
			got := result{b.Format, b.Title, b.Language, b.Entries, b.Warnings, ""}
			if err != nil {
				got.Error = err.Error()
			}
			if *update {
				out, err := json.MarshalIndent(got, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				ar.Files = append(ar.Files[:1], txtar.File{Name: "want.json", Data: append(out, '\n')})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			var want result
			if err := json.Unmarshal(ar.Files[1].Data, &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
