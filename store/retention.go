package store

import (
	"context"
	"fmt"
	"time"
)

// pruneRows bounds a transaction of Prune.
const pruneRows = 200

// Prune forgets the texts of entries that did not change since before, with what was matched and
// decided on them; the messages that were sent or dropped before then; and old
// digests. It returns how many entries and messages that were.
//
// That an entry is known stays on record, since a publisher may show it for years and it would be
// taken for new. Only of live blogs that are read no more does nothing remain.
// What waits in the outbox is never pruned.
func (db *DB) Prune(ctx context.Context, before time.Time) (n int64, err error) {
	cutoff := before.UnixMilli()
	for _, step := range []func(context.Context, tx, int64) (int64, error){
		db.pruneEntries, pruneDeliveries,
	} {
		for more := true; more && err == nil; {
			err = db.inTx(ctx, func(t tx) error {
				rows, err := step(ctx, t, cutoff)
				n += rows
				more = rows == pruneRows
				return err
			})
		}
	}
	if err == nil {
		err = db.inTx(ctx, func(t tx) error { return pruneRest(ctx, t, cutoff) })
	}
	if err != nil {
		return n, fmt.Errorf("pruning: %w", err)
	}
	return n, nil
}

func (db *DB) pruneEntries(ctx context.Context, t tx, cutoff int64) (int64, error) {
	ids, err := all(ctx, t, scanNumber, `
		update entry set kept = 0 where id in (
			select id from entry where kept = 1 and changed_at < $1 limit $2)
		returning id`, cutoff, pruneRows)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, id := range ids {
		if _, err := t.ExecContext(ctx, db.unindex, id); err != nil {
			return 0, err
		}
	}
	for _, table := range []string{"revision", "rule_match", "decision"} {
		if _, err := t.ExecContext(ctx, `delete from `+table+` where entry in (`+placeholders(1, len(ids))+`)`, anys(ids)...); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

func pruneDeliveries(ctx context.Context, t tx, cutoff int64) (int64, error) {
	return exec(ctx, t, `
		delete from delivery where id in (
			select id from delivery where state in ('sent', 'dropped') and coalesce(sent_at, created_at) < $1 limit $2)`,
		cutoff, pruneRows)
}

func pruneRest(ctx context.Context, t tx, cutoff int64) error {
	for _, q := range []string{
		// The last digest says where the next one begins.
		`delete from digest where to_at < $1 and exists (
			select 1 from digest later where later.subscription = digest.subscription and later.to_at > digest.to_at)`,
		`delete from entry where kept = 0 and source in (
			select id from source where parent <> '' and next_read is null and last_try < $1)`,
		`delete from source where parent <> '' and next_read is null and last_try < $1
			and not exists (select 1 from entry where entry.source = source.id)`,
	} {
		if _, err := t.ExecContext(ctx, q, cutoff); err != nil {
			return err
		}
	}
	return nil
}
