package liveblog

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/pages/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := Parse("https://news.example/live", body)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range b.Entries {
			if e.ID == "" || seen[e.ID] || e.URL == "" || e.Title == "" && e.Text == "" {
				t.Fatalf("bad entry %+v", e)
			}
			seen[e.ID] = true
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a":1,}`, `{"a":"x` + "\n" + `y"}`, `/* c */[1,2,]// d`, `<!-- {} -->`, `{"a":"\'"}`, `&quot;`, `{"a":1}{"b":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, block []byte) { _, _ = decode(block) })
}
