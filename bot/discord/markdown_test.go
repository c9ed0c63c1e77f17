package discord

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"plain words, 5 (five) & more.", "plain words, 5 (five) & more."},
		{"**b** _i_ ~~s~~ `c` ||x||", `\*\*b\*\* \_i\_ \~\~s\~\~ ` + "\\`c\\`" + ` \|\|x\|\|`},
		{"<@1> <@&2> <#3> <t:4:R> <:a:5> </c:6>", `\<@1> \<@&2> \<#3> \<t:4:R> \<:a:5> \</c:6>`},
		{"@everyone @HERE a@example.com", "@\u200beveryone @\u200bHERE a@example.com"},
		{"[x](https://evil.example)", `\[x\]\(https\://evil.example)`},
		{"# a\n## b\n-# c\n- d\n* e\n+ f\n> g\n>>> h", "\\# a\n\\## b\n\\-# c\n\\- d\n\\* e\n\\+ f\n\\> g\n\\>>> h"},
		{"  - a\n12. b\n12) c\n3.5 million\na # b - c > d", "  \\- a\n12\\. b\n12\\) c\n3\\.5 million\na # b - c > d"},
		{"join discord.gg/x or DiscordApp.com/invite/x", `join discord\.gg/x or DiscordApp\.com/invite/x`},
		{`back\slash`, `back\\slash`},
		{"a\u200bb\u202ec\u2066d\ufeffe\u00adf\x00g\x1bh\u3164i", "abcdefghi"},
		{"👩\u200d🚒 می\u200cخواهم a\u200db", "👩\u200d🚒 می\u200cخواهم ab"},
		{"tab\tnbsp\u00a0sep\u2028end\r", "tab nbsp sep\nend "},
		{"bad \xff utf8", "bad � utf8"},
		{"", ""},
	} {
		if got := escape(c.in); got != c.want {
			t.Errorf("escape(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, url, want string }{
		{"a", "https://x.example/p", "[a](https://x.example/p)"},
		{"a [b] c", "https://x.example/p_(q)", "[a (b) c](https://x.example/p_%28q%29)"},
		{"a\nb ](https://evil.example)", "https://x.example", "[a b )(evil.example)](https://x.example)"},
		{"https://trusted.example/", "https://x.example", "[trusted.example/](https://x.example)"},
		{"", "https://x.example", "[…](https://x.example)"},
		{"a", "https://x.example/a b?c=d e#f\"'<>\\`|*~{}^", "[a](https://x.example/a%20b?c=d%20e#f%22%27%3C%3E%5C%60%7C%2A%7E%7B%7D%5E)"},
		{"a", "https://приклад.example/шлях", "[a](https://приклад.example/%D1%88%D0%BB%D1%8F%D1%85)"},
		{"a", "javascript:alert(1)", "a"},
		{"a", "ftp://x.example", "a"},
		{"a", "//x.example/y", "a"},
		{"a", "https://user@x.example/", "a"},
		{"a", "https://x.exa)mple/", "a"},
		{"a", "https://x.example/" + strings.Repeat("y", 3000), "a"},
		{"a*", "", `a\*`},
		{"a", "https://x.example/%", "a"},
		{"a", "HTTPS://X.example//y:z", "[a](https://X.example//y:z)"},
	} {
		if got := link(c.text, c.url); got != c.want {
			t.Errorf("link(%q, %q)\n got %q\nwant %q", c.text, c.url, got, c.want)
		}
	}
}

func TestStrike(t *testing.T) {
	t.Parallel()
	if got, want := strike(escape("a ~ b\n\n c ")), "~~a ∼ b~~\n\n~~c~~"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	keep := func(s string) text.Edit { return text.Edit{Kind: text.Keep, Text: s} }
	del := func(s string) text.Edit { return text.Edit{Kind: text.Delete, Text: s} }
	ins := func(s string) text.Edit { return text.Edit{Kind: text.Insert, Text: s} }
	for _, c := range []struct {
		name  string
		edits []text.Edit
		want  string
	}{
		{"nothing", nil, ""},
		{"the same", []text.Edit{keep("a b")}, ""},
		{"white space only", []text.Edit{keep("a"), del(" "), ins("\n\n"), keep("b")}, ""},
		{"a number", []text.Edit{keep("at least "), del("3"), ins("5"), keep(" dead")}, "at least ~~3~~ → **5** dead"},
		{"a number with its blank", []text.Edit{keep("at least "), del("3 "), ins("5 "), keep("dead")}, "at least ~~3~~ → **5** dead"},
		{"inserted first", []text.Edit{ins("new "), del("old "), keep("end")}, "~~old~~ **new** end"},
		{"words", []text.Edit{keep("a "), del("b* c"), ins("d"), keep(" e")}, `a ~~b\* c~~ **d** e`},
		{"only more", []text.Edit{keep("a."), ins(" And b.")}, "a. **And b.**"},
		{"runs of one kind", []text.Edit{del("a"), del(" b"), ins("c"), ins(" d")}, "~~a b~~ **c d**"},
		{"lines", []text.Edit{keep("a\n\n"), ins("# b\n- c")}, `a **\# b - c**`},
		{"far apart", []text.Edit{del("1"), ins("2"), keep(strings.Repeat(" word", 40) + " "), del("3"), ins("4")},
			"~~1~~ → **2** word word word word word word word … word word word word word word word ~~3~~ → **4**"},
	} {
		if got := changes(c.edits, changesLimit); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

var (
	atLineStart = regexp.MustCompile(`(?m)^ *([-+*>#]|\d+[.)])`)
	hidden      = regexp.MustCompile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]")
	pinging     = regexp.MustCompile(`(?i)@(everyone|here)`)
	inviting    = regexp.MustCompile(`(?i)(discord\.(gg|com|me)|discordapp\.com|dsc\.gg)`)
)

// inert fails the test unless Discord would show s as it stands.
func inert(t *testing.T, s string) {
	t.Helper()
	prev := ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' {
			if i+1 == len(s) || s[i+1] >= 0x80 || unicode.IsLetter(rune(s[i+1])) || unicode.IsDigit(rune(s[i+1])) || s[i+1] == ' ' {
				t.Fatalf("a backslash that escapes nothing at %d in %q", i, s)
			}
			i++
			prev = s[i-1 : i+1]
			continue
		}
		if strings.IndexByte("*_~`|<[]", c) >= 0 {
			t.Fatalf("%q is markup at %d in %q", c, i, s)
		}
		if c == '(' && prev == `\]` {
			t.Fatalf("a link at %d in %q", i, s)
		}
		prev = s[i : i+1]
	}
	for what, re := range map[string]*regexp.Regexp{
		"markup at a line's start": atLineStart, "hidden characters": hidden, "a ping": pinging, "an invitation": inviting,
	} {
		if found := re.FindString(s); found != "" {
			t.Fatalf("%s: %q in %q", what, found, s)
		}
	}
	if strings.Contains(strings.ReplaceAll(s, `\://`, ""), "://") {
		t.Fatalf("an address in %q", s)
	}
}

