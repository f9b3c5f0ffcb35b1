package calendar

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// movesShown is how many deadlines a page lists; the table for download has all.
const movesShown = 50

type movesView struct {
	Title, Note, LateText, More string
	Moved, Late                 int
	Services                    []serviceRow
	Rows                        []moveRow
}

type serviceRow struct {
	Name        string
	Moved, Late int
}

type moveRow struct {
	Ref, Href, Service, Kind, Unit, From, To string
	Late                                     bool
}

func (s *Service) movesView(ctx context.Context, m Moves) (movesView, error) {
	v := movesView{Moved: m.Moved, Late: m.Late, Title: lang.T(ctx, "calendar.moves.title", "count", m.Moved)}
	if m.Moved == 0 {
		v.Title = lang.T(ctx, "calendar.moves.none")
		v.Note = lang.T(ctx, "calendar.moves.looked", "count", m.Looked)
		return v, nil
	}
	v.Note = lang.T(ctx, "calendar.moves.note", "looked", m.Looked, "later", m.Later, "earlier", m.Earlier)
	if m.Late > 0 {
		v.LateText = lang.T(ctx, "calendar.moves.late-text", "count", m.Late)
	}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, x := range m.By {
		v.Services = append(v.Services, serviceRow{x.Service.In(ctx), x.Moved, x.Late})
	}
	list := lateFirst(m.List)
	for _, x := range list[:min(len(list), movesShown)] {
		v.Rows = append(v.Rows, moveRow{Ref: x.Ref, Href: x.Link, Service: x.Service.In(ctx), Kind: moveKind(ctx, x), Unit: tree.Name(ctx, x.Unit),
			From: lang.Short(ctx, x.From), To: lang.Short(ctx, x.To), Late: x.Late})
	}
	if len(list) > movesShown {
		v.More = lang.T(ctx, "calendar.moves.more", "shown", movesShown, "count", len(list))
	}
	return v, nil
}

// lateFirst puts those that would be late before the others, each in the order of their new due times.
func lateFirst(list []Move) []Move {
	out := make([]Move, 0, len(list))
	for _, late := range []bool{true, false} {
		for _, m := range list {
			if m.Late == late {
				out = append(out, m)
			}
		}
	}
	return out
}

// moveKind is 办结, 首次响应, 本单位办理.
func moveKind(ctx context.Context, m Move) string {
	if m.Scope == "hop" {
		return lang.T(ctx, "calendar.moves.hop")
	}
	return lang.T(ctx, "calendar.moves."+m.Kind)
}

// sendMoves writes every deadline that would move as a table.
func (s *Service) sendMoves(w http.ResponseWriter, r *http.Request, m Moves) error {
	tree, err := s.units.Tree(r.Context())
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="deadlines.csv"`)
	h.Set("Cache-Control", "no-store")
	out, err := xlsx.NewCSV(w)
	if err != nil {
		return err
	}
	return writeMoves(r.Context(), out, tree, m)
}

func writeMoves(ctx context.Context, out *xlsx.Writer, tree *org.Tree, m Moves) error {
	if err := out.Heading(ctx, "calendar.moves.", []string{"request", "service", "kind", "unit", "calendar", "from", "to", "late"}); err != nil {
		return err
	}
	zone := lang.Zone(ctx)
	for _, x := range lateFirst(m.List) {
		late := ""
		if x.Late {
			late = lang.T(ctx, "calendar.moves.would-be-late")
		}
		err := out.Row(x.Ref, x.Service.In(ctx), moveKind(ctx, x), tree.Name(ctx, x.Unit), x.Calendar,
			x.From.In(zone).Format(time.DateTime), x.To.In(zone).Format(time.DateTime), late)
		if err != nil {
			return err
		}
	}
	return out.Close()
}
