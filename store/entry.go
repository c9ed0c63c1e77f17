package store

import (
	"context"
	"fmt"

	"tocsin/bot"
	"tocsin/feed"
)

// knownLimit bounds what is remembered for the next read of a source. What a publisher
// still shows from before that is taken for new, and not recorded twice.
const knownLimit = 5000

// Known returns the entries of a source that were first read last, by ID.
func (db *DB) Known(ctx context.Context, source string) (map[string]feed.Known, error) {
	scan := func(r row) (k feed.Known, err error) {
		return k, r.Scan(&k.ID, &k.Fingerprint, timeInto{&k.Published}, &k.Revision, &k.Missed, &k.Removed)
	}
	list, err := all(ctx, db.read, scan, `
		select key, fingerprint, published, revision, missed, case when removed_at is null then 0 else 1 end
		from entry where source = $1 order by id desc limit $2`, source, knownLimit)
	if err != nil {
		return nil, fmt.Errorf("what is known of %q: %w", source, err)
	}
	known := make(map[string]feed.Known, len(list))
	for _, k := range list {
		known[k.ID] = k
	}
	return known, nil
}

// Entry returns the newest revision of an entry. Once its text was pruned, only
// what identifies it is left.
func (db *DB) Entry(ctx context.Context, source, id string) (feed.Entry, error) {
	e, err := one(ctx, db.read, scanEntry, `
		select `+entryColumns+`
		from entry e left join revision r on r.entry = e.id and r.revision = e.revision
		where e.source = $1 and e.key = $2`, source, id)
	if err != nil {
		return e, fmt.Errorf("entry %q of %q: %w", id, source, err)
	}
	return e, nil
}

// entryColumns are those of an entry as it stood at revision r.
const entryColumns = `e.source, e.key, coalesce(r.revision, e.revision), e.published, coalesce(r.body, '{}')`

func entryInto(e *feed.Entry) []any {
	// The body comes last and overrides the rest, except for what identifies the entry.
	return []any{&e.Source, &e.ID, &e.Revision, timeInto{&e.Published}, jsonInto{e}}
}

func scanEntry(r row) (e feed.Entry, err error) { return e, r.Scan(entryInto(&e)...) }

// addRevision keeps a version of an entry, and makes its words findable.
func (db *DB) addRevision(ctx context.Context, t tx, entry int64, o bot.Outcome) error {
	e := o.Entry
	if _, err := t.ExecContext(ctx, `
		insert into revision (entry, revision, body, read_at) values ($1, $2, $3, $4)
		on conflict (entry, revision) do update set body = excluded.body`,
		entry, e.Revision, toJSON(e), o.At.UnixMilli()); err != nil {
		return err
	}
	if o.Change != feed.ChangeNew {
		if _, err := t.ExecContext(ctx, db.unindex, entry); err != nil {
			return err
		}
	}
	_, err := t.ExecContext(ctx, db.index, db.indexArgs(entry, words(e.Title), words(e.Text))...)
	return err
}
