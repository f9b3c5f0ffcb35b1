package delivery

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// exported is how many deliveries one file holds at most; whoever wants more narrows the list.
const exported = 50_000

// exportColumns are the columns of a file of deliveries; their words are delivery.export.NAME.
var exportColumns = []string{"number", "title", "service", "provider", "provider_name", "customer", "customer_name", "origin", "state", "opened", "due", "delivered",
	"accepted", "outcome", "returns", "quantity", "assignee", "receiver", "external"}

// showExport sends the list with its filter as a file: all of it, not only the page shown.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.View == "all" {
		in.View = ""
	}
	in.Cursor = ""
	f, err := in.filter()
	if err != nil {
		return err
	}
	f.Limit = web.MaxLimit
	page, err := s.List(ctx, f)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "delivery.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "delivery.export.", exportColumns); err != nil {
		return err
	}
	for n := 0; ; {
		for _, l := range page.Items {
			if err := out.Row(s.cells(ctx, tree, l)...); err != nil {
				return err
			}
		}
		if n += len(page.Items); page.NextCursor == "" || n >= exported {
			return out.Close()
		}
		f.Cursor = page.NextCursor
		if page, err = s.List(ctx, f); err != nil {
			return err
		}
	}
}

// cells is a delivery as a row of the file, in the order of exportColumns. Times are in the reader's zone.
func (s *Service) cells(ctx context.Context, tree *org.Tree, l Line) []any {
	at := func(t time.Time) any {
		if t.IsZero() || t.Equal(never) {
			return nil
		}
		return t.In(lang.Zone(ctx))
	}
	provider, _ := tree.ByID(l.Provider)
	customer, _ := tree.ByID(l.Customer)
	outcome, service := "", ""
	if l.CompletionIs != "" {
		outcome = lang.T(ctx, "delivery.outcome."+string(l.CompletionIs))
	}
	if snap, err := s.Catalog.Snapshot(ctx); err == nil {
		if sv, ok := snap.ByID(l.Service); ok {
			service = sv.Code
		}
	}
	return []any{l.Ref(), l.Title, service, provider.Code, provider.Name.In(ctx), customer.Code, customer.Name.In(ctx), lang.T(ctx, "delivery.origin."+string(l.Origin)),
		lang.T(ctx, "delivery.state."+string(l.State)), at(l.OpenedAt), at(l.Due), at(l.DeliveredAt), at(l.AcceptedAt), outcome, l.Returns, l.Quantity,
		l.Bringer.Display(ctx), l.Taker.Display(ctx), l.External}
}

var standingColumnsOfFile = []string{"standing", "service", "provider", "provider_name", "deliverable", "criterion", "schedule", "lead", "accept_days", "from", "until",
	"state", "customer", "customer_name", "receiver", "agreed"}

// showStandingsExport sends the arrangements as a file, a row per customer.
func (s *Service) showStandingsExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in standingAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	f := StandingFilter{Provider: in.Provider, Customer: in.Customer, Service: in.Service, State: in.State, Limit: web.MaxLimit}
	page, err := s.Standings(ctx, f)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "delivery.standing.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "delivery.export.", standingColumnsOfFile); err != nil {
		return err
	}
	for {
		people, err := s.peopleOf(ctx, page.Items)
		if err != nil {
			return err
		}
		for _, st := range page.Items {
			service := ""
			if sv, ok := snap.ByID(st.Service); ok {
				service = sv.Name.In(ctx)
			}
			provider, _ := tree.ByID(st.Provider)
			for _, c := range st.Customers {
				customer, _ := tree.ByID(c.Unit)
				err := out.Row(st.Ref(), service, provider.Code, provider.Name.In(ctx), st.Deliverable, st.Criterion, scheduleWords(ctx, st.Schedule), st.Lead, st.AcceptDays,
					st.From.String(), dayText(st.Until), lang.T(ctx, "delivery.standing.state."+st.State), customer.Code, customer.Name.In(ctx),
					people[c.Receiver].Display(ctx), lang.T(ctx, "delivery.customer."+c.State))
				if err != nil {
					return err
				}
			}
		}
		if page.NextCursor == "" {
			return out.Close()
		}
		f.Cursor = page.NextCursor
		if page, err = s.Standings(ctx, f); err != nil {
			return err
		}
	}
}
