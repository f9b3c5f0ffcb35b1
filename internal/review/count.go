package review

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/request"
)

// Accuracies counts, for every service, providing unit or edge whose numbers the actor may see, what was accepted in the span
// while a plan was on, and what reviews say of it.
func (s *Service) Accuracies(ctx context.Context, by string, span request.Span) ([]Accuracy, error) {
	var bad fault.Fields
	if !slices.Contains([]string{request.ByService, request.ByUnit, request.ByEdge}, by) {
		bad.Add("by", "review.by-unknown")
	}
	if !span.From.Before(span.To) {
		bad.Add("to", "review.span-empty")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	all, units, err := s.Request.Numbers(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.count(ctx, by, span, 0)
	return slices.DeleteFunc(rows, func(a Accuracy) bool {
		return !all && !slices.Contains(units, a.Provider) && (by != request.ByEdge || !slices.Contains(units, a.Customer))
	}), err
}

// AccuracyOf is the row of one service; without any acceptance an empty one. It asks for no right: who may see the page of
// the service may see what its samples say.
func (s *Service) AccuracyOf(ctx context.Context, sv *catalog.Service, span request.Span) (Accuracy, error) {
	rows, err := s.count(ctx, request.ByService, span, sv.ID)
	if err != nil || len(rows) == 0 {
		return Accuracy{Key: sv.ID, Provider: sv.Unit, Target: sv.Standard.Accuracy}, err
	}
	return rows[0], nil
}

// count folds the counts of the database into rows, in order of key.
func (s *Service) count(ctx context.Context, by string, span request.Span, service int64) ([]Accuracy, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var cells []counted
	var pairs []pair
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if cells, err = countCases(ctx, rd, by, span, service); err != nil {
			return err
		}
		pairs, err = countPairs(ctx, rd, by, span, service)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows := fold(cells, pairs, func(id int64) float64 {
		if sv, ok := snap.ByID(id); ok {
			return sv.Standard.Accuracy
		}
		return 0
	})
	if by == request.ByService { // a declined request has gone to another provider
		for i := range rows {
			if sv, ok := snap.ByID(rows[i].Key); ok {
				rows[i].Provider = sv.Unit
			}
		}
	}
	return rows, nil
}

// fold adds counts up; targetOf is the target of a service.
func fold(cells []counted, pairs []pair, targetOf func(int64) float64) []Accuracy {
	rows := map[int64]*Accuracy{}
	targets := map[int64][]float64{}
	for _, c := range cells {
		a := rows[c.Key]
		if a == nil {
			a = &Accuracy{Key: c.Key, Provider: c.Provider, Customer: c.Customer}
			rows[c.Key] = a
		}
		a.add(c)
		if t := targetOf(c.Service); !slices.Contains(targets[c.Key], t) {
			targets[c.Key] = append(targets[c.Key], t)
		}
	}
	for _, p := range pairs {
		if a := rows[p.Key]; a != nil {
			a.Pairs[slices.Index(Verdicts, p.First)][slices.Index(Verdicts, p.Second)] += p.N
		}
	}
	out := make([]Accuracy, 0, len(rows))
	for key, a := range rows {
		if a.Differ = len(targets[key]) > 1; !a.Differ {
			a.Target = targets[key][0]
		}
		out = append(out, *a)
	}
	sorting.By(out, func(a, b Accuracy) int { return int(min(1, max(-1, a.Key-b.Key))) })
	return out
}

func (a *Accuracy) add(c counted) {
	a.Accepted += c.N
	if c.State != Passed && c.State != Over {
		a.Drawn += c.N
	}
	switch c.State {
	case Open, Split:
		a.Open += c.N
	case Lapsed:
		a.Lapsed += c.N
	case Dropped:
		a.Dropped += c.N
	}
	switch c.Result {
	case Correct:
		a.Correct += c.N
	case Partly:
		a.Partly += c.N
	case Wrong:
		a.Wrong += c.N
	}
}

// Line is a case in a list, as its reader may see it: Result, Mine and Words are empty for whoever may not know of them.
type Line struct {
	Case
	Can   bool // the reader may open the case
	Due   bool // the reader may judge it now
	Mine  Verdict
	Words []string // what judges let the serving side read, or all of it for the quality office
}

// List are cases, newest acceptance first: for the quality office all but the own work, for all others those that they judge,
// and of the units whose numbers they see what is finished, without what was said but for the words that they may read.
func (s *Service) List(ctx context.Context, f Filter, cursor string) (web.Page[Line], error) {
	var page web.Page[Line]
	n, err := s.narrow(ctx, f, cursor)
	if err != nil {
		return page, err
	}
	sc, err := s.scope(ctx)
	if err != nil {
		return page, err
	}
	limit := n.Limit
	n.Limit++
	var lines []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		cases, err := listCases(ctx, rd, sc, n)
		if err != nil {
			return err
		}
		lines, err = s.lines(ctx, rd, sc, cases)
		return err
	})
	return web.Cut(lines, limit, func(l Line) string { return web.Cursor(l.AcceptedAt.UnixMilli(), l.ID) }), err
}

