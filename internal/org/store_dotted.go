package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

func scanDotted(row sqldb.Row) (Dotted, error) {
	var d Dotted
	err := row.Scan(&d.Person, &d.Manager, &d.No, &d.Until)
	return d, err
}

// dottedOf are all lines of people, in the order they were named.
func dottedOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]Dotted, error) {
	if len(people) == 0 {
		return nil, nil
	}
	list, err := sqldb.AllQ(ctx, rd, scanDotted, sqldb.Select(`
select d.person, d.manager, coalesce(m.no, d.manager_no), d.until
from org_dotted d
left join org_person m on m.id = d.manager`).In("d.person", people).OrderBy("d.person, d.n"))
	out := map[ID][]Dotted{}
	for _, d := range list {
		out[d.Person] = append(out[d.Person], d)
	}
	return out, err
}

// replaceDotted writes all lines of people anew.
func replaceDotted(ctx context.Context, tx *sqldb.Tx, people []ID, list []Dotted) error {
	for _, id := range people {
		if _, err := tx.Exec(ctx, `delete from org_dotted where person = $1`, id); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	rows := make([][]any, len(list))
	n := map[ID]int{}
	for i, d := range list {
		waits := d.No
		if d.Manager != 0 {
			waits = ""
		}
		n[d.Person]++
		rows[i] = []any{d.Person, n[d.Person], orNull(d.Manager), waits, d.Until}
	}
	return tx.Insert(ctx, "org_dotted", "person, n, manager, manager_no, until", rows...)
}

// settleDotted gives lines of an import their manager when the manager came later in the file.
func settleDotted(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `
update org_dotted
set manager = (select m.id from org_person m where m.no = org_dotted.manager_no), manager_no = ''
where manager is null
  and exists (select 1 from org_person m where m.no = org_dotted.manager_no)`)
	return err
}

func countDotted(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_dotted where manager = $1`, person)
}

// dottedAfter are the people who report to somebody by a dotted line.
func dottedAfter(ctx context.Context, rd sqldb.Reader, manager, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `select distinct person from org_dotted where manager = $1 and person > $2 order by person limit $3`, manager, after, limit)
}
