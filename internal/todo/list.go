package todo

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// The sides of a filter.
const (
	Serving = "serving" // what I owe to customers of mine
	Served  = "served"  // what I owe as the customer
)

// Filter chooses from what the actor owes.
type Filter struct {
	Side   string // Serving, Served, "" both
	Holder string // "person": my own; "unit": of my units, unclaimed; "deputy": of those I stand in for; "": all of it
	For    string // 工号 of one of those I stand in for; only what that one owes
	Cursor string
	Limit  int // 1–200, 50 by default
}

// Entry is a todo as a list shows it.
type Entry struct {
	Todo
	Serving    bool
	ForNo      string
	ForName    string
	ForAway    bool // is on long leave
	UnitCode   string
	UnitName   lang.Text // the unit on the other side
	HolderCode string    // of the unit, when a unit holds it
	HolderName lang.Text
	Behalf     org.ID // who owes it and is away: the reader is the deputy; 0: the reader's own
	BehalfNo   string
	BehalfName string
	due        int64
}

// Unclaimed says that a unit holds it and nobody has taken it.
func (e Entry) Unclaimed() bool { return e.Holder.Kind == "unit" }

// Counts of what is owed, each counted up to 999 per holder.
type Counts struct{ Serving, Served, Late int }

const countCap = 999

// All is both sides.
func (c Counts) All() int { return c.Serving + c.Served }

// Mine lists what the actor of ctx owes, personally and through units, the next due first.
func (s *Service) Mine(ctx context.Context, f Filter) (web.Page[Entry], error) {
	var page web.Page[Entry]
	a := actor.From(ctx)
	holders, err := holdersFor(a, f.Holder)
	if err == nil && f.For != "" {
		holders, err = s.only(ctx, a, f.For)
	}
	if err != nil {
		return page, err
	}
	if f.Side != "" && f.Side != Serving && f.Side != Served {
		return page, oneField("side", "todo.unknown-side")
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 200)
	afterDue, afterID := int64(-1<<62), int64(0)
	if f.Cursor != "" {
		parts, err := web.ParseCursor(f.Cursor, 2)
		if err != nil {
			return page, err
		}
		afterDue, afterID = parts[0], parts[1]
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		page.Items, err = list(ctx, rd, holders, f.Side, afterDue, afterID, f.Limit+1, rd.Instant())
		if err != nil {
			return err
		}
		if len(page.Items) > f.Limit {
			page.Items = page.Items[:f.Limit]
			last := page.Items[f.Limit-1]
			page.NextCursor = web.Cursor(last.due, last.ID)
		}
		away, err := s.org.AwayLong(ctx, rd)
		if err != nil {
			return err
		}
		for i := range page.Items {
			page.Items[i].ForAway = away(page.Items[i].For)
		}
		page.Items, err = s.behalf(ctx, rd, a, page.Items)
		return err
	})
	if actor.From(ctx).Viewer != 0 { // some may be of confidential records: whoever looks with this person's eyes reads numbers
		for i := range page.Items {
			page.Items[i].Title = page.Items[i].Ref
		}
	}
	return page, err
}

// Count counts what the actor of ctx owes personally, for the badge of the navigation.
func (s *Service) Count(ctx context.Context) (Counts, error) {
	var c Counts
	a := actor.From(ctx)
	if a.Person == 0 {
		return c, nil
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		c, err = counts(ctx, rd, []access.Holder{own(a)}, rd.Instant())
		return err
	})
	return c, err
}

func holdersFor(a actor.Actor, which string) ([]access.Holder, error) {
	if a.Person == 0 {
		return nil, nil
	}
	switch which {
	case "person":
		return []access.Holder{own(a)}, nil
	case "unit":
		return unitsOf(a), nil
	case "deputy":
		return standsFor(a), nil
	case "":
		return append(append([]access.Holder{own(a)}, unitsOf(a)...), standsFor(a)...), nil
	default:
		return nil, oneField("holder", "todo.unknown-holder")
	}
}

func oneField(name, key string) error {
	var f fault.Fields
	f.Add(name, key)
	return f.Err()
}
