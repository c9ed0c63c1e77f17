package store

import (
	"context"
	"fmt"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

// PutSource inserts a configured source, due at once, or brings a known one up to
// date; that keeps what was read of it and when it is due, unless its address is
// another one: what stands there counts as on a first read.
//
// Follow is not kept: its patterns are configuration, and whoever reads the source
// adds them.
func (db *DB) PutSource(ctx context.Context, s feed.Source) error {
	err := db.inTx(ctx, func(t tx) error {
		now := time.Now().UnixMilli()
		_, err := t.ExecContext(ctx, `
			insert into source (id, kind, url, title, language, tags, every, announce_since, parent, state, next_read)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			on conflict (id) do update set
				moved = case when source.url = excluded.url then source.moved else '' end,
				cursor = case when source.url = excluded.url then source.cursor end,
				last_read = case when source.url = excluded.url then source.last_read end,
				state = case when source.url = excluded.url then source.state else excluded.state end,
				next_read = case
					when source.url <> excluded.url or source.retired = 1 and source.state <> 'closed' then excluded.next_read
					when source.failures = 0 and source.next_read > excluded.next_read + excluded.every then excluded.next_read + excluded.every
					else source.next_read end,
				kind = excluded.kind, url = excluded.url, title = excluded.title, language = excluded.language,
				tags = excluded.tags, every = excluded.every, announce_since = excluded.announce_since,
				parent = excluded.parent, retired = 0`, sourceArgs(s, now)...)
		if err != nil {
			return err
		}
		// The live blogs that it announced come back with it.
		_, err = t.ExecContext(ctx, `
			update source set retired = 0, next_read = case when state = 'closed' then null else cast($2 as bigint) end
			where parent = $1 and retired = 1 and not exists (
				select 1 from source o where o.url = source.url and o.parent <> '' and o.retired = 0)`, s.ID, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the source %q: %w", s.ID, err)
	}
	return nil
}

func sourceArgs(s feed.Source, due int64) []any {
	state := s.State
	if state == "" {
		state = feed.StateOpen
	}
	return []any{
		s.ID, string(s.Kind), s.URL, clean(s.Title), clean(s.Language), toJSON(s.Tags),
		s.Every.Milliseconds(), ms(s.AnnounceSince), s.Parent, string(state), due,
	}
}

// addFound inserts a live blog that was found through its parent, due at once. If it
// is known, nothing happens: the first feed that announces an address is its parent.
// Its title is the publisher's, as yet.
func addFound(ctx context.Context, t tx, s feed.Source, now time.Time) error {
	_, err := t.ExecContext(ctx, `
		insert into source (id, kind, url, given_title, language, tags, every, announce_since, parent, state, next_read)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict do nothing`, sourceArgs(s, now.UnixMilli())...)
	return err
}

// RetireSources stops the reading of the configured sources that are not in keep, and of
// the live blogs they announced. What was read of them stays on record.
func (db *DB) RetireSources(ctx context.Context, keep []string) error {
	kept := map[string]bool{}
	for _, id := range keep {
		kept[id] = true
	}
	return db.inTx(ctx, func(t tx) error {
		ids, err := all(ctx, t, scanText, `select id from source where parent = '' and retired = 0`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if kept[id] {
				continue
			}
			if _, err := t.ExecContext(ctx, `
				update source set retired = 1, next_read = null, claimed_until = null
				where id = $1 or parent = $1`, id); err != nil {
				return fmt.Errorf("retiring the source %q: %w", id, err)
			}
		}
		return nil
	})
}

// feedColumns are those of a source as others see it; the configured title goes
// before the publisher's.
const feedColumns = `s.id, s.kind, case when s.moved <> '' then s.moved else s.url end,
	case when s.title <> '' then s.title else s.given_title end, s.language, s.tags,
	s.every, s.announce_since, s.parent, s.state`

func feedInto(s *feed.Source, every *int64) []any {
	return []any{&s.ID, &s.Kind, &s.URL, &s.Title, &s.Language, jsonInto{&s.Tags},
		every, timeInto{&s.AnnounceSince}, &s.Parent, &s.State}
}

const statusColumns = feedColumns + `, s.cursor, s.last_read, s.last_entry, s.next_read, s.failures, s.error,
	(select count(*) from entry where source = s.id)`

func scanStatus(r row) (s bot.SourceStatus, err error) {
	var every int64
	err = r.Scan(append(feedInto(&s.Source, &every), (*[]byte)(&s.Cursor), timeInto{&s.LastRead},
		timeInto{&s.LastEntry}, timeInto{&s.NextRead}, &s.Failures, &s.Error, &s.Entries)...)
	s.Every = msDuration(every)
	return s, err
}

// Source returns a source that is configured or was found, and how reading it has gone.
func (db *DB) Source(ctx context.Context, id string) (bot.SourceStatus, error) {
	s, err := one(ctx, db.read, scanStatus, `select `+statusColumns+` from source s where s.id = $1 and s.retired = 0`, id)
	if err != nil {
		return s, fmt.Errorf("source %q: %w", id, err)
	}
	return s, nil
}

// Sources returns all of them, by ID, without those no longer configured.
func (db *DB) Sources(ctx context.Context) ([]bot.SourceStatus, error) {
	return all(ctx, db.read, scanStatus, `select `+statusColumns+` from source s where s.retired = 0 order by s.id`)
}
