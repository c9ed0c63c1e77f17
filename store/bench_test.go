package store_test

import (
	"strconv"
	"testing"

	"tocsin/bot"
	"tocsin/store"
	"tocsin/store/storetest"
)

func eachDatabase(b *testing.B, bench func(*testing.B, *store.DB)) {
	for name, fresh := range map[string]func(testing.TB) storetest.Database{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, fresh(b).URL)
			putSource(b, db, "a")
			bench(b, db)
		})
	}
}

// BenchmarkRecord commits 100 new entries, each with a match, a decision and an alert.
func BenchmarkRecord(b *testing.B) {
	eachDatabase(b, func(b *testing.B, db *store.DB) {
		n := 0
		for b.Loop() {
			outcomes := storetest.Outcomes("a", 100)
			for i := range outcomes {
				n++
				outcomes[i].Entry.ID = strconv.Itoa(n)
				outcomes[i].Deliveries[0].Key = strconv.Itoa(n)
			}
			if err := db.Record(b.Context(), outcomes); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
	})
}

// BenchmarkSearch asks for two words, the second one as a prefix, among 5000 entries.
func BenchmarkSearch(b *testing.B) {
	eachDatabase(b, func(b *testing.B, db *store.DB) {
		if err := db.Record(b.Context(), storetest.Outcomes("a", 5000)); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			found, err := db.Search(b.Context(), bot.Query{Text: "power blackou"})
			if err != nil || len(found) != 10 {
				b.Fatal(len(found), err)
			}
		}
	})
}

// BenchmarkDeliver leases a channel, takes a delivery, settles it and gives the channel back.
func BenchmarkDeliver(b *testing.B) {
	eachDatabase(b, func(b *testing.B, db *store.DB) {
		if err := db.Record(b.Context(), storetest.Outcomes("a", b.N+1)); err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		for range b.N {
			storetest.DeliverOne(b, db)
		}
	})
}
