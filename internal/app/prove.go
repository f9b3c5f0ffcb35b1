package app

import "context"

// Proofs are the names of the checks of doctor, and Replays of what replay rebuilds: for whoever types one.
var (
	Proofs  = []string{"database", "audit", "clocks", "requests", "deliveries", "tallies", "load", "released", "followers", "jobs", "notices", "days", "deep"}
	Replays = []string{"clocks", "requests", "deliveries", "tallies", "load", "days"}
)

// prove lists what doctor looks at and what replay rebuilds. A room that keeps derived rows has a line in each. The
// checks that take long stand first: doctor runs two at a time, and none should be left to run alone.
func (a *App) prove() {
	a.checks = []Check{
		{Name: "database", Run: a.checkDatabase},
		{Name: "audit", Run: a.checkTrail},
		{Name: "clocks", Run: a.checkClocks},
		{Name: "requests", Run: a.checkRequests},
		{Name: "deliveries", Run: a.checkDeliveries},
		{Name: "tallies", Run: a.checkTallies},
		{Name: "load", Run: a.checkLoad},
		{Name: "released", Run: a.checkReleased},
		{Name: "followers", Run: a.checkFollowers},
		{Name: "jobs", Run: a.checkJobs},
		{Name: "notices", Run: a.checkNotices},
		{Name: "days", Run: a.checkDays, Asked: true},
		{Name: "deep", Run: a.checkDeep, Asked: true},
	}
	a.replayers = []Replayer{
		{"clocks", func(ctx context.Context) (int, error) {
			r, err := a.Clock.Replay(ctx, nil)
			return r.Wrong, err
		}},
		{"requests", a.Request.Repair},
		{"deliveries", a.Delivery.Repair},
		{"tallies", func(ctx context.Context) (int, error) { return a.Relation.Repair(ctx, a.tallied()) }},
		{"load", a.Request.RepairLoad},
		{"days", func(ctx context.Context) (int, error) { return a.Relation.Reconcile(ctx, a.tallied()) }},
	}
}

func (a *App) checkDatabase(ctx context.Context) ([]Problem, error) {
	return damage(ctx, a.DB.QuickCheck(ctx))
}

// checkDeep is checkDatabase with every index compared with its table; it runs when asked for by name.
func (a *App) checkDeep(ctx context.Context) ([]Problem, error) {
	return damage(ctx, a.DB.Check(ctx))
}
