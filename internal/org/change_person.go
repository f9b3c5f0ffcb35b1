package org

import (
	"context"
	"errors"
	"maps"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// ChangeInput is a change of a person as a form or the API gives it.
type ChangeInput struct {
	Kind     string            `json:"kind" form:"kind" enum:"hand-over,transfer,leave,leaving" doc:"What is to happen"`
	Date     string            `json:"date,omitempty" form:"date" doc:"The last day (leaving), the first day in the new unit (transfer), or the first day away (leave); empty: at once" example:"2026-12-31"`
	Until    string            `json:"until,omitempty" form:"until" doc:"The last day away (leave); empty: not known yet" example:"2027-05-31"`
	Deputy   string            `json:"deputy,omitempty" form:"deputy" doc:"Who stands in for what is not handed over (leave): employee_no or ref"`
	Back     []string          `json:"back,omitempty" form:"-" doc:"Kinds of holding that the person wants back after a leave" example:"[\"org.head\"]"`
	Unit     string            `json:"unit,omitempty" form:"unit" doc:"Code of the new main unit (transfer)" example:"finance"`
	Position string            `json:"position,omitempty" form:"position" doc:"In the new unit; empty: as it was"`
	EndRoles bool              `json:"end_roles,omitempty" form:"end_roles" doc:"A transfer ends the roles in the old unit"`
	Receiver string            `json:"receiver,omitempty" form:"receiver" doc:"employee_no or ref of whoever gets what has no receiver of its own; '-': it stays"`
	To       map[string]string `json:"to,omitempty" form:"-" doc:"Kind of holding → employee_no or ref of its receiver; '-': it stays" example:"{\"request.assigned\": \"00123\"}"`
}

// stays is the receiver of what is not handed over.
const stays = "-"

// PlanPerson checks a change of a person and, unless it is a dry run, writes it down and lets it be carried out at its
// moment. The forecast says what it will do. All that is wrong comes at once.
func (s *Service) PlanPerson(ctx context.Context, ref string, in ChangeInput, dry bool) (Change, Forecast, error) {
	var c Change
	var f Forecast
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return c, f, err
	}
	if err := s.mayMove(ctx, p); err != nil {
		return c, f, err
	}
	work := func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		if c, err = s.personChange(ctx, rd, p, in); err != nil {
			return err
		}
		f, err = s.forecast(ctx, rd, &c)
		return err
	}
	if dry {
		return c, f, s.db.Read(ctx, work)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "org_person", p.ID); err != nil {
			return err
		}
		if err := work(ctx, tx); err != nil {
			return err
		}
		if r := f.refusal(); r.Bad {
			return fault.New(fault.Conflict, r.Key, r.Args...)
		}
		return s.plan(ctx, tx, &c)
	})
	return c, f, err
}

// personChange turns the input into a change.
func (s *Service) personChange(ctx context.Context, rd sqldb.Reader, p Person, in ChangeInput) (Change, error) {
	var f fault.Fields
	c := Change{Kind: in.Kind, Person: p.ID, By: actor.From(ctx).Person}
	if !slices.Contains([]string{HandOver, Transfer, LongLeave, Leaving}, in.Kind) {
		f.Add("kind", "org.change-unknown", "value", in.Kind)
	}
	company, err := CompanyIn(ctx, rd)
	if err != nil {
		return c, err
	}
	if in.Date != "" && (in.Kind == Transfer || in.Kind == Leaving) {
		after, ok := lastDay(clean(in.Date), company.Location())
		first := after.AddDate(0, 0, -1)
		switch {
		case !ok:
			f.Add("date", "org.date-malformed", "value", in.Date)
		case after.Before(rd.Instant()):
			f.Add("date", "org.date-past", "value", in.Date)
		case in.Kind == Leaving:
			c.At = after
		default:
			c.At = later(first, rd.Instant())
		}
	}
	if in.Kind == Transfer {
		if err := s.transferTo(ctx, rd, p, in, &c, &f); err != nil {
			return c, err
		}
	}
	if in.Kind == LongLeave {
		if err := s.leaveOf(ctx, rd, p, in, &c, &f); err != nil {
			return c, err
		}
	}
	if c.Plan.To, err = s.receivers(ctx, rd, p, in, &f); err != nil {
		return c, err
	}
	if in.Kind == HandOver && len(c.Plan.To) == 0 && f.Err() == nil {
		f.Add("receiver", "org.need-receiver")
	}
	return c, f.Err()
}

