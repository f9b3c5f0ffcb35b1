package promise

import (
	"context"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// listed is a page of a list: one more than the limit.
func listed(ctx context.Context, rd sqldb.Reader, sc scope) ([]Promise, error) {
	q := sqldb.Select("select " + columns + "\nfrom promise")
	sc.narrow(q)
	if sc.dueOrder {
		q.Where("closed_at is null")
		if sc.after != nil {
			q.Where("(due, id) > (?, ?)", sc.after[0], sc.after[1])
		}
		q.OrderBy("due, id")
	} else {
		if sc.after != nil {
			q.Where("(made_at, id) < (?, ?)", sc.after[0], sc.after[1])
		}
		q.OrderBy("made_at desc, id desc")
	}
	return sqldb.AllQ(ctx, rd, scan, q.Limit(sc.limit+1))
}

// narrow adds the filter's conditions and what the eye may see.
func (sc scope) narrow(q *sqldb.Query) {
	if len(sc.states) > 0 {
		q.In("state", sc.states)
	}
	if len(sc.givers) > 0 {
		q.In("giver_unit", sc.givers)
	}
	if len(sc.receivers) > 0 {
		q.In("receiver_unit", sc.receivers)
	}
	if sc.about != (access.Subject{}) {
		q.Where("about_kind = ? and about_id = ?", sc.about.Kind, sc.about.ID)
	}
	if sc.number != 0 {
		q.Where("number = ?", sc.number)
	} else if sc.Q != "" {
		q.Where("lower(what) like ? escape '\\'", "%"+likeEscape.Replace(strings.ToLower(sc.Q))+"%")
	}
	if sc.State == "overdue" {
		q.Where("due < ?", sc.now)
	}
	if !sc.DueFrom.IsZero() {
		q.Where("due >= ?", sc.DueFrom)
	}
	if !sc.DueBefore.IsZero() {
		q.Where("due < ?", sc.DueBefore)
	}
	sc.visible(q)
}

// visible is the eye's view as a condition. Of a confidential one units see nothing.
func (sc scope) visible(q *sqldb.Query) {
	var parts []string
	var args []any
	add := func(cond string, more ...any) { parts, args = append(parts, cond), append(args, more...) }
	in := func(cond string, ids []int64) {
		if len(ids) > 0 {
			list := padded(ids)
			add(cond+" in ("+strings.TrimSuffix(strings.Repeat("?, ", len(list)), ", ")+")", list...)
		}
	}
	switch sc.View {
	case ViewGiven:
		add("giver = ?", sc.person)
	case ViewReceived:
		add("receiver = ?", sc.person)
		in("receiver is null and receiver_unit", sc.speaks)
	case ViewUnit:
		in("not confidential and giver_unit", sc.serves)
		in("not confidential and receiver_unit", sc.serves)
		if len(parts) == 0 {
			add("1 = 0")
		}
	default:
		add("giver = ?", sc.person)
		add("receiver = ?", sc.person)
		if sc.all {
			add("not confidential")
			break
		}
		in("receiver is null and receiver_unit", sc.speaks)
		in("not confidential and giver_unit", sc.serves)
		in("not confidential and receiver_unit", sc.asks)
	}
	q.Where("("+strings.Join(parts, " or ")+")", args...)
}

// padded repeats the last id up to a power of two: heads of so many and so many units share few statements.
func padded(ids []int64) []any {
	out := make([]any, 0, 2*len(ids))
	for _, id := range ids {
		out = append(out, id)
	}
	for len(out)&(len(out)-1) != 0 {
		out = append(out, out[len(out)-1])
	}
	return out
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// rateBetween counts the promises from units to units that were due in a time, without those about something confidential.
func rateBetween(ctx context.Context, rd sqldb.Reader, givers, receivers []int64, from, to, now time.Time) (Rate, error) {
	rows, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (countRow, error) {
		var c countRow
		err := row.Scan(&c.state, &c.n, &c.moved, &c.late)
		return c, err
	}, sqldb.Select("select state, count(*), sum(case when moves > 0 then 1 else 0 end), sum(case when due < ? then 1 else 0 end)\nfrom promise", now).
		In("giver_unit", givers).In("receiver_unit", receivers).Where("not confidential").Where("due >= ?", from).Where("due < ?", to).GroupBy("state"))
	var r Rate
	for _, c := range rows {
		r.add(c)
	}
	return r, err
}

type countRow struct {
	state          string
	n, moved, late int64
}

func (r *Rate) add(c countRow) {
	r.Moved += c.moved
	switch State(c.state) {
	case StateKept:
		r.Kept += c.n
	case StatePartly:
		r.Partly += c.n
	case StateBroken:
		r.Broken += c.n
	case StateUnsaid:
		r.Unsaid += c.n
	case StateWithdrawn:
		r.Withdrawn += c.n
	default:
		r.Open, r.Overdue = r.Open+c.n, r.Overdue+c.late
	}
}

// waitedFor lists what the person, or a unit that the person heads, was promised and nobody has judged, the next due first.
func waitedFor(ctx context.Context, rd sqldb.Reader, person int64, heads []int64, limit int) ([]Promise, error) {
	q := sqldb.Select("select " + columns + "\nfrom promise").Where("closed_at is null")
	if len(heads) == 0 {
		q.Where("receiver = ?", person)
	} else {
		list := padded(heads)
		q.Where("(receiver = ? or receiver is null and receiver_unit in ("+strings.TrimSuffix(strings.Repeat("?, ", len(list)), ", ")+"))", append([]any{person}, list...)...)
	}
	return sqldb.AllQ(ctx, rd, scan, q.OrderBy("due, id").Limit(limit))
}

// entriesBetween lists, for the account of a relation, the promises from units to units that were kept or broken, when their
// receivers said so; none about something confidential.
func entriesBetween(ctx context.Context, rd sqldb.Reader, givers, receivers []int64, since time.Time) ([]relation.Happened, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (relation.Happened, error) {
		h := relation.Happened{Kind: relation.PromiseKept, N: 1}
		var state string
		err := row.Scan(&state, &h.At)
		if State(state) == StateBroken {
			h.Kind = relation.PromiseBroken
		}
		return h, err
	}, sqldb.Select("select state, closed_at\nfrom promise").In("giver_unit", givers).In("receiver_unit", receivers).Where("not confidential").
		In("state", []string{string(StateKept), string(StateBroken)}).Where("closed_at >= ?", since))
}

// entriesOfAll lists what entriesBetween says of two units, of all of them.
func entriesOfAll(ctx context.Context, rd sqldb.Reader, since time.Time) ([]relation.Between, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (relation.Between, error) {
		x := relation.Between{Happened: relation.Happened{Kind: relation.PromiseKept, N: 1}}
		var state string
		err := row.Scan(&x.Provider, &x.Customer, &state, &x.At)
		if State(state) == StateBroken {
			x.Kind = relation.PromiseBroken
		}
		return x, err
	}, sqldb.Select("select giver_unit, receiver_unit, state, closed_at\nfrom promise").Where("receiver_unit is not null").Where("not confidential").
		In("state", []string{string(StateKept), string(StateBroken)}).Where("closed_at >= ?", since).OrderBy("id"))
}
