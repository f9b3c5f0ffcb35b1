package request

import (
	"context"
	"net/http"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// exported is how many requests one file holds at most; whoever wants more narrows the list.
const exported = 50_000

// exportColumns are the columns of a file of requests; their words are request.export.NAME.
var exportColumns = []string{"number", "title", "service", "service_name", "provider", "provider_name", "customer", "customer_name", "unit", "unit_name",
	"asked_by", "assignee", "state", "stage", "opened", "response_due", "responded", "due", "closed", "outcome", "seconds", "confidential", "cause", "cause_state",
	"hops", "hand_overs", "came_back", "parts", "parent", "merged_into", "duplicate", "place", "place_name", "reply_since", "reply_due"}

// showListExport sends the list of requests with its filter as a file: all of it, not only the page shown.
func (s *Service) showListExport(w http.ResponseWriter, r *http.Request) error {
	return s.export(w, r, "request.list.title", func(ctx context.Context, in asking, f Filter) (web.Page[Line], error) {
		f.Mine = in.View == ""
		if in.View == "unit" {
			code, err := s.myUnit(ctx)
			if err != nil {
				return web.Page[Line]{}, err
			}
			f.Customer = code
		}
		return s.List(ctx, f)
	})
}

// showQueueExport sends the queue as a file.
func (s *Service) showQueueExport(w http.ResponseWriter, r *http.Request) error {
	return s.export(w, r, "request.queue.title", func(ctx context.Context, in asking, f Filter) (web.Page[Line], error) {
		return s.Queue(ctx, in.View, f)
	})
}

func (s *Service) export(w http.ResponseWriter, r *http.Request, title string, page func(context.Context, asking, Filter) (web.Page[Line], error)) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.Cursor = ""
	f, err := in.filter()
	if err != nil {
		return err
	}
	f.Limit = web.MaxLimit
	lines, err := page(ctx, in, f)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	services, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, title)+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	answers := answerColumns(services, in.Service)
	labels := make([]any, len(answers))
	for i, f := range answers {
		labels[i] = f.Label.In(ctx)
	}
	if err := out.Heading(ctx, "request.export.", exportColumns, labels...); err != nil {
		return err
	}
	for n := 0; ; {
		given, err := s.answerCells(ctx, answers, lines.Items)
		if err != nil {
			return err
		}
		said, err := s.causesBy(ctx, lines.Items)
		if err != nil {
			return err
		}
		wholes, err := s.wholesOf(ctx, lines.Items)
		if err != nil {
			return err
		}
		for _, l := range lines.Items {
			row := append(cellsOf(ctx, tree, services, l), causeCells(ctx, said[l.ID], in.Clock)...)
			row = append(row, l.Hops, l.HandOvers, l.CameBack, l.Parts, wholes[l.Parent], wholes[l.MergedInto], yes(ctx, l.Duplicate), l.Place.Code, l.Place.Name.In(ctx), atOrNil(ctx, l.ReplySince), atOrNil(ctx, l.ReplyDue))
			if err := out.Row(append(row, given[l.ID]...)...); err != nil {
				return err
			}
		}
		if n += len(lines.Items); lines.NextCursor == "" || n >= exported {
			return out.Close()
		}
		f.Cursor = lines.NextCursor
		if lines, err = page(ctx, in, f); err != nil {
			return err
		}
	}
}

// cellsOf is a request as a row of the file, in the order of exportColumns. Times are in the reader's zone.
func cellsOf(ctx context.Context, tree *org.Tree, services *catalog.Snapshot, l Line) []any {
	unit := func(id int64) (code, name string) {
		u, _ := tree.ByID(id)
		return u.Code, u.Name.In(ctx)
	}
	at := func(t time.Time) any { return atOrNil(ctx, t) }
	var code, name, outcome string
	if service, ok := services.ByID(l.Service); ok {
		code, name = service.Code, service.Name.In(ctx)
	}
	if l.CompletionIs != "" {
		outcome = lang.T(ctx, "request.outcome."+string(l.CompletionIs))
	}
	stage := ""
	if service, ok := services.ByID(l.Service); ok {
		x, _ := service.StageOf(l.Stage)
		stage = x.Name.In(ctx)
	}
	provider, providerName := unit(l.Provider)
	customer, customerName := unit(l.Customer)
	holder, holderName := unit(l.Unit)
	return []any{l.Ref(), l.Title, code, name, provider, providerName, customer, customerName, holder, holderName,
		l.Asker.Display(ctx), l.Holder.Display(ctx), lang.T(ctx, "request.state."+string(l.State)), stage, at(l.OpenedAt), at(l.ResponseDue), at(l.RespondedAt),
		at(l.Due), at(l.ClosedAt), outcome, l.Took, yes(ctx, l.Confidential)}
}

// atOrNil is a time in the zone of the reader; nil: none.
func atOrNil(ctx context.Context, t time.Time) any {
	if t.IsZero() || t.Equal(never) {
		return nil
	}
	return t.In(lang.Zone(ctx))
}

func yes(ctx context.Context, is bool) string {
	if !is {
		return ""
	}
	return lang.T(ctx, "request.export.yes")
}