func (s *Service) transferTo(ctx context.Context, rd sqldb.Reader, p Person, in ChangeInput, c *Change, f *fault.Fields) error {
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return err
	}
	unit, ok := tree.ByCode(clean(in.Unit))
	switch {
	case clean(in.Unit) == "":
		f.Add("unit", "org.required")
	case !ok || !unit.Valid(rd.Instant()):
		f.Add("unit", "org.unit-unknown", "value", in.Unit)
	case unit.ID == p.Unit:
		f.Add("unit", "org.unit-same")
	}
	for _, x := range checkText("position", clean(in.Position), 120) {
		f.Add(x.field, x.key, x.args...)
	}
	c.Plan.Unit, c.Plan.Position, c.Plan.EndRoles = unit.ID, clean(in.Position), in.EndRoles
	if c.Plan.Position == "" {
		c.Plan.Position = p.Position
	}
	return nil
}

// receivers turns the receivers of the input into people: of each kind its own, or the one for all.
func (s *Service) receivers(ctx context.Context, rd sqldb.Reader, p Person, in ChangeInput, f *fault.Fields) (map[string]ID, error) {
	known := map[string]ID{"": 0, stays: 0}
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	find := func(field, ref string) (ID, error) {
		ref = clean(ref)
		if id, ok := known[ref]; ok {
			return id, nil
		}
		to, err := s.personByRefIn(ctx, rd, ref)
		switch {
		case errors.Is(err, fault.ErrNotFound) || err == nil && !to.Active:
			f.Add(field, "org.person-unknown", "value", ref)
			return 0, nil
		case err != nil:
			return 0, err
		case to.ID == p.ID:
			f.Add(field, "org.receiver-self")
			return 0, nil
		case st.long(to.ID, rd.Instant()):
			f.Add(field, "org.person-on-leave", "name", to.Plain(ctx))
			return 0, nil
		}
		known[ref] = to.ID
		return to.ID, nil
	}
	all, err := find("receiver", in.Receiver)
	if err != nil {
		return nil, err
	}
	out := map[string]ID{}
	for _, h := range s.Holdings(ByPerson) {
		if h.Ends {
			continue
		}
		to := all
		if ref, own := in.To[h.Code]; own && clean(ref) != "" {
			if to, err = find("to."+h.Code, ref); err != nil {
				return nil, err
			}
		}
		if to != 0 {
			out[h.Code] = to
		}
	}
	for code := range in.To {
		if h, ok := s.holding(code); !ok || h.By != ByPerson || h.Ends {
			f.Add("to."+code, "org.holding-unknown", "value", code)
		}
	}
	return out, nil
}

// personByRefIn is ByRef inside a transaction.
func (s *Service) personByRefIn(ctx context.Context, rd sqldb.Reader, ref string) (Person, error) {
	if len(ref) > 0 && ref[0] == '~' {
		id, ok := parseID(ref[1:])
		if !ok {
			return Person{}, fault.ErrNotFound
		}
		return personByID(ctx, rd, id)
	}
	p, err := personByNo(ctx, rd, ref)
	if err == nil && !s.mayKnowNo(ctx, p) {
		err = fault.ErrNotFound
	}
	return p, err
}

