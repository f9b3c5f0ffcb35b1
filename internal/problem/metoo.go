package problem

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// View is a problem as one reader may see it.
type View struct {
	Problem
	Steps  []Step
	Count  Counted
	Own    MeToo // the reader's own
	Serves bool
	// For those who serve the unit alone.
	Affected []Affected
	MeToos   []MeToo
	Answered map[string]int // yes, no
}

// Affected is a unit with how many of it have the problem.
type Affected struct {
	Unit   int64
	People int
}

// MayShare says whether the reader may say 'me, too' now.
func (v View) MayShare() bool { return v.State == Open && !v.Own.There() }

// MayAnswer says whether the reader is asked whether it is solved.
func (v View) MayAnswer() bool { return v.State == Solved && v.Own.There() && v.Own.Answer == "" }

// sees decides who may know of a problem: who serves its unit; who has it; and of one that was not withdrawn, everybody who
// may know of one of its services.
func (s *Service) sees(ctx context.Context, p Problem, own MeToo, snap *catalog.Snapshot) bool {
	if serves(ctx, p.Unit) || !own.At.IsZero() {
		return true
	}
	if p.State == Withdrawn {
		return false
	}
	for _, id := range p.Services {
		if sv, ok := snap.ByID(id); ok {
			if _, err := s.Catalog.Visible(ctx, sv.Code); err == nil {
				return true
			}
		}
	}
	return false
}

// ByNumber is a problem as the actor may see it; not found when not.
func (s *Service) ByNumber(ctx context.Context, number int64) (View, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return View{}, err
	}
	var v View
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if v.Problem, err = byNumber(ctx, rd, number); err != nil {
			return err
		}
		if v.Own, err = ownMeToo(ctx, rd, v.ID, actor.From(ctx).Person); err != nil {
			return err
		}
		if !s.sees(ctx, v.Problem, v.Own, snap) {
			return fault.ErrNotFound
		}
		if v.Steps, err = stepsOf(ctx, rd, v.ID); err != nil {
			return err
		}
		counts, err := countsOf(ctx, rd, []int64{v.ID})
		if err != nil {
			return err
		}
		v.Count, v.Serves = counts[v.ID], serves(ctx, v.Unit)
		if !v.Serves {
			return nil
		}
		if v.Affected, err = affectedBy(ctx, rd, v.ID); err != nil {
			return err
		}
		if v.Answered, err = answersOf(ctx, rd, v.ID); err != nil {
			return err
		}
		v.MeToos, err = meToosOf(ctx, rd, v.ID)
		return err
	})
	return v, err
}

// Listed is a problem in a list, with the public count.
type Listed struct {
	Problem
	Count Counted
	Own   MeToo
}

// List lists the problems that the actor may see: open ones, or those that ended, the newest first.
func (s *Service) List(ctx context.Context, ended bool) ([]Listed, error) {
	return s.Find(ctx, "", ended)
}

// Find is List of those whose title, words or number have every word of a query.
func (s *Service) Find(ctx context.Context, query string, ended bool) ([]Listed, error) {
	words := strings.Fields(query)
	words = words[:min(len(words), 6)]
	return s.listed(ctx, func(ctx context.Context, rd sqldb.Reader) ([]Problem, error) { return found(ctx, rd, words, ended) })
}

// OfService lists the open problems of a service, as the actor may see them.
func (s *Service) OfService(ctx context.Context, service int64) ([]Listed, error) {
	return s.listed(ctx, func(ctx context.Context, rd sqldb.Reader) ([]Problem, error) { return openOfService(ctx, rd, service) })
}

func (s *Service) listed(ctx context.Context, read func(context.Context, sqldb.Reader) ([]Problem, error)) ([]Listed, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []Listed
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := read(ctx, rd)
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]int64, len(list))
		for i, p := range list {
			ids[i] = p.ID
		}
		counts, err := countsOf(ctx, rd, ids)
		if err != nil {
			return err
		}
		own, err := ownMeToos(ctx, rd, ids, actor.From(ctx).Person)
		if err != nil {
			return err
		}
		for _, p := range list {
			if s.sees(ctx, p, own[p.ID], snap) {
				out = append(out, Listed{p, counts[p.ID], own[p.ID]})
			}
		}
		return nil
	})
	return out, err
}

