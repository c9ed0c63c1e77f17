package store_test

import (
	"testing"

	"tocsin/bot"
	"tocsin/store"
	"tocsin/store/storetest"
	"tocsin/worker"
)

// What a store is for.
var (
	_ worker.Calendar    = (*store.DB)(nil)
	_ worker.Archive     = (*store.DB)(nil)
	_ worker.Subscribers = (*store.DB)(nil)
	_ worker.Digests     = (*store.DB)(nil)
	_ worker.Outbox      = (*store.DB)(nil)
	_ bot.Archive        = (*store.DB)(nil)
	_ bot.Subscriptions  = (*store.DB)(nil)
	_ bot.Health         = (*store.DB)(nil)
)

func TestSQLite(t *testing.T) { storetest.Run(t, storetest.SQLite) }

func TestPostgres(t *testing.T) { storetest.Run(t, storetest.Postgres) }
