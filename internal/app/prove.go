package app

import (
	"context"
	"fmt"

	"neike/internal/kit/sqldb"
	"neike/internal/relation"
)

// prove lists what doctor looks at and what replay rebuilds. A room that keeps derived rows has a line in each. The
// checks that take long stand first: doctor runs two at a time, and none should be left to run alone.
func (a *App) prove() {
	a.checks = []Check{
		{Name: "database", Run: a.checkDatabase},
		{Name: "audit", Run: a.checkTrail},
		{Name: "clocks", Run: a.checkClocks},
		{Name: "requests", Run: a.checkRequests},
		{Name: "tallies", Run: a.checkTallies},
		{Name: "followers", Run: a.checkFollowers},
		{Name: "jobs", Run: a.checkJobs},
		{Name: "deep", Run: a.checkDeep, Asked: true},
	}
	a.replayers = []Replayer{
		{"clocks", func(ctx context.Context) (int, error) {
			r, err := a.Clock.Replay(ctx, nil)
			return r.Wrong, err
		}},
		{"tallies", func(ctx context.Context) (int, error) { return a.Relation.Repair(ctx, a.Request.Tallies()) }},
	}
}

func (a *App) checkDatabase(ctx context.Context) ([]Problem, error) {
	return damage(a.DB.QuickCheck(ctx))
}

// checkDeep is checkDatabase with every index compared with its table; it runs when asked for by name.
func (a *App) checkDeep(ctx context.Context) ([]Problem, error) {
	return damage(a.DB.Check(ctx))
}

func damage(err error) ([]Problem, error) {
	if err == nil {
		return nil, nil
	}
	return []Problem{{"database", err.Error()}}, nil
}

func (a *App) checkRequests(ctx context.Context) ([]Problem, error) {
	flaws, err := a.Request.Check(ctx)
	var problems []Problem
	for _, f := range flaws {
		problems = append(problems, Problem{"request " + f.Number, f.What})
	}
	return problems, err
}

func (a *App) checkClocks(ctx context.Context) ([]Problem, error) {
	r, err := a.Clock.Check(ctx, nil)
	if err != nil || r.Wrong == 0 {
		return nil, err
	}
	problems := []Problem{}
	for _, d := range r.Examples {
		problems = append(problems, Problem{fmt.Sprintf("%s %d", d.Subject.Kind, d.Subject.ID), fmt.Sprintf("%+v", d)})
	}
	if more := r.Wrong - len(problems); more > 0 {
		problems = append(problems, Problem{"clocks", fmt.Sprintf("and %d more", more)})
	}
	return problems, nil
}

func (a *App) checkTallies(ctx context.Context) (problems []Problem, err error) {
	var diffs []relation.Difference
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		diffs, err = a.Relation.Recount(ctx, rd, a.Request.Tallies())
		return err
	})
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for i, d := range diffs {
		if i == 100 {
			problems = append(problems, Problem{"tallies", fmt.Sprintf("and %d more", len(diffs)-i)})
			break
		}
		provider, _ := tree.ByID(d.Provider) // an edge names two units
		customer, _ := tree.ByID(d.Customer)
		problems = append(problems, Problem{
			fmt.Sprintf("%s → %s, %d", provider.Code, customer.Code, d.Day+d.Month),
			fmt.Sprintf("have %+v, want %+v", d.Have, d.Want)})
	}
	return problems, nil
}

func (a *App) checkFollowers(ctx context.Context) (problems []Problem, err error) {
	stuck, err := a.Bus.Stuck(ctx)
	for _, s := range stuck {
		problems = append(problems, Problem{s.Follower, fmt.Sprintf("stands at event %d after %d tries: %s", s.Seq, s.Tries, s.Error)})
	}
	return problems, err
}

func (a *App) checkJobs(ctx context.Context) (problems []Problem, err error) {
	dead, err := a.Jobs.Dead(ctx)
	for _, d := range dead {
		problems = append(problems, Problem{fmt.Sprintf("%s %d", d.Kind, d.ID), fmt.Sprintf("given up after %d tries: %s", d.Tries, d.Error)})
	}
	return problems, err
}

func (a *App) checkTrail(ctx context.Context) (problems []Problem, err error) {
	report, err := a.Trail.Verify(ctx)
	for _, f := range report.Findings {
		problems = append(problems, Problem{fmt.Sprintf("entry %d", f.N), f.What})
	}
	return problems, err
}
