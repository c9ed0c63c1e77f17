package liveblog

import (
	"fmt"
	"testing"
	"time"

	"tocsin/feed"
)

// TestClosing weighs signs against how long ago the newest entry appeared.
func TestClosing(t *testing.T) {
	t.Parallel()
	const (
		notice   = `<p>This live blog is now closed.</p>`
		flag     = `<script>x={"isLive":false}</script>`
		live     = `<script>x={"isLive":true}</script>`
		goodbye  = "That's all for today, thanks for reading."
		platform = `<script>x={"blog_status":"closed"}</script>`
	)
	for _, c := range []struct {
		title, body, text string
		ago               time.Duration
		want              feed.State
	}{
		{"Harbour", "", "x", time.Minute, feed.StateOpen},
		{"Harbour", "", "x", 24 * time.Hour, feed.StateOpen},
		{"Harbour", notice, "x", time.Minute, feed.StateClosed},
		{"Harbour – as it happened", "", "x", time.Minute, feed.StateClosed},
		{"Harbour", platform, "x", time.Minute, feed.StateClosed},
		// A flag may be a player's: it counts once no entry has come for a while.
		{"Harbour", flag, "x", time.Minute, feed.StateOpen},
		{"Harbour", flag, "x", time.Hour, feed.StateClosed},
		{"Harbour", flag + live, "x", time.Hour, feed.StateOpen},
		// A farewell may be one of several: it counts with a day of quiet.
		{"Harbour", "", goodbye, time.Minute, feed.StateOpen},
		{"Harbour", "", goodbye, 3 * time.Hour, feed.StateOpen},
		{"Harbour", "", goodbye, 13 * time.Hour, feed.StateClosed},
		{"Harbour", live, goodbye, 13 * time.Hour, feed.StateOpen},
	} {
		at := time.Now().Add(-c.ago).UTC().Format(time.RFC3339)
		page := fmt.Sprintf(`<html><head><title>%s</title><script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"%s","coverageEndTime":"%s","liveBlogUpdate":[{"@id":"p1","headline":"A","articleBody":"%s","datePublished":"%s"}]}</script></head><body>%s</body></html>`,
			c.title, c.title, at, c.text, at, c.body)
		b, err := Parse("https://news.example/live", []byte(page))
		if err != nil || b.State != c.want {
			t.Errorf("%+v: %s, %v", c, b.State, err)
		}
	}
}
