package demo_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/demo"
	"neike/internal/kit/sqldb"
)

var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// company is a built one, open at the end of its story.
type company struct {
	*testing.T
	*app.App
}

func build(t *testing.T, requests int, today time.Time) company {
	t.Helper()
	c := app.Config{Data: t.TempDir(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if err := demo.Fill(t.Context(), c, demo.Options{Requests: requests, Today: today}); err != nil {
		t.Fatal(err)
	}
	c.Now = func() time.Time { return today }
	a, err := app.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return company{t, a}
}

// own columns differ each time, and are meant to: salted hashes, and the process that did the work.
var own = []string{"signin_account.hash", "event_cursor.holder", "event_cursor.until", "job_schedule.holder", "job_schedule.until"}

// digests are the contents of every table.
func (c company) digests() map[string]string {
	c.Helper()
	out := map[string]string{}
	text := func(row sqldb.Row) (s string, err error) { return s, row.Scan(&s) }
	err := c.DB.Read(c.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		tables, err := sqldb.All(ctx, rd, text, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains(sqldb.OwnTables, table) {
				continue
			}
			columns, err := sqldb.All(ctx, rd, text, "select name from pragma_table_info($1)", table)
			if err != nil {
				return err
			}
			var parts []string
			for _, col := range columns {
				if !slices.Contains(own, table+"."+col) {
					parts = append(parts, `quote("`+col+`")`)
				}
			}
			rows, err := sqldb.All(ctx, rd, text, "select "+strings.Join(parts, " || '|' || ")+" as line from "+table+" order by line")
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			out[table] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n"))))
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func TestTheSameOptionsGiveTheSameCompany(t *testing.T) {
	one, two := build(t, 300, friday).digests(), build(t, 300, friday).digests()
	if len(one) < 30 {
		t.Fatalf("only %d tables", len(one))
	}
	for table, digest := range one {
		if two[table] != digest {
			t.Errorf("%s: %s, then %s", table, digest, two[table])
		}
	}
}
