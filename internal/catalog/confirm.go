package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Confirming is one starting value that the head of a unit stands by, as it is or adjusted.
type Confirming struct {
	Code             string
	Revision         int                // the state that was seen; 0: whatever it is
	Response         *calendar.Duration // nil: as it is
	Completion       *calendar.Duration
	ResponseTarget   *float64
	CompletionTarget *float64
}

// over lays what was adjusted over a standard.
func (x Confirming) over(std Standard) Standard {
	if x.Response != nil {
		std.Response = *x.Response
	}
	if x.Completion != nil {
		std.Completion = *x.Completion
	}
	if x.ResponseTarget != nil {
		std.ResponseTarget = *x.ResponseTarget
	}
	if x.CompletionTarget != nil {
		std.CompletionTarget = *x.CompletionTarget
	}
	return std
}

// mostConfirmed is how many starting values are confirmed at once.
const mostConfirmed = 200

// ConfirmMany confirms starting values at once, all of them or none: those that were adjusted become a new version, the others stand
// as they are. What is wrong comes for every one of them together, under CODE.field; what somebody else has changed meanwhile is such
// a fault, too.
func (c *Catalog) ConfirmMany(ctx context.Context, list []Confirming) error {
	list = slices.Clone(list)
	sorting.By(list, func(a, b Confirming) int { return strings.Compare(a.Code, b.Code) }) // two at once lock in one order
	var f fault.Fields
	if len(list) == 0 {
		f.Add("code", "catalog.confirm-none")
	}
	if len(list) > mostConfirmed {
		f.Add("code", "catalog.confirm-too-many", "max", mostConfirmed)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		for _, x := range list {
			if err := c.confirmOne(ctx, tx, x, &f); err != nil {
				return fmt.Errorf("confirm %s: %w", x.Code, err)
			}
		}
		return f.Err()
	})
}

// confirmOne confirms one starting value; what is wrong with it goes to f.
func (c *Catalog) confirmOne(ctx context.Context, tx *sqldb.Tx, x Confirming, f *fault.Fields) error {
	s, err := lock(ctx, tx, x.Code)
	if err == nil {
		err = c.may(ctx, doConfirm, s)
	}
	if fault.KindOf(err) == fault.NotFound && err != nil {
		f.Add(x.Code, "catalog.confirm-unknown", "given", clip(x.Code, 40))
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(unchanged(s, x.Revision), confirmed(*s)); err != nil {
		f.Add(x.Code, "catalog.confirm-changed", "name", s.Name.In(ctx))
		return nil
	}
	next := *s
	next.Standard = x.over(s.Standard)
	next.Standard.Starting = false
	if sameStandard(s.Standard, next.Standard) {
		if f.Len() > 0 {
			return nil // nothing of it will be written
		}
		return c.confirm(ctx, tx, s)
	}
	if starting, err := c.mayStandard(ctx, s); err != nil || starting {
		f.Add(x.Code, "catalog.confirm-unknown", "given", clip(x.Code, 40))
		return nil //nolint:nilerr // it is told of this one
	}
	var bad fault.Fields
	checkStandard(&bad, c.main(ctx), s.Kind, next.Standard)
	if err := c.checkCalendars(ctx, &bad, next.Standard); err != nil {
		return err
	}
	if f.Join(x.Code, bad); f.Len() > 0 {
		return nil
	}
	_, err = c.storeFor(ctx, tx, s, &next, false, OpenKeep)
	return err
}

// Starting is a starting value that nobody has confirmed, with what it would come to.
type Starting struct {
	*Service
	Opened      time.Time // of the example
	ResponseDue time.Time // zero: none
	Due         time.Time // zero: none
}

// StartingOf lists the services with starting values that the actor may confirm: of one unit (code) and those below it, or of all.
// Each has the due times of an example, opened before the next holidays.
func (c *Catalog) StartingOf(ctx context.Context, unit string) ([]Starting, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	units := tree.All()
	if unit != "" {
		u, ok := tree.ByCode(unit)
		if !ok {
			return nil, fault.ErrNotFound
		}
		below := append(tree.Descendants(u.ID), u.ID)
		units = slices.DeleteFunc(slices.Clone(units), func(x org.Unit) bool { return !slices.Contains(below, x.ID) })
	}
	var out []Starting
	for _, u := range units {
		for _, s := range snap.Of(u.ID) {
			if !s.Standard.Starting || s.State == Retired || c.may(ctx, doConfirm, s) != nil || len(out) == mostConfirmed {
				continue
			}
			x := Starting{Service: s}
			if err := c.exampleOf(ctx, &x, s.Standard); err != nil {
				return nil, err
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// exampleOf counts the due times of an example with a standard.
func (c *Catalog) exampleOf(ctx context.Context, x *Starting, std Standard) error {
	table, _, err := c.counting(ctx, x.Service, std.CompletionCalendar)
	if err != nil {
		return err
	}
	response, _, err := c.counting(ctx, x.Service, std.ResponseCalendar)
	if err != nil {
		return err
	}
	x.Opened = examples(table, c.db.Now())[0]
	x.ResponseDue, x.Due = due(response, std.Response, x.Opened), due(table, std.Completion, x.Opened)
	return nil
}

// Typical is a standard of the packs that come with Neike.
type Typical struct {
	Pack     string // code of the function: finance
	Function lang.Text
	Entry    Entry
}

// library is all typical standards, read once.
var library = sync.OnceValue(func() []Typical {
	var out []Typical
	for _, f := range packsAlong() {
		p, _ := ParsePack(f.Data) // they are without fault
		for _, e := range p.Entries {
			out = append(out, Typical{Pack: p.Department.Code, Function: p.Department.Name, Entry: e})
		}
	}
	return out
})

// Library lists the typical standards of a function, or of all ("").
func Library(function string) []Typical {
	if function == "" {
		return library()
	}
	return slices.DeleteFunc(slices.Clone(library()), func(t Typical) bool { return t.Pack != function })
}
