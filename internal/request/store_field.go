package request

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// entryRow is a row of request_field.
type entryRow struct {
	request   ID
	key       string
	value     string
	openUnit  int64
	inService int64
}

func insertEntries(ctx context.Context, tx *sqldb.Tx, rows []entryRow) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([][]any, len(rows))
	for i, x := range rows {
		values[i] = []any{x.request, x.key, x.value, x.inService, nobody(x.openUnit)}
	}
	return tx.Insert(ctx, "request_field", "request, key, value, service, open_unit", values...)
}

func deleteEntries(ctx context.Context, tx *sqldb.Tx, request ID) error {
	_, err := tx.Exec(ctx, `delete from request_field where request = $1`, request)
	return err
}

// moveEntries writes which unit holds the request; 0: it is closed.
func moveEntries(ctx context.Context, tx *sqldb.Tx, request ID, unit int64) error {
	_, err := tx.Exec(ctx, `update request_field set open_unit = $2 where request = $1`, request, nobody(unit))
	return err
}

func entriesByRequest(ctx context.Context, rd sqldb.Reader, ids []int64) (map[ID][]entryRow, error) {
	out := map[ID][]entryRow{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (entryRow, error) {
		var x entryRow
		err := row.Scan(&x.request, &x.key, &x.value, &x.inService, &x.openUnit)
		return x, err
	}, sqldb.Select("select request, key, value, service, open_unit from request_field").In("request", ids).OrderBy("request, key, value"))
	for _, x := range rows {
		out[x.request] = append(out[x.request], x)
	}
	return out, err
}

// toIndex reads the next requests by id with what indexing them needs; only those of the service have their answers.
func toIndex(ctx context.Context, rd sqldb.Reader, service int64, after ID, limit int) ([]Request, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Request, error) {
		var r Request
		err := row.Scan(&r.ID, &r.Service, &r.Unit, &r.ClosedAt, &r.Fields)
		return r, err
	}, `
select id, service, unit, closed_at, case when service = $1 then fields else '' end
from request
where id > $2
order by id
limit $3`, service, after, limit)
}

// answersOf reads the answers and the services of some requests.
func answersOf(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Request, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (Request, error) {
		var r Request
		err := row.Scan(&r.ID, &r.Service, &r.ServiceVersion, &r.Fields)
		return r, err
	}, sqldb.Select("select id, service, service_version, fields from request").In("id", ids))
}

// narrowField adds the conditions on form fields but the one that already chose the rows. Each is asked of one row after
// the other, in the order of the list: as exists it would be turned into a join of all that were ever answered so.
func (sc scope) narrowField(q *sqldb.Query) {
	for i, x := range sc.fields {
		if sc.driven && i == 0 {
			continue
		}
		cond, args := x.cond()
		q.Where("(\n\tselect true\n\tfrom request_field f\n\twhere f.request = r.id and f.key = ? and "+cond+"\n\tlimit 1)", append([]any{x.field.Key}, args...)...)
	}
}

// How many entries a condition may choose for the list to begin with them. When all conditions choose more, the list is
// walked in its own order until the page is full; of a queue that is short, of what was ever asked it is not.
const (
	narrowQueue = 1000
	narrowList  = 10_000
)

// drive puts the condition that chooses fewest first, and says whether the list is to begin with it. Column and ids say
// among which entries: those of open requests of units, or those of services.
func (sc scope) drive(ctx context.Context, rd sqldb.Reader, column string, ids []int64) (scope, bool, error) {
	if len(sc.fields) == 0 || len(ids) == 0 {
		return sc, false, nil
	}
	enough := narrowList
	if column == "open_unit" {
		enough = narrowQueue
	}
	best, few := 0, enough+1
	for i, x := range sc.fields {
		text, args := sc.entries("select 1", column, ids, x).Limit(few).SQL()
		n, err := sqldb.Value[int](ctx, rd, "select count(*)\nfrom (\n"+text+") entries", args...)
		if err != nil {
			return sc, false, err
		}
		if n < few {
			best, few = i, n
		}
		if n == 0 {
			break
		}
	}
	if few > enough {
		return sc, false, nil
	}
	sc.fields = slices.Clone(sc.fields)
	sc.fields[0], sc.fields[best] = sc.fields[best], sc.fields[0]
	return sc, true, nil
}

// entries selects from the entries of a condition.
func (sc scope) entries(what, column string, ids []int64, x fieldFilter) *sqldb.Query {
	cond, args := x.cond()
	return sqldb.Select(what+"\nfrom request_field f").In("f."+column, ids).Where("f.key = ?", x.field.Key).Where(cond, args...)
}

// drivenPart is the range of the list that the first condition chooses.
func (sc scope) drivenPart(column string, ids []int64, seen bool) part {
	x := sc.fields[0]
	cond, args := x.cond()
	list := padded(ids)
	return part{cond: "r.id in (\n\tselect f.request\n\tfrom request_field f\n\twhere f." + column + " in (" + marksFor(len(list)) + ") and f.key = ? and " + cond + ")",
		args: append(append(list, x.field.Key), args...), seen: seen, driven: true}
}

// byField is a page of a list in the order of a field. Rows come from the entries of the field in their order.
func byField(ctx context.Context, rd sqldb.Reader, sc scope, column string, ids []int64) ([]Line, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	sc.now = rd.Instant()
	q := sqldb.Select("select "+lineColumns+"\nfrom request_field f\njoin request r on r.id = f.request").
		In("f."+column, ids).Where("f.key = ?", sc.sortBy.Key)
	if column == "open_unit" {
		q.Where("r.closed_at is null").Where(notAlong)
		if !sc.DueBefore.IsZero() {
			q.Where("r.next_due < ?", sc.DueBefore)
			sc.DueBefore = noTime
		}
	}
	if i := slices.IndexFunc(sc.fields, func(x fieldFilter) bool { return x.field.Key == sc.sortBy.Key }); i >= 0 {
		cond, args := sc.fields[i].cond()
		q.Where(cond, args...)
		sc.fields = slices.Delete(slices.Clone(sc.fields), i, i+1)
	}
	order, than := "f.value, f.request", ">"
	if sc.sortDown {
		order, than = "f.value desc, f.request desc", "<"
	}
	if sc.after != nil {
		last, err := entriesByRequest(ctx, rd, []int64{sc.after[1]})
		if err != nil {
			return nil, err
		}
		value := ""
		for _, x := range last[sc.after[1]] {
			if x.key == sc.sortBy.Key {
				value = x.value
			}
		}
		q.Where("(f.value, f.request) "+than+" (?, ?)", value, sc.after[1])
	}
	return sqldb.AllQ(ctx, rd, scanLine, sc.narrow(q, column == "open_unit").OrderBy(order).Limit(sc.limit+1))
}

// peopleByNo names people by 工号.
func peopleByNo(ctx context.Context, rd sqldb.Reader, nos []string) (map[string]org.Person, error) {
	out := map[string]org.Person{}
	if len(nos) == 0 {
		return out, nil
	}
	people, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (org.Person, error) {
		var p org.Person
		err := row.Scan(&p.ID, &p.No, &p.Name, &p.NameEn)
		return p, err
	}, sqldb.Select("select id, no, name, name_en from org_person_v").In("no", nos))
	for _, p := range people {
		out[p.No] = p
	}
	return out, err
}
