package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"tocsin/bot"
	"tocsin/feed"
	"tocsin/store"
	"tocsin/store/storetest"
)

func open(t testing.TB, url string, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func putSource(t testing.TB, db *store.DB, id string) {
	t.Helper()
	err := db.PutSource(t.Context(), feed.Source{ID: id, Kind: feed.KindFeed, URL: "https://example.org/", Every: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSQLiteFileHasOneOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "dir?", "100% mine #1.db")
	owner := open(t, "sqlite:"+path, store.Options{})
	putSource(t, owner, "a")

	_, err := store.Open(t.Context(), path, store.Options{})
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second owner got %v, want ErrInUse and the path", err)
	}
	guest := open(t, path, store.Options{Guest: true})
	if _, err := guest.Source(t.Context(), "a"); err != nil {
		t.Error("the guest does not see what is there:", err)
	}
	putSource(t, guest, "b")
	if _, err := owner.Source(t.Context(), "b"); err != nil {
		t.Error("the owner does not see what its guest wrote:", err)
	}
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path, store.Options{})
}

func TestSQLiteGuestOfNobody(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	if _, err := store.Open(t.Context(), path, store.Options{Guest: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want an error that says there is no file", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the guest made a database")
	}
	// An empty file, or one of an older version, is brought up to date if nobody owns it.
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	guest := open(t, path, store.Options{Guest: true})
	if _, err := guest.Sources(t.Context()); err != nil {
		t.Error(err)
	}
	open(t, path, store.Options{}) // the guest holds no lock
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("certainly no database, but a text of some length\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"":                               "names no database",
		"sqlite:":                        "names no database",
		":memory:":                       "names no database",
		"mysql://localhost/x":            `unknown kind of database "mysql"`,
		filepath.Join(file, "x", "y.db"): "making the directory of the database",
		dir:                              "must be a file that can be written",
		file:                             file,
		"postgres://nobody@127.0.0.1:1/x?connect_timeout=1": "the database x on 127.0.0.1",
		"postgres://a b c": "the database's address",
	} {
		db, err := store.Open(t.Context(), url, store.Options{})
		if err == nil {
			db.Close()
			t.Errorf("%q was opened", url)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got the error %q, want one with %q", url, err, want)
		}
	}
}

func TestOpenRefusesANewerDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	db := open(t, path, store.Options{})
	if err := db.Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, guest := range []bool{false, true} {
		if _, err := store.Open(t.Context(), path, store.Options{Guest: guest}); err == nil || !strings.Contains(err.Error(), "9999") {
			t.Errorf("guest %t: got the error %v, want one that names the version", guest, err)
		}
	}
}

func TestSQLiteBackup(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "tocsin.db"), store.Options{})
	putSource(t, db, "a")
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := db.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), copied); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("a second backup into the same file: %v", err)
	}
	if _, err := open(t, copied, store.Options{}).Source(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// stubborn never ends by itself.
type stubborn struct {
	river.WorkerDefaults[bot.Job]
	started chan string
}

func (s *stubborn) Work(ctx context.Context, job *river.Job[bot.Job]) error {
	s.started <- job.Args.Channel
	<-ctx.Done()
	return ctx.Err()
}

func work(t testing.TB, db *store.DB, s *stubborn) store.Runner {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, s)
	run, err := db.Jobs(&river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return run
}

// TestSQLiteKilled kills a process in the middle of a job: the next one has it at once.
func TestSQLiteKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), "TOCSIN_TEST_VICTIM="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "working\n" {
		t.Fatalf("the victim says %q, %v", line, err)
	}
	if _, err := store.Open(t.Context(), path, store.Options{}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("beside a living owner: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, out) //nolint:errcheck // until it is dead
	cmd.Wait()               //nolint:errcheck // it was killed

	start := time.Now()
	db := open(t, path, store.Options{})
	s := &stubborn{started: make(chan string, 10)}
	run := work(t, db, s)
	if got := <-s.started; got != "room" {
		t.Errorf("got a job for %q", got)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("the job ran again after %v", took)
	}
	ours, err := db.LeaseChannel(t.Context(), bot.Channel{Chat: "fake", ID: "room"}, "heir", time.Now().Add(time.Minute))
	if err != nil || !ours {
		t.Errorf("the dead process still has the channel (%v)", err)
	}
	d, _, ok, err := db.NextDelivery(t.Context(), bot.Channel{Chat: "fake", ID: "room"}, time.Now())
	if err != nil || !ok || d.Attempts != 2 {
		t.Errorf("got the delivery %+v (%t, %v), want what was left sending", d, ok, err)
	}
	if err := run.StopAndCancel(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

// TestVictim is the process that TestSQLiteKilled kills.
func TestVictim(t *testing.T) {
	path := os.Getenv("TOCSIN_TEST_VICTIM")
	if path == "" {
		t.Skip("runs within TestSQLiteKilled only")
	}
	db := open(t, path, store.Options{})
	putSource(t, db, "a")
	if err := db.Record(t.Context(), storetest.Outcomes("a", 1)); err != nil {
		t.Fatal(err)
	}
	ch := bot.Channel{Chat: "fake", ID: "room"}
	if _, err := db.LeaseChannel(t.Context(), ch, "victim", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, _, ok, err := db.NextDelivery(t.Context(), ch, time.Now()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	s := &stubborn{started: make(chan string, 10)}
	work(t, db, s)
	<-s.started
	fmt.Println("working")
	select {}
}
