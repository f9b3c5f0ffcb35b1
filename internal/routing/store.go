package routing

import (
	"context"

	"neike/internal/kit/sqldb"
)

const setColumns = "unit, version, rules, base, by_person, at"

func scanSet(row sqldb.Row) (s Set, err error) {
	return s, row.Scan(&s.Unit, &s.Version, sqldb.JSON(&s.Rules), &s.Base, &s.By, &s.At)
}

// liveSets reads the newest published set of every unit that has rules.
func liveSets(ctx context.Context, rd sqldb.Reader) (map[int64]Set, error) {
	list, err := sqldb.All(ctx, rd, scanSet, `
select `+setColumns+`
from routing_set s
where version > 0 and version = (select max(version) from routing_set x where x.unit = s.unit)
order by unit`)
	out := make(map[int64]Set, len(list))
	for _, s := range list {
		if len(s.Rules) > 0 {
			out[s.Unit] = s
		}
	}
	return out, err
}

// setOf is one version of a unit's rules; ok is false when there is none.
func setOf(ctx context.Context, rd sqldb.Reader, unit int64, version int) (s Set, ok bool, err error) {
	list, err := sqldb.All(ctx, rd, scanSet, `
select `+setColumns+`
from routing_set
where unit = $1 and version = $2`, unit, version)
	if err != nil || len(list) == 0 {
		return Set{Unit: unit, Version: version}, false, err
	}
	return list[0], true, nil
}

// newest is the highest version of a unit; 0 when none was published.
func newest(ctx context.Context, rd sqldb.Reader, unit int64) (int, error) {
	n, err := sqldb.Value[int64](ctx, rd, `
select coalesce(max(version), 0)
from routing_set
where unit = $1`, unit)
	return int(n), err
}

func insertSet(ctx context.Context, tx *sqldb.Tx, s Set) error {
	return tx.Insert(ctx, "routing_set", setColumns, []any{s.Unit, s.Version, sqldb.JSON(s.Rules), s.Base, s.By, s.At})
}

// keepDraft writes the draft of a unit; base is kept from the first time.
func keepDraft(ctx context.Context, tx *sqldb.Tx, s Set) error {
	_, err := tx.Exec(ctx, `
insert into routing_set (unit, version, rules, base, by_person, at)
values ($1, 0, $2, $3, $4, $5)
on conflict (unit, version) do update set rules = excluded.rules, by_person = excluded.by_person, at = excluded.at`,
		s.Unit, sqldb.JSON(s.Rules), s.Base, s.By, s.At)
	return err
}

func dropDraft(ctx context.Context, tx *sqldb.Tx, unit int64) error {
	_, err := tx.Exec(ctx, `
delete from routing_set
where unit = $1 and version = 0`, unit)
	return err
}

// makeTurn gives a rule the row that remembers whose turn it was.
func makeTurn(ctx context.Context, tx *sqldb.Tx, rule int64) error {
	_, err := tx.Exec(ctx, `
insert into routing_turn (id, person)
values ($1, null)
on conflict (id) do nothing`, rule)
	return err
}

func lastTurn(ctx context.Context, rd sqldb.Reader, rule int64) (int64, error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, `
select coalesce(person, 0)
from routing_turn
where id = $1`, rule)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

func takeTurn(ctx context.Context, tx *sqldb.Tx, rule, person int64) error {
	_, err := tx.Exec(ctx, `
update routing_turn
set person = $2
where id = $1`, rule, person)
	return err
}

// skill is what one person of a unit can do.
type skill struct {
	person int64
	name   string
}

func skillsIn(ctx context.Context, rd sqldb.Reader, unit int64) ([]skill, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x skill, err error) { return x, row.Scan(&x.person, &x.name) }, `
select person, skill
from routing_skill
where unit = $1
order by person, skill
limit 5000`, unit)
}

func skilled(ctx context.Context, rd sqldb.Reader, unit int64, name string) ([]int64, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id int64, err error) { return id, row.Scan(&id) }, `
select person
from routing_skill
where unit = $1 and skill = $2
order by person
limit 500`, unit, name)
}

func replaceSkills(ctx context.Context, tx *sqldb.Tx, unit int64, list []skill) error {
	if _, err := tx.Exec(ctx, `
delete from routing_skill
where unit = $1`, unit); err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{unit, x.person, x.name}
	}
	return tx.Insert(ctx, "routing_skill", "unit, person, skill", rows...)
}
