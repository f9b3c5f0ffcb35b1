package sqldb

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "a b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n, err := db.Migrate(ctx, Schema{"x", fstest.MapFS{"2026112199_x.sql": {Data: []byte("create table x (\n id bigint primary key,\n at bigint, ok boolean, j jsonb\n);\ncreate table y ( -- without rowid\n a bigint, b bigint, primary key (a, b)\n);\n")}}})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	err = db.Write(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.Insert(ctx, "x", "id, at, ok, j", []any{tx.NewID(), tx.Now, true, JSON(map[string]int{"a": 1})}, []any{tx.NewID(), nil, false, nil})
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Read(ctx, func(ctx context.Context, rd Reader) error {
		n, err := Value[int](ctx, rd, "select count(*) from x where ok")
		s, err2 := Value[string](ctx, rd, "select sql from sqlite_master where name='y'")
		t.Log(n, err, s, err2)
		return nil
	})
}
