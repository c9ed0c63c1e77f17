package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// batchRows bounds a transaction: others wait for it.
const batchRows = 100

// Record commits outcomes of one source, each as a whole, several to a transaction:
// the entry as it stands now, its matches, what was decided, what is to be
// delivered, and the jobs that do it.
//
// An outcome is recorded once: one that the record is ahead of (the entry is known
// already, has that revision, is removed already) changes nothing, so a
// read that was cut short may be repeated.
func (db *DB) Record(ctx context.Context, outcomes []bot.Outcome) error {
	for len(outcomes) > 0 {
		n := batch(outcomes)
		err := db.inTx(ctx, func(t tx) error {
			var channels []bot.Channel
			for _, o := range outcomes[:n] {
				chs, err := db.record(ctx, t, o)
				if err != nil {
					return fmt.Errorf("recording the entry %q of %q: %w", o.Entry.ID, o.Entry.Source, err)
				}
				channels = append(channels, chs...)
			}
			return insertJobs(ctx, t, channelJobs(channels))
		})
		if err != nil {
			return err
		}
		outcomes = outcomes[n:]
	}
	return nil
}

// batch returns how many of the outcomes fit into one transaction, at least one.
func batch(outcomes []bot.Outcome) int {
	rows := 0
	for i, o := range outcomes {
		rows += 2 + len(o.Matches) + len(o.Decisions) + len(o.Deliveries)
		if rows > batchRows && i > 0 {
			return i
		}
	}
	return len(outcomes)
}

// record writes one outcome and returns the channels that now have something to deliver.
func (db *DB) record(ctx context.Context, t tx, o bot.Outcome) ([]bot.Channel, error) {
	entry, fresh, err := change(ctx, t, o)
	if err != nil || !fresh {
		return nil, err
	}
	if o.Change != feed.ChangeRemoved {
		if err := db.addRevision(ctx, t, entry, o); err != nil {
			return nil, err
		}
	}
	if err := putMatches(ctx, t, entry, o.Entry.Revision, o.Matches); err != nil {
		return nil, err
	}
	if err := addDecisions(ctx, t, entry, o); err != nil {
		return nil, err
	}
	return putDeliveries(ctx, t, o)
}

// change brings an entry's row up to date, and reports whether that was news.
func change(ctx context.Context, t tx, o bot.Outcome) (entry int64, fresh bool, err error) {
	e, at := o.Entry, o.At.UnixMilli()
	dated := at
	if when := e.When(); !when.IsZero() {
		dated = when.UnixMilli()
	}
	if o.Change == feed.ChangeRemoved {
		return news(t.QueryRowContext(ctx, `
			update entry set removed_at = $4, changed_at = $4, missed = 0
			where source = $1 and key = $2 and revision = $3 and removed_at is null
			returning id`, e.Source, clean(e.ID), e.Revision, at))
	}
	const insert = `
		insert into entry (source, key, revision, fingerprint, published, dated, read_at, changed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $7)
		on conflict (source, key) do `
	const update = insert + `update set revision = excluded.revision, fingerprint = excluded.fingerprint,
			published = excluded.published, dated = excluded.dated, changed_at = excluded.changed_at,
			missed = 0, removed_at = null, kept = 1 where `
	queries := map[feed.Change]string{
		feed.ChangeNew:      insert + `nothing returning id`,
		feed.ChangeEdited:   update + `entry.revision < excluded.revision returning id`,
		feed.ChangeRestored: update + `entry.revision <= excluded.revision and entry.removed_at is not null returning id`,
	}
	query := queries[o.Change]
	if query == "" {
		return 0, false, fmt.Errorf("unknown change %q", o.Change)
	}
	entry, fresh, err = news(t.QueryRowContext(ctx, query,
		e.Source, clean(e.ID), e.Revision, e.Fingerprint(), ms(e.Published), dated, at))
	if fresh && o.Change == feed.ChangeNew {
		_, err = t.ExecContext(ctx, `update source set last_entry = $2 where id = $1`, e.Source, at)
	}
	return entry, fresh, err
}

// news takes the row of a statement that may have changed none.
func news(r *sql.Row) (entry int64, fresh bool, err error) {
	err = r.Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return entry, err == nil, err
}

