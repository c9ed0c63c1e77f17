package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// dialect is where the two databases differ in what they are told.
type dialect struct {
	name  string // of the folder of migrations
	goose goose.Dialect
	// Ends of a select: rows that others hold are skipped, or waited for.
	skipLocked, forUpdate string
	// Statements that keep the words of an entry: its row, title, text.
	index, unindex string
	indexArgs      func(entry int64, title, text []string) []any
	// Parts of a search: what is joined to the entry, the condition, with %s for the
	// words asked for, and the order.
	found, matches, rank string
	// ask writes words that must all occur, the last one as a prefix.
	ask func(words []string) string
}

//go:embed migrations
var migrations embed.FS

func (d dialect) provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations/"+d.name)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d.goose, db, dir)
}

// migrate brings the tables up to date, ours and then River's.
func migrate[T any](ctx context.Context, d dialect, db *sql.DB, driver riverdriver.Driver[T]) error {
	p, err := d.provider(db)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the database's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("the database is of version %d and this tocsin knows none above %d: use the newer tocsin", current, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing the database up to date: %w", err)
	}
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bringing the job queue up to date: %w", err)
	}
	return nil
}
