package org

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/sqldb"
)

const personColumns = `id, no, name, name_en, phone, email, position, unit, manager, active, locale, revision`

func scanPerson(row sqldb.Row) (Person, error) {
	var p Person
	err := row.Scan(&p.ID, &p.No, &p.Name, &p.NameEn, &p.Phone, &p.Email, &p.Position, &p.Unit, &p.Manager, &p.Active, &p.Locale, &p.Revision)
	return p, err
}

func personByID(ctx context.Context, rd sqldb.Reader, id ID) (Person, error) {
	return sqldb.One(ctx, rd, scanPerson, `select `+sqldb.Pack(personColumns)+` from org_person where id = $1`, id)
}

func personByNo(ctx context.Context, rd sqldb.Reader, no string) (Person, error) {
	return sqldb.One(ctx, rd, scanPerson, `select `+sqldb.Pack(personColumns)+` from org_person where no = $1`, no)
}

func peopleByNo(ctx context.Context, rd sqldb.Reader, nos []string) ([]Person, error) {
	return sqldb.AllQ(ctx, rd, scanPerson, sqldb.Select(`select `+sqldb.Pack(personColumns)+` from org_person`).In("no", nos))
}

func peopleByID(ctx context.Context, rd sqldb.Reader, ids []ID) ([]Person, error) {
	return sqldb.AllQ(ctx, rd, scanPerson, sqldb.Select(`select `+sqldb.Pack(personColumns)+` from org_person`).In("id", ids))
}

// peopleAfter lists people by id; unit 0 means any, members of a unit include those for whom it is not the main one.
func peopleAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, withInactive bool, limit int) ([]Person, error) {
	q := sqldb.Select(`select `+sqldb.Pack(personColumns)+` from org_person`).Where("id > ?", after).OrderBy("id").Limit(limit)
	if unit != 0 {
		q = q.Where(`id in (select person from org_member where unit = ? and (until is null or until > ?))`, unit, rd.Instant())
	}
	if !withInactive {
		q = q.Where("active")
	}
	return sqldb.AllQ(ctx, rd, scanPerson, q)
}

// eachName reads what everybody who is here is called, by id.
func eachName(ctx context.Context, rd sqldb.Reader, fn func(named)) error {
	return sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var n named
		err := row.Scan(&n.id, &n.name, &n.full, &n.latin)
		fn(n)
		return err
	}, `select id, name, name_key, latin_key from org_person where active order by id`)
}

// peopleByKey finds active people whose 工号, name, pinyin, initials or English name begins with the key: one short
// index range each; unit 0 means any. Among the members of one unit a name is found by its middle, too, when that finds
// nobody.
func peopleByKey(ctx context.Context, rd sqldb.Reader, key string, unit ID, limit int) ([]Person, error) {
	low := latinKey(key)
	ranges := []struct{ column, from string }{{"no", key}, {"name", key}}
	if low != "" {
		ranges = append(ranges, []struct{ column, from string }{{"name_key", low}, {"initials", low}, {"latin_key", low}}...)
	}
	var found []Person
	seen := map[ID]bool{}
	for _, r := range ranges {
		people, err := sqldb.AllQ(ctx, rd, scanPerson, peopleIn(rd, unit).
			Where(r.column+" >= ? and "+r.column+" < ?", r.from, r.from+"\U0010FFFF").OrderBy(r.column).Limit(limit))
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if !seen[p.ID] && len(found) < limit {
				seen[p.ID] = true
				found = append(found, p)
			}
		}
	}
	if len(found) > 0 || unit == 0 || !inMiddle(low) {
		return found, nil
	}
	return peopleHaving(ctx, rd, key, low, unit, limit)
}

// peopleHaving reads every member of the unit (0: everybody) for a key in the middle of a name.
func peopleHaving(ctx context.Context, rd sqldb.Reader, key, low string, unit ID, limit int) ([]Person, error) {
	return sqldb.AllQ(ctx, rd, scanPerson, peopleIn(rd, unit).
		Where("replace(name, ?, '') <> name or replace(name_key, ?, '') <> name_key or replace(latin_key, ?, '') <> latin_key", key, low, low).OrderBy("id").Limit(limit))
}

// peopleIn selects active people, the members of the unit unless it is 0.
func peopleIn(rd sqldb.Reader, unit ID) *sqldb.Query {
	q := sqldb.Select(`select ` + sqldb.Pack(personColumns) + ` from org_person`).Where("active")
	if unit != 0 {
		q.Where(`id in (select person from org_member where unit = ? and (until is null or until > ?))`, unit, rd.Instant())
	}
	return q
}

