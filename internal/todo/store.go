package todo

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func upsert(ctx context.Context, tx *sqldb.Tx, t Todo, serving bool) error {
	_, err := tx.Exec(ctx, `
		insert into todo (id, holder_kind, holder, holder_role, subject_kind, subject, verb, serving, for_person, for_unit,
		  title, ref, link, due, since, until)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (subject_kind, subject, verb, holder_kind, holder, holder_role) do update
		set for_person = excluded.for_person,
		  for_unit = excluded.for_unit,
		  title = excluded.title,
		  ref = excluded.ref,
		  link = excluded.link,
		  due = excluded.due,
		  until = excluded.until`,
		tx.NewID(), t.Holder.Kind, t.Holder.ID, t.Holder.Role, t.Subject.Kind, t.Subject.ID, t.Verb, serving, t.For, t.Unit,
		t.Title, t.Ref, t.Link, placeOf(t), t.Since, dueOf(t.Until))
	return err
}

func remove(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verbs []string) error {
	var b strings.Builder
	b.WriteString(`delete from todo where subject_kind = $1 and subject = $2`)
	args := []any{subject.Kind, subject.ID}
	if len(verbs) > 0 {
		b.WriteString(` and verb in (`)
		for i, v := range verbs {
			if i > 0 {
				b.WriteString(`, `)
			}
			args = append(args, v)
			b.WriteString(`$` + strconv.Itoa(len(args)))
		}
		b.WriteString(`)`)
	}
	_, err := tx.Exec(ctx, b.String(), args...)
	return err
}

// removeLapsed removes some of what has lapsed, and says how many. The second condition is that of the index.
func removeLapsed(ctx context.Context, tx *sqldb.Tx, limit int) (int64, error) {
	return tx.Exec(ctx, `
		delete from todo
		where id in (
		  select id
		  from todo
		  where until <= $1 and until < 4503599627370496
		  order by until
		  limit $2)`, tx.Now, limit)
}

