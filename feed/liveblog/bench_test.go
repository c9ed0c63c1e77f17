package liveblog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// bigPage is a page with entries both in JSON-LD and in its markup, and as much
// again of what surrounds them.
func bigPage(entries int) []byte {
	var ld, dom, around strings.Builder
	for i := range entries {
		text := strings.Repeat("The harbour was quiet and the ferries ran on time. ", 12)
		fmt.Fprintf(&ld, `%s{"@type":"BlogPosting","@id":"https://news.example/live#post-%d","headline":"Entry %d","datePublished":"2026-03-02T%02d:%02d:00Z","articleBody":"%s"}`,
			map[bool]string{true: ","}[i > 0], i, i, 23-i/60, 59-i%60, text)
		fmt.Fprintf(&dom, `<article id="post-%d" class="entry"><header><time datetime="2026-03-02T%02d:%02d:00Z">x</time><h2>Entry %d</h2></header><div class="body"><p>%s</p><p>%s</p></div></article>`,
			i, 23-i/60, 59-i%60, i, text, text)
		fmt.Fprintf(&around, `<li class="link"><a href="/story-%d"><span class="a"><span class="b">A story about something else</span></span></a></li>`, i)
	}
	return []byte(`<!DOCTYPE html><html lang="en"><head><title>Harbour live</title><script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Harbour","liveBlogUpdate":[` +
		ld.String() + `]}</script></head><body><nav><ul>` + around.String() + `</ul></nav><main>` + dom.String() + `</main><script>` + strings.Repeat("var a=1;", 4000) + `</script></body></html>`)
}

func BenchmarkParse(b *testing.B) {
	body := bigPage(100)
	b.SetBytes(int64(len(body)))
	b.Run("extract", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if _, err := Parse("https://news.example/live", body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse HTML only", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
