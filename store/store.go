// Package store keeps what Tocsin reads, decides and has to say, in SQLite or
// PostgreSQL: rows, and the jobs that they make necessary, in one transaction.
//
// SQL stands in the subset that both databases share; what differs is a value of
// a dialect. Times are stored as Unix milliseconds, so they come back in UTC and
// to the millisecond.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// Options say how a database is opened.
type Options struct {
	Logger *slog.Logger // default: discards
	// Guest opens a SQLite file beside its owner: no lock is taken, and nothing that
	// the owner works on is touched. It is for commands that look at the record, or
	// mend the outbox, while `tocsin run` is alive. The file must exist.
	// PostgreSQL knows no owner.
	Guest bool
}

// DB is a database. It is safe for concurrent use.
type DB struct {
	dialect
	engine
	read querier // sees what was committed; never to be used inside of inTx
	log  *slog.Logger
}

// engine is how a database runs transactions and jobs.
type engine interface {
	// inTx runs fn in a transaction that ends with it. SQLite has one writer: inside
	// of fn anything but its tx would wait for ever.
	inTx(ctx context.Context, fn func(tx) error) error
	runner(cfg *river.Config) (Runner, error)
	backup(ctx context.Context, file string) error
	close() error
}

// Runner works off jobs until it is stopped; a River client is one. It is an
// alias, so that the worker's is the same type.
type Runner = interface {
	Start(ctx context.Context) error
	// Stop lets the jobs that run finish; StopAndCancel cancels their context too.
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// ErrInUse is returned by [Open] for a SQLite file that another process owns.
var ErrInUse = errors.New("another tocsin has the database open")

var scheme = regexp.MustCompile(`^([a-z][a-z0-9+.-]+):`)

// Open opens a database and brings its tables up to date: a SQLite file, named by its
// path or as sqlite:PATH, or a PostgreSQL database, by its postgres:// address.
//
// A file is made if need be, with its directory. It has one owner, who holds a lock on
// the file PATH.lock until [DB.Close] or the end of the process; for anybody else Open
// returns an error wrapping [ErrInUse], unless they come as a guest.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	name := ""
	if m := scheme.FindStringSubmatch(url); m != nil {
		name = m[1]
	}
	switch name {
	case "", "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"), o)
	case "postgres", "postgresql":
		return openPostgres(ctx, url, o)
	}
	return nil, fmt.Errorf("unknown kind of database %q: name a file, sqlite:PATH or postgres://…", name)
}

// Close gives the database back. Runners must have been stopped before.
func (db *DB) Close() error { return db.close() }

// Jobs returns a runner that works off this database's jobs as cfg says. Where
// cfg leaves River's defaults, those that are wrong for instant alerts are
// replaced.
func (db *DB) Jobs(cfg *river.Config) (Runner, error) {
	c := *cfg
	if c.FetchCooldown == 0 {
		c.FetchCooldown = fetchCooldown
	}
	if c.RescueStuckJobsAfter == 0 {
		c.RescueStuckJobsAfter = rescueAfter
	}
	if c.JobTimeout == 0 {
		c.JobTimeout = rescueAfter - 5*time.Second // dead jobs only are to be rescued
	}
	if c.Logger == nil {
		c.Logger = db.log
	}
	return db.runner(&c)
}

const (
	// fetchCooldown is how long River is deaf after a wake-up. What it does not
	// hear waits for the poll, a second later.
	fetchCooldown = 5 * time.Millisecond
	// rescueAfter is when a running job counts as dead. It must run again while chats
	// still remember the nonce of what it may have posted, which they do for minutes.
	rescueAfter = 45 * time.Second
)

// inserting is the configuration of a client that only inserts jobs. A wake-up within
// the cooldown of the last one is not sent, so that is as short as it may be.
func inserting() *river.Config {
	return &river.Config{FetchCooldown: river.FetchCooldownMin, Logger: slog.New(slog.DiscardHandler)}
}

// Backup copies the whole of a SQLite database into a new file while others go on
// writing. It is an error if the file exists, or if the database is PostgreSQL.
func (db *DB) Backup(ctx context.Context, file string) error { return db.backup(ctx, file) }
