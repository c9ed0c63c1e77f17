package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/feed"
	"tocsin/feed/detect"
	"tocsin/feed/liveblog"
	"tocsin/fetch"
)

func (p *program) readCommand() *cobra.Command {
	var format, address string
	var private, explain bool
	cmd := &cobra.Command{
		Use:   "read URL|FILE|-",
		Short: "Show what a feed or live blog yields",
		Long: `Show what a feed or live blog yields: the entries as Tocsin reads them now,
fetched from an address or from a saved page. It records nothing.`,
		Example: `  tocsin read https://www.france24.com/en/europe/rss
  tocsin read --format json --url https://example.org/live/1 saved.html`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usage(cmd, "unknown format %q: use text or json", format)
			}
			page, err := p.load(cmd.Context(), args[0], address, private)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			kind, batch, err := detect.Parse(page.URL, page.ContentType, page.Body)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if explain && kind == feed.KindLiveBlog {
				return p.explain(page)
			}
			for _, warning := range batch.Warnings {
				fmt.Fprintf(p.err, "tocsin: warning: %s\n", printable(warning))
			}
			if format == "json" {
				return p.printBatchJSON(kind, batch)
			}
			p.printBatchText(kind, batch)
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().StringVar(&address, "url", "", "where a saved page came from")
	cmd.Flags().BoolVar(&explain, "explain", false, "say where in a live blog's page each part of an entry was found")
	cmd.Flags().BoolVar(&private, "allow-private", false, "allow addresses that are not public, such as localhost")
	return cmd
}

// maxFile bounds a saved page.
const maxFile = 64 << 20

// load fetches an address, or reads a file or standard input.
func (p *program) load(ctx context.Context, name, address string, private bool) (*fetch.Page, error) {
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		client := fetch.New(fetch.Options{UserAgent: userAgent(""), AllowPrivate: private})
		defer client.Close()
		return client.Get(ctx, name, fetch.Validators{})
	}
	if scheme, _, ok := strings.Cut(name, "://"); ok {
		return nil, fmt.Errorf("%s:// is not read; only https:// and http:// are", scheme)
	}
	f, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxFile {
		return nil, fmt.Errorf("more than %d MiB", maxFile>>20)
	}
	return &fetch.Page{URL: address, Body: body}, nil
}

// explain prints which way of reading each part of a live blog's entries came by.
func (p *program) explain(page *fetch.Page) error {
	batch, witnesses, err := liveblog.Explain(page.URL, page.Body)
	if err != nil {
		return err
	}
	for i, w := range witnesses {
		fmt.Fprintf(p.out, "%s\n    id %s", printable(batch.Entries[i].Headline(100)), w.IDFrom)
		for _, part := range [][2]string{{"title", w.Title}, {"text", w.Text}, {"time", w.Published}, {"address", w.URL}} {
			if part[1] != "" {
				fmt.Fprintf(p.out, " · %s %s", part[0], part[1])
			}
		}
		fmt.Fprintln(p.out)
	}
	return nil
}

// userAgent names the program honestly, and how its operator is reached where one is known.
func userAgent(contact string) string {
	if contact == "" {
		return "Tocsin/" + version
	}
	return fmt.Sprintf("Tocsin/%s (+%s)", version, contact)
}

// reading is the JSON form of what a source yields.
type reading struct {
	Kind     feed.Kind    `json:"kind"`
	Title    string       `json:"title,omitempty"`
	URL      string       `json:"url,omitempty"`
	Language string       `json:"language,omitempty"`
	State    feed.State   `json:"state"`
	Entries  []feed.Entry `json:"entries"`
}

func (p *program) printBatchJSON(kind feed.Kind, b feed.Batch) error {
	r := reading{Kind: kind, Title: b.Title, URL: b.URL, Language: b.Language, State: b.State, Entries: b.Entries}
	if r.Entries == nil {
		r.Entries = []feed.Entry{}
	}
	if r.State == "" {
		r.State = feed.StateOpen
	}
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (p *program) printBatchText(kind feed.Kind, b feed.Batch) {
	fmt.Fprintf(p.out, "%s · %s · %d entries", printable(cmp.Or(b.Title, "(no title)")), kind, len(b.Entries))
	if b.State == feed.StateClosed {
		fmt.Fprint(p.out, " · closed")
	}
	fmt.Fprintln(p.out)
	for _, e := range b.Entries {
		fmt.Fprintf(p.out, "\n%s  %s\n", when(e.When()), printable(e.Headline(200)))
		if e.Title != "" && e.Text != "" {
			for para := range strings.SplitSeq(e.Text, "\n") {
				if para != "" {
					fmt.Fprintf(p.out, "    %s\n", printable(para))
				}
			}
		}
		if e.URL != "" {
			fmt.Fprintf(p.out, "    %s\n", printable(e.URL))
		}
		if !e.Updated.IsZero() && e.Updated.Sub(e.Published) > time.Minute {
			fmt.Fprintf(p.out, "    updated %s\n", when(e.Updated))
		}
	}
}
