package markup

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                              "",
		"plain":                         "plain",
		"one\ntwo\n\n\nthree":           "one\ntwo\n\nthree",
		"<p>one\ntwo</p>\n<p>three</p>": "one two\n\nthree",
		"a<br>b<br><br>c":               "a\nb\n\nc",
		"<ul><li>a</li><li><p>b</p></li><li></li><li>c</ul><p>d": "• a\n• b\n• c\n\nd",
		"AT&amp;T &lt; 5": "AT&T < 5",
		"&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two &amp;amp; three&lt;/p&gt;": "one\n\ntwo & three",
		"it&amp;#x27;s":                   "it's",
		"<b>bo</b>ld, <a href=x>li</a>nk": "bold, link",
		"<script>x</script>a<style>b</style><noscript>c</noscript>d": "ad",
		"<iframe>x</iframe>y":                    "y",
		"a\u00ad\u200bb\ufeff\u202ec":            "abc",
		"na\u00efve nai\u0308ve":                 "naïve naïve",
		"a\u00a0b\u202fc":                        "a b c",
		"bad \xff byte":                          "bad \uFFFD byte",
		"<pre>a\n b</pre>":                       "a\nb",
		`<img alt="A bridge">`:                   "A bridge",
		`<img alt="A bridge">text`:               "text",
		"<table><tr><td>a<td>b<tr><td>c</table>": "a b\nc",
		"5 < 6 and 7 > 3":                        "5 < 6 and 7 > 3",
		"<p>unclosed <b>everything":              "unclosed everything",
		"<!-- c -->x":                            "x",
		"👩‍🚒 stays":                              "👩‍🚒 stays",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Title("<b>Fire</b>\n at &#8216;Pier&#8217;  "); got != "Fire at ‘Pier’" {
		t.Errorf("Title: %q", got)
	}
}

func TestNodeIsText(t *testing.T) {
	t.Parallel()
	in := "<p>one <b>two</b></p><ul><li>a<li>b</ul><aside>ad</aside>"
	doc, err := html.Parse(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	got := Node(doc, func(n *html.Node) bool { return n.Data == "aside" })
	if got != "one two\n\n• a\n• b" {
		t.Errorf("%q", got)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	const base = "https://n.example/a/b?x=1"
	for in, want := range map[string]string{
		"c":                                    "https://n.example/a/c",
		"//cdn.example/x":                      "https://cdn.example/x",
		"/p?update=4&utm_medium=rss":           "https://n.example/p?update=4",
		"/p?postId=a-b#post-9":                 "https://n.example/p?postId=a-b#post-9",
		"/p?traffic_source=rss":                "https://n.example/p",
		"/p?at_medium=RSS&at_campaign=KARANGA": "https://n.example/p",
		"/p#xtor=RSS-3":                        "https://n.example/p",
		"/p#:~:text=war":                       "https://n.example/p",
		"/p?q=a%20b&b":                         "https://n.example/p?q=a%20b&b",
		"/p?ref=rss&source=9":                  "https://n.example/p?source=9",
		"HTTPS://N.example/":                   "https://N.example/",
		"https://user:pw@n.example/":           "https://n.example/",
		"javascript:alert(1)":                  "",
		"mailto:a@b.example":                   "",
		"data:text/html,x":                     "",
		"":                                     "",
		"http://[bad":                          "",
		"#h_12":                                "https://n.example/a/b?x=1#h_12",
	} {
		if got := Link(base, in); got != want {
			t.Errorf("Link(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFeedLinks(t *testing.T) {
	t.Parallel()
	page := `<html><head><link rel="alternate" type="application/rss+xml" href="/rss">
<link rel=alternate type=application/atom+xml href=/atom><link rel="alternate" hreflang="fr" href="/fr">
<link rel="alternate" type="application/rss+xml" href="/comments/feed"></head><body><link rel="alternate" type="application/rss+xml" href="/late">`
	want := []string{"https://n.example/rss", "https://n.example/atom"}
	if got := FeedLinks("https://n.example/", []byte(page)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestHostileMarkupIsLinear renders what is slow or deep for a naive reader.
func TestHostileMarkupIsLinear(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"deep":   strings.Repeat("<div>", 300_000) + "x",
		"lists":  strings.Repeat("<ul><li>", 200_000),
		"opens":  strings.Repeat("<", 100_000),
		"ents":   strings.Repeat("&amp;", 400_000),
		"tables": strings.Repeat("<table><tr><td>", 100_000),
	} {
		start := time.Now()
		Text(in)
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a<br>b</p>", "&lt;p&gt;x", "<ul><li><li>", "a\r\n\xff", "<script>", "<pre>\n</pre>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s := Text(in)
		switch {
		case !utf8.ValidString(s), !norm.NFC.IsNormalString(s):
			t.Errorf("%q is not clean UTF-8 in NFC", s)
		case strings.TrimSpace(s) != s, strings.Contains(s, "\n\n\n"), strings.Contains(s, "  "), strings.ContainsAny(s, "\r\t"):
			t.Errorf("white space is left in %q", s)
		}
	})
}