func (s *Service) scope(ctx context.Context) (scope, error) {
	a := actor.From(ctx)
	sc := scope{me: a.Person, all: a.System || a.Has("quality")}
	if sc.all {
		return sc, nil
	}
	all, units, err := s.Request.Numbers(ctx)
	if err != nil || !all {
		sc.units = units
		return sc, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return sc, err
	}
	for _, u := range tree.All() {
		sc.units = append(sc.units, u.ID)
	}
	return sc, nil
}

// narrow checks a filter and finds what its codes mean.
func (s *Service) narrow(ctx context.Context, f Filter, cursor string) (narrowed, error) {
	n := narrowed{Filter: f}
	var bad fault.Fields
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return n, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return n, err
	}
	if f.Service != "" {
		if sv, ok := snap.ByCode(f.Service); ok {
			n.service = sv.ID
		} else {
			bad.Add("service", "review.service-unknown")
		}
	}
	for _, x := range []struct {
		name, code string
		to         *int64
	}{{"provider", f.Provider, &n.provider}, {"customer", f.Customer, &n.customer}} {
		if x.code == "" {
			continue
		}
		if u, ok := tree.ByCode(x.code); ok {
			*x.to = u.ID
		} else {
			bad.Add(x.name, "review.unit-unknown")
		}
	}
	if f.State != "" && !slices.Contains(DrawnStates, f.State) {
		bad.Add("state", "review.state-unknown")
	}
	if f.Result != "" && !slices.Contains(Verdicts, f.Result) {
		bad.Add("result", "review.verdict-unknown")
	}
	if f.Result != "" && !actor.From(ctx).Has("quality") { // the answer would give away what was said of a case
		bad.Add("result", "review.result-quality")
	}
	if n.Before, err = web.ParseCursor(cursor, 2); err != nil {
		return n, err
	}
	return n, bad.Err()
}

// lines are the cases with what the reader may know of each.
func (s *Service) lines(ctx context.Context, rd sqldb.Reader, sc scope, cases []Case) ([]Line, error) {
	ids := make([]int64, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	given, err := judgementsOf(ctx, rd, ids...)
	if err != nil {
		return nil, err
	}
	by := map[ID][]Judgement{}
	for _, j := range given {
		by[j.Case] = append(by[j.Case], j)
	}
	quality, err := s.Org.Holders(ctx, rd, "quality")
	if err != nil {
		return nil, err
	}
	isQuality := slices.Contains(quality, sc.me)
	out := make([]Line, len(cases))
	for i, c := range cases {
		out[i] = lineOf(c, by[c.ID], sc.me, isQuality, seatOf(seats(c, by[c.ID], quality), sc.me) > 0)
	}
	return out, nil
}

// lineOf hides what the reader may not know of a case.
func lineOf(c Case, given []Judgement, me int64, quality, due bool) Line {
	quality = quality && c.Server != me // of the own work nobody learns more than the counts
	l := Line{Case: c, Due: due, Can: quality || me != 0 && c.Asker == me || judged(given, me)}
	for _, j := range given {
		if j.Person == me {
			l.Mine = j.Verdict
		}
		if c.State == Done && j.Word != "" && (quality || j.Share) {
			l.Words = append(l.Words, j.Word)
		}
	}
	if !quality {
		l.Result, l.Asker = "", 0
	}
	return l
}

// idList writes ids of our own into a statement.
func idList(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ", ")
}
