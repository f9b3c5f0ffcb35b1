package view

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const columns = "id, list, unit, person, name, query, place, standard, locked"

func scanView(row sqldb.Row) (v View, err error) {
	return v, row.Scan(&v.ID, &v.List, &v.Unit, &v.Person, &v.Name, &v.Query, &v.Place, &v.Standard, &v.Locked)
}

func nobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func insert(ctx context.Context, tx *sqldb.Tx, v View) error {
	return tx.Insert(ctx, "saved_view", columns+", at",
		[]any{v.ID, v.List, nobody(v.Unit), v.Person, v.Name, v.Query, v.Place, v.Standard, v.Locked, tx.Now})
}

func update(ctx context.Context, tx *sqldb.Tx, v View) error {
	_, err := tx.Exec(ctx, `
update saved_view
set name = $2, query = $3, place = $4, standard = $5, locked = $6
where id = $1`, v.ID, v.Name, v.Query, v.Place, v.Standard, v.Locked)
	return err
}

func remove(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, `delete from saved_view where id = $1`, id)
	return err
}

// onlyStandard takes the mark from the holder's other views of the list.
func onlyStandard(ctx context.Context, tx *sqldb.Tx, v View) error {
	text, id := "unit = $3", v.Unit
	if v.Unit == 0 {
		text, id = "unit is null and person = $3", v.Person
	}
	_, err := tx.Exec(ctx, `
update saved_view
set standard = false
where id <> $1 and list = $2 and standard = true and `+text, v.ID, v.List, id)
	return err
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (View, error) {
	return sqldb.One(ctx, rd, scanView, `
select `+columns+`
from saved_view
where id = $1`, id)
}

// heldBy lists the views of a list that have the same holder, in order.
func heldBy(ctx context.Context, rd sqldb.Reader, v View) ([]View, error) {
	q := sqldb.Select("select "+columns+"\nfrom saved_view").Where("list = ?", v.List)
	if v.Unit != 0 {
		q.Where("unit = ?", v.Unit)
	} else {
		q.Where("unit is null").Where("person = ?", v.Person)
	}
	return sqldb.AllQ(ctx, rd, scanView, q.OrderBy("place, id").Limit(2*most))
}

// seenBy lists the views that somebody has: the own ones first, then those of the units. list "" is every list.
func seenBy(ctx context.Context, rd sqldb.Reader, person org.ID, units []int64, list string) ([]View, error) {
	own := sqldb.Select("select "+columns+"\nfrom saved_view").Where("unit is null").Where("person = ?", person)
	shared := sqldb.Select("select "+columns+"\nfrom saved_view").In("unit", units)
	var out []View
	for _, q := range []*sqldb.Query{own, shared} {
		if list != "" {
			q.Where("list = ?", list)
		}
		some, err := sqldb.AllQ(ctx, rd, scanView, q.OrderBy("list, unit, place, id").Limit(100))
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}
