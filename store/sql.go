package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"tocsin/bot"
)

// querier is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is an open transaction: rows and jobs written through it commit together.
type tx struct {
	querier
	enqueue func(ctx context.Context, jobs []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// exec runs a statement and returns how many rows it touched.
func exec(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row is a *sql.Row or a *sql.Rows.
type row interface{ Scan(dest ...any) error }

// all returns every row of a query.
func all[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// one returns the row of a query; an error wrapping [bot.ErrUnknown] if there is none.
func one[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, bot.ErrUnknown
	}
	return v, err
}

func scanText(r row) (s string, err error) { return s, r.Scan(&s) }

func scanNumber(r row) (n int64, err error) { return n, r.Scan(&n) }

// ms is a time as the database keeps it: null if it is zero.
func ms(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// timeInto scans what [ms] made.
type timeInto struct{ t *time.Time }

// Scan takes a number or null.
func (d timeInto) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.t = time.Time{}
	case int64:
		*d.t = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("%T is no time in milliseconds", src)
	}
	return nil
}

func msDuration(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// blob is null if there is nothing in it.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// jsonInto scans a text that holds JSON.
type jsonInto struct{ v any }

// Scan takes a text.
func (d jsonInto) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), d.v)
	case []byte:
		return json.Unmarshal(s, d.v)
	}
	return fmt.Errorf("%T is no JSON", src)
}

// toJSON is for values that always have a JSON form.
func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T has no JSON form: %v", v, err))
	}
	return string(b)
}

// clean makes s a text that both databases take: valid UTF-8 without zero bytes.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// chunk bounds the values of one list in a statement.
const chunk = 200

// placeholders writes "$from, $from+1, …" for n values.
func placeholders(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}

// anys makes arguments of values, after the first ones.
func anys[T any](values []T, first ...any) []any {
	args := first
	for _, v := range values {
		args = append(args, v)
	}
	return args
}

// each calls fn for values in chunks that fit into a statement.
func each[T any](values []T, fn func([]T) error) error {
	for c := range slices.Chunk(values, chunk) {
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}
