package store_test

import (
	"strings"
	"sync"
	"testing"

	"tocsin/store"
	"tocsin/store/storetest"
)

func TestPostgresProcessesStartTogether(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t).URL
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(t.Context(), url, store.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestPostgresBackup(t *testing.T) {
	t.Parallel()
	db := open(t, storetest.Postgres(t).URL, store.Options{})
	if err := db.Backup(t.Context(), "file"); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("got %v, want a word on pg_dump", err)
	}
}
