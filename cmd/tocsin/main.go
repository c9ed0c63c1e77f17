// Command tocsin reads live blogs and feeds, matches their entries against
// rules, and posts alerts and digests to chats.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // the image has no zone files of its own

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv})
	stop()
	os.Exit(code)
}

// The exit codes of every subcommand.
const (
	exitFine    = 0
	exitProblem = 1 // something was found wrong, or could not be done
	exitUsage   = 2 // the command line itself is wrong
)

// program is what a subcommand sees of the world.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, p *program) int {
	root := p.command()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &usage):
		fmt.Fprintf(p.err, "tocsin: %v\nRun '%s --help' for usage.\n", err, usage.command)
		return exitUsage
	case errors.Is(err, errFound):
		return exitProblem // it has been printed
	default:
		fmt.Fprintf(p.err, "tocsin: %v\n", err)
		return exitProblem
	}
}

// errFound ends a command that has printed what it found wrong.
var errFound = errors.New("problems found")

// usageError is a command line that does not say what to do.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *usageError) Unwrap() error { return e.err }

// command is the root of the command tree.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "tocsin",
		Short: "Alerts and digests from live blogs and feeds",
		Long: `Tocsin reads live blogs and feeds, matches every entry against your rules, and
posts alerts and digests to chats.

Results go to standard output, logs to standard error. The exit code is 0 when
all is fine, 1 when a problem was found, 2 when the command line is wrong.`,
		Example:       "  tocsin demo\n  tocsin run --config config.yaml",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{cmd.CommandPath(), fmt.Errorf("unknown command %q", args[0])}
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{cmd.CommandPath(), err}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		p.runCommand(),
		p.demoCommand(),
		p.checkCommand(),
		p.readCommand(),
		p.rulesCommand(),
		p.digestCommand(),
		p.searchCommand(),
		p.outboxCommand(),
		p.healthCommand(),
		p.versionCommand(),
	)
	return root
}

// usage makes a usage error of cmd.
func usage(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{cmd.CommandPath(), fmt.Errorf(format, args...)}
}

// takes checks the number of arguments: at least low and at most high, any number for -1.
func takes(low, high int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < low:
			return usage(cmd, "something is missing: %s", useLine(cmd))
		case high >= 0 && len(args) > high:
			return usage(cmd, "%q is too much: %s", args[high], useLine(cmd))
		}
		return nil
	}
}

// useLine is what a command is called with.
func useLine(cmd *cobra.Command) string { return strings.TrimSuffix(cmd.UseLine(), " [flags]") }
