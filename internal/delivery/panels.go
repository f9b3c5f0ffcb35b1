package delivery

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/relation"
)

// waitingRows is how many deliveries the home page shows of those that its reader is to get.
const (
	waitingRows = 5
	waitingDays = 14
)

// waitingPanel lists what the reader is to get within two weeks.
func (s *Service) waitingPanel(ctx context.Context) (templ.Component, error) {
	a := actor.From(ctx)
	if a.Person == 0 {
		return nil, nil
	}
	var heads []int64
	for _, g := range a.Groups {
		if g.Role == "head" {
			heads = append(heads, g.ID)
		}
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Delivery
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = waitedFor(ctx, rd, a.Person, heads, rd.Instant().AddDate(0, 0, waitingDays), waitingRows)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var lines []ui.ListItemProps
	for _, d := range rows {
		lines = append(lines, ui.ListItemProps{Icon: "package", Title: d.Title, Href: link(d.Number), Tag: ui.Tag(stateTag(ctx, d.State)),
			Note: lang.T(ctx, "delivery.home.line", "ref", d.Ref(), "unit", tree.FullName(ctx, d.Provider), "due", lang.At(ctx, d.Due))})
	}
	return waitingCard(lines), nil
}

// edgePanel is what one direction of a relation brings without being asked: the arrangements, and what is open.
func (s *Service) edgePanel(ctx context.Context, p relation.Pair) (templ.Component, error) {
	f := StandingFilter{Provider: p.Provider.Code, Customer: p.Customer.Code, Limit: 6}
	page, err := s.Standings(ctx, f)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.standingRows(ctx, tree, page.Items)
	if err != nil {
		return nil, err
	}
	list, err := s.List(ctx, Filter{Provider: p.Provider.Code, Customer: p.Customer.Code, State: "open", Limit: 5})
	if err != nil || len(rows)+len(list.Items) == 0 {
		return nil, err
	}
	var open []ui.ListItemProps
	for _, l := range list.Items {
		note := l.Ref()
		if !l.Due.IsZero() {
			note += " · " + lang.T(ctx, "delivery.clock.due", "at", lang.At(ctx, l.Due))
		}
		open = append(open, ui.ListItemProps{Icon: stateTag(ctx, l.State).Icon, Title: l.Title, Href: link(l.Number), Note: note, Tag: ui.Tag(stateTag(ctx, l.State))})
	}
	q := url.Values{"view": {"all"}, "provider": {p.Provider.Code}, "customer": {p.Customer.Code}, "state": {"any"}}
	return edgeCard(rows, open, "/deliveries?"+q.Encode()), nil
}

// serviceView is what the page of a standing service shows of its arrangements.
type serviceView struct {
	Code   string
	Rows   []standingRow
	MayNew bool
}

// ServicePanel is the part of the page of a standing service that says who gets it and when; nil for other services.
func (s *Service) ServicePanel(ctx context.Context, id int64) (templ.Component, error) {
	list, err := s.standingServices(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(x *catalog.Service) bool { return x.ID == id })
	if i < 0 {
		return nil, nil
	}
	page, err := s.Standings(ctx, StandingFilter{Service: list[i].Code, Limit: 20})
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := serviceView{Code: list[i].Code, MayNew: s.mayArrange(ctx, list[i].Unit, id) == nil}
	if v.Rows, err = s.standingRows(ctx, tree, page.Items); err != nil {
		return nil, err
	}
	return serviceCard(v), nil
}
