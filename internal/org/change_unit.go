package org

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// ReorganiseInput is a change of units as a form or the API gives it.
type ReorganiseInput struct {
	Kind    string            `json:"kind" form:"kind" enum:"merge,split,move,rename" doc:"What is to happen"`
	Date    string            `json:"date,omitempty" form:"date" doc:"The first day it is so; empty: at once" example:"2027-01-01"`
	From    []string          `json:"from" form:"from" doc:"Codes: the units that merge, or the one that is split, moved or renamed" example:"[\"project\"]"`
	Into    []IntoInput       `json:"into,omitempty" form:"-" doc:"merge: one; split: two or more with shares that come to 100"`
	People  map[string]string `json:"people,omitempty" form:"-" doc:"split: employee_no → code; who is not named goes to the largest part"`
	Service map[string]string `json:"services,omitempty" form:"-" doc:"split: code of a service → code of a unit"`
	Units   map[string]string `json:"units,omitempty" form:"-" doc:"split: code of a unit below → code of a unit"`
	Parent  string            `json:"parent,omitempty" form:"parent" doc:"move: code of the unit above; '-': none"`
	NameZh  string            `json:"name_zh,omitempty" form:"name_zh" doc:"rename"`
	NameEn  string            `json:"name_en,omitempty" form:"name_en"`
	ShortZh string            `json:"short_zh,omitempty" form:"short_zh"`
	ShortEn string            `json:"short_en,omitempty" form:"short_en"`

	amiss []finding // what is wrong with a form before it is one of these
}

// IntoInput is a unit that follows: one that is there, or with a name one that is made.
type IntoInput struct {
	Code    string  `json:"code" example:"delivery"`
	Percent float64 `json:"percent,omitempty" doc:"Of a split: its share" example:"60"`
	NameZh  string  `json:"name_zh,omitempty" doc:"A name makes the unit; one in the company's main language is needed"`
	NameEn  string  `json:"name_en,omitempty"`
	Parent  string  `json:"parent,omitempty" doc:"Of a unit that is made: code of the unit above; empty: where the first of those is that it follows" example:"hq"`
}

// isNew says whether it is a unit that the change makes.
func (x IntoInput) isNew() bool { return clean(x.NameZh) != "" || clean(x.NameEn) != "" }

