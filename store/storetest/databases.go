package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// SQLite makes a database in a directory of the test.
func SQLite(t testing.TB) Database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	return Database{URL: path, Crash: func(t testing.TB) string {
		t.Helper()
		// What is in the file and its log at this moment is what a crash leaves.
		left := filepath.Join(t.TempDir(), "tocsin.db")
		for _, suffix := range []string{"", "-wal"} {
			data, err := os.ReadFile(path + suffix)
			if errors.Is(err, fs.ErrNotExist) && suffix != "" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(left+suffix, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return left
	}}
}

// PostgresEnv names the environment variable with the address of a PostgreSQL database in whose
// server tests may create others.
const PostgresEnv = "TOCSIN_TEST_POSTGRES"

// Postgres makes a database on the server that [PostgresEnv] names, and drops it
// after the test, which it skips if none is named.
func Postgres(t testing.TB) Database {
	t.Helper()
	address := os.Getenv(PostgresEnv)
	if address == "" {
		t.Skipf("%s is not set: name a PostgreSQL database in whose server tests may create others", PostgresEnv)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%s: %v", PostgresEnv, err)
	}
	name := "tocsin_test_" + strings.ToLower(rand.Text())
	server(t, address, "create database "+name)
	t.Cleanup(func() { server(t, address, "drop database "+name+" with (force)") })
	u.Path = "/" + name
	fresh := u.String()
	return Database{URL: fresh, Crash: func(testing.TB) string { return fresh }}
}

// server runs one statement outside of any test's database.
func server(t testing.TB, address, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("%s: %v", PostgresEnv, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, query); err != nil {
		t.Fatalf("%s: %v", PostgresEnv, err)
	}
}
