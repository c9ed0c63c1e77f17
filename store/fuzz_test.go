package store_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/bot"
	"tocsin/store/storetest"
)

// FuzzSearch asks anything: no text is a wrong question, and an entry is found by its own words.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"power", `"`, "a AND (b", "title:x*", "Café Łódź", "об'єкт", "電力", "½ﬁß", "\x00\xff", "U.S. 2.5%"} {
		f.Add(s)
	}
	db := storetest.Open(f, storetest.SQLite(f).URL)
	putSource(f, db, "a")
	if err := db.Record(f.Context(), storetest.Outcomes("a", 20)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := db.Search(t.Context(), bot.Query{Text: text})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, e := range found {
			if text != "" && (!strings.Contains(e.Snippet, "\x02") || !utf8.ValidString(e.Snippet)) {
				t.Errorf("%q found an entry with the snippet %q", text, e.Snippet)
			}
		}
	})
}
