package store

import (
	"context"
	"database/sql"
)

// prepared is a transaction that parses each statement once. PostgreSQL's driver does
// that by itself; for SQLite it is half of the work of a batch.
type prepared struct {
	t     *sql.Tx
	stmts map[string]*sql.Stmt // closed by the end of t
}

func (p *prepared) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.stmts[query]; s != nil {
		return s, nil
	}
	s, err := p.t.PrepareContext(ctx, query)
	if err == nil {
		p.stmts[query] = s
	}
	return s, err
}

// ExecContext is that of [sql.Tx].
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext is that of [sql.Tx].
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is that of [sql.Tx].
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next call
	if err != nil {
		return p.t.QueryRowContext(ctx, query, args...) // the row carries the error
	}
	return s.QueryRowContext(ctx, args...)
}
