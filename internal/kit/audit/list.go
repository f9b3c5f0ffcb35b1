package audit

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// Filter chooses entries; zero fields do not narrow.
type Filter struct {
	SubjectKind string // with Subject
	Subject     int64
	Actor       int64
	Kind        string    // of the event; ending in '.', everything that begins so: "org."
	From, To    time.Time // not before, and before
	Before      int64     // entries with N below this
	Limit       int       // 1 to 500; 0: 50
}

func (f Filter) size() int {
	if f.Limit <= 0 || f.Limit > 500 {
		return 50
	}
	return f.Limit
}

// looked is how many rows a page looks through at most: the trail has no index by kind, so that every event pays for less.
const looked = 20_000

// List is the newest entries that match, newest first. next is the Before of the following page; 0 says that there are
// no more. A page looks through at most 20 000 rows, and may have fewer entries than asked, or none, and still a next.
func (t *Trail) List(ctx context.Context, f Filter) (list []Entry, next int64, err error) {
	err = t.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		low, high, err := between(ctx, rd, f)
		if err != nil || high <= low {
			return err
		}
		if f.Actor == 0 && f.Subject == 0 && f.Kind != "" && high-looked > low {
			low, next = high-looked, high-looked
		}
		list, err = sqldb.AllQ(ctx, rd, scanEntry, f.query(low, high).Limit(f.size()+1))
		if err != nil {
			return err
		}
		if len(list) > f.size() {
			list = list[:f.size()]
			next = list[f.size()-1].N
		}
		return nil
	})
	return list, next, err
}

// query selects what matches among the rows low ≤ n < high.
func (f Filter) query(low, high int64) *sqldb.Query {
	q := sqldb.Select("select "+entryColumns+"\nfrom audit").Where("n >= ?", low).Where("n < ?", high).OrderBy("n desc")
	if f.SubjectKind != "" {
		q.Where("subject_kind = ?", f.SubjectKind)
	}
	if f.Subject != 0 {
		q.Where("subject = ?", f.Subject)
	}
	if f.Actor != 0 {
		q.Where("actor = ?", f.Actor)
	}
	if !f.From.IsZero() {
		q.Where("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q.Where("at < ?", f.To)
	}
	switch begins, ok := strings.CutSuffix(f.Kind, "."); {
	case ok:
		q.Where("kind >= ?", begins+".").Where("kind < ?", begins+"/") // '/' follows '.'
	case f.Kind != "":
		q.Where("kind = ?", f.Kind)
	}
	return q
}

// slack is how far the order of the chain and the order of time may differ: two processes commit out of step.
const slack = 1000

// between is where in the chain the filter's time lies: low ≤ n < high, a little wider than asked.
func between(ctx context.Context, rd sqldb.Reader, f Filter) (low, high int64, err error) {
	end, err := sqldb.One(ctx, rd, scanHead, headText)
	if err != nil {
		return 0, 0, err
	}
	low, high = 1, end.n+1
	if !f.To.IsZero() {
		to, err := firstAt(ctx, rd, f.To, end.n)
		if err != nil {
			return 0, 0, err
		}
		high = min(high, to+slack)
	}
	if !f.From.IsZero() {
		from, err := firstAt(ctx, rd, f.From, end.n)
		if err != nil {
			return 0, 0, err
		}
		low = max(low, from-slack)
	}
	if f.Before > 0 {
		high = min(high, f.Before)
	}
	return low, high, nil
}

// firstAt finds the first entry at or after a moment by halving: the chain is in the order of time, but for the slack.
func firstAt(ctx context.Context, rd sqldb.Reader, at time.Time, end int64) (int64, error) {
	low, high := int64(1), end+1
	for low < high {
		middle := (low + high) / 2
		found, err := sqldb.All(ctx, rd, scanTime, "select at from audit where n >= $1 order by n limit 1", middle)
		if err != nil {
			return 0, err
		}
		if len(found) > 0 && found[0].Before(at) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

func scanTime(row sqldb.Row) (at time.Time, err error) { return at, row.Scan(&at) }

// ActedIn says whether anything in the trail was done by somebody.
func ActedIn(ctx context.Context, rd sqldb.Reader, person int64) (bool, error) {
	return sqldb.Value[bool](ctx, rd, `select exists (select 1 from audit where actor = $1)`, person)
}
