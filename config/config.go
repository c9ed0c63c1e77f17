// Package config reads config.yaml and the environment: what to read, which
// rules, who is told, and where things are kept.
package config

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"tocsin/digest"
	"tocsin/feed"
)

// Config is a checked configuration. Paths in it are absolute, or as good as:
// relative ones have been joined to the folder of the file.
type Config struct {
	// Database is a file, or a postgres:// URL.
	Database string
	// Rules are files, globs, or shipped packs ("pack:ukraine").
	Rules         []string
	Sources       []feed.Source
	Subscriptions []digest.Subscription
	Discord       Discord
	Fetch         Fetch
	Log           Log
	// Retention is how long entries are kept; 0 means for ever.
	Retention time.Duration
	// Zone is the time zone of what names none; an IANA name.
	Zone string
	// Listen is where /healthz is served, host:port; "" for nowhere.
	Listen string
	// Lookback is how far back a live blog is announced from when it is found.
	Lookback time.Duration

	places map[string]place // of references, to be checked against the rules
}

// Discord says how Discord is reached.
type Discord struct {
	Token  Secret // empty without Discord
	APIURL string // the base of the REST API; "" for Discord's own
	Guild  string // where commands are registered; "" for everywhere
}

// Fetch says how publishers are read.
type Fetch struct {
	Contact      string // where the operator can be reached, sent with every request
	Timeout      time.Duration
	MaxBody      int64 // bytes
	AllowPrivate bool  // read addresses that are not public
}

// Log says what is logged, and how.
type Log struct {
	Level slog.Level
	JSON  bool
}

// Secret is a value that is never printed.
type Secret string

const hidden = "[secret]"

// String hides the value.
func (Secret) String() string { return hidden }

// Format hides the value from every verb, also from those that are wrong for a text,
// which fmt would explain by printing the value.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// MarshalText hides the value.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the value.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// Reveal is the value itself.
func (s Secret) Reveal() string { return string(s) }
