package liveblog

import (
	"testing"

	"golang.org/x/tools/txtar"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]Witness{
		"containers-over-page-fields":        {"64620ea98f08e408b758af00", "json-ld", "containers", "containers", "containers", "json-ld"},
		"containers-seconds-and-draft-times": {"live-77-a0", "json-ld", "json-ld", "json-ld", "containers", "json-ld"},
		"jsonld-no-ids":                      {"entry-bebfece50dc6c5c4", "made up", "json-ld", "json-ld", "json-ld", ""},
		"headings-wrapped":                   {"entry-6470b85b185412e9", "made up", "headings", "headings", "headings", ""},
	} {
		ar, err := txtar.ParseFile("testdata/pages/" + file + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		b, got, err := Explain(address(ar), ar.Files[0].Data)
		if err != nil || len(got) != len(b.Entries) || got[0] != want {
			t.Errorf("%s: %+v, %v", file, got, err)
		}
	}
}
