package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

// TestMain lets the test binary be the program: in scripts as the command tocsin, and in
// the end-to-end tests as a process that can be killed.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tocsin": main})
}

// TestScripts runs the command line as people do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}

// TestEveryCommandExplainsItself: each says what it is for and
// has an example.
func TestEveryCommandExplainsItself(t *testing.T) {
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv}
	for _, cmd := range p.command().Commands() {
		if cmd.Short == "" || cmd.Example == "" {
			t.Errorf("%s: no description or no example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			if sub.Short == "" || sub.Example == "" {
				t.Errorf("%s: no description or no example", sub.CommandPath())
			}
		}
	}
}
