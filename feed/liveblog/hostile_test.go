package liveblog

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostile are pages made to be slow: deep, wide, or quadratic for a careless reader.
func hostile(n int) map[string]string {
	live := `<html><head><title>Live blog</title></head><body>`
	repeat := func(s string, n int) string { return strings.Repeat(s, n) }
	return map[string]string{
		"deep":            live + repeat("<div>", n),
		"deep spans":      live + repeat("<span>", 500) + repeat("<b>x</b>", n),
		"deep JSON":       live + `<script type="application/ld+json">` + repeat("[", n) + `</script>`,
		"deep posting":    live + `<script type="application/ld+json">` + repeat(`{"@graph":[`, n/10) + `</script>`,
		"commas":          `<script type="application/ld+json">{"a":[` + repeat(",", n) + `</script>`,
		"comments":        `<script type="application/ld+json">` + repeat("/* ", n) + `</script>`,
		"blocks":          repeat(`<script type="application/ld+json">{"@type":"LiveBlogPosting"}</script>`, n/50),
		"tables":          live + repeat("<table><tr><td>", 100) + repeat("<p>x", n),
		"same id":         live + repeat(`<article id="post-1"><time datetime="2026-03-02T09:00:00Z"></time><p>text</article>`, n/50),
		"ids":             live + many(n/50, `<article id="post-%d"><time datetime="2026-03-02T09:00:00Z"></time><p>text</article>`),
		"nested entries":  live + many(400, `<article id="post-%d" class="x"><time datetime="2026-03-02T09:00:00Z"></time>`) + repeat("<p>x", n/10),
		"siblings":        live + repeat(`<div id="a1" class="live"></div>`, n/50) + repeat(`<p>x</p>`, n/50),
		"headings":        live + repeat(`<h2>10:00 x</h2>`, n/20),
		"heads and tails": live + many(n/40, `<div><h2>10:%02[1]d x%[1]d</h2></div><p>y</p>`),
		"days":            live + repeat(`<h2>2 March 2026</h2><h2>10:00 x</h2>`, n/40),
		"titles":          repeat("<title>", n/10),
		"open tags":       repeat("<a ", n),
		"attributes":      "<div " + many(n/20, `data-x%d-id="1" `) + ">",
		"isLive":          repeat(`"isLive":false,`, n/10),
		"phrases":         live + repeat(`<p>this live blog is</p>`, n/20),
		"entities":        live + `<p>` + repeat("&amp;", n/5),
		"lists":           `{"entries":[` + repeat(`{"id":1,"date":"2026-03-02T09:00:00Z","text":"x"},`, n/50) + `0]}`,
		"strings in JSON": `{"a":` + repeat(`"[[[[[[[[[[`, n/10),
	}
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestHostilePages reads hostile pages of two sizes; the time must not grow much
// faster than the size.
func TestHostilePages(t *testing.T) {
	const size = 40_000
	small, big := hostile(size/4), hostile(size)
	for name := range big {
		t.Run(name, func(t *testing.T) {
			measure := func(page string) time.Duration {
				start := time.Now()
				_, _ = Parse("https://news.example/live/harbour", []byte(page))
				return time.Since(start)
			}
			a, b := measure(small[name]), measure(big[name])
			t.Logf("%d bytes: %s; %d bytes: %s", len(small[name]), a, len(big[name]), b)
			if b > 5*time.Second || b > time.Second && b > 10*a {
				t.Errorf("%s for a quarter, %s for all", a, b)
			}
		})
	}
}