// move leaves one row: the one that the new holder has already, or the oldest.
func move(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verb string, to access.Holder) error {
	_, err := tx.Exec(ctx, `
		delete from todo
		where subject_kind = $1 and subject = $2 and verb = $3
		  and id <> (
		    select id
		    from todo
		    where subject_kind = $1 and subject = $2 and verb = $3
		    order by case when holder_kind = $4 and holder = $5 and holder_role = $6 then 0 else 1 end, since, id
		    limit 1)`,
		subject.Kind, subject.ID, verb, to.Kind, to.ID, to.Role)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update todo
		set holder_kind = $4, holder = $5, holder_role = $6
		where subject_kind = $1 and subject = $2 and verb = $3`,
		subject.Kind, subject.ID, verb, to.Kind, to.ID, to.Role)
	return err
}

func setDue(ctx context.Context, tx *sqldb.Tx, subject access.Subject, verb string, due time.Time) error {
	_, err := tx.Exec(ctx, `
		update todo
		set due = $4
		where subject_kind = $1 and subject = $2 and verb = $3`,
		subject.Kind, subject.ID, verb, dueOf(due))
	return err
}

const entryColumns = `id, holder_kind, holder, holder_role, subject_kind, subject, verb, serving, for_person, for_unit, title, ref, link, due, since, until`

// holdersAtOnce is how many holders one statement asks for: SQLite joins at most 500 selects, and somebody may head more
// units than that.
const holdersAtOnce = 100

// list is in due order what the holders owe, after the key (due, id). Of many units those that owe nothing are left out
// first: one range each would cost more than what the others owe.
func list(ctx context.Context, rd sqldb.Reader, holders []access.Holder, side string, afterDue int64, afterID ID, limit int, now time.Time) ([]Entry, error) {
	if len(holders) <= holdersAtOnce {
		return listOf(ctx, rd, holders, side, afterDue, afterID, limit, now)
	}
	owing, err := owing(ctx, rd, holders)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for some := range slices.Chunk(owing, holdersAtOnce) {
		part, err := listOf(ctx, rd, some, side, afterDue, afterID, limit, now)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	sorting.By(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), limit)], nil
}

// owing leaves the holders that owe anything.
func owing(ctx context.Context, rd sqldb.Reader, holders []access.Holder) ([]access.Holder, error) {
	asked := make(map[access.Holder]bool, len(holders))
	ids := map[string][]int64{}
	for _, h := range holders {
		asked[h] = true
		ids[h.Kind] = append(ids[h.Kind], h.ID)
	}
	var out []access.Holder
	for kind, list := range ids {
		slices.Sort(list)
		for some := range slices.Chunk(slices.Compact(list), 500) {
			found, err := sqldb.AllQ(ctx, rd, scanHolder, sqldb.Select(`select distinct holder_kind, holder, holder_role from todo`).
				Where("holder_kind = ?", kind).In("holder", some))
			if err != nil {
				return nil, err
			}
			out = append(out, slices.DeleteFunc(found, func(h access.Holder) bool { return !asked[h] })...)
		}
	}
	return out, nil
}

func scanHolder(r sqldb.Row) (h access.Holder, err error) {
	err = r.Scan(&h.Kind, &h.ID, &h.Role)
	return h, err
}

// listOf is the union of one index scan per holder.
func listOf(ctx context.Context, rd sqldb.Reader, holders []access.Holder, side string, afterDue int64, afterID ID, limit int, now time.Time) ([]Entry, error) {
	if len(holders) == 0 {
		return nil, nil
	}
	var b strings.Builder
	args := []any{afterDue, afterID, limit, now}
	b.WriteString(`select t.id, t.holder_kind, t.holder, t.holder_role, t.subject_kind, t.subject, t.verb, t.serving,
		  t.for_person, t.for_unit, t.title, t.ref, t.link, t.due, t.since, t.until, p.no, p.name, p.name_en, u.code, u.name_zh, u.name_en,
		  h.code, h.name_zh, h.name_en
		from (`)
	for i, h := range holders {
		if i > 0 {
			b.WriteString(` union all `)
		}
		n := len(args)
		args = append(args, h.Kind, h.ID, h.Role)
		b.WriteString(`select * from (select ` + entryColumns + ` from todo where holder_kind = $` + strconv.Itoa(n+1) +
			` and holder = $` + strconv.Itoa(n+2) + ` and holder_role = $` + strconv.Itoa(n+3) + ` and (due, id) > ($1, $2) and until > $4`)
		switch side {
		case Serving:
			b.WriteString(` and serving = true`)
		case Served:
			b.WriteString(` and serving = false`)
		}
		b.WriteString(` order by due, id limit $3) b` + strconv.Itoa(i))
	}
	b.WriteString(`) t
		left join org_person_v p on p.id = t.for_person
		left join org_unit_v u on u.id = case when t.for_unit <> 0 then t.for_unit else p.unit end
		left join org_unit_v h on t.holder_kind = 'unit' and h.id = t.holder
		order by t.due, t.id
		limit $3`)
	return sqldb.All(ctx, rd, func(r sqldb.Row) (Entry, error) { return scanEntry(ctx, r) }, b.String(), args...)
}

func scanEntry(ctx context.Context, r sqldb.Row) (Entry, error) {
	var e Entry
	var due, until int64
	var unit, holder, who lang.Text
	err := r.Scan(&e.ID, &e.Holder.Kind, &e.Holder.ID, &e.Holder.Role, &e.Subject.Kind, &e.Subject.ID, &e.Verb, &e.Serving,
		&e.For, &e.Unit, &e.Title, &e.Ref, &e.Link, &due, &e.Since, &until, &e.ForNo, &who.Zh, &who.En, &e.UnitCode, &unit.Zh, &unit.En,
		&e.HolderCode, &holder.Zh, &holder.En)
	e.Due, e.due, e.Until = timeOf(due), due, timeOf(until)
	e.UnitName, e.HolderName, e.ForName = unit, holder, org.NameText(e.ForNo, who.Zh, who.En).In(ctx)
	return e, err
}

// counts returns (due before the moment, all) per side for the holders, each capped.
func counts(ctx context.Context, rd sqldb.Reader, holders []access.Holder, now time.Time) (Counts, error) {
	if len(holders) == 0 {
		return Counts{}, nil
	}
	var b strings.Builder
	args := []any{now, countCap}
	b.WriteString(`select cast(coalesce(sum(case when serving = true then 1 else 0 end), 0) as bigint),
		  cast(coalesce(sum(case when serving = true then 0 else 1 end), 0) as bigint),
		  cast(coalesce(sum(case when due < $1 then 1 else 0 end), 0) as bigint)
		from (`)
	for i, h := range holders {
		if i > 0 {
			b.WriteString(` union all `)
		}
		n := len(args)
		args = append(args, h.Kind, h.ID, h.Role)
		b.WriteString(`select * from (select serving, due from todo where holder_kind = $` + strconv.Itoa(n+1) +
			` and holder = $` + strconv.Itoa(n+2) + ` and holder_role = $` + strconv.Itoa(n+3) + ` and until > $1 order by due, id limit $2) b` + strconv.Itoa(i))
	}
	b.WriteString(`) t`)
	return sqldb.One(ctx, rd, func(r sqldb.Row) (Counts, error) {
		var c Counts
		err := r.Scan(&c.Serving, &c.Served, &c.Late)
		return c, err
	}, b.String(), args...)
}
