package routing

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/place"
)

const dryJob = "routing.dry-run"

// A dry run of few requests is finished at once; of more it is a job that rests as long as a page took. It only reads until its
// end: cut off, it begins anew. More than dryMost requests are too many: a shorter span tells as much.
const (
	dryAtOnce = 1000
	dryPage   = 500
	dryMost   = 200_000
	dryKept   = 30 * 24 * time.Hour
	dryDays   = 366
)

// Run is a dry run of a set of rules over the requests that a unit got in [From, To).
type Run struct {
	ID          int64
	Unit        int64
	By          int64
	At          time.Time
	From, To    time.Time
	Rules       []Rule
	Done, Total int64
	Result      *Outcome // nil while it runs
}

// Outcome is what a dry run found. Counts are complete.
type Outcome struct {
	Rules  []RuleCount   `json:"rules"`  // in their order
	Queue  int64         `json:"queue"`  // would have stayed open
	Same   int64         `json:"same"`   // would have gone to who has or had it
	People []PersonCount `json:"people"` // for who may see what people have in hand
	Units  []UnitCount   `json:"units,omitempty"`
}

// RuleCount is how many a rule would have given.
type RuleCount struct {
	Rule int64 `json:"rule,string"`
	N    int64 `json:"n"`
}

// PersonCount is what one person would have had, and had.
type PersonCount struct {
	Person int64 `json:"person"`
	Would  int64 `json:"would"`
	Had    int64 `json:"had"`
	Most   int64 `json:"most"` // of those given by the run, in hand at once
}

// UnitCount is how many would have gone to a unit below.
type UnitCount struct {
	Unit int64 `json:"unit"`
	N    int64 `json:"n"`
}

// would is what a dry run decided of one request.
type would struct {
	n       int64
	request int64
	rule    int64
	person  int64
	unit    int64
	had     int64
}

// tried is a dry run while it counts.
type tried struct {
	unit   int64
	rules  []Rule
	given  map[int64]int64 // by rule
	queue  int64
	same   int64
	people map[int64]*PersonCount
	units  map[int64]int64
	turn   map[int64]int64
	hands  map[int64][]time.Time // by person: when what the run gave is off their hands; the far future while it is open
	n      int64
}

var far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func newTried(unit int64, rules []Rule) *tried {
	return &tried{unit: unit, rules: rules, given: map[int64]int64{}, people: map[int64]*PersonCount{}, units: map[int64]int64{}, turn: map[int64]int64{}, hands: map[int64][]time.Time{}}
}

// inHand is how many of what the run gave the people have in hand at a moment.
func (t *tried) inHand(people []int64, at time.Time) map[int64]int {
	out := map[int64]int{}
	for _, p := range people {
		t.hands[p] = slices.DeleteFunc(t.hands[p], func(end time.Time) bool { return !end.After(at) })
		out[p] = len(t.hands[p])
	}
	return out
}

// count adds one decision, and gives it as a row.
func (t *tried) count(p Past, d Decision) would {
	t.n++
	w := would{n: t.n, request: p.Request, person: d.Person, unit: d.Unit, had: p.Had}
	if d.Given() || d.Rule.Way == ToQueue {
		w.rule = d.Rule.ID
		t.given[w.rule]++
	}
	if !d.Given() {
		t.queue++
	}
	if p.Had != 0 {
		t.of(p.Had).Had++
	}
	if d.Unit != 0 {
		t.units[d.Unit]++
	}
	if d.Person == 0 {
		return w
	}
	if d.Person == p.Had {
		t.same++
	}
	x := t.of(d.Person)
	x.Would++
	end := p.Closed
	if end.IsZero() {
		end = far
	}
	t.inHand([]int64{d.Person}, p.At)
	t.hands[d.Person] = append(t.hands[d.Person], end)
	x.Most = max(x.Most, int64(len(t.hands[d.Person])))
	return w
}

func (t *tried) of(person int64) *PersonCount {
	x := t.people[person]
	if x == nil {
		x = &PersonCount{Person: person}
		t.people[person] = x
	}
	return x
}

func (t *tried) outcome() *Outcome {
	out := &Outcome{Queue: t.queue, Same: t.same, Rules: []RuleCount{}, People: []PersonCount{}}
	for _, r := range t.rules {
		out.Rules = append(out.Rules, RuleCount{r.ID, t.given[r.ID]})
	}
	for _, x := range t.people {
		out.People = append(out.People, *x)
	}
	sorting.By(out.People, func(a, b PersonCount) int {
		if a.Would != b.Would {
			return int(b.Would - a.Would)
		}
		return int(min(max(a.Person-b.Person, -1), 1))
	})
	for u, n := range t.units {
		out.Units = append(out.Units, UnitCount{u, n})
	}
	sorting.By(out.Units, func(a, b UnitCount) int { return int(min(max(a.Unit-b.Unit, -1), 1)) })
	return out
}

