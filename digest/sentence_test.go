package digest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/feed"
	"tocsin/rules"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	long := "It began " + strings.Repeat("very slowly ", 60) + "with a blackout " + strings.Repeat("that went on ", 60) + "to the end."
	for _, tt := range []struct {
		name, title, body string
		words             []string
		want              string
	}{
		{"the title says it", "Blackout in the east", "A blackout began.", []string{"Blackout", "blackout"}, "Blackout in the east"},
		{"the text says it", "Live", "Good morning. A blackout began at four. More soon.", []string{"blackout"}, "A blackout began at four."},
		{"two sentences in a row", "", "Good morning. A blackout began at four. The substation burns. More soon.", []string{"blackout", "substation"}, "A blackout began at four. The substation burns."},
		{"two sentences apart", "", "A blackout began at four. Nobody slept. The substation burns.", []string{"blackout", "substation"}, "A blackout began at four. … The substation burns."},
		{"a hit across lines", "", "They cut the\npower again. Later more.", []string{"power"}, "power again."},
		{"no hit", "Envoys meet", "The talks resume.", nil, "Envoys meet"},
		{"no hit and no title", "", "Photo. The talks resume on Thursday.", nil, "The talks resume on Thursday."},
		{"no hit and a title that says nothing", "Photo", "Photo. The talks resume on Thursday.", nil, "The talks resume on Thursday."},
		{"no hit and nothing but a short title", "Photo", "", nil, "Photo"},
		{"one word", "", "Photo", nil, "Photo"},
		{"nothing", "", "", nil, ""},
	} {
		e := feed.Entry{Title: tt.title, Text: tt.body}
		if got := sentence(e, match("r", rules.Info, e, tt.words...).Hits); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	e := feed.Entry{Text: long}
	got := sentence(e, match("r", rules.Info, e, "blackout").Hits)
	if length(got) > maxLine || !strings.Contains(got, "with a blackout") || !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, "…") {
		t.Errorf("a long sentence becomes %q", got)
	}
	for _, w := range strings.Fields(strings.Trim(got, "… ")) {
		if !strings.Contains(" "+long+" ", " "+w+" ") {
			t.Errorf("cut within the word %q", w)
		}
	}
}

func FuzzSentence(f *testing.F) {
	f.Add("Title", "A blackout began. Then more.", 2, 10)
	f.Add("", strings.Repeat("漢字", 400), 900, 903)
	f.Add("", strings.Repeat("x", 999)+" y. z", 990, 1003)
	f.Fuzz(func(t *testing.T, title, body string, start, end int) {
		for _, field := range []rules.Field{rules.FieldTitle, rules.FieldText} {
			got := sentence(feed.Entry{Title: title, Text: body}, []rules.Hit{{Field: field, Start: start, End: end}})
			if length(got) > maxLine || strings.ContainsAny(got, "\n\t") {
				t.Fatalf("%d runes: %q", length(got), got)
			}
			if utf8.ValidString(title) && utf8.ValidString(body) && !utf8.ValidString(got) {
				t.Fatalf("not UTF-8: %q", got)
			}
		}
	})
}

func FuzzWrite(f *testing.F) {
	f.Add("1. *Bold* <b>", "\x1b[31m[x](y) `z`", "https://a.example/(x)?q=<y> z")
	f.Fuzz(func(t *testing.T, title, said, link string) {
		d := Digest{Topics: []Topic{{Title: title, Lines: []Line{{Text: said, URL: link, Source: title}}}}}
		var plain, markdown strings.Builder
		if WriteText(&plain, d) != nil || WriteMarkdown(&markdown, d) != nil {
			t.Fatal("writing to memory failed")
		}
		for _, out := range []string{plain.String(), markdown.String()} {
			if strings.ContainsFunc(out, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
				t.Fatalf("control characters in %q", out)
			}
		}
		if n := strings.Count(markdown.String(), "\n- "); n != 1 {
			t.Fatalf("%d list items of one line: %q", n, markdown.String())
		}
	})
}
