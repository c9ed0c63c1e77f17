package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/rules"
	"tocsin/strict"
)

func (p *program) checkCommand() *cobra.Command {
	var cfg configFlag
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration and the rules",
		Long:    "Check the configuration and the rules it names, with the tests inside them. Every problem is printed, with file, line and column.",
		Example: "  tocsin check\n  tocsin check --config /etc/tocsin/config.yaml",
		Args:    takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			c, err := cfg.load(p)
			bad := p.printProblems(err)
			set, err := rules.Load(c.Rules...)
			bad = p.printProblems(err) || bad
			if set != nil {
				if !bad {
					bad = p.printProblems(c.Check(ruleIDs(set)))
				}
				bad = p.printFailures(set) || bad
			}
			if bad {
				return errFound
			}
			for _, note := range set.Notes() {
				if !strings.HasPrefix(note, "pack:") { // whose authors know
					fmt.Fprintf(p.out, "note: %s\n", note)
				}
			}
			fmt.Fprintf(p.out, "%s: %d sources, %d rules, %d subscriptions; no problems\n", cfg.path, len(c.Sources), len(set.Rules()), len(c.Subscriptions))
			return nil
		},
	}
	cfg.add(cmd)
	return cmd
}

// printProblems prints an error, one problem a line, and reports whether there was one.
func (p *program) printProblems(err error) bool {
	var problems strict.Problems
	switch {
	case err == nil:
		return false
	case errors.As(err, &problems):
		for _, problem := range problems {
			fmt.Fprintln(p.out, problem)
		}
	default:
		fmt.Fprintln(p.out, err)
	}
	return true
}

// printFailures runs the tests inside rules and prints those that fail.
func (p *program) printFailures(set *rules.Set) bool {
	failures, _ := set.Test()
	for _, f := range failures {
		fmt.Fprintln(p.out, f)
	}
	return len(failures) > 0
}

// databaseName is a database as it may be printed: without a password.
func databaseName(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return "(a database address that cannot be read)"
	}
	return u.Redacted()
}
