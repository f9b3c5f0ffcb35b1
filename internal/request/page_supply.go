package request

import (
	"context"
	"net/http"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// supplyView is what a unit waits for, from every supplier.
type supplyView struct {
	Title, Lead, File string
	Units             []ui.TabProps
	Parts             []supplyPart
	More              bool
}

// supplyPart is a part of it: what waits for the unit itself, what is late, then a part for each supplier.
type supplyPart struct {
	Key, Title string
	Tone       string
	Rows       []row
}

// Supply lists what a unit and those below it wait for, the next due first, as far as the actor sees it.
func (s *Service) Supply(ctx context.Context, unit string, limit int) (web.Page[Line], error) {
	sc, _, err := s.scopeOf(ctx, Filter{Customer: unit, Limit: limit})
	if err != nil {
		return web.Page[Line]{}, err
	}
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if rows, err = nextDueOfCustomers(ctx, rd, sc); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, rows)
	})
	return web.Cut(rows, sc.limit, byNextDue), err
}

func (s *Service) showSupply(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Unit string `form:"unit"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.Unit == "" {
		var err error
		if in.Unit, err = s.myUnit(ctx); err != nil {
			return err
		}
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByCode(in.Unit)
	page, err := s.Supply(ctx, in.Unit, boardMost)
	if err != nil {
		return err
	}
	v := supplyView{Title: lang.T(ctx, "request.supply.title"), Lead: lang.T(ctx, "request.supply.lead", "unit", u.Label(ctx)), More: page.NextCursor != "",
		File: asking{View: "all", Customer: in.Unit, State: "open"}.href("/requests/export")}
	var seen []int64
	for _, g := range actor.From(ctx).Groups {
		if x, ok := tree.ByID(g.ID); ok && !slices.Contains(seen, g.ID) && slices.Contains([]string{"member", "head", "secretary"}, g.Role) && len(seen) < 12 {
			seen = append(seen, g.ID)
			v.Units = append(v.Units, ui.TabProps{Text: x.Label(ctx), Href: "/requests/board?unit=" + x.Code, On: x.Code == in.Unit})
		}
	}
	lists := listView{Path: "/requests", Bulk: false}
	if err := s.fill(ctx, &lists, asking{View: "unit"}, page); err != nil {
		return err
	}
	names := map[int64]string{}
	for _, l := range page.Items {
		names[l.Unit] = tree.FullName(ctx, l.Unit)
	}
	v.Parts = supplyParts(ctx, page.Items, lists.Rows, names, s.db.Now())
	return web.Show(w, r, http.StatusOK, supplyPage(v), nil)
}

// supplyParts puts what waits for the unit on top, then what is late, then the rest by supplier, each in the order given.
func supplyParts(ctx context.Context, lines []Line, rows []row, names map[int64]string, now time.Time) []supplyPart {
	parts := []supplyPart{
		{Key: "ours", Title: lang.T(ctx, "request.supply.ours"), Tone: "warn"},
		{Key: "late", Title: lang.T(ctx, "request.supply.late"), Tone: "bad"},
	}
	for i, l := range lines {
		key := supplyKey(l, now)
		at := slices.IndexFunc(parts, func(p supplyPart) bool { return p.Key == key })
		if at < 0 {
			at, parts = len(parts), append(parts, supplyPart{Key: key, Title: names[l.Unit]})
		}
		parts[at].Rows = append(parts[at].Rows, rows[i])
	}
	return slices.DeleteFunc(parts, func(p supplyPart) bool { return len(p.Rows) == 0 })
}

// supplyKey is the part of the board that a request stands in.
func supplyKey(l Line, now time.Time) string {
	switch {
	case l.State == StateWaiting || l.State == StateDelivered && !l.Duplicate:
		return "ours"
	case now.After(l.NextDue):
		return "late"
	}
	return idText(l.Unit)
}
