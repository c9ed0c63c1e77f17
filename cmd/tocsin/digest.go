package main

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/store"
)

// digestFlags say which digest is asked for.
type digestFlags struct {
	cfg          configFlag
	rules        []string
	since, until string
	zone         string
	lines        int
	format       string
	entries      string
}

func (p *program) digestCommand() *cobra.Command {
	var f digestFlags
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Compile and print a digest",
		Long: `Compile and print a digest: of the store, by the rules that matched when the
entries were read, or of a file of entries. With --rules the entries are matched
against those rules instead; a file without rules gives one topic of everything.
Nothing is posted, and the next scheduled digest stays as it is.`,
		Example: `  tocsin digest --since 24h
  tocsin digest --entries entries.jsonl --rules pack:ukraine --format markdown
  tocsin digest --since 2026-02-04 --until 2026-02-05 --timezone Europe/Kyiv --format json`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.digest(cmd, f)
		},
	}
	f.cfg.add(cmd)
	cmd.Flags().StringSliceVar(&f.rules, "rules", nil, "rule files, globs or packs; may be repeated")
	cmd.Flags().StringVar(&f.since, "since", "", "from when on: 24h, 7d, 2026-02-05 or 2026-02-05T14:00:00Z (default 24h, and all of a file)")
	cmd.Flags().StringVar(&f.until, "until", "", "until before when, written like --since (default now, and all of a file)")
	cmd.Flags().StringVar(&f.zone, "timezone", "UTC", "the time zone of days given and times printed")
	cmd.Flags().IntVar(&f.lines, "lines", 0, "lines at most under each rule (default 8)")
	cmd.Flags().StringVar(&f.format, "format", "text", "text, markdown or json")
	cmd.Flags().StringVar(&f.entries, "entries", "", "a file of entries instead of the store, - for standard input")
	return cmd
}

func (p *program) digest(cmd *cobra.Command, f digestFlags) error {
	now := time.Now().UTC()
	loc, err := time.LoadLocation(f.zone)
	if err != nil {
		return usage(cmd, "--timezone: unknown zone %q; write it like Europe/Paris", f.zone)
	}
	from, err := parseTime(f.since, now, loc)
	if err != nil {
		return usage(cmd, "--since: %v", err)
	}
	to, err := parseTime(f.until, now, loc)
	if err != nil {
		return usage(cmd, "--until: %v", err)
	}
	if !slices.Contains([]string{"text", "markdown", "json"}, f.format) {
		return usage(cmd, "unknown format %q: use text, markdown or json", f.format)
	}
	if f.lines < 0 {
		return usage(cmd, "--lines cannot be negative")
	}
	var set *rules.Set
	if len(f.rules) > 0 {
		if set, err = rules.Load(f.rules...); err != nil {
			return err
		}
	}
	var items []digest.Item
	if f.entries != "" {
		items, from, to, err = p.itemsOfFile(f.entries, from, to)
	} else {
		if from.IsZero() {
			from = now.Add(-24 * time.Hour)
		}
		if to.IsZero() {
			to = now
		}
		err = p.withStore(cmd.Context(), f.cfg, func(ctx context.Context, db *store.DB) error {
			items, err = itemsOfStore(ctx, db, from, to, set != nil)
			return err
		})
	}
	if err != nil {
		return err
	}
	if set != nil {
		items = matchedItems(set, items)
	}
	return p.printDigest(digest.Compile(digest.Subscription{Zone: f.zone, Lines: f.lines}, items, from, to), f.format)
}

// itemsOfFile reads items from a file, those of the time asked for; what is not
// bounded is as wide as the file.
func (p *program) itemsOfFile(name string, from, to time.Time) (items []digest.Item, first, last time.Time, err error) {
	entries, err := p.readEntries(name)
	if err != nil {
		return nil, from, to, err
	}
	slices.SortStableFunc(entries, func(a, b feed.Entry) int { return a.When().Compare(b.When()) })
	first, last = from, to
	for _, e := range entries {
		t := e.When()
		if !t.IsZero() && (!from.IsZero() && t.Before(from) || !to.IsZero() && !t.Before(to)) {
			continue
		}
		items = append(items, digest.Item{Source: feed.Source{ID: e.Source, Title: e.Source}, Entry: e})
		if from.IsZero() && !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
		if to.IsZero() && t.After(last) {
			last = t
		}
	}
	return items, first, last, nil
}

// itemsOfStore reads the matched entries of a time, or all of them.
func itemsOfStore(ctx context.Context, db *store.DB, from, to time.Time, all bool) ([]digest.Item, error) {
	if !all {
		return db.Items(ctx, from, to)
	}
	var items []digest.Item
	for q := (bot.Query{From: from, To: to, Limit: 100}); ; q.Offset += q.Limit {
		found, err := db.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			items = append(items, digest.Item{Source: f.Source, Entry: f.Entry, Removed: f.Removed})
		}
		if len(found) < q.Limit {
			slices.Reverse(items)
			return items, nil
		}
	}
}

// matchedItems keeps the items that a rule matches.
func matchedItems(set *rules.Set, items []digest.Item) []digest.Item {
	var kept []digest.Item
	for _, it := range items {
		if it.Matches = set.Match(it.Entry); len(it.Matches) > 0 {
			kept = append(kept, it)
		}
	}
	return kept
}

func (p *program) printDigest(d digest.Digest, format string) error {
	switch format {
	case "json":
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(d)
	case "markdown":
		return digest.WriteMarkdown(p.out, d)
	default:
		return digest.WriteText(p.out, d)
	}
}
