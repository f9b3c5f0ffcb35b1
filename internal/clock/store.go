package clock

import (
	"context"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

const columns = `subject_kind, subject, scope, kind, unit, calendar, version, target_value, target_unit, target_seconds,
  state, started_at, due_at, ended_at, breached_at, paused_at, elapsed_seconds, paused_seconds, provisional, by_change, announce_at, step, step_at`

const width = 23 // of columns

// What changes of a clock that has a row. A breach that was announced is not announced again, but each turn of the
// customer's words is: it is another beginning of the same clock. A share that is used and was
// not told is looked at at once. A new row, and a new turn, tells only what comes.
const onConflict = `
on conflict (subject_kind, subject, scope, kind, unit) do update
set calendar = excluded.calendar, version = excluded.version,
  target_value = excluded.target_value, target_unit = excluded.target_unit, target_seconds = excluded.target_seconds,
  state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at, ended_at = excluded.ended_at,
  breached_at = excluded.breached_at, paused_at = excluded.paused_at,
  elapsed_seconds = excluded.elapsed_seconds, paused_seconds = excluded.paused_seconds,
  provisional = excluded.provisional, by_change = excluded.by_change,
  announce_at = case when clock.announced and clock.started_at = excluded.started_at then null else excluded.announce_at end,
  announced = clock.announced and clock.started_at = excluded.started_at,
  step = case when clock.started_at = excluded.started_at then clock.step else excluded.step end,
  step_at = case when excluded.step_at is null or clock.started_at <> excluded.started_at or clock.step >= excluded.step then excluded.step_at else 0 end`

// few is the upserts of one to eight rows.
var few = func() (texts [9]string) {
	for n := 1; n < len(texts); n++ {
		texts[n] = upsert(n)
	}
	return texts
}()

func upsert(rows int) string {
	var b strings.Builder
	b.WriteString("insert into clock (" + columns + ")\nvalues ")
	for i := 0; i < rows*width; i++ {
		switch {
		case i == 0:
			b.WriteString("($1")
			continue
		case i%width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	b.WriteString(")" + onConflict)
	return b.String()
}

func save(ctx context.Context, tx *sqldb.Tx, subject Subject, states []State) error {
	args := make([]any, 0, 3*width)
	for i := range states {
		if s := &states[i]; s.HasTarget() {
			args = s.row(args, subject)
		}
	}
	return saveRows(ctx, tx, args)
}

// saveRows writes rows of width arguments each, few at a time.
func saveRows(ctx context.Context, tx *sqldb.Tx, args []any) error {
	for len(args) > 0 {
		n := min(len(args)/width, len(few)-1)
		if _, err := tx.Exec(ctx, few[n], args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

// row appends the columns of a state.
func (s *State) row(args []any, subject Subject) []any {
	return append(args, subject.Kind, subject.ID, s.Scope, s.Kind, s.Unit, s.Calendar, s.Version,
		s.Target.Value, s.Target.Unit, s.TargetSeconds(), s.State, s.StartedAt, s.DueAt, s.EndedAt, s.BreachedAt, s.PausedAt,
		s.ElapsedSeconds(), s.PausedSeconds(), s.Provisional, s.ByChange, s.announceAt(), s.Step, s.StepAt)
}

// announceAt is when a breach is to be announced unless something happens; zero: not at all.
func (s *State) announceAt() time.Time {
	if s.State == Running || s.State == Breached {
		return s.DueAt
	}
	return time.Time{}
}

// Row is a clock as it lies in the table.
type Row struct {
	Subject Subject
	State
	targetSeconds, elapsedSeconds, pausedSeconds int64
	announceAt                                   time.Time
}

func scanRow(row sqldb.Row) (Row, error) {
	var r Row
	err := row.Scan(&r.Subject.Kind, &r.Subject.ID, &r.Scope, &r.Kind, &r.Unit, &r.Calendar, &r.Version,
		&r.Target.Value, &r.Target.Unit, &r.targetSeconds, &r.State.State, &r.StartedAt, &r.DueAt, &r.EndedAt, &r.BreachedAt, &r.PausedAt,
		&r.elapsedSeconds, &r.pausedSeconds, &r.Provisional, &r.ByChange, &r.announceAt, &r.Step, &r.StepAt)
	r.Budget = time.Duration(r.targetSeconds) * time.Second
	r.Elapsed, r.Paused = time.Duration(r.elapsedSeconds)*time.Second, time.Duration(r.pausedSeconds)*time.Second
	return r, err
}

// Rows are the stored clocks of a subject: as of their last change, so a clock that runs has counted on since. Empty for
// a subject without targets.
func Rows(ctx context.Context, rd sqldb.Reader, subject Subject) ([]Row, error) {
	return between(ctx, rd, subject.Kind, subject.ID-1, subject.ID)
}

// between reads the rows of subjects after one up to another.
func between(ctx context.Context, rd sqldb.Reader, kind string, after, upTo int64) ([]Row, error) {
	return sqldb.All(ctx, rd, scanRow, `
		select `+sqldb.Pack(columns)+`
		from clock
		where subject_kind = $1
		  and subject > $2
		  and subject <= $3
		order by subject, scope, kind, unit`, kind, after, upTo)
}

// wake is in SQL when a clock is to be looked at next, for its breach or for a share of its time: the expression of an index. All
// that is to be looked at by now is in the beginning of that index, whichever of the two it waits for.
const wake = "(case when announce_at < step_at or step_at is null then announce_at else step_at end)"

// breachText reads what breach marks.
const breachText = `
		    select subject_kind, subject, scope, kind, unit
		    from clock
		    where ` + wake + ` < $1
		      and announce_at < $1
		    order by ` + wake + `
		    limit $2`

// breach marks due clocks as breached and announced, at most limit of them, and gives what is to be announced.
func breach(ctx context.Context, tx *sqldb.Tx, limit int) ([]WasBreached, error) {
	return sqldb.All(ctx, tx, func(row sqldb.Row) (e WasBreached, err error) {
		err = row.Scan(&e.Subject.Kind, &e.Subject.ID, &e.Scope, &e.Kind, &e.Unit, &e.DueAt, &e.ByChange, &e.Calendar)
		return e, err
	}, `
		update clock
		set state = case when state = 'running' then 'breached' else state end,
		  breached_at = due_at, announced = true, announce_at = null
		where (subject_kind, subject, scope, kind, unit) in (`+breachText+`)
		  and announce_at < $1
		returning subject_kind, subject, scope, kind, unit, due_at, by_change, calendar`, tx.Now, limit)
}

// open lists subjects after one with clocks of calendars that have not ended.
func open(ctx context.Context, rd sqldb.Reader, kind string, codes []string, after int64, limit int) ([]int64, error) {
	text, args := sqldb.Select("select distinct subject from clock").Where("subject_kind = ?", kind).Where("subject > ?", after).
		Where("ended_at is null").In("calendar", codes).OrderBy("subject").Limit(limit).SQL()
	return sqldb.All(ctx, rd, scanSubject, text, args...)
}

// behind lists subjects after one with clocks that have not ended and were counted with a version of a calendar before
// the one given.
func behind(ctx context.Context, rd sqldb.Reader, kind, code string, version int, after int64, limit int) ([]int64, error) {
	return sqldb.All(ctx, rd, scanSubject, `
		select distinct subject
		from clock
		where subject_kind = $1
		  and subject > $2
		  and calendar = $3
		  and version < $4
		  and ended_at is null
		order by subject
		limit $5`, kind, after, code, version, limit)
}

func scanSubject(row sqldb.Row) (id int64, err error) {
	err = row.Scan(&id)
	return id, err
}

// remove deletes the row of a clock.
func remove(ctx context.Context, tx *sqldb.Tx, r Row) error {
	_, err := tx.Exec(ctx, `
		delete from clock
		where subject_kind = $1
		  and subject = $2
		  and scope = $3
		  and kind = $4
		  and unit = $5`, r.Subject.Kind, r.Subject.ID, r.Scope, r.Kind, r.Unit)
	return err
}

// steppingText reads what stepping lists. The key begins with subject_kind, which hardly tells one clock from another: the
// concatenation keeps it out of the plan.
const steppingText = `
		select subject, kind
		from clock
		where ` + wake + ` <= $1
		  and step_at <= $1
		  and subject_kind || '' = $2
		  and scope = 'customer'
		order by ` + wake + `
		limit $3`

// stepping lists clocks of customers that are to be looked at, the longest waiting first.
func stepping(ctx context.Context, tx *sqldb.Tx, kind string, limit int) ([]stepped, error) {
	return sqldb.All(ctx, tx, func(row sqldb.Row) (d stepped, err error) {
		err = row.Scan(&d.subject, &d.kind)
		return d, err
	}, steppingText, tx.Now, kind, limit)
}

// stepsOf is what was told of the clocks of some customers.
func stepsOf(ctx context.Context, rd sqldb.Reader, kind string, ids []int64) (map[stepped]int, error) {
	out := make(map[stepped]int, len(ids))
	text, args := sqldb.Select("select subject, kind, step from clock").Where("subject_kind = ?", kind).In("subject", ids).Where("scope = ?", Customer).SQL()
	return out, sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var c stepped
		var step int
		err := row.Scan(&c.subject, &c.kind, &step)
		out[c] = step
		return err
	}, text, args...)
}

func setStep(ctx context.Context, tx *sqldb.Tx, kind string, c stepped, step int, at time.Time) error {
	_, err := tx.Exec(ctx, `
		update clock
		set step = $4, step_at = $5
		where subject_kind = $1
		  and subject = $2
		  and kind = $3
		  and step_at is not null`, kind, c.subject, c.kind, step, at)
	return err
}