// Try begins a dry run of the unit's draft, or of its rules in force when there is none, and finishes it if it is small.
func (s *Service) Try(ctx context.Context, code string, from, to time.Time) (Run, error) {
	u, err := s.unit(ctx, code, doTry)
	if err != nil {
		return Run{}, err
	}
	run := Run{ID: s.db.NewID(), Unit: u.ID, By: actor.From(ctx).Person, At: s.db.Now(), From: from, To: to}
	var f fault.Fields
	if !from.Before(to) || to.Sub(from) > dryDays*24*time.Hour {
		f.Add("to", "routing.span", "days", dryDays)
		return run, f.Err()
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		set, there, err := setOf(ctx, rd, u.ID, 0)
		if err == nil && !there {
			var n int
			if n, err = newest(ctx, rd, u.ID); err == nil {
				set, _, err = setOf(ctx, rd, u.ID, n)
			}
		}
		if err != nil {
			return err
		}
		if run.Rules = set.Rules; len(run.Rules) == 0 {
			return fault.New(fault.Conflict, "routing.nothing-to-try")
		}
		if run.Total, err = s.requests.CountGot(ctx, rd, u.ID, from, to); err == nil && run.Total > dryMost {
			f.Add("to", "routing.too-many-requests", "count", run.Total, "max", dryMost)
			err = f.Err()
		}
		return err
	})
	if err != nil {
		return run, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := insertRun(ctx, tx, run); err != nil || run.Total <= dryAtOnce {
			return err
		}
		return s.jobs.Enqueue(ctx, tx, dryJob, run.ID)
	})
	if err != nil || run.Total > dryAtOnce {
		return run, err
	}
	if err := s.tryOut(ctx, run, false); err != nil {
		return run, err
	}
	return s.RunOf(ctx, code, run.ID)
}

// RunOf is a dry run of a unit; what it says of people is left out for who may not see that.
func (s *Service) RunOf(ctx context.Context, code string, id int64) (run Run, err error) {
	u, err := s.unit(ctx, code, doSee)
	if err != nil {
		return run, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		run, err = runByID(ctx, rd, id)
		return err
	})
	if err == nil && run.Unit != u.ID {
		return Run{}, fault.ErrNotFound
	}
	if err == nil && run.Result != nil && s.may(ctx, doLoad, u.ID) != nil {
		run.Result.People = nil
	}
	return run, err
}

// runDry is the job of a dry run.
func (s *Service) runDry(ctx context.Context, id int64) error {
	var run Run
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		run, err = runByID(ctx, rd, id)
		return err
	})
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return nil // forgotten meanwhile
	}
	if err != nil || run.Result != nil {
		return err
	}
	return s.tryOut(ctx, run, true)
}

func (s *Service) tryOut(ctx context.Context, run Run, rest bool) error {
	if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return dropCases(ctx, tx, run.ID) }); err != nil {
		return err
	}
	t := newTried(run.Unit, run.Rules)
	cached := &crews{places: map[int64]place.Place{}, agents: map[int64][]int64{}, skills: map[string][]int64{}}
	var last Past
	for {
		began := time.Now()
		var rows []would
		n := 0
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			list, err := s.requests.GotBy(ctx, rd, run.Unit, run.From, run.To, last, dryPage)
			if err != nil {
				return err
			}
			for _, p := range list {
				d, err := s.wouldBe(ctx, rd, t, cached, p)
				if err != nil {
					return err
				}
				rows = append(rows, t.count(p, d))
				last = p
			}
			n = len(list)
			return nil
		})
		if err != nil {
			return err
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := insertCases(ctx, tx, run.ID, rows); err != nil {
				return err
			}
			return runGoes(ctx, tx, run.ID, t.n)
		})
		if err != nil || n < dryPage {
			if err == nil {
				err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return runEnds(ctx, tx, run.ID, t.outcome()) })
			}
			return err
		}
		if rest {
			if err := job.Rest(ctx, time.Since(began)); err != nil {
				return err
			}
		}
	}
}

// wouldBe decides one request of the past: absence and duty of its day, turns and hands of the run.
func (s *Service) wouldBe(ctx context.Context, rd sqldb.Reader, t *tried, cached *crews, p Past) (Decision, error) {
	w := world{s: s, rd: rd, c: p.Case, cached: cached,
		turn:   func(r Rule) (int64, error) { return t.turn[r.ID], nil },
		took:   func(r Rule, person int64) error { t.turn[r.ID] = person; return nil },
		inHand: func(people []int64) (map[int64]int, error) { return t.inHand(people, p.At), nil }}
	return w.decide(ctx, Set{Unit: t.unit, Rules: t.rules})
}

// Would is one request of a dry run, as far as the actor may see it.
type Would struct {
	Shown
	Rule   int64
	Person int64 // 0 as well where the actor may not see what people would have
	Unit   int64
	Had    int64
}

// CasesOf lists what a dry run decided, in the order of the requests, after the one with a number; of one rule, or of all with
// rule < 0 (0: those that stayed open). hidden are those of the page that the actor may not see.
func (s *Service) CasesOf(ctx context.Context, code string, run Run, rule, after int64, limit int) (list []Would, hidden int, following int64, err error) {
	u, err := s.unit(ctx, code, doSee)
	if err != nil || u.ID != run.Unit {
		return nil, 0, 0, fault.ErrNotFound
	}
	var rows []would
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err = casesOf(ctx, rd, run.ID, rule, after, limit+1)
		return err
	})
	if err != nil {
		return nil, 0, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		following = rows[limit-1].n
	}
	ids := make([]int64, len(rows))
	for i, w := range rows {
		ids[i] = w.request
	}
	seen, err := s.requests.Shown(ctx, ids)
	people := s.may(ctx, doLoad, u.ID) == nil
	for _, w := range rows {
		x, ok := seen[w.request]
		if !ok {
			hidden++
			continue
		}
		one := Would{Shown: x, Rule: w.rule, Unit: w.unit}
		if people {
			one.Person, one.Had = w.person, w.had
		}
		list = append(list, one)
	}
	return list, hidden, following, err
}

// forgetRuns takes away dry runs of a month ago, few at a time.
func (s *Service) forgetRuns(ctx context.Context) error {
	for {
		var ids []int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if ids, err = oldRuns(ctx, tx, tx.Now.Add(-dryKept), 20); err != nil {
				return err
			}
			for _, id := range ids {
				if err := dropRun(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(ids) < 20 {
			return err
		}
	}
}
