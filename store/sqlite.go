package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	_ "modernc.org/sqlite" // the driver of database/sql
)

var sqliteDialect = dialect{
	name:    "sqlite",
	goose:   goose.DialectSQLite3,
	index:   `insert into entry_words (rowid, title, body) values ($1, $2, $3)`,
	unindex: `delete from entry_words where rowid = $1`,
	indexArgs: func(entry int64, title, text []string) []any {
		return []any{entry, strings.Join(title, " "), strings.Join(text, " ")}
	},
	found:   `entry_words join entry e on e.id = entry_words.rowid`,
	matches: `entry_words match %s`,
	rank:    `bm25(entry_words, 5.0, 1.0)`,
	ask: func(words []string) string {
		// Within quotes nothing is an operator, and words hold no quotes.
		return `"` + strings.Join(words, `" "`) + `"*`
	},
}

// sqlite is a database in one file, which one process owns.
type sqlite struct {
	// SQLite has one writer at a time: one connection is a queue that nobody has to
	// poll. Readers don't wait for it.
	writer, readers *sql.DB
	driver          *riversqlite.Driver
	jobs            *river.Client[*sql.Tx]
	lock            *flock.Flock
}

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") || strings.HasPrefix(path, "file:") {
		return nil, fmt.Errorf("%q names no database: give the path of a file", path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := checkFile(path, o.Guest); err != nil {
		return nil, err
	}
	lock := flock.New(path + ".lock")
	owner, err := lock.TryLock()
	switch {
	case err != nil && !o.Guest:
		return nil, fmt.Errorf("locking the database: %w", err)
	case !owner && !o.Guest:
		return nil, fmt.Errorf("%w: %s (a file has one owner; several processes share a PostgreSQL database)", ErrInUse, path)
	}
	s, err := connectSQLite(ctx, path, owner)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database %s: %w", path, err), lock.Close())
	}
	if o.Guest {
		err = lock.Close() // it was needed only to bring the tables up to date
	} else {
		s.lock = lock
		err = s.takeOver(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database %s: %w", path, err), s.close())
	}
	return &DB{dialect: sqliteDialect, engine: s, read: s.readers, log: o.Logger}, nil
}

// checkFile gives clearer errors than SQLite does, and makes what is missing.
func checkFile(path string, guest bool) error {
	flags := os.O_RDWR
	if !guest {
		flags |= os.O_CREATE
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return fmt.Errorf("making the directory of the database (name a place that can be written as database in the configuration): %w", err)
		}
	}
	f, err := os.OpenFile(path, flags, 0o640)
	if errors.Is(err, fs.ErrNotExist) && guest {
		return fmt.Errorf("there is no database yet; `tocsin run` makes it: %w", err)
	}
	if err != nil {
		return fmt.Errorf("the database must be a file that can be written: %w", err)
	}
	return f.Close()
}

// connectSQLite opens both pools, and brings the tables up to date if it may.
func connectSQLite(ctx context.Context, path string, mayMigrate bool) (_ *sqlite, err error) {
	s := &sqlite{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.writer, err = sql.Open("sqlite", sqliteAddress(path, "_txlock", "immediate")); err != nil {
		return nil, err
	}
	s.writer.SetMaxOpenConns(1)
	if s.readers, err = sql.Open("sqlite", sqliteAddress(path)); err != nil {
		return nil, err
	}
	s.readers.SetMaxOpenConns(4)
	s.readers.SetMaxIdleConns(4)
	s.driver = riversqlite.New(s.writer)
	if mayMigrate {
		err = migrate(ctx, sqliteDialect, s.writer, s.driver)
	} else {
		err = checkVersion(ctx, s.writer)
	}
	if err != nil {
		return nil, err
	}
	s.jobs, err = river.NewClient(s.driver, inserting())
	return s, err
}

// sqliteAddress writes a DSN. Pragmas stand in it so that every connection of a pool has them.
func sqliteAddress(path string, more ...string) string {
	v := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)",
	}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: v.Encode()}).String()
}

// checkVersion refuses tables that are not those this program knows.
func checkVersion(ctx context.Context, db *sql.DB) error {
	p, err := sqliteDialect.provider(db)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err == nil && current != target {
		err = fmt.Errorf("its owner runs another version of tocsin (tables %d, ours %d): restart `tocsin run`", current, target)
	}
	return err
}

// takeOver makes an end of what the last owner left: whatever still runs, leads or is
// leased did so in a process that is gone.
func (s *sqlite) takeOver(ctx context.Context) error {
	for _, q := range []string{
		`update river_job set state = 'available' where state = 'running'`,
		`delete from river_leader`,
		`update channel set owner = '', leased_until = 0`,
	} {
		if _, err := s.writer.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (s *sqlite) inTx(ctx context.Context, fn func(tx) error) error {
	t, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	enqueue := func(ctx context.Context, jobs []river.InsertManyParams) ([]*rivertype.JobInsertResult, error) {
		return s.jobs.InsertManyTx(ctx, t, jobs)
	}
	if err := fn(tx{&prepared{t, map[string]*sql.Stmt{}}, enqueue}); err != nil {
		return err
	}
	return t.Commit()
}

func (s *sqlite) runner(cfg *river.Config) (Runner, error) { return river.NewClient(s.driver, cfg) }

func (s *sqlite) backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s exists; a backup goes into a new file", file)
	}
	if _, err := s.readers.ExecContext(ctx, `vacuum into $1`, file); err != nil {
		return fmt.Errorf("backing up into %s: %w", file, err)
	}
	return nil
}

func (s *sqlite) close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
