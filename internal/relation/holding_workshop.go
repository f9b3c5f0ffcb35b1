package relation

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// workshopHoldings are the sheets of units in open workshops, and what units hand over: both go to the unit that follows. Where that
// unit fills in a sheet of its own, the lines come to it; where it has handed its own in, nothing more is asked.
func (s *Service) workshopHoldings() []org.Holding {
	return []org.Holding{
		{Code: "relation.sheets", Label: "relation.holds-sheets", By: org.ByUnit, Order: 82, Count: countSheets, List: s.listSheets, Hand: s.handSheets},
		{Code: "relation.handovers", Label: "relation.holds-handovers", By: org.ByUnit, Order: 83, Count: countHanding, List: s.listHanding, Hand: s.handHandOvers},
	}
}

func (s *Service) listSheets(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	list, err := openSheets(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]org.Held, len(list))
	for i, x := range list {
		w, err := workshopOf(ctx, rd, x.Workshop)
		if err != nil {
			return nil, err
		}
		out[i] = org.Held{Key: x.ID, Title: w.Name, Note: lang.T(ctx, "relation.sheet.state."+string(x.State)), Href: workshopHref(w.ID)}
	}
	return out, nil
}

func (s *Service) handSheets(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	if h.After == 0 {
		if err := renameOther(ctx, tx, h.From, h.To); err != nil {
			return out, err
		}
	}
	list, err := openSheets(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	for _, x := range list {
		if err := s.moveSheet(ctx, tx, x, h); err != nil {
			return out, err
		}
		out.Next, out.Moved = x.ID, out.Moved+1
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, nil
}

// moveSheet gives a sheet to the unit that follows, or its lines to the sheet that this unit has already.
func (s *Service) moveSheet(ctx context.Context, tx *sqldb.Tx, x Sheet, h org.Handing) error {
	own, err := sheetsOf(ctx, tx, []ID{x.Workshop})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(o Sheet) bool { return o.Unit == h.To })
	if i < 0 {
		x.From, x.Unit = h.From, h.To
		x.Version++
		if err := updateSheet(ctx, tx, x); err != nil || x.State == SheetHandedIn {
			return err
		}
		w, err := workshopOf(ctx, tx, x.Workshop)
		if err != nil {
			return err
		}
		tree, err := s.org.Tree(ctx)
		if err != nil {
			return err
		}
		to, _ := tree.ByID(h.To)
		return s.oweSheet(ctx, tx, w, x, to)
	}
	if err := s.todo.Fulfil(ctx, tx, access.Subject{Kind: SheetKind, ID: x.ID}, verbSheet); err != nil {
		return err
	}
	to, err := sheetOf(ctx, tx, x.Workshop, h.To)
	if err != nil || x.State == SheetHandedIn || to.State == SheetHandedIn {
		return err
	}
	if err := dropSheet(ctx, tx, x.ID); err != nil || len(x.Lines) == 0 {
		return err
	}
	to.Lines = slices.DeleteFunc(append(to.Of(Customer), slices.Concat(x.Of(Customer), to.Of(Provider), x.Of(Provider))...), func(l SheetLine) bool { return l.Other == h.To })
	to.From, to.State = h.From, SheetDraft
	to.Version++
	if err := updateSheet(ctx, tx, to); err != nil {
		return err
	}
	return setLines(ctx, tx, to.ID, to.Lines)
}

func (s *Service) listHanding(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]org.Held, error) {
	list, err := edgesHanding(ctx, rd, unit, after, limit)
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]org.Held, len(list))
	for i, e := range list {
		provider, _ := tree.ByID(e.Provider)
		customer, _ := tree.ByID(e.Customer)
		out[i] = org.Held{Key: e.ID, Title: lang.T(ctx, "relation.holds-pair", "provider", provider.Name.In(ctx), "customer", customer.Name.In(ctx)), Href: edgeHref(provider.Code, customer.Code, Period{})}
	}
	return out, nil
}

func (s *Service) handHandOvers(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := edgesHanding(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	for _, e := range list {
		if err := s.moveHandOvers(ctx, tx, e, h); err != nil {
			return out, err
		}
		out.Next, out.Moved = e.ID, out.Moved+1
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, nil
}

// moveHandOvers adds what goes over one edge to what goes over that of the unit that follows, each side to its side.
func (s *Service) moveHandOvers(ctx context.Context, tx *sqldb.Tx, e edgeRow, h org.Handing) error {
	provider, customer := e.Provider, e.Customer
	if provider == h.From {
		provider = h.To
	}
	if customer == h.From {
		customer = h.To
	}
	here, err := handOvers(ctx, tx, []ID{e.ID})
	if err != nil {
		return err
	}
	to, err := wordEdge(ctx, tx, provider, customer)
	if err != nil {
		return err
	}
	tx.OnCommit(s.store.forget)
	there, err := handOvers(ctx, tx, []ID{to.ID})
	if err != nil {
		return err
	}
	for i := range here {
		here[i].From = h.From
	}
	for _, side := range []Side{Provider, Customer} {
		of := func(x HandOver) bool { return x.Side != side }
		if err := setHandOvers(ctx, tx, e.ID, side, nil); err != nil {
			return err
		}
		if provider == customer { // both became one: nothing goes over any more
			continue
		}
		if err := setHandOvers(ctx, tx, to.ID, side, slices.DeleteFunc(slices.Concat(there, here), of)); err != nil {
			return err
		}
	}
	return nil
}
