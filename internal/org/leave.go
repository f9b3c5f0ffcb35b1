package org

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Long says whether the absence is a long leave: who is on one is given no new work and told of no work.
func (a Absence) Long() bool { return a.Kind == Leave }

// long is the long leave of a person that holds at a moment of now or later.
func (st *stands) long(person ID, at time.Time) bool {
	a, away := st.absent(person, at)
	return away && a.Long()
}

// AwayLong is who is on long leave now, for lists that read names themselves: the mark comes from memory and costs no
// query.
func (s *Service) AwayLong(ctx context.Context, rd sqldb.Reader) (func(ID) bool, error) {
	st, err := s.standing(ctx)
	now := rd.Instant()
	return func(person ID) bool { return st.long(person, now) }, err
}

// marked says of people whether they are on long leave now.
func (s *Service) marked(ctx context.Context, rd sqldb.Reader, people map[ID]Person) error {
	away, err := s.AwayLong(ctx, rd)
	if err != nil {
		return err
	}
	for id, p := range people {
		if p.OnLeave = p.Active && away(id); p.OnLeave {
			people[id] = p
		}
	}
	return nil
}

// markedOne is marked of one person that was read.
func (s *Service) markedOne(ctx context.Context, rd sqldb.Reader, p Person, err error) (Person, error) {
	if err != nil {
		return p, err
	}
	one := map[ID]Person{p.ID: p}
	err = s.marked(ctx, rd, one)
	return one[p.ID], err
}

// leaveOf reads the long leave of the input: from the day, until its last day or until nobody knows when, with a deputy for
// what is not handed over, and what is wanted back afterwards.
func (s *Service) leaveOf(ctx context.Context, rd sqldb.Reader, p Person, in ChangeInput, c *Change, f *fault.Fields) error {
	zone, err := s.zoneOfPerson(ctx, rd, p.ID)
	if err != nil {
		return err
	}
	now := rd.Instant()
	a := Absence{Person: p.ID}
	text := AbsenceInput{From: clean(in.Date), Until: in.Until, Kind: Leave, Deputy: in.Deputy, Anyway: true}
	if text.From == "" {
		text.From = now.Format(time.RFC3339Nano)
	}
	found := readAbsence(&a, text, zone)
	if !a.From.IsZero() && a.From.Before(now) {
		if !now.Before(a.From.AddDate(0, 0, 1)) {
			found = append(found, wrong("from", "org.date-past", "value", in.Date))
		}
		a.From = now // today
	}
	var own fault.Fields
	for _, x := range append(found, checkAbsence(a, Absence{}, now)...) {
		own.Add(x.field, x.key, x.args...)
	}
	if err := s.checkOverlap(ctx, rd, &a, zone, &own); err != nil {
		return err
	}
	if err := s.checkDeputy(ctx, rd, &a, text, 0, &own); err != nil {
		return err
	}
	for _, x := range own.All() {
		if x.Name == "from" {
			x.Name = "date"
		}
		f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
	}
	c.At, c.Plan.Until, c.Plan.Deputy = a.From, a.Until, a.Deputy
	c.Plan.Back = s.wanted(in.Back, f)
	return nil
}

// wanted are the kinds of holdings that somebody wants back, each once.
func (s *Service) wanted(codes []string, f *fault.Fields) []string {
	var out []string
	for _, code := range codes {
		h, ok := s.holding(clean(code))
		switch {
		case clean(code) == "":
		case !ok || h.By != ByPerson || h.Ends:
			f.Add("back", "org.holding-unknown", "value", code)
		case !slices.Contains(out, h.Code):
			out = append(out, h.Code)
		}
	}
	return out
}

// goOnLeave enters the absence that belongs to a long leave.
func (s *Service) goOnLeave(ctx context.Context, tx *sqldb.Tx, c Change) error {
	a := Absence{ID: tx.NewID(), Person: c.Person, From: c.At, Until: c.Plan.Until, Kind: Leave, Deputy: c.Plan.Deputy, By: c.By, At: tx.Now,
		Revision: 1, Change: c.ID}
	if err := insertAbsence(ctx, tx, a); err != nil {
		return err
	}
	return s.announce(ctx, tx, Absence{}, &a, "created")
}

// stayHere takes back the absence of a long leave that does not begin.
func (s *Service) stayHere(ctx context.Context, tx *sqldb.Tx, c Change) error {
	was, err := absenceOfChange(ctx, tx, c.ID)
	if fault.KindOf(err) == fault.NotFound || err == nil && was.Over(tx.Now) {
		return nil
	}
	if err != nil {
		return err
	}
	a := was
	a.Until, a.EndedBy, a.EndedAt = later(a.From, tx.Now), actor.From(ctx).Person, tx.Now
	if err := updateAbsence(ctx, tx, a); err != nil {
		return err
	}
	a.Revision++
	return s.announce(ctx, tx, was, &a, "ended")
}

// gaveMost is how many things of a kind are noted for somebody who goes on leave.
const gaveMost = 200

// noteGiven writes down what somebody has before it is handed over, as that person sees it.
func (s *Service) noteGiven(ctx context.Context, tx *sqldb.Tx, c Change) error {
	who, err := s.ActorOf(ctx, c.Person)
	if err != nil {
		return err
	}
	own := actor.With(ctx, who)
	var list []gave
	for _, stage := range c.Steps {
		h, known := s.holding(stage.Holding)
		if !known || stage.Total == 0 {
			continue
		}
		held, err := h.List(own, tx, c.Person, 0, gaveMost)
		if err != nil {
			return err
		}
		for _, x := range held {
			if x.Private {
				x.Title = ""
			}
			list = append(list, gave{h.Code, stage.To, x.Title, x.Href})
		}
	}
	return insertGave(ctx, tx, c.ID, list)
}

// gave is one thing that went to a receiver when a long leave began.
type gave struct {
	Holding     string
	To          ID
	Title, Href string
}

// WantBack says which kinds of what was handed over the person wants back after a long leave: the person, or who may hand
// it over.
func (s *Service) WantBack(ctx context.Context, id ID, holdings []string) (Change, error) {
	c, err := s.Change(ctx, id)
	if err != nil {
		return c, err
	}
	if _, err := s.mayChange(ctx, c); err != nil {
		return c, err
	}
	if c.Kind != LongLeave {
		return c, fault.ErrNotFound
	}
	var f fault.Fields
	back := s.wanted(holdings, &f)
	if err := f.Err(); err != nil {
		return c, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if c, err = lockChange(ctx, tx, id); err != nil {
			return err
		}
		if c.State == ChangeCancelled || c.State == ChangeRefused {
			return fault.New(fault.Conflict, "org.change-over")
		}
		c.Plan.Back = back
		if err := updatePlan(ctx, tx, &c); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, LeaveWasMinded{c.about(), back})
	})
	return c, err
}

// LeaveWasMinded says what somebody on long leave wants back.
type LeaveWasMinded struct {
	AboutChange
	Back []string `json:"back"`
}

// EventKind is the name of the event in the log.
func (LeaveWasMinded) EventKind() string { return "org.leave-was-minded" }
