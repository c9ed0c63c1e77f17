package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"tocsin/rules"
)

func (p *program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "Check, test and try rule files",
		Example: "  tocsin rules test pack:ukraine my-rules.yaml",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(cmd, "say what to do: check, test or match")
		},
	}
	cmd.AddCommand(p.rulesCheckCommand(), p.rulesTestCommand(), p.rulesMatchCommand())
	return cmd
}

func (p *program) rulesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE…",
		Short:   "Report everything that is wrong with rule files",
		Long:    "Report everything that is wrong with rule files, with file, line and column. A FILE may be a glob, or a shipped pack such as pack:ukraine.",
		Example: "  tocsin rules check my-rules.yaml",
		Args:    takes(1, -1),
		RunE: func(_ *cobra.Command, files []string) error {
			set, err := rules.Load(files...)
			if p.printProblems(err) {
				return errFound
			}
			for _, note := range set.Notes() {
				fmt.Fprintf(p.out, "note: %s\n", note)
			}
			fmt.Fprintf(p.out, "%d rules; no problems\n", len(set.Rules()))
			return nil
		},
	}
}

func (p *program) rulesTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "test FILE…",
		Short:   "Run the tests inside rule files",
		Example: "  tocsin rules test pack:ukraine\n  tocsin rules test my-rules.yaml",
		Args:    takes(1, -1),
		RunE: func(_ *cobra.Command, files []string) error {
			set, err := rules.Load(files...)
			if p.printProblems(err) {
				return errFound
			}
			failures, total := set.Test()
			for _, f := range failures {
				fmt.Fprintln(p.out, f)
			}
			fmt.Fprintf(p.out, "%d rules, %d tests, %d failed\n", len(set.Rules()), total, len(failures))
			if len(failures) > 0 {
				return errFound
			}
			return nil
		},
	}
}

// matched is one line of `rules match`.
type matched struct {
	Entry    string         `json:"entry"`
	Rule     string         `json:"rule"`
	Severity rules.Severity `json:"severity"`
	Hits     []rules.Hit    `json:"hits"`
}

func (p *program) rulesMatchCommand() *cobra.Command {
	var files []string
	var entries string
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Match entries against rules",
		Long: `Match entries against rules: one JSON object a line for each rule that holds for an
entry, with the places that made it hold. Offsets count bytes of the field.

Entries are JSON, one object a line with at least a text or a title, or what
'tocsin read --format json' prints.`,
		Example: "  tocsin rules match --rules pack:ukraine --entries entries.jsonl\n  tocsin read --format json URL | tocsin rules match --rules my-rules.yaml",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(files) == 0 {
				return usage(cmd, "name the rule files with --rules")
			}
			set, err := rules.Load(files...)
			if err != nil {
				return err
			}
			list, err := p.readEntries(entries)
			if err != nil {
				return err
			}
			enc := json.NewEncoder(p.out)
			enc.SetEscapeHTML(false)
			for _, e := range list {
				for _, m := range set.Match(e) {
					if err := enc.Encode(matched{Entry: e.ID, Rule: m.Rule, Severity: m.Severity, Hits: m.Hits}); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&files, "rules", nil, "rule files, globs or packs; may be repeated")
	cmd.Flags().StringVar(&entries, "entries", "-", "a file of entries, - for standard input")
	return cmd
}
