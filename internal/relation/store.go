package relation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// edgeRow is an edge as the matrix knows it.
type edgeRow struct {
	ID                 ID
	Provider, Customer org.ID
	Observed, Declared bool
	Standing           Standing
}

// exists says that the edge is to be shown: work ran over it, it is declared, or its sides speak of it.
func (e edgeRow) exists() bool {
	return e.there() || e.Standing == Proposed || e.Standing == Confirmed || e.Standing == Disputed
}

// there says that something other than words speaks for the edge.
func (e edgeRow) there() bool { return e.Observed || e.Declared }

const edgeColumns = `id, provider, customer, observed_at, declared_at, standing`

func scanEdge(r sqldb.Row) (edgeRow, error) {
	var e edgeRow
	var observed, declared int64
	var standing string
	err := r.Scan(&e.ID, &e.Provider, &e.Customer, &observed, &declared, &standing)
	e.Observed, e.Declared, e.Standing = observed != 0, declared != 0, Standing(standing)
	return e, err
}

// observe gets or makes the edge; first says that no work had run over it before. A first time is one statement.
func observe(ctx context.Context, tx *sqldb.Tx, provider, customer org.ID) (e edgeRow, first bool, err error) {
	e, err = sqldb.One(ctx, tx, scanEdge, `
		insert into edge (id, provider, customer, observed_at, declared_at)
		values ($1, $2, $3, $4, 0)
		on conflict (provider, customer) do update
		set observed_at = excluded.observed_at
		where edge.observed_at = 0
		returning `+edgeColumns,
		tx.NewID(), provider, customer, tx.Now)
	if err == nil || !errors.Is(err, fault.ErrNotFound) {
		return e, err == nil, err
	}
	e, err = sqldb.One(ctx, tx, scanEdge, `
		select `+edgeColumns+`
		from edge
		where provider = $1 and customer = $2`, provider, customer)
	return e, false, err
}

func allEdges(ctx context.Context, rd sqldb.Reader) ([]edgeRow, error) {
	return sqldb.All(ctx, rd, scanEdge, `select `+edgeColumns+` from edge order by id`)
}

// setDeclared makes the edge when it is missing and notes whether it is declared.
func setDeclared(ctx context.Context, tx *sqldb.Tx, provider, customer org.ID, declared bool) (edgeRow, error) {
	at := int64(0)
	if declared {
		at = tx.Now.UnixMilli()
	}
	return sqldb.One(ctx, tx, scanEdge, `
		insert into edge (id, provider, customer, observed_at, declared_at)
		values ($1, $2, $3, 0, $4)
		on conflict (provider, customer) do update
		set declared_at = excluded.declared_at
		returning `+edgeColumns,
		tx.NewID(), provider, customer, at)
}

