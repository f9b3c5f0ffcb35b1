package app

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/request"
)

// named is how many problems of one check are named; the last line says how many more there are.
const named = 100

// say is a problem in the reader's words: the sentence app.doctor.KEY.
func say(ctx context.Context, where, key string, args ...any) Problem {
	return Problem{Where: where, Key: key, What: lang.T(ctx, "app.doctor."+key, args...)}
}

// values adds what a script compares.
func (p Problem) values(field, have, want string) Problem {
	p.Field, p.Have, p.Want = field, have, want
	return p
}

// rest adds a line for those that are not named.
func rest(ctx context.Context, where string, problems []Problem, all int) []Problem {
	if more := all - len(problems); more > 0 {
		last := say(ctx, where, "more", "count", more)
		last.more = more - 1
		problems = append(problems, last)
	}
	return problems
}

func damage(ctx context.Context, err error) ([]Problem, error) {
	if err == nil {
		return nil, nil
	}
	return []Problem{say(ctx, "database", "damaged", "error", err.Error())}, nil
}

func (a *App) checkRequests(ctx context.Context) (problems []Problem, err error) {
	flaws, count, err := a.Request.Check(ctx)
	if err != nil || count == 0 {
		return nil, err
	}
	for _, f := range flaws {
		if f.What == request.FlawField && (f.Field == "unit" || f.Field == "provider" || f.Field == "assignee") {
			f.Row, f.Log = a.called(ctx, f.Field, f.Row), a.called(ctx, f.Field, f.Log)
		}
		problems = append(problems, say(ctx, f.Number, "request-"+f.What, "field", f.Field, "have", f.Row, "want", f.Log).values(f.Field, f.Row, f.Log))
	}
	return rest(ctx, "requests", problems, count), nil
}

func (a *App) checkDeliveries(ctx context.Context) (problems []Problem, err error) {
	flaws, count, err := a.Delivery.Check(ctx)
	for _, f := range flaws {
		problems = append(problems, say(ctx, f.Number, "request-field", "field", f.Field, "have", f.Row, "want", f.Log).values(f.Field, f.Row, f.Log))
	}
	return rest(ctx, "deliveries", problems, count), err
}

// tallied is what proves the tallies of relation: each room that counts on an edge gives its own facts.
func (a *App) tallied() relation.Source {
	return relation.Sources{a.Request.Tallies(), a.Delivery.Tallies()}
}

// reconcile proves the counters of the last days and puts them right.
func (a *App) reconcile(ctx context.Context) error {
	wrong, err := a.Relation.Reconcile(ctx, a.tallied())
	if wrong > 0 {
		a.Log.Warn("counters were wrong and are right now", "rows", wrong)
	}
	return err
}

// called is the code of a unit or the 工号 of a person, for the id that a row holds; the id itself where there is neither.
func (a *App) called(ctx context.Context, what, text string) string {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id == 0 {
		return "-"
	}
	if what != "assignee" {
		return a.unitCode(ctx, id)
	}
	if p, err := a.Org.Person(ctx, id); err == nil {
		return p.No
	}
	return text
}

func (a *App) unitCode(ctx context.Context, id org.ID) string {
	if tree, err := a.Org.Tree(ctx); err == nil {
		if u, ok := tree.ByID(id); ok {
			return u.Code
		}
	}
	return strconv.FormatInt(id, 10)
}

func (a *App) checkClocks(ctx context.Context) ([]Problem, error) {
	r, err := a.Clock.Check(ctx, nil)
	if err != nil || r.Wrong == 0 {
		return nil, err
	}
	var ids []int64
	for _, d := range r.Examples {
		ids = append(ids, d.Subject.ID)
	}
	refs, err := a.Request.Refs(ctx, ids)
	if err != nil {
		return nil, err
	}
	more, err := a.Delivery.Refs(ctx, ids) // ids are never given twice
	if err != nil {
		return nil, err
	}
	maps.Copy(refs, more)
	problems := []Problem{}
	for _, d := range r.Examples {
		where := refs[d.Subject.ID]
		if where == "" {
			where = fmt.Sprintf("%s %d", d.Subject.Kind, d.Subject.ID)
		}
		problems = append(problems, a.sayClock(ctx, where, d))
	}
	return rest(ctx, "clocks", problems, r.Wrong), nil
}

func (a *App) sayClock(ctx context.Context, where string, d clock.Difference) Problem {
	which := lang.T(ctx, "app.doctor.clock."+d.Kind)
	if d.Unit != 0 && d.Scope == clock.HopScope {
		which = lang.T(ctx, "app.doctor.clock.of", "clock", which, "unit", a.unitCode(ctx, d.Unit))
	}
	switch d.What {
	case "missing", "orphan":
		return say(ctx, where, "clock-"+d.What, "clock", which, "state", d.Row+d.Replay).values("state", d.Row, d.Replay)
	default:
		return say(ctx, where, "clock-field", "clock", which, "field", d.What, "have", d.Row, "want", d.Replay).values(d.What, d.Row, d.Replay)
	}
}