const personInsertColumns = `id, no, name, name_en, name_key, initials, latin_key, phone, email, position, unit, manager, manager_no, locale, active, revision`

func insertPeople(ctx context.Context, tx *sqldb.Tx, people []Person, managerNos []string) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		full, initials := nameKeys(p.Name)
		pending := ""
		if managerNos != nil {
			pending = managerNos[i]
		}
		rows[i] = []any{p.ID, p.No, p.Name, p.NameEn, full, initials, latinKey(p.NameEn), p.Phone, p.Email, p.Position, p.Unit,
			orNull(p.Manager), pending, p.Locale, p.Active, 1}
	}
	return tx.Insert(ctx, "org_person", personInsertColumns, rows...)
}

func updatePerson(ctx context.Context, tx *sqldb.Tx, p Person, managerNo string) error {
	full, initials := nameKeys(p.Name)
	_, err := tx.Exec(ctx, `
update org_person
set no = $2, name = $3, name_en = $4, name_key = $5, initials = $6, latin_key = $7, phone = $8, email = $9, position = $10,
  unit = $11, manager = $12, manager_no = $13, locale = $14, active = $15, revision = revision + 1
where id = $1`,
		p.ID, p.No, p.Name, p.NameEn, full, initials, latinKey(p.NameEn), p.Phone, p.Email, p.Position, p.Unit,
		orNull(p.Manager), managerNo, p.Locale, p.Active)
	return err
}

// touchPerson makes a new revision after memberships or roles were set.
func touchPerson(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, `update org_person set revision = revision + 1 where id = $1`, id)
	return err
}

func setLocale(ctx context.Context, tx *sqldb.Tx, id ID, locale string) (int64, error) {
	return tx.Exec(ctx, `update org_person set locale = $2, revision = revision + 1 where id = $1`, id, locale)
}

// settleManagers gives people of an import their manager when the manager came later in the file.
func settleManagers(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `
update org_person
set manager = (select m.id from org_person m where m.no = org_person.manager_no), manager_no = ''
where manager is null and manager_no <> ''
  and exists (select 1 from org_person m where m.no = org_person.manager_no)`)
	return err
}

func scanMembership(row sqldb.Row) (Membership, error) {
	var m Membership
	err := row.Scan(&m.Person, &m.Unit, &m.Main, &m.Position, &m.Until)
	return m, err
}

func membershipsOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]Membership, error) {
	list, err := sqldb.AllQ(ctx, rd, scanMembership,
		sqldb.Select(`select person, unit, main, position, until from org_member`).In("person", people).OrderBy("person, main desc, unit"))
	if err != nil {
		return nil, err
	}
	out := make(map[ID][]Membership, len(people))
	for _, m := range list {
		out[m.Person] = append(out[m.Person], m)
	}
	return out, nil
}

func rolesOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]Role, error) {
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (heldRole, error) {
		var h heldRole
		err := row.Scan(&h.person, &h.role.Code, &h.role.Scope, &h.role.Unit)
		return h, err
	}, sqldb.Select(`select person, code, scope, unit from org_role`).In("person", people).OrderBy("person, code, scope"))
	if err != nil {
		return nil, err
	}
	out := make(map[ID][]Role, len(people))
	for _, h := range list {
		out[h.person] = append(out[h.person], h.role)
	}
	return out, nil
}

func replaceMemberships(ctx context.Context, tx *sqldb.Tx, person ID, list []Membership) error {
	if _, err := tx.Exec(ctx, `delete from org_member where person = $1`, person); err != nil {
		return err
	}
	return insertMemberships(ctx, tx, list)
}

func insertMemberships(ctx context.Context, tx *sqldb.Tx, list []Membership) error {
	rows := make([][]any, len(list))
	for i, m := range list {
		rows[i] = []any{m.Person, m.Unit, m.Main, m.Position, m.Until}
	}
	return tx.Insert(ctx, "org_member", "person, unit, main, position, until", rows...)
}