func addContact(ctx context.Context, tx *sqldb.Tx, edge ID, person org.ID, at time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into edge_contact (edge, person, last_at, n)
		values ($1, $2, $3, 1)
		on conflict (edge, person) do update
		set n = edge_contact.n + 1,
		  last_at = case when excluded.last_at > edge_contact.last_at then excluded.last_at else edge_contact.last_at end`,
		edge, person, at)
	return err
}

// edgesAtOnce is how many edges one statement names: between the upper units of a large company there are more than a
// statement takes arguments.
const edgesAtOnce = 2048

// edgesByName is up to how many edges are looked for one by one in each month; of more, all edges of the months are read.
const edgesByName = 256

// monthsByName is up to how many months a statement names; a longer span, which an address may ask for, is a range.
const monthsByName = 512

// Ends are the provider and the customer of edges, by id.
func Ends(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID][2]org.ID, error) {
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (e [3]ID, err error) { return e, row.Scan(&e[0], &e[1], &e[2]) },
		sqldb.Select("select id, provider, customer\nfrom edge").In("id", ids))
	out := make(map[ID][2]org.ID, len(rows))
	for _, e := range rows {
		out[e[0]] = [2]org.ID{e[1], e[2]}
	}
	return out, err
}

// contacts lists who worked on the edges, the latest first.
func contacts(ctx context.Context, rd sqldb.Reader, edges []ID, limit int) ([]Person, error) {
	var all []Person
	for some := range slices.Chunk(edges, edgesAtOnce) {
		part, err := contactsOn(ctx, rd, some, nil, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	if len(edges) <= edgesAtOnce {
		return all, nil
	}
	latest := merged(all, func(a, b Person) Person { return a }) // whose last contact is among the latest of all is among those of a part
	if len(latest) > limit {
		latest = latest[:limit]
	}
	var people []org.ID
	for _, p := range latest {
		people = append(people, p.ID)
	}
	all = nil
	for some := range slices.Chunk(edges, edgesAtOnce) {
		part, err := contactsOn(ctx, rd, some, people, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return merged(all, func(a, b Person) Person { a.N += b.N; return a }), nil
}

// merged makes one of the entries of a person, the latest first; into joins an older entry to a later one.
func merged(list []Person, into func(later, older Person) Person) []Person {
	sorting.By(list, func(a, b Person) int { return cmp.Or(b.LastAt.Compare(a.LastAt), cmp.Compare(a.ID, b.ID)) })
	var out []Person
	for _, p := range list {
		if i := slices.IndexFunc(out, func(o Person) bool { return o.ID == p.ID }); i >= 0 {
			out[i] = into(out[i], p)
			continue
		}
		out = append(out, p)
	}
	return out
}

// contactsOn is contacts on few edges; of these people alone when any are given.
func contactsOn(ctx context.Context, rd sqldb.Reader, edges []ID, people []org.ID, limit int) ([]Person, error) {
	q := sqldb.Select(`
		select c.person, p.no, p.name, p.name_en, p.position, p.unit, max(c.last_at), cast(sum(c.n) as bigint)
		from edge_contact c
		join org_person_v p on p.id = c.person`).
		In("c.edge", edges).
		Where("p.active").
		GroupBy("c.person, p.no, p.name, p.name_en, p.position, p.unit").
		OrderBy("max(c.last_at) desc, c.person").
		Limit(limit)
	if people != nil {
		q = q.In("c.person", people)
	}
	return sqldb.AllQ(ctx, rd, func(r sqldb.Row) (Person, error) {
		var p Person
		err := r.Scan(&p.ID, &p.No, &p.Name, &p.NameEn, &p.Position, &p.Unit, &p.LastAt, &p.N)
		return p, err
	}, q)
}

// statements caches the text of upserts by table and the counters they touch.
var statements sync.Map

type statementKey struct {
	table string
	mask  uint32
}

// addTally adds the counters that are not zero to the day and to its month: two statements.
func addTally(ctx context.Context, tx *sqldb.Tx, edge ID, day int64, c counters) error {
	if err := addTo(ctx, tx, "tally_day", edge, day, c); err != nil {
		return err
	}
	return addTo(ctx, tx, "tally_month", edge, day/100, c)
}

// addTo adds the counters that are not zero to a row of a tally table; at is the day or the month.
func addTo(ctx context.Context, tx *sqldb.Tx, table string, edge ID, at int64, c counters) error {
	var mask uint32
	args := make([]any, 2, 2+len(c))
	args[0], args[1] = edge, at
	for i, n := range c {
		if n != 0 {
			mask |= 1 << i
			args = append(args, n)
		}
	}
	if mask == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, tallyStatement(table, mask), args...)
	return err
}

func tallyStatement(table string, mask uint32) string {
	key := statementKey{table, mask}
	if text, ok := statements.Load(key); ok {
		return text.(string)
	}
	unit, conflict := "day", "edge, day"
	if table == "tally_month" {
		unit, conflict = "month", "month, edge"
	}
	var cols, vals, sets strings.Builder
	n := 2
	for i, name := range counterColumns {
		if mask&(1<<i) == 0 {
			continue
		}
		n++
		cols.WriteString(", " + name)
		vals.WriteString(", $" + strconv.Itoa(n))
		if sets.Len() > 0 {
			sets.WriteString(", ")
		}
		sets.WriteString(name + " = " + table + "." + name + " + excluded." + name)
	}
	text := `insert into ` + table + ` (edge, ` + unit + cols.String() + `) values ($1, $2` + vals.String() + `) on conflict (` + conflict +
		`) do update set ` + sets.String()
	statements.Store(key, text)
	return text
}

var counterList = strings.Join(counterColumns[:], ", ")

var counterSums = func() string {
	sums := make([]string, len(counterColumns))
	for i, c := range counterColumns {
		sums[i] = "cast(sum(" + c + ") as bigint)"
	}
	return strings.Join(sums, ", ")
}()

// tallyRow is one row of either tally table: at is the month or the day.
type tallyRow struct {
	edge ID
	at   int64
	c    counters
}

func scanTally(r sqldb.Row) (tallyRow, error) {
	var t tallyRow
	c := &t.c
	err := r.Scan(&t.edge, &t.at, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8], &c[9], &c[10], &c[11], &c[12], &c[13], &c[14],
		&c[15], &c[16], &c[17], &c[18])
	return t, err
}

// monthRows reads a month: all of it, or only the edges given.
func monthRows(ctx context.Context, rd sqldb.Reader, month int64, edges []ID, fn func(tallyRow) error) error {
	q := sqldb.Select("select "+sqldb.Pack("edge, month, "+counterList)+"\nfrom tally_month").Where("month = ?", month)
	if edges != nil {
		q = q.In("edge", edges)
	}
	text, args := q.SQL()
	return eachTally(ctx, rd, fn, text, args...)
}

// dayRows reads the days from..to of the edges, or of all edges when none are given: one row per edge, added up.
func dayRows(ctx context.Context, rd sqldb.Reader, from, to int64, edges []ID) ([]tallyRow, error) {
	days := func() *sqldb.Query {
		return sqldb.Select(`
		select t.edge, cast(0 as bigint), `+counterSums+`
		from edge e
		join tally_day t on t.edge = e.id`).
			Where("t.day between ? and ?", from, to).
			GroupBy("t.edge")
	}
	if edges == nil {
		return sqldb.AllQ(ctx, rd, scanTally, days())
	}
	var rows []tallyRow
	for some := range slices.Chunk(edges, edgesAtOnce) {
		part, err := sqldb.AllQ(ctx, rd, scanTally, days().In("e.id", some))
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	return rows, nil
}

// A tally is kept by days and by months.
type times struct{ table, column string }

var (
	byDay   = times{"tally_day", "day"}
	byMonth = times{"tally_month", "month"}
)

// timesOf adds up the edges per day or month, in order.
func timesOf(ctx context.Context, rd sqldb.Reader, by times, edges []ID, from, to int64) ([]tallyRow, error) {
	var list []tallyRow
	for some := range slices.Chunk(edges, edgesAtOnce) {
		q := sqldb.Select("select cast(0 as bigint), " + by.column + ", " + counterSums + " from " + by.table)
		if by == byMonth && len(some) <= edgesByName && monthsIn(from, to) <= monthsByName { // months lie by month: each edge is found in each, and no other is read
			q.In(by.column, monthsFrom(from, to))
		} else {
			q.Where(by.column+" between ? and ?", from, to)
		}
		part, err := sqldb.AllQ(ctx, rd, scanTally, q.
			In("edge", some).
			GroupBy(by.column).
			OrderBy(by.column))
		if err != nil {
			return nil, err
		}
		for _, row := range part {
			list = addTime(list, row)
		}
	}
	return list, nil
}

// allTimes adds up all edges per day or month, in order.
func allTimes(ctx context.Context, rd sqldb.Reader, by times, from, to int64) ([]tallyRow, error) {
	return sqldb.AllQ(ctx, rd, scanTally, sqldb.Select("select cast(0 as bigint), "+by.column+", "+counterSums+" from "+by.table).
		Where(by.column+" between ? and ?", from, to).
		GroupBy(by.column).
		OrderBy(by.column))
}

// addTime adds a row to those of its day or month, which stand in order.
func addTime(list []tallyRow, row tallyRow) []tallyRow {
	i, known := slices.BinarySearchFunc(list, row.at, func(m tallyRow, at int64) int { return cmp.Compare(m.at, at) })
	if !known {
		return slices.Insert(list, i, row)
	}
	for n, x := range row.c {
		list[i].c[n] += x
	}
	return list
}

func eachTally(ctx context.Context, rd sqldb.Reader, fn func(tallyRow) error, text string, args ...any) error {
	return sqldb.Each(ctx, rd, func(r sqldb.Row) error {
		t, err := scanTally(r)
		if err != nil {
			return err
		}
		return fn(t)
	}, text, args...)
}

// eachDay reads every row of the daily tallies.
func eachDay(ctx context.Context, rd sqldb.Reader, fn func(tallyRow) error) error {
	return eachTally(ctx, rd, fn, `select edge, day, `+counterList+` from tally_day order by edge, day`)
}

// daysSince reads the daily tallies of a range of days.
func daysSince(ctx context.Context, rd sqldb.Reader, from, to int64, fn func(tallyRow) error) error {
	return eachTally(ctx, rd, fn, `select edge, day, `+counterList+` from tally_day where day between $1 and $2 order by edge, day`, from, to)
}

// eachMonth reads every row of the monthly tallies.
func eachMonth(ctx context.Context, rd sqldb.Reader, fn func(tallyRow) error) error {
	return eachTally(ctx, rd, fn, `select edge, month, `+counterList+` from tally_month order by month, edge`)
}

// unproven says whether all tallies are to be proven, because they began to count something new.
func unproven(ctx context.Context, rd sqldb.Reader) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `select count(*) from tally_unproven`)
	return n > 0, err
}

func proven(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `delete from tally_unproven`)
	return err
}

// deliveredSince asks each edge for its own days: the tallies have no order by day.
func deliveredSince(ctx context.Context, rd sqldb.Reader, day int64) ([]org.ID, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id org.ID, err error) { return id, row.Scan(&id) }, `
select distinct e.provider
from edge e
where exists (select 1 from tally_day t where t.edge = e.id and t.day >= $1 and t.delivered > 0)`, day)
}
