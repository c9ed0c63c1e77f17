package terminal

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/rules"
	"tocsin/text"
)

// ours are the sequences the painter itself writes.
var ours = regexp.MustCompile(`\x1b\[[0-9;]+m|\x1b\]8;;[!-~]*\x1b\\`)

// checkDrawn fails if drawn could do more than show letters, or leaves its width.
func checkDrawn(t *testing.T, drawn string, o Options) {
	t.Helper()
	for _, l := range strings.Split(ours.ReplaceAllString(drawn, ""), "\n") {
		for _, r := range l {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q reaches the terminal in %q", r, l)
			}
		}
		if w := widthOf(cells(l, 0)); w > o.width() && !strings.Contains(l, "→ http") {
			t.Fatalf("%d columns of %d: %q", w, o.width(), l)
		}
	}
	if o.Color {
		if i := strings.LastIndex(drawn, "\x1b["); i >= 0 && !strings.HasPrefix(drawn[i:], "\x1b[0m") {
			t.Fatalf("a style is left on: %q", drawn[i:])
		}
	} else if strings.Contains(drawn, "\x1b") {
		t.Fatalf("escape characters without colour: %q", drawn)
	}
}

func TestScenesStayInBounds(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Width: 1}, {Width: 40, Color: true}, {}, {Width: 100, Color: true}} {
		for _, s := range scenes() {
			var out bytes.Buffer
			s.post(t, New(&out, o))
			checkDrawn(t, out.String(), o)
		}
	}
}

func FuzzAlert(f *testing.F) {
	f.Add("\x1b[2JBlackout\r\nforged", "text \u202e with \x9b31m\x07 and 停電 e\u0301\u200d🇺🇦", "https://a.example/\x1b]0;x\x07", 3, 9, 40)
	f.Add("", strings.Repeat("word ", 600), "https://a.example/"+strings.Repeat("x", 200), 2000, 2004, 30)
	f.Add(strings.Repeat("漢", 900), strings.Repeat("é", 2000), "javascript:1", -1, 1<<40, 0)
	f.Fuzz(func(t *testing.T, title, body, url string, start, end, width int) {
		a := sample()
		a.Entry.Title, a.Entry.Text, a.Entry.URL, a.Entry.Author = title, body, url, title
		a.Source.Title = body
		a.Matches = []rules.Match{{Rule: "r", Title: title, Hits: []rules.Hit{
			{Field: rules.FieldTitle, Start: start, End: end}, {Field: rules.FieldText, Start: start, End: end},
			{Field: rules.FieldText, Start: start / 2, End: end},
		}}}
		a.Change = "edited"
		a.TextEdits = []text.Edit{{Kind: text.Keep, Text: title}, {Kind: text.Delete, Text: body}, {Kind: text.Insert, Text: title}}
		s := scene{alert: a}
		d := scene{digest: &digest.Digest{Topics: []digest.Topic{{Title: title, Lines: []digest.Line{{Text: body, URL: url, Source: title}}}}}}
		for _, o := range []Options{{Width: width % 200}, {Width: width % 200, Color: true}} {
			var out bytes.Buffer
			s.post(t, New(&out, o))
			d.post(t, New(&out, o))
			checkDrawn(t, out.String(), o)
		}
	})
}

func FuzzPayload(f *testing.F) {
	for _, s := range scenes() {
		f.Add([]byte(s.render(f, New(nil, Options{}))))
	}
	f.Add([]byte(`{"alert":{"change":"edited","changes":[{}],"title":[{"t":"\u001b[2J"}]}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var out bytes.Buffer
		o := Options{Width: 50, Color: true}
		if _, err := New(&out, o).Send(context.Background(), bot.Delivery{Payload: payload}); err == nil {
			checkDrawn(t, out.String(), o)
		}
	})
}
