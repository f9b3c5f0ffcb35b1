package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// placeColumns are where a request was asked from.
const placeColumns = "place, place_code, place_zh, place_en"

// countOpenAt counts what is open at one place and not confidential, what goes along with another once with it, up to a hundred.
func countOpenAt(ctx context.Context, rd sqldb.Reader, place int64) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from (
	select 1
	from request r
	where place = $1 and place is not null and closed_at is null and confidential = false and `+notAlong+`
	limit 100) open_here`, place)
}

// atPlace is the condition that a request was asked from a place, or from one under it.
func (sc scope) atPlace() (string, []any) {
	if sc.exactly {
		return "r.place = ?", []any{sc.spot.ID}
	}
	from, to := sc.spot.Under()
	return "r.place in (\n\tselect p.id\n\tfrom place_v p\n\twhere p.path >= ? and p.path < ?)", []any{from, to}
}

// narrowPlace adds the condition on the place, unless it has chosen the rows already.
func (sc scope) narrowPlace(q *sqldb.Query) {
	if sc.spot.ID != 0 && !sc.placed {
		cond, args := sc.atPlace()
		q.Where(cond, args...)
	}
}

// fewAt says whether so few were ever asked from a place that a list begins with those; else it is walked in its own order until
// the page is full.
func (sc scope) fewAt(ctx context.Context, rd sqldb.Reader) (bool, error) {
	cond, args := sc.atPlace()
	text, args := sqldb.Select("select 1\nfrom request r").Where(cond, args...).Limit(narrowList + 1).SQL()
	n, err := sqldb.Value[int](ctx, rd, "select count(*)\nfrom (\n"+text+") here", args...)
	return n <= narrowList, err
}

// byPlace is a page of a list in the order of the places, those without one left out. queue says that it is what is open in the
// units that the eye serves.
func byPlace(ctx context.Context, rd sqldb.Reader, sc scope, queue bool) ([]Line, error) {
	sc.now = rd.Instant()
	q := sqldb.Select("select " + lineColumns + "\nfrom place_v p\ncross join request r").Where("r.place = p.id")
	if queue {
		q.Where("r.closed_at is null").Where(notAlong).In("r.unit", sc.serves)
		if !sc.DueBefore.IsZero() {
			q.Where("r.next_due < ?", sc.DueBefore)
			sc.DueBefore = noTime
		}
	}
	if sc.spot.ID != 0 {
		from, to := sc.spot.Under()
		q.Where("p.path >= ?", from).Where("p.path < ?", to)
		sc.placed = true
	}
	order, than := "p.path, r.id", ">"
	if sc.sortDown {
		order, than = "p.path desc, r.id desc", "<"
	}
	if sc.after != nil {
		q.Where("(p.path, r.id) "+than+" (\n\tselect l.path, x.id\n\tfrom request x\n\tjoin place_v l on l.id = x.place\n\twhere x.id = ?)", sc.after[1])
	}
	return sqldb.AllQ(ctx, rd, scanLine, sc.narrow(q, queue).OrderBy(order).Limit(sc.limit+1))
}