// ready says whether a change is possible now; it is asked before it is planned and again when its moment has come.
func (s *Service) ready(ctx context.Context, rd sqldb.Reader, c *Change) ([]Remark, error) {
	if c.Units() {
		return s.unitsReady(ctx, rd, c)
	}
	p, err := personByID(ctx, rd, c.Person)
	if err != nil {
		return nil, err
	}
	var out []Remark
	bad := func(key string, args ...any) { out = append(out, Remark{Key: key, Args: args, Bad: true}) }
	if c.Kind == LongLeave && len(c.Plan.To) == 0 && c.Plan.Deputy == 0 {
		out = append(out, Remark{Key: "org.leave-nobody"})
	}
	if !p.Active && c.Kind != HandOver {
		bad("org.left-already")
	}
	if c.Kind == Leaving && c.Person == c.By {
		bad("org.not-oneself")
	}
	if c.Kind == Transfer {
		u, err := standing(ctx, rd, c.Plan.Unit)
		if err != nil {
			return nil, err
		}
		if c.Plan.Unit = u; u == 0 {
			bad("org.unit-gone", "unit", "")
		}
	}
	var to []ID
	for _, id := range c.Plan.To {
		to = append(to, id)
	}
	names, err := s.Names(ctx, rd, to)
	if err != nil {
		return nil, err
	}
	gone := func(id ID) bool { return !names[id].Active }
	switch {
	case !slices.ContainsFunc(to, gone):
	case c.Kind == Leaving && c.State != "": // the last day does not wait for another receiver
		out = append(out, Remark{Key: "org.receiver-left-since"})
		maps.DeleteFunc(c.Plan.To, func(_ string, id ID) bool { return gone(id) })
	default:
		bad("org.receiver-left")
	}
	others, err := changesOf(ctx, rd, c.Person, 50)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.ID != c.ID && o.State == ChangeRunning {
			bad("org.change-running")
		}
		if o.ID != c.ID && o.State == ChangePlanned && o.Kind == c.Kind && c.State == "" && c.Kind != HandOver {
			bad("org.change-planned-already", "date", lang.Date(ctx, o.At.Add(-1)))
		}
	}
	return out, nil
}

// close ends the time of somebody who leaves: no sign-in from now on. What the person holds follows.
func (s *Service) close(ctx context.Context, tx *sqldb.Tx, person ID) error {
	if err := tx.Lock(ctx, "org_person", person); err != nil {
		return err
	}
	p, err := personByID(ctx, tx, person)
	if err != nil || !p.Active {
		return err
	}
	no, err := managerNo(ctx, tx, p)
	if err != nil {
		return err
	}
	p.Active = false
	if err := updatePerson(ctx, tx, p, no); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasChanged{Person: p.ID, No: p.No, What: "deactivated"})
}

// strip ends what nobody received: headships fall to the unit above; acting, duty and standing in end.
func (s *Service) strip(ctx context.Context, tx *sqldb.Tx, person ID) error {
	units, err := headedBy(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, id := range units {
		if err := s.newHead(ctx, tx, id, 0); err != nil {
			return err
		}
	}
	return s.stripTimes(ctx, tx, person)
}

// arrive puts somebody who is transferred into the new unit.
func (s *Service) arrive(ctx context.Context, tx *sqldb.Tx, c *Change) error {
	p, err := personByID(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	if c.Plan.EndRoles {
		n, err := dropRolesIn(ctx, tx, p.ID, p.Unit)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.rolesChanged(ctx, tx, p.ID); err != nil {
				return err
			}
		}
	}
	unit, err := standing(ctx, tx, c.Plan.Unit)
	if err != nil {
		return err
	}
	return s.newMain(ctx, tx, p.ID, unit, &c.Plan.Position)
}

// mayMove: administrators, HR, and the head of the person's unit or of one above may hand over what a person holds and
// change where the person belongs. To all others there is nothing here.
func (s *Service) mayMove(ctx context.Context, p Person) error {
	a := actor.From(ctx)
	if a.System || a.Has("admin") {
		return nil
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if a.Person != p.ID && (a.Has("hr") || headOver(a, tree, p.Unit) || scopedHR(a, tree, p.Unit)) {
		return nil
	}
	return fault.ErrNotFound
}

// headOver says whether somebody heads a unit or one above it.
func headOver(a actor.Actor, tree *Tree, unit ID) bool { return above(a, tree, unit, "head") }

func scopedHR(a actor.Actor, tree *Tree, unit ID) bool { return above(a, tree, unit, "hr") }

func above(a actor.Actor, tree *Tree, unit ID, role string) bool {
	return slices.ContainsFunc(tree.Path(unit), func(id ID) bool { return a.In(id, role) })
}

// mayLook: whoever may move it, and the person itself.
func (s *Service) mayLook(ctx context.Context, p Person) error {
	if a := actor.From(ctx); a.Person == p.ID && p.ID != 0 {
		return nil
	}
	return s.mayMove(ctx, p)
}
