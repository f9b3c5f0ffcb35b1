package phrase

import (
	"context"
	"strconv"
	"strings"

	"neike/internal/kit/sqldb"
)

const columns = "id, unit, person, name, keys, text_zh, text_en, services, used, used_at, revision, at"

func scan(row sqldb.Row) (Phrase, error) {
	var p Phrase
	var services, zh, en string
	err := row.Scan(&p.ID, &p.Unit, &p.Person, &p.Name, &p.Keys, &zh, &en, &services, &p.Used, &p.UsedAt, &p.Revision, &p.At)
	p.Text = words(zh, en)
	p.Services = IDs([]string{services})
	return p, err
}

func nobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func joined(ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	out := ","
	for _, id := range ids {
		out += strconv.FormatInt(id, 10) + ","
	}
	return out
}

func put(ctx context.Context, tx *sqldb.Tx, p Phrase, fresh bool) error {
	if fresh {
		return tx.Insert(ctx, "phrase", columns, []any{p.ID, nobody(p.Unit), p.Person, p.Name, p.Keys, p.Text.Zh, p.Text.En, joined(p.Services), p.Used, p.UsedAt, p.Revision, p.At})
	}
	_, err := tx.Exec(ctx, `
update phrase
set person = $2, name = $3, keys = $4, text_zh = $5, text_en = $6, services = $7, revision = $8, at = $9
where id = $1`, p.ID, p.Person, p.Name, p.Keys, p.Text.Zh, p.Text.En, joined(p.Services), p.Revision, p.At)
	return err
}

func remove(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, "delete from phrase where id = $1", id)
	return err
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Phrase, error) {
	return sqldb.One(ctx, rd, scan, `
select `+columns+`
from phrase
where id = $1`, id)
}

// keeperIs is the condition for the phrases of a unit, or of a person; of nobody for neither.
func keeperIs(q *sqldb.Query, unit, person int64) *sqldb.Query {
	if unit != 0 {
		return q.Where("unit = ?", unit)
	}
	return q.Where("unit is null").Where("person = ?", person)
}

// keptBy lists the phrases of a unit, or of a person, by name.
func keptBy(ctx context.Context, rd sqldb.Reader, unit, person int64) ([]Phrase, error) {
	return sqldb.AllQ(ctx, rd, scan, keeperIs(sqldb.Select("select "+columns+"\nfrom phrase"), unit, person).OrderBy("name, id").Limit(most))
}

func countOf(ctx context.Context, rd sqldb.Reader, unit, person int64) (int, error) {
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (int, error) {
		var n int
		err := row.Scan(&n)
		return n, err
	}, keeperIs(sqldb.Select("select count(*)\nfrom phrase"), unit, person))
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// countUse counts one answer for each of the phrases that are the unit's or the person's own.
func countUse(ctx context.Context, tx *sqldb.Tx, unit, person int64, ids []int64) error {
	args := []any{tx.Now, unit, person}
	marks := make([]string, len(ids))
	for i, id := range ids {
		args = append(args, id)
		marks[i] = "$" + strconv.Itoa(i+4)
	}
	_, err := tx.Exec(ctx, `
update phrase
set used = used + 1, used_at = $1
where (unit = $2 or unit is null and person = $3) and id in (`+strings.Join(marks, ", ")+`)`, args...)
	return err
}

func heldAfter(ctx context.Context, rd sqldb.Reader, unit, after int64, limit int) ([]Phrase, error) {
	return sqldb.All(ctx, rd, scan, `
select `+columns+`
from phrase
where unit = $1 and id > $2
order by id
limit $3`, unit, after, limit)
}

func moveTo(ctx context.Context, tx *sqldb.Tx, id ID, unit int64) error {
	_, err := tx.Exec(ctx, `
update phrase
set unit = $2
where id = $1`, id, unit)
	return err
}

// Names are the names of phrases that are still there, for the audit trail.
func Names(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	list, err := sqldb.AllQ(ctx, rd, scan, sqldb.Select("select "+columns+"\nfrom phrase").In("id", ids))
	for _, p := range list {
		out[p.ID] = p.Name
	}
	return out, err
}