func (a *App) checkTallies(ctx context.Context) ([]Problem, error) {
	return a.tallyProblems(ctx, "tallies", a.Relation.Recount)
}

// checkDays is checkTallies of the last days alone, as every night proves them; it runs when asked for by name.
func (a *App) checkDays(ctx context.Context) ([]Problem, error) {
	return a.tallyProblems(ctx, "days", a.Relation.RecountDays)
}

func (a *App) tallyProblems(ctx context.Context, check string, recount func(context.Context, sqldb.Reader, relation.Source) ([]relation.Difference, error)) (problems []Problem, err error) {
	var diffs []relation.Difference
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		diffs, err = recount(ctx, rd, a.tallied())
		return err
	})
	if err != nil || len(diffs) == 0 {
		return nil, err
	}
	all := 0
	for _, d := range diffs {
		for _, p := range a.sayTally(ctx, d) {
			if all++; all <= named {
				problems = append(problems, p)
			}
		}
	}
	return rest(ctx, check, problems, all), nil
}

// checkLoad proves what is kept of the work in hand and of how long services take.
func (a *App) checkLoad(ctx context.Context) (problems []Problem, err error) {
	flaws, err := a.Request.CheckLoad(ctx)
	if err != nil || len(flaws) == 0 {
		return nil, err
	}
	services, err := a.Catalog.Snapshot(ctx)
	for _, f := range flaws[:min(len(flaws), named)] {
		where := a.unitCode(ctx, f.ID)
		if s, ok := services.ByID(f.ID); ok && f.Of != "unit" {
			where = s.Code
		}
		problems = append(problems, say(ctx, where, "tally", "what", lang.T(ctx, "app.doctor.load."+f.Of), "have", f.Kept, "want", f.True))
	}
	return rest(ctx, "load", problems, len(flaws)), err
}

// sayTally says every counter of a day or month that is not what the facts add up to.
func (a *App) sayTally(ctx context.Context, d relation.Difference) (problems []Problem) {
	where := fmt.Sprintf("%s → %s, %s", a.unitCode(ctx, d.Provider), a.unitCode(ctx, d.Customer), dated(d.Day+d.Month))
	have, want := reflect.ValueOf(d.Have), reflect.ValueOf(d.Want)
	for i := range have.NumField() {
		h, w := have.Field(i).Int(), want.Field(i).Int()
		if h == w {
			continue
		}
		name := strings.ToLower(have.Type().Field(i).Name)
		problems = append(problems, say(ctx, where, "tally", "what", lang.T(ctx, "app.doctor.tally."+name), "have", h, "want", w).
			values(name, strconv.FormatInt(h, 10), strconv.FormatInt(w, 10)))
	}
	return problems
}

// dated writes 20261121 as 2026-11-21 and 202611 as 2026-11.
func dated(n int64) string {
	if n > 999999 {
		return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
	}
	return fmt.Sprintf("%04d-%02d", n/100, n%100)
}

// checkReleased compares the marks on ratings with the ledger of what was released of them.
func (a *App) checkReleased(ctx context.Context) ([]Problem, error) {
	marked, counted, err := a.Disclose.Check(ctx)
	if err != nil || marked == counted {
		return nil, err
	}
	return []Problem{say(ctx, "disclose_batch", "released", "marked", marked, "counted", counted).values("cases", strconv.FormatInt(counted, 10), strconv.FormatInt(marked, 10))}, nil
}

func (a *App) checkFollowers(ctx context.Context) (problems []Problem, err error) {
	stuck, err := a.Bus.Stuck(ctx)
	for _, s := range stuck {
		problems = append(problems, say(ctx, s.Follower, "follower", "event", s.Seq, "count", s.Tries, "error", s.Error))
	}
	return problems, err
}

func (a *App) checkJobs(ctx context.Context) (problems []Problem, err error) {
	dead, err := a.Jobs.Dead(ctx)
	for _, d := range dead {
		problems = append(problems, say(ctx, fmt.Sprintf("%s %d", d.Kind, d.ID), "job", "count", d.Tries, "error", d.Error))
	}
	return problems, err
}

func (a *App) checkTrail(ctx context.Context) (problems []Problem, err error) {
	report, err := a.Trail.Verify(ctx)
	for i, f := range report.Findings {
		if i == named {
			break
		}
		problems = append(problems, Problem{Where: lang.T(ctx, "app.doctor.entry", "n", f.N, "seq", f.Seq), Key: "trail-" + f.What, What: lang.T(ctx, "app.trail-"+f.What)})
	}
	return rest(ctx, "audit", problems, len(report.Findings)), err
}
