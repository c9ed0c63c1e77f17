package syndication

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/charset"

	"tocsin/feed"
	"tocsin/fetch"
)

// ids lists the IDs of a batch.
func ids(b feed.Batch) (out []string) {
	for _, e := range b.Entries {
		out = append(out, e.ID)
	}
	return out
}

func rss(items string) string {
	return `<rss version="2.0"><channel><title>T</title><link>https://n.example/</link>` + items + `</channel></rss>`
}

// TestReadsRunning reads a feed several times while its publisher changes it.
func TestReadsRunning(t *testing.T) {
	t.Parallel()
	const dated = `<pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate>`
	for name, c := range map[string]struct {
		reads []string
		same  bool // the first entry keeps its ID throughout
	}{
		"title edited under one guid": {[]string{`<item><guid>1</guid><title>A</title></item>`, `<item><guid>1</guid><title>B</title></item>`}, true},
		"guid changes, link stays": {[]string{`<item><guid>1</guid><link>/a</link><title>A</title></item>`, `<item><guid>2</guid><link>/a</link><title>A</title></item>`,
			`<item><guid>3</guid><link>/a</link><title>B</title></item>`}, true},
		"link changes, guid stays": {[]string{`<item><guid>1</guid><link>/a</link></item>`, `<item><guid>1</guid><link>/a-2</link></item>`}, true},
		"nothing but a title, text edited": {[]string{`<item><title>A</title><description>x</description></item>`,
			`<item><title>A</title><description>y</description></item>`}, true},
		"nothing but a text, title edited": {[]string{`<item><title>A</title><description>x y z</description></item>`,
			`<item><title>B</title><description>x y z</description></item>`}, true},
		"a date, title and text edited": {[]string{`<item><title>A</title><description>x</description>` + dated + `</item>`,
			`<item><title>B</title><description>y</description>` + dated + `</item>`}, true},
		"another item": {[]string{`<item><title>A</title><description>x</description></item>`,
			`<item><title>B</title><description>y</description></item>`}, false},
		"a guid that never changes": {[]string{`<item><guid>1</guid><link>/b</link><title>B</title></item><item><guid>1</guid><link>/a</link><title>A</title></item>`,
			`<item><guid>1</guid><link>/c</link><title>C</title></item><item><guid>1</guid><link>/b</link><title>B</title></item>`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rss(c.reads[n])); n++ }))
			defer srv.Close()
			r := New(fetch.New(fetch.Options{AllowPrivate: true}))
			var cur feed.Cursor
			first := ""
			for i := range c.reads {
				b, err := r.Read(t.Context(), feed.Source{URL: srv.URL}, cur)
				if err != nil {
					t.Fatal(err)
				}
				cur = b.Cursor
				if i == 0 {
					first = b.Entries[0].ID
				} else if got := b.Entries[0].ID; (got == first) != c.same {
					t.Errorf("read %d: id %q, first was %q", i+1, got, first)
				}
			}
		})
	}
}

// TestSharedGUIDNeverChangesHands: a GUID that turns out to be shared stays with
// the entry that had it first.
func TestSharedGUIDNeverChangesHands(t *testing.T) {
	t.Parallel()
	a := `<item><guid>1</guid><link>/a</link><title>A</title></item>`
	b := `<item><guid>1</guid><link>/b</link><title>B</title></item>`
	reads := []string{a, b + a, b}
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rss(reads[n])); n++ }))
	defer srv.Close()
	r := New(fetch.New(fetch.Options{AllowPrivate: true}))
	var cur feed.Cursor
	var got []string
	for range reads {
		batch, err := r.Read(t.Context(), feed.Source{URL: srv.URL}, cur)
		if err != nil {
			t.Fatal(err)
		}
		cur = batch.Cursor
		got = append(got, strings.Join(ids(batch), " "))
	}
	if want := "1, https://n.example/b 1, https://n.example/b"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
}

func TestUnchangedAndMoved(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/old", func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, "/new", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/new", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Cache-Control", "max-age=60")
		if req.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, rss(`<item><guid>1</guid><title>A</title></item>`))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	r := New(fetch.New(fetch.Options{AllowPrivate: true}))
	src := feed.Source{URL: srv.URL + "/old"}
	b, err := r.Read(t.Context(), src, nil)
	if err != nil || b.Moved != srv.URL+"/new" || b.Unchanged || len(b.Entries) != 1 || time.Until(b.NotBefore) < 50*time.Second {
		t.Fatalf("first read: %+v, %v", b, err)
	}
	b, err = r.Read(t.Context(), src, b.Cursor)
	if err != nil || !b.Unchanged || b.Cursor == nil {
		t.Fatalf("second read: %+v, %v", b, err)
	}
	// The new address gets no validators of the old one, though they would fit.
	src.URL = b.Moved
	if b, err = r.Read(t.Context(), src, b.Cursor); err != nil || b.Unchanged {
		t.Fatalf("read at the new address: %+v, %v", b, err)
	}
	// A cursor that is no cursor is no cursor.
	if b, err = r.Read(t.Context(), src, feed.Cursor("\x00{")); err != nil || len(b.Entries) != 1 {
		t.Fatalf("read with a damaged cursor: %+v, %v", b, err)
	}
}

