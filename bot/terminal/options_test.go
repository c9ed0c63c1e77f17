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
