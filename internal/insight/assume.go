package insight

import (
	"context"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Assumption is what the company holds of an act, or a budget of it.
type Assumption struct {
	Code    string // act:CODE or budget:CODE
	Name    lang.Text
	Role    Role // "" of a budget
	Seconds int
	Usual   int // what the house assumes
	Set     bool
	At      time.Time // when the company said it
}

// AssumptionWasSet says that the company holds another number true.
type AssumptionWasSet struct {
	Code string `json:"code"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// EventKind is the name of the event in the log.
func (AssumptionWasSet) EventKind() string { return "insight.assumption-was-set" }

// EventSubject names the company: it is its assumption.
func (AssumptionWasSet) EventSubject() (string, int64) { return "company", 1 }

func actKey(code string) string { return "act:" + code }

// usualSeconds is what is assumed while the company says nothing.
func (s *Service) usualSeconds() map[string]int {
	out := map[string]int{}
	for _, b := range budgets {
		out[b.code] = b.seconds
	}
	for _, a := range s.acts {
		out[actKey(a.Code)] = a.Seconds
	}
	return out
}

// assumed is what holds now.
func (s *Service) assumed(ctx context.Context, rd sqldb.Reader) (map[string]int, error) {
	out := s.usualSeconds()
	list, err := assumptions(ctx, rd)
	for _, x := range list {
		if _, ok := out[x.code]; ok {
			out[x.code] = x.seconds
		}
	}
	return out, err
}

// Assumptions are all of them: budgets, then acts by role.
func (s *Service) Assumptions(ctx context.Context) ([]Assumption, error) {
	var list []said
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = assumptions(ctx, rd)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.assumptionsFrom(list), nil
}

func (s *Service) assumptionsFrom(list []said) (out []Assumption) {
	set := map[string]said{}
	for _, x := range list {
		set[x.code] = x
	}
	add := func(a Assumption) {
		a.Seconds = a.Usual
		if x, ok := set[a.Code]; ok {
			a.Seconds, a.Set, a.At = x.seconds, true, x.at
		}
		out = append(out, a)
	}
	for _, b := range budgets {
		add(Assumption{Code: b.code, Usual: b.seconds})
	}
	for _, role := range Roles {
		for _, a := range s.acts {
			if a.Role == role {
				add(Assumption{Code: actKey(a.Code), Name: a.Name, Role: role, Usual: a.Seconds})
			}
		}
	}
	return out
}

// Assume sets what the company holds true; what is not named stays. All that is wrong comes at once, by code. What was counted is
// counted again.
func (s *Service) Assume(ctx context.Context, values map[string]int) error {
	if err := s.mayAssume(ctx); err != nil {
		return err
	}
	var f fault.Fields
	usual := s.usualSeconds()
	for _, code := range sortedKeys(values) {
		n := values[code]
		switch _, ok := usual[code]; {
		case !ok:
			f.Add(code, "insight.assumption-unknown", "value", code)
		case n < 1 || n > mostSeconds:
			f.Add(code, "insight.seconds-range", "most", mostSeconds)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		now, err := s.assumed(ctx, tx)
		if err != nil {
			return err
		}
		acts := false
		for _, code := range sortedKeys(values) {
			n := values[code]
			if now[code] == n {
				continue
			}
			acts = acts || strings.HasPrefix(code, "act:")
			if err := saveAssumption(ctx, tx, said{code, n, actor.From(ctx).Person, tx.Now}); err != nil {
				return err
			}
			if err := s.bus.Emit(ctx, tx, AssumptionWasSet{code, now[code], n}); err != nil {
				return err
			}
		}
		tx.OnCommit(s.forget)
		if !acts {
			return nil
		}
		return s.jobs.Enqueue(ctx, tx, recountJob, struct{}{})
	})
}

const recountJob = "insight.recount"

// mayAssume says whether the actor speaks for the company: the quality office of a site does not.
func (s *Service) mayAssume(ctx context.Context) error {
	who := actor.From(ctx)
	if who.System {
		return nil
	}
	tree, err := s.rooms.Org.Tree(ctx)
	if err != nil {
		return err
	}
	for _, u := range tree.All() {
		if u.Parent != 0 {
			continue
		}
		set, err := s.rooms.Access.Towards(ctx, who, u.ID)
		if err != nil {
			return err
		}
		if access.May("insight.assume", set, false) {
			return nil
		}
	}
	return fault.ErrNotFound
}
