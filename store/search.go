package store

import (
	"context"
	"fmt"
	"strings"

	"tocsin/bot"
)

const (
	defaultFound = 10
	maxFound     = 100
)

// Search returns the entries that hold all the words of a text, the last one as the start
// of a word, best first; without a text the newest entries. Case and accents
// don't count, and no text is wrong: one without words finds nothing.
//
// From and To bound when an entry was published, To exclusively.
func (db *DB) Search(ctx context.Context, q bot.Query) ([]bot.Found, error) {
	asked := terms(q.Text)
	if q.Text != "" && len(asked) == 0 {
		return nil, nil
	}
	s := db.selection(q, asked)
	hits, err := all(ctx, db.read, scanHit, s.query(), s.args...)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return db.answer(ctx, hits, asked)
}

// selection is a query that is put together.
type selection struct {
	from, order string
	where       []string
	args        []any
	page        string
}

// arg adds an argument and returns its placeholder.
func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d", len(s.args))
}

// filter adds a condition; each ? stands for v.
func (s *selection) filter(condition string, v any) {
	s.where = append(s.where, strings.ReplaceAll(condition, "?", s.arg(v)))
}

func (db *DB) selection(q bot.Query, asked []string) *selection {
	s := &selection{from: `entry e`, order: `e.dated desc`}
	if len(asked) > 0 {
		words := s.arg(db.ask(asked))
		s.from = db.found
		s.where = append(s.where, strings.ReplaceAll(db.matches, "%s", words))
		s.order = strings.ReplaceAll(db.rank, "%s", words)
	}
	if q.Source != "" {
		s.filter(`(e.source = ? or s.parent = ?)`, q.Source)
	}
	if q.Rule != "" {
		s.filter(`exists (select 1 from rule_match m where m.rule = ? and m.entry = e.id and m.revision = e.revision)`, q.Rule)
	}
	if !q.From.IsZero() {
		s.filter(`e.dated >= ?`, q.From.UnixMilli())
	}
	if !q.To.IsZero() {
		s.filter(`e.dated < ?`, q.To.UnixMilli())
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultFound
	}
	s.page = `limit ` + s.arg(min(limit, maxFound)) + ` offset ` + s.arg(max(q.Offset, 0))
	return s
}

func (s *selection) query() string {
	s.where = append(s.where, `e.kept = 1`)
	return `select e.id, e.revision from ` + s.from + ` join source s on s.id = e.source
		where ` + strings.Join(s.where, " and ") + ` order by ` + s.order + `, e.id desc ` + s.page
}

// hit is an entry that was found, and its newest revision.
type hit struct {
	entry    int64
	revision int
}

func scanHit(r row) (h hit, err error) { return h, r.Scan(&h.entry, &h.revision) }

// answer fetches what was found, in its order: only now, so that no text is read
// that is not shown.
func (db *DB) answer(ctx context.Context, hits []hit, asked []string) ([]bot.Found, error) {
	rows := make([]int64, len(hits))
	for i, h := range hits {
		rows[i] = h.entry
	}
	entries := make(map[int64]found, len(hits))
	rules := map[int64][]string{}
	err := each(rows, func(rows []int64) error {
		list, err := all(ctx, db.read, scanFound, `
			select `+itemColumns+`
			from entry e join source s on s.id = e.source
			join revision r on r.entry = e.id and r.revision = e.revision
			where e.id in (`+placeholders(1, len(rows))+`)`, anys(rows)...)
		if err != nil {
			return err
		}
		for _, f := range list {
			entries[f.row] = f
		}
		type matched struct {
			entry int64
			rule  string
		}
		scan := func(r row) (m matched, err error) { return m, r.Scan(&m.entry, &m.rule) }
		matches, err := all(ctx, db.read, scan, `
			select m.entry, m.rule from rule_match m join entry e on e.id = m.entry and e.revision = m.revision
			where m.entry in (`+placeholders(1, len(rows))+`) order by m.entry, m.position`, anys(rows)...)
		for _, m := range matches {
			rules[m.entry] = append(rules[m.entry], m.rule)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	var answer []bot.Found
	for _, h := range hits {
		f, ok := entries[h.entry]
		if !ok {
			continue // pruned meanwhile
		}
		found := bot.Found{Source: f.item.Source, Entry: f.item.Entry, Rules: rules[h.entry], Removed: f.item.Removed}
		if len(asked) > 0 {
			found.Snippet = snippet(found.Entry, asked)
		}
		answer = append(answer, found)
	}
	return answer, nil
}