// headsOf are the heads of several units at a moment: of each the head first, then acting heads, then people with the
// role head for it.
func headsOf(ctx context.Context, rd sqldb.Reader, units []ID, now time.Time) (map[ID][]ID, error) {
	type headed struct{ unit, person ID }
	scan := func(row sqldb.Row) (headed, error) {
		var h headed
		err := row.Scan(&h.unit, &h.person)
		return h, err
	}
	heads := map[ID][]ID{}
	for _, q := range []*sqldb.Query{
		sqldb.Select(`select u.id, u.head
from org_unit u
join org_person p on p.id = u.head`).In("u.id", units).Where("p.active"),
		sqldb.Select(`select a.unit, a.person
from org_acting a
join org_person p on p.id = a.person`).In("a.unit", units).Where("a.starts <= ?", now).Where("(a.ends is null or a.ends > ?)", now).
			Where("p.active").OrderBy("a.starts, a.person"),
		sqldb.Select(`select r.unit, r.person
from org_role r
join org_person p on p.id = r.person`).In("r.unit", units).Where("r.code = 'head'").Where("p.active").OrderBy("r.person"),
	} {
		list, err := sqldb.AllQ(ctx, rd, scan, q)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			if !slices.Contains(heads[h.unit], h.person) {
				heads[h.unit] = append(heads[h.unit], h.person)
			}
		}
	}
	return heads, nil
}

func holdersIn(ctx context.Context, rd sqldb.Reader, unit ID, role string) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select r.person
from org_role r
join org_person p on p.id = r.person
where r.unit = $1 and r.code = $2 and p.active
order by r.person`, unit, role)
}

// holdersAt are those who hold a role in one of the units.
func holdersAt(ctx context.Context, rd sqldb.Reader, units []ID, role string) ([]ID, error) {
	return sqldb.AllQ(ctx, rd, scanID, sqldb.Select("select distinct r.person from org_role r join org_person p on p.id = r.person").
		Where("r.code = ?", role).Where("p.active").In("r.unit", units).OrderBy("r.person"))
}

func holdersOf(ctx context.Context, rd sqldb.Reader, code string) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select r.person
from org_role r
join org_person p on p.id = r.person
where r.code = $1 and r.scope = '' and p.active
order by r.person`, code)
}

func ownersOf(ctx context.Context, rd sqldb.Reader, service string) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
select r.person
from org_role r
join org_person p on p.id = r.person
where r.code = 'owner' and r.scope = $1 and p.active
order by r.person
limit 50`, service)
}

// membersOf lists the first of a unit's active members by id, all when most is 0.
func membersOf(ctx context.Context, rd sqldb.Reader, unit ID, now time.Time, most int) ([]ID, error) {
	return sqldb.AllQ(ctx, rd, scanID, sqldb.Select(`
select m.person
from org_member m
join org_person p on p.id = m.person`).Where("m.unit = ?", unit).Where("p.active").
		Where("m.until is null or m.until > ?", now).OrderBy("m.person").Limit(most))
}

// memberCounts is the number of active members per unit, main memberships and others.
func memberCounts(ctx context.Context, rd sqldb.Reader) (map[ID]int, error) {
	counts := map[ID]int{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var unit ID
		var n int
		err := row.Scan(&unit, &n)
		counts[unit] = n
		return err
	}, `
select m.unit, count(*)
from org_member m
join org_person p on p.id = m.person
where p.active and (m.until is null or m.until > $1)
group by m.unit`, rd.Instant())
	return counts, err
}

func countActive(ctx context.Context, rd sqldb.Reader) (int, error) {
	return sqldb.Value[int](ctx, rd, `select count(*) from org_person where active`)
}

const pendingManager = `select manager_no from org_person where id = $1`

// heldRole is a role with its person, for many at once.
type heldRole struct {
	person ID
	role   Role
}

func insertHeldRoles(ctx context.Context, tx *sqldb.Tx, list []heldRole) error {
	rows := make([][]any, len(list))
	for i, h := range list {
		rows[i] = []any{h.person, h.role.Code, h.role.Scope, h.role.Unit}
	}
	return tx.Insert(ctx, "org_role", "person, code, scope, unit", rows...)
}

func pendingManagers(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]string, error) {
	type pending struct {
		id ID
		no string
	}
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (pending, error) {
		var p pending
		err := row.Scan(&p.id, &p.no)
		return p, err
	}, sqldb.Select(`select id, manager_no from org_person`).In("id", ids).Where("manager_no <> ''"))
	if err != nil {
		return nil, err
	}
	out := make(map[ID]string, len(list))
	for _, p := range list {
		out[p.id] = p.no
	}
	return out, nil
}
