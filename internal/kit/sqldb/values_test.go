package sqldb_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

func TestValuesComeBackAsTheyWent(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		type kind string
		at := time.Date(2026, 11, 23, 9, 0, 0, 7_900_000, time.FixedZone("", 8*3600))
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.Insert(ctx, "thing", "id, name, n, at, ok, part, body, raw",
				[]any{int64(1) << 52, kind("a'b\"?"), 7, at, true, 0.25, sqldb.JSON(map[string]int{"a": 1}), []byte{0, 255}},
				[]any{2, nil, nil, time.Time{}, nil, nil, json.RawMessage(nil), nil})
		})
		type thing struct {
			id    int64
			name  kind
			n     int
			at    time.Time
			ok    bool
			part  float64
			body  map[string]int
			raw   []byte
			maybe *string
		}
		scan := func(row sqldb.Row) (x thing, err error) {
			return x, row.Scan(&x.id, &x.name, &x.n, &x.at, &x.ok, &x.part, sqldb.JSON(&x.body), &x.raw, &x.maybe)
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			list, err := sqldb.All(ctx, rd, scan, "select id, name, n, at, ok, part, body, raw, name from thing order by id desc")
			if err != nil {
				return err
			}
			x, y := list[0], list[1]
			if x.id != 1<<52 || x.name != "a'b\"?" || x.n != 7 || !x.at.Equal(at.Truncate(time.Millisecond)) || x.at.Location() != time.UTC ||
				!x.ok || x.part != 0.25 || x.body["a"] != 1 || !slices.Equal(x.raw, []byte{0, 255}) || *x.maybe != string(x.name) {
				t.Errorf("got %+v", x)
			}
			if y.name != "" || y.n != 0 || !y.at.IsZero() || y.ok || y.part != 0 || y.body != nil || y.raw != nil || y.maybe != nil {
				t.Errorf("nulls: got %+v", y)
			}
			if _, err := sqldb.One(ctx, rd, scan, "select id, name, n, at, ok, part, body, raw, name from thing where id = 9"); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("no row: %v", err)
			}
			if n, err := sqldb.Value[int64](ctx, rd, "select sum(n) from thing where ok"); n != 7 || err != nil {
				t.Errorf("sum: %d, %v", n, err)
			}
			if none, err := sqldb.Value[string](ctx, rd, "select name from thing where id = 9"); none != "" || err != nil {
				t.Errorf("no value: %q, %v", none, err)
			}
			q := sqldb.Select("select id from thing").Where("name = ? or name is null", "a'b\"?").In("id", []int64{2, 9, 8}).
				In("coalesce(name, '?')", []string{"?"}).OrderBy("id").Limit(5)
			found, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, q)
			if !slices.Equal(found, []int64{2}) {
				t.Errorf("built query: %v, %v", found, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		err = db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.Insert(ctx, "thing", "id, name", []any{3, "a'b\"?"})
		})
		if !sqldb.IsUnique(err) || sqldb.IsUnique(errors.New("x")) {
			t.Errorf("a taken name: %v", err)
		}
	})
}

func TestManyRowsAreInsertedInOrder(t *testing.T) {
	const many = 33_000 // one statement takes 65 535 values
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		var rows [][]any
		for id := range int64(many) {
			rows = append(rows, []any{id, int(id)})
		}
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return tx.Insert(ctx, "thing", "id, n", rows...) })
		if got := ids(t, db); len(got) != many || got[many-1] != many-1 {
			t.Errorf("got %d rows", len(got))
		}
	})
}

// TestTextsAreSound: what no text may hold is left out on both engines alike, when it is written and when it is looked for.
func TestTextsAreSound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		type kind string
		write(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.Insert(ctx, "thing", "id, name", []any{1, "a\x00b"}, []any{2, kind("c\xff\xfed")})
		})
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			for text, want := range map[string]int{"a\x00b": 1, "ab": 1, "c\xffd": 2, "c�d": 2} {
				if id, err := sqldb.Value[int](ctx, rd, "select id from thing where name = $1", text); id != want || err != nil {
					t.Errorf("%q is %d, %v", text, id, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestArgumentsFindTheirPlaces: in any order, used twice, or not at all, an argument stands where its number does.
func TestArgumentsFindTheirPlaces(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			got, err := sqldb.Value[string](ctx, rd, `
select cast($3 as text) || cast($1 as text) || cast($12 as text) || cast($1 as text) || case when 1 = 1 then '' else cast($2 as text) || cast($4 as text) ||
	cast($5 as text) || cast($6 as text) || cast($7 as text) || cast($8 as text) || cast($9 as text) || cast($10 as text) || cast($11 as text) end`,
				"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
			if err != nil || got != "cala" {
				t.Errorf("got %q, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
