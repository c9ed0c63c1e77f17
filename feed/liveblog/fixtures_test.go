package liveblog

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/feed"
)

// shared is a folder of real pages beside the repository, which belong to their publishers.
const shared = "../../../shared/fixtures"

func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(shared, name))
	if err != nil {
		t.Skip("real pages are not here: ", err)
	}
	return b
}

// TestRealPages reads pages of publishers: every entry by id, time and headline.
func TestRealPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expected, page, url string }{
		{"express_2024-07-18", "pages/express_2024-07-18.html", "https://www.express.co.uk/news/royal/1924698/prince-harry-meghan-markle-live-grifters"},
		{"guardian_2023-05-15", "pages/guardian_2023-05-15.html", ""},
		{"guardian_mars_2021-02-19", "json/mars_2021-02-19_dcr.json", ""},
		{"br24_2024-08-27_nahost-ticker", "pages/br24_2024-08-27_nahost-ticker.html", ""},
	} {
		t.Run(c.expected, func(t *testing.T) {
			t.Parallel()
			b, err := Parse(c.url, sharedFile(t, c.page))
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Entries []struct {
					ID        *string   `json:"id"`
					Published time.Time `json:"published"`
					Millis    int64     `json:"published_ms"`
					Headline  string    `json:"headline"`
					Body      int       `json:"body_chars"`
				} `json:"entries"`
			}
			if err := json.Unmarshal(sharedFile(t, "expected/"+c.expected+".json"), &want); err != nil {
				t.Fatal(err)
			}
			if len(b.Entries) != len(want.Entries) {
				t.Fatalf("%d entries, want %d", len(b.Entries), len(want.Entries))
			}
			for i, w := range want.Entries {
				e := b.Entries[i]
				if w.Millis != 0 {
					w.Published = time.UnixMilli(w.Millis)
				}
				if w.ID != nil && e.ID != *w.ID || !e.Published.Equal(w.Published) || e.Title != w.Headline {
					t.Errorf("entry %d: %s %s %q, want %v", i+1, e.ID, e.Published, e.Title, w)
				}
				if w.Body > 0 && len(e.Text) < w.Body/2 {
					t.Errorf("entry %d has %d bytes of text, want about %d", i+1, len(e.Text), w.Body)
				}
			}
		})
	}
}

// TestNotLiveBlogs reads real pages that only look a little like live blogs.
func TestNotLiveBlogs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"negative/nrk_article_2024-08-05.html", "negative/timesofisrael_article_with_liveblog_widget.html", "pages/sportowefakty_2020-09-28_microdata.html"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			b, err := Parse("https://site.example/news/page", sharedFile(t, name))
			if !errors.Is(err, feed.ErrNothing) || !strings.Contains(err.Error(), "not a live blog") {
				t.Errorf("%d entries, %v", len(b.Entries), err)
			}
		})
	}
}
