package terminal

import (
	"os"
	"strconv"

	"golang.org/x/term"
)

// Options say what the terminal can show.
type Options struct {
	// Width is how many columns a line may take; 0 means 80, and less than 30 means 30.
	Width int
	// Color allows colours, bold and struck letters, and links.
	Color bool
}

const (
	defaultWidth = 80
	narrowest    = 30
	// widest is as much as an eye follows from line to line.
	widest = 100
)

// OptionsFor finds out what f can show; env is [os.Getenv] or a stand-in.
// The width is COLUMNS, else what the terminal says, at most 100. There is colour on a
// terminal only, and not if NO_COLOR is set to anything or TERM is dumb.
func OptionsFor(f *os.File, env func(string) string) Options {
	o := Options{Width: defaultWidth}
	fd := int(f.Fd())
	if term.IsTerminal(fd) {
		o.Color = env("NO_COLOR") == "" && env("TERM") != "dumb"
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			o.Width = w
		}
	}
	if w, err := strconv.Atoi(env("COLUMNS")); err == nil && w > 0 {
		o.Width = w
	}
	o.Width = min(o.Width, widest)
	return o
}

func (o Options) width() int {
	if o.Width <= 0 {
		return defaultWidth
	}
	return max(o.Width, narrowest)
}
