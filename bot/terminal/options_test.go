package terminal

import (
	"os"
	"testing"
)

func TestOptionsForAFile(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for columns, want := range map[string]int{"": 80, "72": 72, "500": 100, "none": 80, "-1": 80} {
		env := map[string]string{"COLUMNS": columns, "TERM": "xterm-256color"}
		if got := OptionsFor(f, func(k string) string { return env[k] }); got != (Options{Width: want}) {
			t.Errorf("COLUMNS=%q: %+v, want width %d without colour", columns, got, want)
		}
	}
}

func TestOptionsForATerminal(t *testing.T) {
	t.Parallel()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo terminal here:", err)
	}
	defer f.Close()
	for name, tt := range map[string]struct {
		env   map[string]string
		color bool
	}{
		"a terminal":        {map[string]string{"TERM": "xterm"}, true},
		"NO_COLOR":          {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		"an empty NO_COLOR": {map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		"a dumb terminal":   {map[string]string{"TERM": "dumb"}, false},
	} {
		if got := OptionsFor(f, func(k string) string { return tt.env[k] }); got.Color != tt.color {
			t.Errorf("%s: %+v, want colour %v", name, got, tt.color)
		}
	}
}
