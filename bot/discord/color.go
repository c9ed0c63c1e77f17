package discord

import "tocsin/rules"

// look is how a severity, or what became of an alert, shows: never by colour alone.
type look struct {
	color int // 0xRRGGBB
	sign  string
	word  string
}

func (l look) label() string { return l.sign + " " + l.word }

var (
	lookRemoved = look{0x80848E, "⚪", "REMOVED"}
	lookNoMatch = look{0x80848E, "⚪", "NO LONGER MATCHES"}
	lookQuiet   = look{0x80848E, "⚪", ""}
)

func lookOf(s rules.Severity) look {
	switch s {
	case rules.Urgent:
		return look{0xD83C3E, "🔴", "URGENT"}
	case rules.Watch:
		return look{0xF0A020, "🟠", "WATCH"}
	default:
		return look{0x3B82F6, "🔵", "INFO"}
	}
}