// PlanUnits checks a change of units and, unless it is a dry run, writes it down and lets it be carried out at its moment.
// The forecast says what each room would do. All that is wrong comes at once.
func (s *Service) PlanUnits(ctx context.Context, in ReorganiseInput, dry bool) (Change, Forecast, error) {
	var c Change
	var f Forecast
	work := func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		if c, err = s.unitChange(ctx, rd, in); err != nil {
			return err
		}
		f, err = s.forecast(ctx, rd, &c)
		return err
	}
	if dry {
		return c, f, s.db.Read(ctx, work)
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := lockTree(ctx, tx); err != nil {
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

// drafting is the reading of an input.
type drafting struct {
	*Service
	in    ReorganiseInput
	rd    sqldb.Reader
	tree  *Tree
	now   time.Time
	f     *fault.Fields
	plan  *Plan
	main  string        // the company's main language
	codes map[string]ID // of units that follow, those to be made included
}

// unitChange turns the input into a change.
func (s *Service) unitChange(ctx context.Context, rd sqldb.Reader, in ReorganiseInput) (Change, error) {
	c := Change{Kind: in.Kind, By: actor.From(ctx).Person}
	tree, err := TreeIn(ctx, rd)
	if err != nil {
		return c, err
	}
	company, err := CompanyIn(ctx, rd)
	if err != nil {
		return c, err
	}
	d := drafting{Service: s, in: in, rd: rd, tree: tree, now: rd.Instant(), f: new(fault.Fields), plan: &c.Plan, codes: map[string]ID{}, main: s.Company(ctx).Locale}
	if !slices.Contains([]string{Merge, Split, Move, Rename}, in.Kind) {
		d.f.Add("kind", "org.change-unknown", "value", in.Kind)
		return c, d.f.Err()
	}
	if clean(in.Date) != "" {
		after, ok := lastDay(clean(in.Date), company.Location())
		switch {
		case !ok:
			d.f.Add("date", "org.date-malformed", "value", in.Date)
		case after.Before(d.now):
			d.f.Add("date", "org.date-past", "value", in.Date)
		default:
			c.At = later(after.AddDate(0, 0, -1), d.now)
		}
	}
	for _, x := range in.amiss {
		d.f.Add(x.field, x.key, x.args...)
	}
	d.from()
	switch in.Kind {
	case Merge, Split:
		d.into()
		err = d.assign(ctx)
	case Move:
		d.parent()
	case Rename:
		d.name()
	}
	if err != nil {
		return c, err
	}
	return c, d.f.Err()
}

// from reads the units that are to change.
func (d *drafting) from() {
	for _, code := range d.in.From {
		if code = clean(code); code == "" {
			continue
		}
		u, ok := d.unit("from", code)
		switch {
		case !ok:
		case slices.Contains(d.plan.From, u.ID):
			d.f.Add("from", "org.unit-twice", "value", code)
		default:
			d.plan.From = append(d.plan.From, u.ID)
		}
	}
	switch {
	case len(d.plan.From) == 0 && d.f.Err() == nil:
		d.f.Add("from", "org.required")
	case len(d.plan.From) > 1 && d.in.Kind != Merge:
		d.f.Add("from", "org.only-one")
	case len(d.plan.From) > 50:
		d.f.Add("from", "org.too-many", "max", 50)
	}
}

// unit is the one that is there with a code, or alone has a name: pages work without the script that turns names into
// codes. Otherwise it notes what is wrong with the field.
func (d *drafting) unit(field, ref string) (Unit, bool) {
	if u, ok := d.tree.ByCode(ref); ok && u.Valid(d.now) {
		return u, true
	}
	named := slices.DeleteFunc(slices.Clone(d.tree.All()), func(u Unit) bool { return !u.Valid(d.now) || u.Name.Zh != ref && u.Name.En != ref })
	switch len(named) {
	case 0:
		d.f.Add(field, "org.unit-unknown", "value", ref)
		return Unit{}, false
	case 1:
		return named[0], true
	}
	var codes []string
	for _, u := range named[:min(len(named), 5)] {
		codes = append(codes, u.Code)
	}
	d.f.Add(field, "org.unit-ambiguous", "value", ref, "codes", strings.Join(codes, ", "))
	return Unit{}, false
}

// into reads the units that follow, and makes those that are not there yet.
func (d *drafting) into() {
	sum := 0.0
	for _, x := range d.in.Into {
		code := clean(x.Code)
		if code == "" && !x.isNew() {
			continue
		}
		share := 1.0
		if d.in.Kind == Split {
			if share = math.Round(x.Percent*100) / 10000; share <= 0 || share > 1 || math.IsNaN(share) {
				d.f.Add("into", "org.share-range", "value", code)
			}
		}
		sum += share
		if id := d.follower(code, x); id != 0 {
			d.plan.Into = append(d.plan.Into, Share{id, share})
		}
	}
	switch {
	case d.in.Kind == Merge && len(d.in.Into) != 1:
		d.f.Add("into", "org.merge-into-one")
	case d.in.Kind == Split && len(d.in.Into) < 2:
		d.f.Add("into", "org.split-into-more")
	case d.in.Kind == Split && math.Abs(sum-1) > 0.00005:
		d.f.Add("into", "org.share-sum", "value", strconv.FormatFloat(math.Round(sum*10000)/100, 'f', -1, 64))
	}
	sorting.Stable(d.plan.Into, func(a, b Share) int { return cmp.Compare(b.Share, a.Share) })
	if d.in.Kind == Merge && len(d.plan.Into) == 1 {
		d.plan.From = slices.DeleteFunc(d.plan.From, func(id ID) bool { return id == d.plan.Into[0].Unit })
		if len(d.plan.From) == 0 && d.f.Err() == nil {
			d.f.Add("from", "org.merge-needs-other")
		}
	}
}

// follower is the unit of an entry; 0 when something is wrong with it.
func (d *drafting) follower(code string, x IntoInput) ID {
	if _, twice := d.codes[code]; twice {
		d.f.Add("into", "org.unit-twice", "value", code)
		return 0
	}
	var u Unit
	if x.isNew() {
		if old, taken := d.tree.ByCode(code); taken {
			key := "org.code-taken"
			if !old.Valid(d.now) {
				key = "org.code-of-ended"
			}
			d.f.Add("into", key, "value", code, "name", old.Name.Zh)
			return 0
		}
		u = d.made(code, x)
	} else {
		var ok bool
		if u, ok = d.unit("into", code); !ok {
			return 0
		}
		if d.in.Kind == Split && slices.Contains(d.plan.From, u.ID) {
			d.f.Add("into", "org.split-into-itself")
			return 0
		}
		for _, id := range d.codes {
			if id == u.ID {
				d.f.Add("into", "org.unit-twice", "value", code)
				return 0
			}
		}
	}
	d.codes[code], d.codes[u.Code] = u.ID, u.ID
	return u.ID
}

// made is a new unit, beside those that it follows.
func (d *drafting) made(code string, x IntoInput) Unit {
	old := Unit{Level: Department}
	if len(d.plan.From) > 0 {
		old, _ = d.tree.ByID(d.plan.From[0])
	}
	u := Unit{ID: d.db.NewID(), Code: code, Name: lang.Text{Zh: clean(x.NameZh), En: clean(x.NameEn)}, Level: old.Level, Parent: d.lasting(old.Parent),
		Site: old.Site, Calendar: old.Calendar}
	if ref := clean(x.Parent); ref != "" {
		if up, ok := d.unit("into", ref); ok && slices.Contains(d.plan.From, up.ID) {
			d.f.Add("into", "org.made-under-ending", "value", ref)
		} else if ok {
			u.Parent = up.ID
		}
	}
	for _, bad := range checkUnit(u, d.main) {
		d.f.Add("into", bad.key, bad.args...)
	}
	d.plan.Made = append(d.plan.Made, u)
	return u
}

// lasting is the unit itself or the nearest one above that does not end with the change.
func (d *drafting) lasting(id ID) ID {
	for slices.Contains(d.plan.From, id) {
		u, _ := d.tree.ByID(id)
		id = u.Parent
	}
	return id
}

func (d *drafting) parent() {
	code := clean(d.in.Parent)
	if code == stays {
		if len(d.plan.From) == 1 && d.was().Parent == 0 {
			d.f.Add("parent", "org.parent-top-already")
		}
		return
	}
	if code == "" {
		d.f.Add("parent", "org.required")
		return
	}
	u, ok := d.unit("parent", code)
	switch {
	case !ok:
	case len(d.plan.From) == 1 && u.ID == d.was().Parent:
		d.f.Add("parent", "org.parent-already", "value", code)
	case len(d.plan.From) == 1 && d.tree.Under(u.ID, d.plan.From[0]):
		d.f.Add("parent", "org.unit-circle", "value", code)
	}
	d.plan.Parent = u.ID
}

// was is the first of the units that are to change.
func (d *drafting) was() Unit {
	u, _ := d.tree.ByID(d.plan.From[0])
	return u
}

func (d *drafting) name() {
	d.plan.Name = lang.Text{Zh: clean(d.in.NameZh), En: clean(d.in.NameEn)}
	d.plan.Short = lang.Text{Zh: clean(d.in.ShortZh), En: clean(d.in.ShortEn)}
	for _, x := range nameless(d.plan.Name, d.main) {
		d.f.Add(x.field, x.key, x.args...)
	}
	for _, t := range []struct{ field, value string }{{"name_zh", d.plan.Name.Zh}, {"name_en", d.plan.Name.En}, {"short_zh", d.plan.Short.Zh}, {"short_en", d.plan.Short.En}} {
		for _, x := range checkText(t.field, t.value, 120) {
			d.f.Add(x.field, x.key, x.args...)
		}
	}
}
