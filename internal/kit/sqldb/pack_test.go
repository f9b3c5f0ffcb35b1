package sqldb_test

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// Packed columns are scanned as plain ones: every kind of value, and null, into every kind of pointer.
func TestPackedColumnsAreScannedAsPlainOnes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		type word string
		type small int16
		type thing struct {
			ID    int64
			Name  string
			Word  word
			N     int
			Small small
			At    time.Time
			OK    bool
			Body  map[string]string
			Maybe *string
			Any   any
		}
		texts := []any{"", "plain", `quo"te`, `back\slash`, `\`, `"`, `",["`, "a\tb\nc\r\x01\x1f\x7f", "内客 😀 \u2028", "null", "[1,2]", strings.Repeat("长", 3000), nil}
		numbers := []any{int64(0), int64(7), int64(-1), int64(math.MaxInt16), nil}
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			for i, text := range texts {
				n := numbers[i%len(numbers)]
				ok := any(i%2 == 0)
				if n == nil {
					ok = nil
				}
				var body any = sqldb.JSON(map[string]string{"a": `b"\ 内`})
				if text == nil {
					body = nil
				}
				if err := tx.Insert(ctx, "thing", "id, name, n, at, ok, body", []any{int64(i + 1), text, n, n, ok, body}); err != nil {
					return err
				}
			}
			return tx.Insert(ctx, "thing", "id, name", []any{int64(1)<<53 - 1, "last"})
		})
		scan := func(row sqldb.Row) (x thing, err error) {
			return x, row.Scan(&x.ID, &x.Name, &x.Word, &x.N, &x.Small, &x.At, &x.OK, sqldb.JSON(&x.Body), &x.Maybe, &x.Any)
		}
		const columns = "id, name, name, n, n, at, ok, body, name, n"
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			plain, err := sqldb.All(ctx, rd, scan, "select "+columns+" from thing order by id")
			if err != nil {
				return err
			}
			all, err := sqldb.All(ctx, rd, scan, "select "+sqldb.Pack(columns)+" from thing order by id")
			if err != nil {
				return err
			}
			if len(all) != len(texts)+1 {
				t.Fatalf("%d rows", len(all))
			}
			for i := range all {
				if !reflect.DeepEqual(all[i], plain[i]) {
					t.Errorf("packed %+v\nplain %+v", all[i], plain[i])
				}
			}
			id, err := sqldb.Value[int64](ctx, rd, "select "+sqldb.Pack("id, n")+" from thing where id = 1")
			if err == nil {
				t.Errorf("two columns into one pointer: %d", id)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A row that does not fit its pointers is an error as without packing.
func TestPackedColumnsThatDoNotFit(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.Insert(ctx, "thing", "id, name", []any{70000, "a"})
		})
		into := map[string]func(sqldb.Row) (int, error){
			"too few":   func(r sqldb.Row) (int, error) { var a int64; return 0, r.Scan(&a) },
			"too many":  func(r sqldb.Row) (int, error) { var a, c int64; var b string; return 0, r.Scan(&a, &b, &c) },
			"text":      func(r sqldb.Row) (int, error) { var a, b int64; return 0, r.Scan(&a, &b) },
			"too small": func(r sqldb.Row) (int, error) { var a int16; var b string; return 0, r.Scan(&a, &b) },
			"a time":    func(r sqldb.Row) (int, error) { var a int64; var b time.Time; return 0, r.Scan(&a, &b) },
		}
		for name, scan := range into {
			err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
				_, err := sqldb.All(ctx, rd, scan, "select "+sqldb.Pack("id, name")+" from thing")
				return err
			})
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}
