package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/bot"
	"tocsin/store"
)

func (p *program) searchCommand() *cobra.Command {
	var cfg configFlag
	var q bot.Query
	var since, until string
	cmd := &cobra.Command{
		Use:     "search QUERY…",
		Short:   "Search what has been read",
		Long:    "Search what has been read: entries that hold all the words, the last one as the start of a word. Best first.",
		Example: "  tocsin search zaporizhzhia blackout\n  tocsin search --since 7d --source france24-europe ceasefire",
		Args:    takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if q.From, err = parseTime(since, time.Now(), time.UTC); err != nil {
				return usage(cmd, "--since: %v", err)
			}
			if q.To, err = parseTime(until, time.Now(), time.UTC); err != nil {
				return usage(cmd, "--until: %v", err)
			}
			q.Text = strings.Join(args, " ")
			return p.withStore(cmd.Context(), cfg, func(ctx context.Context, db *store.DB) error {
				return p.search(ctx, db, q)
			})
		},
	}
	cfg.add(cmd)
	cmd.Flags().StringVar(&q.Source, "source", "", "only this source, and the live blogs it announced")
	cmd.Flags().StringVar(&q.Rule, "rule", "", "only entries that this rule matched")
	cmd.Flags().StringVar(&since, "since", "", "not before: 7d, 12h, 2026-02-05 or 2026-02-05T14:00:00Z")
	cmd.Flags().StringVar(&until, "until", "", "before, written like --since")
	cmd.Flags().IntVar(&q.Limit, "limit", 10, "how many at most, up to 100")
	return cmd
}

func (p *program) search(ctx context.Context, db *store.DB, q bot.Query) error {
	found, err := db.Search(ctx, q)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(p.out, "nothing found")
		return nil
	}
	bold := strings.NewReplacer("\x02", "**", "\x03", "**")
	for i, f := range found {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		fmt.Fprintf(p.out, "%s · %s", when(f.Entry.When()), f.Source.ID)
		if len(f.Rules) > 0 {
			fmt.Fprintf(p.out, " · %s", strings.Join(f.Rules, ", "))
		}
		if f.Removed {
			fmt.Fprint(p.out, " · removed by the publisher")
		}
		fmt.Fprintf(p.out, "\n%s\n", printable(f.Entry.Headline(160)))
		if f.Snippet != "" {
			fmt.Fprintf(p.out, "    %s\n", printable(bold.Replace(f.Snippet)))
		}
		if f.Entry.URL != "" {
			fmt.Fprintf(p.out, "    %s\n", printable(f.Entry.URL))
		}
	}
	return nil
}

// when prints a time in UTC; a publisher that gave none leaves a dash.
func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04 MST")
}

// printable keeps a publisher's control characters off the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, s)
}
