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
	return sqliteFile(filepath.Join(t.TempDir(), "tocsin.db"))
}

func sqliteFile(path string) Database {
	copied := func(t testing.TB) Database {
		t.Helper()
		into := SQLite(t)
		for _, suffix := range []string{"", "-wal"} {
			data, err := os.ReadFile(path + suffix)
			if errors.Is(err, fs.ErrNotExist) && suffix != "" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(into.URL+suffix, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return into
	}
	return Database{
		URL: path,
		// What is in the file and its log at this moment is what a crash leaves.
		Crash: func(t testing.TB) string { return copied(t).URL },
		copy:  copied,
	}
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
	return postgresDatabase(t, *u, "template1")
}

// postgresDatabase creates a database like template, to which nobody may be connected.
func postgresDatabase(t testing.TB, server url.URL, template string) Database {
	t.Helper()
	name := "tocsin_test_" + strings.ToLower(rand.Text())
	run(t, server, "create database "+name+" template "+template)
	t.Cleanup(func() { run(t, server, "drop database "+name+" with (force)") })
	fresh := server
	fresh.Path = "/" + name
	return Database{
		URL:   fresh.String(),
		Crash: func(testing.TB) string { return fresh.String() },
		copy:  func(t testing.TB) Database { t.Helper(); return postgresDatabase(t, server, name) },
	}
}

// run runs one statement outside of any test's database.
func run(t testing.TB, server url.URL, query string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server.String())
	if err != nil {
		t.Fatalf("%s: %v", PostgresEnv, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, query); err != nil {
		t.Fatalf("%s: %v", PostgresEnv, err)
	}
}
