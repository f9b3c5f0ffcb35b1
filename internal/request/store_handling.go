package request

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// handlingRow is what the report of handling reads of a request before its log.
type handlingRow struct {
	id      ID
	service int64
	due     time.Time
	late    bool
	along   bool
	parts   bool
	hops    int64
}

// handlingCases reads what was due in the span and is not left out of the attainment report, the last due first. Of a reader
// who sees the numbers of some units alone, of > 0, those that one of them had, or that had parts.
func handlingCases(ctx context.Context, rd sqldb.Reader, span Span, services, units []int64, limit int) ([]handlingRow, error) {
	text, args := handlingQuery(`select r.id, r.service, r.due, r.completion_is = 'breached' or r.completion_is = '' and `+running("completion")+` and r.due < ?,
	r.merged_into is not null, r.parts > 0, r.hops`, []any{rd.Instant()}, span, services, units).OrderBy("r.due desc, r.id").Limit(limit).SQL()
	return sqldb.All(ctx, rd, func(row sqldb.Row) (x handlingRow, err error) {
		return x, row.Scan(&x.id, &x.service, &x.due, &x.late, &x.along, &x.parts, &x.hops)
	}, text, args...)
}

// countHandling counts them all.
func countHandling(ctx context.Context, rd sqldb.Reader, span Span, services, units []int64) (int64, error) {
	text, args := handlingQuery("select count(*)", nil, span, services, units).SQL()
	return sqldb.Value[int64](ctx, rd, text, args...)
}

// mostHolders is how many units a reader may have whose requests alone are read; who has more reads all.
const mostHolders = 512

func handlingQuery(columns string, args []any, span Span, services, units []int64) *sqldb.Query {
	q := sqldb.Select(columns+"\nfrom request r", args...).Where("r.service in ("+numbersFor(services)+")").
		Where("r.due >= ? and r.due < ?", span.From, span.To).Where("r.completion_is <> 'excluded'")
	if n := len(units); n > 0 && n <= mostHolders {
		of := make([]any, 0, 2*n)
		for _, u := range units {
			of = append(of, u)
		}
		for n := len(of); n&(n-1) != 0; n++ { // few lengths, few statements
			of = append(of, units[0])
		}
		q.Where("(r.parts > 0 or exists (\n\tselect 1\n\tfrom hop h\n\twhere h.request = r.id and h.unit in (?"+strings.Repeat(", ?", len(of)-1)+")))", of...)
	}
	return q
}

// handlingLogs gives fn the logs of some requests one after the other, without words: what happened in the hands of whom.
func handlingLogs(ctx context.Context, rd sqldb.Reader, ids []ID, fn func([]Event) error) error {
	text, args := handlingLogsText(ids)
	var log []Event
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var e Event
		var kind, side string
		if err := row.Scan(&e.Request, &e.N, &e.At, &kind, &e.Actor, &side, &e.Unit, &e.Person, &e.Other, &e.Code); err != nil {
			return err
		}
		e.Kind, e.Side = Verb(kind), Side(side)
		if len(log) > 0 && log[0].Request != e.Request {
			if err := fn(log); err != nil {
				return err
			}
			log = log[:0]
		}
		log = append(log, e)
		return nil
	}, text, args...)
	if err != nil || len(log) == 0 {
		return err
	}
	return fn(log)
}

func handlingLogsText(ids []ID) (string, []any) {
	return sqldb.Select("select request, n, at, kind, actor, side, unit, person, other, code\nfrom request_event").In("request", ids).
		Where("kind not in ('message', 'note', 'nudge', 'rate')").OrderBy("request, n").SQL()
}

// unitsOfParts says which unit has each part of some requests.
func unitsOfParts(ctx context.Context, rd sqldb.Reader, wholes []ID) (map[ID]int64, error) {
	out := map[ID]int64{}
	if len(wholes) == 0 {
		return out, nil
	}
	text, args := partsText(wholes)
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var id ID
		var unit int64
		err := row.Scan(&id, &unit)
		out[id] = unit
		return err
	}, text, args...)
	return out, err
}

func partsText(wholes []ID) (string, []any) {
	return sqldb.Select("select r.id, r.unit\nfrom request r").In("r.parent", wholes).Where("r.parent is not null").SQL()
}
