package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
)

// supporters puts who supports where they belong: for all services, or for one.
func supporters(ctx context.Context, rd sqldb.Reader, of map[ID]*Service, one ID) error {
	type named struct{ service, person int64 }
	scan := func(row sqldb.Row) (n named, err error) { err = row.Scan(&n.service, &n.person); return n, err }
	q := sqldb.Select("select service, person\nfrom catalog_supporter")
	if one != 0 {
		q = q.Where("service = ?", one)
	}
	list, err := sqldb.AllQ(ctx, rd, scan, q.OrderBy("service, person"))
	for _, n := range list {
		if s := of[n.service]; s != nil {
			s.Supporters = append(s.Supporters, n.person)
		}
	}
	return err
}

func replaceSupporters(ctx context.Context, tx *sqldb.Tx, service ID, people []int64) error {
	if _, err := tx.Exec(ctx, "delete from catalog_supporter\nwhere service = $1", service); err != nil || len(people) == 0 {
		return err
	}
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{service, p}
	}
	return tx.Insert(ctx, "catalog_supporter", "service, person", rows...)
}