var unescapes = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)

func FuzzEscape(f *testing.F) {
	for _, s := range []string{
		"**a** _b_ [c](https://d.example) <@1> @everyone", "# a\n- b\n1. c\n> d", "`a` ||b|| ~~c~~ \\", "a\u202eb\u200bc\u200d",
		"https://discord.gg/x <t:1:R>", "\r\n\t\u2028-# x", "\xff\xfe", "1) 2. 3", "@@here", "]\u200b(x)", "discord\u200b.gg", "1\n.", "@\u202eeveryone",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := escape(s)
		inert(t, e)
		if back := strings.ReplaceAll(unescapes.ReplaceAllString(e, "$1"), zeroWidth, ""); back != plain(s) {
			t.Fatalf("escape(%q) shows %q, want %q", s, back, plain(s))
		}
		if l := linkText(s); strings.ContainsAny(unescapes.ReplaceAllString(l, ""), "[]\n") {
			t.Fatalf("the text of a link: %q", l)
		}
	})
}

var maskedLink = regexp.MustCompile(`\[((?:[^\[\]\\\n]|\\[^\n])*)\]\(([^()\s\\<>]*)\)`)

// FuzzMessages renders everything from one hostile string and takes the markup
// that is ours out again: what is left must be inert.
func FuzzMessages(f *testing.F) {
	f.Add("**a** [b](c) @everyone\n# d", "https://x.example/a)b", 3, 9, uint8(0))
	f.Add("`` ` ``` ~~x", "javascript:1", 0, 2, uint8(1))
	f.Add("3 → 5\n\n* a", "http://[::1]/", 1, 4, uint8(2))
	f.Add(strings.Repeat("ж*_", 3000), "https://x.example/"+strings.Repeat("a", 2020), 100, 200, uint8(3))
	f.Add("x\\", "https://e.example/\\", 0, 1, uint8(0))
	b, err := New(Options{Token: "test-token"})
	if err != nil {
		f.Fatal(err)
	}
	kinds := []feed.Change{feed.ChangeNew, feed.ChangeEdited, feed.ChangeRemoved, feed.ChangeRestored}
	at := time.Unix(1772432040, 0)
	f.Fuzz(func(t *testing.T, s, url string, start, end int, kind uint8) {
		a := digest.Alert{
			Subscription: digest.Subscription{Mention: s},
			Source:       feed.Source{Title: s}, At: at, Change: kinds[int(kind)%len(kinds)],
			Entry:      feed.Entry{Title: s, Text: s, URL: url, Published: at},
			Matches:    []rules.Match{{Rule: s, Title: s, Hits: []rules.Hit{{Field: rules.FieldText, Start: start, End: end, Text: s}}}},
			TitleEdits: []text.Edit{{Kind: text.Delete, Text: s}, {Kind: text.Insert, Text: s}, {Kind: text.Keep, Text: s}},
		}
		p, err := b.RenderAlert(a)
		if err != nil {
			t.Fatal(err)
		}
		checkMessage(t, p)
		checkInert(t, p)
		parts, err := b.RenderDigest(digest.Digest{To: at, Topics: []digest.Topic{
			{Rule: s, Title: s, Lines: []digest.Line{{Text: s, URL: url, Source: s, Time: at, Removed: kind%2 == 1}, {Text: s}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			checkMessage(t, p)
			checkInert(t, p)
		}
	})
}

var ownMarkup = regexp.MustCompile(`(?m)^(> |-# )|<t:-?\d+:[Rft]>`)

func checkInert(t *testing.T, p json.RawMessage) {
	t.Helper()
	m := decode(t, p)
	if m.Content != "" && !regexp.MustCompile(`^<@&\d+>$`).MatchString(m.Content) {
		t.Fatalf("content %q", m.Content)
	}
	for _, e := range m.Embeds {
		for _, s := range []string{e.Title, e.Description} {
			s = maskedLink.ReplaceAllStringFunc(s, func(l string) string {
				parts := maskedLink.FindStringSubmatch(l)
				if u := parts[2]; !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
					t.Fatalf("a link to %q in %q", u, s)
				}
				return parts[1]
			})
			s = ownMarkup.ReplaceAllString(s, "")
			s = ownPairs(s)
			inert(t, s)
		}
	}
}

// ownPairs puts a blot in the place of unescaped ** and ~~.
func ownPairs(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
		case strings.HasPrefix(s[i:], "**"), strings.HasPrefix(s[i:], "~~"):
			b.WriteString("■")
			i++
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
