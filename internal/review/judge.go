package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

var noTime time.Time

const (
	doSee   = "review.see"
	doJudge = "review.judge"
	doList  = "review.list"
)

// View is a case as one reader may see it. Result and Given are empty for whoever may not know of them (yet).
type View struct {
	Case
	Seat    int // the place that the reader may take now; 0: none
	Mine    *Judgement
	Given   []Judgement // what the others said: for the quality office, once nobody judges blind any more
	People  map[int64]string
	Heard   []Judgement // words that the judges let the serving side read; never who, never the verdict
	Quality bool
}

// ByID is a case for whoever judges or judged it, and for the quality office; not found for all others.
func (s *Service) ByID(ctx context.Context, id ID) (View, error) {
	var v View
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v, err = s.view(ctx, rd, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, rd sqldb.Reader, id ID) (View, error) {
	c, err := caseByID(ctx, rd, id)
	if err != nil {
		return View{}, err
	}
	given, err := judgementsOf(ctx, rd, id)
	if err != nil {
		return View{}, err
	}
	me := actor.From(ctx)
	if err := access.Allowed(ctx, doSee, s.is(ctx, c, given)); err != nil || c.State == Passed || c.State == Over {
		return View{}, fault.ErrNotFound
	}
	if me.Has("quality") && me.Person == c.Server { // the own work
		return View{}, fault.ErrNotFound
	}
	quality, err := s.Org.Holders(ctx, rd, "quality")
	if err != nil {
		return View{}, err
	}
	v := View{Case: c, Seat: seatOf(seats(c, given, quality), me.Person), Quality: me.Has("quality")}
	if me.Viewer != 0 {
		v.Seat = 0
	}
	if i := slices.IndexFunc(given, func(j Judgement) bool { return j.Person == me.Person }); i >= 0 && me.Viewer == 0 {
		v.Mine = &given[i]
	}
	if v.Quality && (c.State == Done || v.Seat == 3) {
		v.Given = given
		ids := make([]int64, len(given))
		for i, j := range given {
			ids[i] = j.Person
		}
		people, err := s.Org.Names(ctx, rd, ids)
		if err != nil {
			return v, err
		}
		v.People = map[int64]string{}
		for _, p := range people {
			v.People[p.ID] = p.Display(ctx)
		}
	}
	return v, nil
}

// is says what the actor is to a case: Asked is whoever judges or judged it.
func (s *Service) is(ctx context.Context, c Case, given []Judgement) access.Set {
	me := actor.From(ctx).Person
	if me != 0 && (me == c.Asker || judged(given, me)) {
		return access.Asked
	}
	return 0
}

// Judge says whether the result is right. The actor takes the place that is open for them: the first, the second, or that of
// whoever decides between two. Not found for whoever never has a place; a Conflict for whoever has none any more.
func (s *Service) Judge(ctx context.Context, id ID, j Judgement) (View, error) {
	me := actor.From(ctx)
	var v View
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "review_case", id); err != nil {
			return err
		}
		before, err := s.view(ctx, tx, id)
		if err != nil {
			return err
		}
		c := before.Case
		if err := access.Allowed(ctx, doJudge, s.is(ctx, c, mine(before.Mine))); err != nil {
			return err
		}
		given, err := judgementsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case before.Seat == 0 && judged(given, me.Person):
			return fault.New(fault.Conflict, "review.judged-already")
		case before.Seat == 0 || c.State == Open && !c.LapseAt.After(tx.Now):
			return fault.New(fault.Conflict, "review.closed")
		}
		if err := j.check(); err != nil {
			return err
		}
		j.Case, j.Place, j.Person, j.At = id, before.Seat, me.Person, tx.Now
		if err := insertJudgement(ctx, tx, j); err != nil {
			return err
		}
		if err := s.conclude(ctx, tx, c, append(given, j), j.Place); err != nil {
			return err
		}
		v, err = s.view(ctx, tx, id)
		return err
	})
	return v, err
}

func mine(j *Judgement) []Judgement {
	if j == nil {
		return nil
	}
	return []Judgement{*j}
}

// conclude writes what a new judgement comes to, and says so.
func (s *Service) conclude(ctx context.Context, tx *sqldb.Tx, c Case, given []Judgement, place int) error {
	next := settle(c, given, tx.Now, false)
	if next != c {
		if err := updateCase(ctx, tx, next); err != nil {
			return err
		}
	}
	judges, err := s.owe(ctx, tx, next, given)
	if err != nil {
		return err
	}
	said := []event.Event{WasJudged{about(c), place}}
	switch {
	case next.State == Split && c.State != Split:
		said = append(said, WasSplit{about(c), judges})
	case next.State == Done:
		said = append(said, WasConcluded{about(c)})
	}
	return s.events.Emit(ctx, tx, said...)
}

// lapseChunk is how many cases one round of LapseDue ends.
const lapseChunk = 200

// LapseDue ends the cases that nobody judged in time. What one of two judges said counts alone.
func (s *Service) LapseDue(ctx context.Context) error {
	ctx = actor.System(ctx)
	for {
		var due []ID
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			due, err = lapsing(ctx, rd, rd.Instant(), lapseChunk)
			return err
		})
		if err != nil {
			return fmt.Errorf("find reviews nobody answered: %w", err)
		}
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := tx.Lock(ctx, "review_case", due...); err != nil {
				return err
			}
			for _, id := range due {
				if err := s.lapse(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(due) < lapseChunk {
			return err
		}
	}
}

func (s *Service) lapse(ctx context.Context, tx *sqldb.Tx, id ID) error {
	c, err := caseByID(ctx, tx, id)
	if err != nil || c.State != Open || c.LapseAt.After(tx.Now) {
		return err
	}
	given, err := judgementsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	next := settle(c, given, tx.Now, true)
	if err := updateCase(ctx, tx, next); err != nil {
		return err
	}
	if err := s.Todo.Fulfil(ctx, tx, subject(id)); err != nil {
		return err
	}
	if next.State == Lapsed {
		return s.events.Emit(ctx, tx, HasLapsed{about(c)})
	}
	return s.events.Emit(ctx, tx, WasConcluded{about(c)})
}
