package liveblog

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"tocsin/feed"
	"tocsin/fetch"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// result is the part of a Batch that the files in testdata state.
type result struct {
	Title    string       `json:"title,omitempty"`
	URL      string       `json:"url,omitempty"`
	Language string       `json:"language,omitempty"`
	State    feed.State   `json:"state,omitempty"`
	Next     string       `json:"next,omitempty"`
	Entries  []feed.Entry `json:"entries,omitempty"`
	Warnings []string     `json:"warnings,omitempty"`
	Error    string       `json:"error,omitempty"`
}

// address is where a case comes from: the line "URL: …" of its comment.
func address(ar *txtar.Archive) string {
	for line := range strings.Lines(string(ar.Comment)) {
		if v, ok := strings.CutPrefix(line, "URL: "); ok {
			return strings.TrimSpace(v)
		}
	}
	return "https://news.example/live/harbour"
}

func cases(t *testing.T, pattern string, run func(*testing.T, string, *txtar.Archive)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no cases in", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			run(t, file, ar)
		})
	}
}

// TestPages reads testdata/pages/*.txtar: the comment says what the case shows, the
// first file is the page, "want.json" what it yields.
func TestPages(t *testing.T) {
	t.Parallel()
	cases(t, "testdata/pages/*.txtar", func(t *testing.T, file string, ar *txtar.Archive) {
		b, err := Parse(address(ar), ar.Files[0].Data)
		got := result{b.Title, b.URL, b.Language, b.State, b.Next, b.Entries, b.Warnings, ""}
		if err != nil {
			got = result{Error: err.Error()}
			if !errors.Is(err, feed.ErrNothing) {
				t.Errorf("%v is no feed.ErrNothing", err)
			}
		}
		if *update {
			out, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			ar.Files = append(ar.Files[:1], txtar.File{Name: "want.json", Data: append(out, '\n')})
			write(t, file, ar)
			return
		}
		var want result
		if err := json.Unmarshal(ar.Files[1].Data, &want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

// TestSequences reads testdata/sequences/*.txtar: the files are what the publisher
// serves read after read ("unchanged" for a 304), "want" one line a read.
func TestSequences(t *testing.T) {
	t.Parallel()
	cases(t, "testdata/sequences/*.txtar", func(t *testing.T, file string, ar *txtar.Archive) {
		reads := slices.DeleteFunc(slices.Clone(ar.Files), func(f txtar.File) bool { return f.Name == "want" })
		n := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
			if f := reads[n]; f.Name != "unchanged" {
				fmt.Fprintf(w, "%s", f.Data)
			} else if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
			} else {
				for n > 0 && reads[n].Name == "unchanged" {
					n--
				}
				fmt.Fprintf(w, "%s", reads[n].Data)
			}
		}))
		defer srv.Close()
		r := New(fetch.New(fetch.Options{AllowPrivate: true}))
		var (
			cur   feed.Cursor
			known = map[string]feed.Known{}
			got   strings.Builder
		)
		for i := range reads {
			n = i
			b, err := r.Read(t.Context(), feed.Source{URL: srv.URL + "/live"}, cur)
			if err != nil {
				t.Fatalf("read %d: %v", i+1, err)
			}
			cur = b.Cursor
			d := feed.Compare(feed.KindLiveBlog, known, b)
			apply(known, d)
			fmt.Fprintf(&got, "%d: %s\n", i+1, show(b, d))
		}
		if *update {
			ar.Files = append(reads, txtar.File{Name: "want", Data: []byte(got.String())})
			write(t, file, ar)
			return
		}
		if d := cmp.Diff(string(ar.Files[len(ar.Files)-1].Data), got.String()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

func write(t *testing.T, file string, ar *txtar.Archive) {
	t.Helper()
	if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

// apply does what a store does with a Delta.
func apply(known map[string]feed.Known, d feed.Delta) {
	for _, e := range slices.Concat(d.New, d.Edited, d.Restored) {
		known[e.ID] = feed.Known{ID: e.ID, Fingerprint: e.Fingerprint(), Published: e.Published, Revision: e.Revision}
	}
	change := func(ids []string, f func(*feed.Known)) {
		for _, id := range ids {
			k := known[id]
			f(&k)
			known[id] = k
		}
	}
	change(d.Removed, func(k *feed.Known) { k.Removed = true })
	change(d.Missed, func(k *feed.Known) { k.Missed++ })
	change(d.Seen, func(k *feed.Known) { k.Missed = 0 })
}

// show writes a read as one line.
func show(b feed.Batch, d feed.Delta) string {
	parts := []string{string(b.State)}
	add := func(name string, ids []string) {
		if len(ids) > 0 {
			slices.Sort(ids)
			parts = append(parts, name+" "+strings.Join(ids, ", "))
		}
	}
	list := func(entries []feed.Entry) (out []string) {
		for _, e := range entries {
			out = append(out, e.Headline(40))
		}
		return out
	}
	if b.Unchanged {
		parts = append(parts, "unchanged")
	}
	add("new", list(d.New))
	add("edited", list(d.Edited))
	add("restored", list(d.Restored))
	parts = append(parts, counts(len(d.Removed), "removed"), counts(len(d.Missed), "missed"), counts(len(d.Seen), "seen again"), counts(len(b.Warnings), "warned"))
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

func counts(n int, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, what)
}
