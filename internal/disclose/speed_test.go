package disclose_test

import (
	"context"
	"testing"
	"time"

	"neike/internal/disclose"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// BenchmarkIn reads a quarter of a company with 5 000 relations and a batch a month on each: new, and again.
func BenchmarkIn(b *testing.B) {
	db := dbtest.Open(b, sqldb.SQLite, schemas)
	err := db.Write(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for month := range int64(12) {
			var rows [][]any
			for edge := range int64(5000) {
				rows = append(rows, []any{month*5000 + edge + 1, 1000 + edge/70, 2000 + edge%70, "", 20260100 + month*100 + 1 + edge%28, 5, 6, 8, 1, 1, 1, 2, 3})
			}
			if err := tx.Insert(ctx, "disclose_batch", "id, provider, customer, level, day, least, people, cases, ones, twos, threes, fours, fives", rows...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	s := disclose.New(db, nil, disclose.Rooms{})
	began := time.Now()
	if list, err := s.In(b.Context(), disclose.Days{From: 20261001, To: 20261231}); err != nil || len(list) != 5000 {
		b.Fatal(len(list), err)
	}
	first := time.Since(began)
	for b.Loop() {
		if _, err := s.In(b.Context(), disclose.Days{From: 20261001, To: 20261231}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(first.Microseconds())/1000, "ms/first")
}