// maxHits bounds the places of one match on record; an entry of a megabyte can
// hold a word a hundred thousand times.
const maxHits = 200

// putMatches replaces what matched a revision: the rules may have changed since.
func putMatches(ctx context.Context, t tx, entry int64, revision int, matches []rules.Match) error {
	if _, err := t.ExecContext(ctx, `delete from rule_match where entry = $1 and revision = $2`, entry, revision); err != nil {
		return err
	}
	for i, m := range matches {
		if _, err := t.ExecContext(ctx, `
			insert into rule_match (entry, revision, rule, position, title, severity, hits)
			values ($1, $2, $3, $4, $5, $6, $7)`,
			entry, revision, m.Rule, i, m.Title, int(m.Severity), toJSON(m.Hits[:min(len(m.Hits), maxHits)])); err != nil {
			return err
		}
	}
	return nil
}

func addDecisions(ctx context.Context, t tx, entry int64, o bot.Outcome) error {
	for _, d := range o.Decisions {
		if _, err := t.ExecContext(ctx, `
			insert into decision (subscription, entry, revision, change, action, reason, at)
			values ($1, $2, $3, $4, $5, $6, $7)`,
			d.Subscription, entry, o.Entry.Revision, string(o.Change), string(d.Action), string(d.Reason), o.At.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// putDeliveries returns the channels of the deliveries that are new or changed.
func putDeliveries(ctx context.Context, t tx, o bot.Outcome) ([]bot.Channel, error) {
	var channels []bot.Channel
	for _, d := range o.Deliveries {
		ch, waits, err := putDelivery(ctx, t, d, o.Entry.Revision, o.At)
		if err != nil {
			return nil, err
		}
		if waits {
			channels = append(channels, ch)
		}
	}
	return channels, nil
}

// entryMatches returns the matches of entries by row: those of the newest revision that any
// rule matched, up to the current one.
func entryMatches(ctx context.Context, q querier, entries []int64) (map[int64][]rules.Match, error) {
	type found struct {
		entry    int64
		revision int
		match    rules.Match
	}
	scan := func(r row) (f found, err error) {
		return f, r.Scan(&f.entry, &f.revision, &f.match.Rule, &f.match.Title, &f.match.Severity, jsonInto{&f.match.Hits})
	}
	byEntry := make(map[int64][]rules.Match, len(entries))
	newest := map[int64]int{}
	err := each(entries, func(ids []int64) error {
		list, err := all(ctx, q, scan, `
			select entry, revision, rule, title, severity, hits from rule_match
			where entry in (`+placeholders(1, len(ids))+`) order by entry, revision desc, position`, anys(ids)...)
		for _, f := range list {
			if f.match.Hits == nil {
				f.match.Hits = []rules.Hit{}
			}
			if len(byEntry[f.entry]) == 0 {
				newest[f.entry] = f.revision
			}
			if newest[f.entry] == f.revision {
				byEntry[f.entry] = append(byEntry[f.entry], f.match)
			}
		}
		return err
	})
	return byEntry, err
}

// found is an entry on record, as a digest tells it.
type found struct {
	row  int64
	item digest.Item
}

const itemColumns = `e.id, case when e.removed_at is null then 0 else 1 end, ` + feedColumns + `, ` + entryColumns

func scanFound(r row) (f found, err error) {
	var every int64
	dest := append([]any{&f.row, &f.item.Removed}, feedInto(&f.item.Source, &every)...)
	err = r.Scan(append(dest, entryInto(&f.item.Entry)...)...)
	f.item.Source.Every = msDuration(every)
	return f, err
}

// items adds the matches to what was found.
func items(ctx context.Context, q querier, list []found) ([]digest.Item, error) {
	rows := make([]int64, len(list))
	for i, f := range list {
		rows[i] = f.row
	}
	matches, err := entryMatches(ctx, q, slices.Compact(rows))
	if err != nil {
		return nil, err
	}
	result := make([]digest.Item, len(list))
	for i, f := range list {
		f.item.Matches = matches[f.row]
		result[i] = f.item
	}
	return result, nil
}