func TestReadErrorsNameTheSource(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
		fmt.Fprint(w, "<html><title>Sorry</title>")
	}))
	defer srv.Close()
	r := New(fetch.New(fetch.Options{AllowPrivate: true}))
	_, err := r.Read(t.Context(), feed.Source{URL: srv.URL + "/page"}, nil)
	if !errors.Is(err, feed.ErrNothing) || !strings.Contains(err.Error(), srv.URL+"/page") {
		t.Error(err)
	}
	if _, err = r.Read(t.Context(), feed.Source{URL: srv.URL + "/gone"}, nil); !errors.Is(err, feed.ErrGone) {
		t.Error(err)
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	const title = "Місто й порт"
	latin := "Café à gogo"
	enc := func(label, s string) []byte {
		e, _ := charset.Lookup(label)
		b, err := e.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	doc := func(declared, title string) string {
		d := `<?xml version="1.0"?>`
		if declared != "" {
			d = `<?xml version="1.0" encoding="` + declared + `"?>`
		}
		return d + `<rss version="2.0"><channel><title>` + title + `</title><item><guid>1</guid></item></channel></rss>`
	}
	for name, c := range map[string]struct {
		header string
		body   []byte
		want   string
	}{
		"declared windows-1251":            {"", enc("windows-1251", doc("windows-1251", title)), title},
		"only the header says":             {"text/xml; charset=windows-1251", enc("windows-1251", doc("", title)), title},
		"declared Latin, is UTF-8":         {"text/xml; charset=iso-8859-1", []byte(doc("iso-8859-1", title)), title},
		"declared UTF-8, is Latin":         {"", enc("windows-1252", doc("utf-8", latin)), latin},
		"nothing declared, is Latin":       {"", enc("windows-1252", doc("", latin)), latin},
		"UTF-16 with byte order mark":      {"", append([]byte{0xFF, 0xFE}, enc("utf-16le", doc("utf-16", title))...), title},
		"UTF-8 with byte order mark":       {"", append([]byte{0xEF, 0xBB, 0xBF}, doc("utf-8", title)...), title},
		"an encoding that does not exist":  {"", []byte(doc("x-klingon", title)), title},
		"UTF-8 with one character cut off": {"", []byte(doc("utf-8", strings.Repeat(title, 20)+"\xd0")), strings.Repeat(title, 20) + "\uFFFD"},
	} {
		b, err := Parse("https://n.example/", c.header, c.body)
		if err != nil || b.Title != c.want {
			t.Errorf("%s: %q, %v; want %q", name, b.Title, err, c.want)
		}
	}
}

func TestBigEntry(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("<p>All is well in the harbour tonight.</p>", 25_000)
	b, err := Parse("https://n.example/", "", []byte(rss(`<item><guid>1</guid><description><![CDATA[`+big+`]]></description></item>`)))
	if err != nil || len(b.Entries) != 1 || len(b.Entries[0].Text) < 900_000 {
		t.Fatalf("%d entries, %v", len(b.Entries), err)
	}
}

func TestDamageIsBounded(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"items never closed": rss(strings.Repeat("<item>", 50_000)),
		"deep":               rss(strings.Repeat("<a>", 100_000)),
		"entities":           `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("ha", 1000) + `">]>` + rss(`<item><title>`+strings.Repeat("&a;", 10_000)+`</title></item>`),
	} {
		start := time.Now()
		if _, err := Parse("https://n.example/", "", []byte(body)); err == nil {
			t.Logf("%s: read", name)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(rss(`<item><guid>1</guid><title>A &amp; B</title><description>&lt;p&gt;x</description></item>`)))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>x</title></entry>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1},{}]}`))
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00"))
	f.Add([]byte(`<rss><channel><item><title>a</item><item><title>b`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := Parse("https://n.example/", "", body)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range b.Entries {
			if e.ID == "" || seen[e.ID] {
				t.Fatalf("ID %q is empty or stands twice", e.ID)
			}
			seen[e.ID] = true
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var items bytes.Buffer
	for i := range 50 {
		fmt.Fprintf(&items, `<item><guid>%d</guid><title>Ferry %d</title><link>https://n.example/%d?utm_source=rss</link><pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate><description><![CDATA[<p>%s</p>]]></description></item>`,
			i, i, i, strings.Repeat("The harbour was quiet and the ferries ran. ", 20))
	}
	body := []byte(rss(items.String()))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Parse("https://n.example/", "", body); err != nil {
			b.Fatal(err)
		}
	}
}
