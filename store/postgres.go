package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

var postgresDialect = dialect{
	name:       "postgres",
	goose:      goose.DialectPostgres,
	skipLocked: `for update skip locked`,
	forUpdate:  `for update`,
	index:      `insert into entry_words (entry, words) values ($1, $2::tsvector)`,
	unindex:    `delete from entry_words where entry = $1`,
	indexArgs: func(entry int64, title, text []string) []any {
		return []any{entry, vector(title, text)}
	},
	found:   `entry_words join entry e on e.id = entry_words.entry`,
	matches: `entry_words.words @@ %s::tsquery`,
	rank:    `-ts_rank(entry_words.words, %s::tsquery)`,
	ask:     func(words []string) string { return strings.Join(words, " & ") + ":*" },
}

// vector writes words as a tsvector with their places, those of the title weighing more.
func vector(title, text []string) string {
	var b strings.Builder
	for i, w := range title {
		fmt.Fprintf(&b, "%s:%dA ", w, i+1)
	}
	for i, w := range text {
		b.WriteString(w + ":" + strconv.Itoa(len(title)+i+1) + " ")
	}
	return b.String()
}

// leastConns keeps a pool large enough for River's listener and a start-up, which
// hold connections while they need others.
const leastConns = 16

// advisoryLock is taken while tables are brought up to date: processes that start
// together would trip over each other.
const advisoryLock = 0x70c51

// postgres is a database that several processes share.
type postgres struct {
	pool   *pgxpool.Pool
	db     *sql.DB // on pool
	driver *riverpgxv5.Driver
	jobs   *river.Client[pgx.Tx]
}

func openPostgres(ctx context.Context, address string, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the database's address: %w", err)
	}
	cfg.MaxConns = max(cfg.MaxConns, leastConns)
	where := fmt.Sprintf("the database %s on %s", cfg.ConnConfig.Database, cfg.ConnConfig.Host)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", where, err)
	}
	p := &postgres{pool: pool, db: stdlib.OpenDBFromPool(pool), driver: riverpgxv5.New(pool)}
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", where, err), p.close())
	}
	if p.jobs, err = river.NewClient(p.driver, inserting()); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return &DB{dialect: postgresDialect, engine: p, read: p.db, log: o.Logger}, nil
}

// prepare brings the tables up to date, while other processes that start wait.
func (p *postgres) prepare(ctx context.Context) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, advisoryLock); err != nil {
		return err
	}
	migrated := migrate(ctx, postgresDialect, p.db, p.driver)
	_, err = conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, advisoryLock)
	return errors.Join(migrated, err)
}

// inTx opens the transaction on the pgx connection below database/sql, since River
// takes a pgx.Tx: rows go through the same connection, hence the same transaction.
func (p *postgres) inTx(ctx context.Context, fn func(tx) error) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	raw := func(f func(*pgx.Conn) error) error {
		return conn.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn()) })
	}
	var t pgx.Tx
	if err := raw(func(c *pgx.Conn) (err error) { t, err = c.Begin(ctx); return err }); err != nil {
		return err
	}
	// After a commit this does nothing.
	defer raw(func(*pgx.Conn) error { return t.Rollback(context.WithoutCancel(ctx)) }) //nolint:errcheck // the connection is dropped then
	enqueue := func(ctx context.Context, jobs []river.InsertManyParams) (res []*rivertype.JobInsertResult, err error) {
		err = raw(func(*pgx.Conn) error { res, err = p.jobs.InsertManyTx(ctx, t, jobs); return err })
		return res, err
	}
	if err := fn(tx{conn, enqueue}); err != nil {
		return err
	}
	return raw(func(*pgx.Conn) error { return t.Commit(ctx) })
}

func (p *postgres) runner(cfg *river.Config) (Runner, error) { return river.NewClient(p.driver, cfg) }

func (p *postgres) backup(context.Context, string) error {
	return errors.New("a PostgreSQL database is backed up by its own tools: use pg_dump")
}

func (p *postgres) close() error {
	err := p.db.Close()
	p.pool.Close()
	return err
}
