package store

import "context"

// Exec runs a statement of a test's own.
func (db *DB) Exec(ctx context.Context, query string) error {
	return db.inTx(ctx, func(t tx) error {
		_, err := t.ExecContext(ctx, query)
		return err
	})
}
