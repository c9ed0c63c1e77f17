package store

import (
	"context"
	"fmt"

	"tocsin/bot"
)

// FinishRead commits the end of a read. Calling it again for the same read changes nothing.
func (db *DB) FinishRead(ctx context.Context, r bot.Reading) error {
	err := db.inTx(ctx, func(t tx) error {
		if r.Err != "" {
			return readFailed(ctx, t, r)
		}
		return readWell(ctx, t, r)
	})
	if err != nil {
		return fmt.Errorf("finishing the read of %q: %w", r.Source, err)
	}
	return nil
}

// nextRead sets when a source is due again, which one that was retired meanwhile never is.
const nextRead = `last_try = $2, claimed_until = null, next_read = case when retired = 0 then cast($3 as bigint) end`

func readFailed(ctx context.Context, t tx, r bot.Reading) error {
	n, err := exec(ctx, t, `
		update source set `+nextRead+`, failures = failures + 1, error = $4
		where id = $1 and last_try is distinct from $2`,
		r.Source, r.At.UnixMilli(), ms(r.NextRead), clean(r.Err))
	if err != nil || n > 0 {
		return err
	}
	return sourceExists(ctx, t, r.Source)
}

func readWell(ctx context.Context, t tx, r bot.Reading) error {
	n, err := exec(ctx, t, `
		update source set `+nextRead+`, last_read = $2, failures = 0, error = '', cursor = $4,
			state = case when $5 <> '' then $5 else state end,
			given_title = case when $6 <> '' then $6 else given_title end,
			moved = case when $7 <> '' then $7 else moved end
		where id = $1 and last_try is distinct from $2`,
		r.Source, r.At.UnixMilli(), ms(r.NextRead), blob(r.Cursor), string(r.State), clean(r.Title), clean(r.Moved))
	if err != nil {
		return err
	}
	if n == 0 {
		return sourceExists(ctx, t, r.Source)
	}
	if err := each(r.Missed, func(ids []string) error {
		_, err := t.ExecContext(ctx, `
			update entry set missed = missed + 1
			where source = $1 and key in (`+placeholders(2, len(ids))+`)`, anys(ids, any(r.Source))...)
		return err
	}); err != nil {
		return err
	}
	if err := each(r.Seen, func(ids []string) error {
		_, err := t.ExecContext(ctx, `
			update entry set missed = 0
			where source = $1 and key in (`+placeholders(2, len(ids))+`)`, anys(ids, any(r.Source))...)
		return err
	}); err != nil {
		return err
	}
	for _, s := range r.Found {
		if err := addFound(ctx, t, s, r.At); err != nil {
			return err
		}
	}
	return nil
}

func sourceExists(ctx context.Context, q querier, id string) error {
	_, err := one(ctx, q, scanText, `select id from source where id = $1`, id)
	return err
}