// Share says that the actor has it, too: instead of a request. Saying it again changes the words.
func (s *Service) Share(ctx context.Context, number int64, words string) error {
	var f fault.Fields
	if words = strings.TrimSpace(words); utf8.RuneCountInString(words) > maxWords {
		f.Add("words", "form.too-long", "max", maxWords, "count", utf8.RuneCountInString(words))
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.own(ctx, number, func(ctx context.Context, tx *sqldb.Tx, p Problem, m MeToo) error {
		a := actor.From(ctx)
		if p.State != Open {
			return fault.New(fault.Conflict, "problem.ended-already")
		}
		fresh := !m.There()
		m.Person, m.Unit, m.Words, m.LeftAt, m.Answer = a.Person, a.Unit, words, noTime, ""
		if fresh {
			m.At = tx.Now
		}
		if err := saveMeToo(ctx, tx, p.ID, m); err != nil || !fresh {
			return err
		}
		return s.events.Emit(ctx, tx, WasShared{about(p, a.Person), false})
	})
}

// Leave takes 'me, too' back.
func (s *Service) Leave(ctx context.Context, number int64) error {
	return s.own(ctx, number, func(ctx context.Context, tx *sqldb.Tx, p Problem, m MeToo) error {
		if !m.There() {
			return fault.New(fault.Conflict, "problem.not-shared")
		}
		m.LeftAt = tx.Now
		if err := saveMeToo(ctx, tx, p.ID, m); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasShared{about(p, m.Person), true})
	})
}

// Answer says, once, whether it is solved for the actor. When it is not, a request is made of it; where the service asks for
// more than a title, the request is not there yet and ask leads to its form.
func (s *Service) Answer(ctx context.Context, number int64, solved bool) (made int64, ask string, err error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return 0, "", err
	}
	if !v.MayAnswer() {
		return 0, "", fault.New(fault.Conflict, "problem.not-asked")
	}
	if !solved {
		if made, ask, err = s.askFor(ctx, v.Problem); err != nil {
			return 0, "", err
		}
	}
	err = s.own(ctx, number, func(ctx context.Context, tx *sqldb.Tx, p Problem, m MeToo) error {
		if !(View{Problem: p, Own: m}).MayAnswer() {
			return fault.New(fault.Conflict, "problem.not-asked")
		}
		m.Answer, m.Request = map[bool]string{true: "yes", false: "no"}[solved], made
		if err := saveMeToo(ctx, tx, p.ID, m); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasAnswered{about(p, m.Person), solved})
	})
	return made, ask, err
}

// askFor makes a request of a problem that is not solved for the actor, for the first of its services that the actor may
// ask for.
func (s *Service) askFor(ctx context.Context, p Problem) (made int64, ask string, err error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, id := range p.Services {
		sv, ok := snap.ByID(id)
		if !ok || !sv.Askable() {
			continue
		}
		if _, err := s.Catalog.Visible(ctx, sv.Code); err != nil {
			continue
		}
		r, err := s.Request.Open(ctx, request.Ask{Service: sv.Code, Title: p.Title.In(ctx), Once: "problem-" + p.Ref() + "-" + strconv.FormatInt(actor.From(ctx).Person, 10)})
		if fault.KindOf(err) == fault.Invalid && err != nil {
			return 0, askAt(sv.Code, p.Title.In(ctx)), nil
		}
		return r.Number, "", err
	}
	return 0, "/requests/new", nil
}

// own loads a problem that the actor may see, with the actor's own part in it.
func (s *Service) own(ctx context.Context, number int64, do func(context.Context, *sqldb.Tx, Problem, MeToo) error) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := byNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "problem", p.ID); err != nil {
			return err
		}
		if p, err = byNumber(ctx, tx, number); err != nil {
			return err
		}
		m, err := ownMeToo(ctx, tx, p.ID, actor.From(ctx).Person)
		if err != nil {
			return err
		}
		if !s.sees(ctx, p, m, snap) || actor.From(ctx).Person == 0 {
			return fault.ErrNotFound
		}
		return do(ctx, tx, p, m)
	})
}
