package app

import (
	"context"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/talk"
)

// tellRetired lets those be told whom the end of a service concerns: the customers of what is open, and the heads of the units
// that used it. What it is called, and what to ask for instead, is said when it is read.
func (a *App) tellRetired() {
	a.Talk.AddPolicy("service", talk.Policy{About: a.aboutRetired})
	a.Notice.AddKind(notice.Kind{Code: "service.retired", Group: "asking", Icon: "archive", As: map[string]string{"": notice.Now}, Ends: []string{"service.retired"}})
	a.Notice.AddSource(catalog.ServiceWasRetired{}.EventKind(), func(ctx context.Context, rd sqldb.Reader, r event.Record) ([]notice.Told, error) {
		e, err := event.Decode[catalog.ServiceWasRetired](r)
		if err != nil {
			return nil, err
		}
		x, err := a.Catalog.Concerned(ctx, rd, e.Service)
		if err != nil {
			return nil, err
		}
		told := map[int64]bool{}
		var out []notice.Told
		add := func(as string, people []int64) {
			for _, p := range people {
				if !told[p] {
					told[p] = true
					out = append(out, notice.Told{Kind: "service.retired", Person: p, As: as})
				}
			}
		}
		add(notice.AsCustomer, x.People)
		heads, err := a.Org.HeadsOfEach(ctx, rd, x.Units)
		if err != nil {
			return nil, err
		}
		for _, unit := range x.Units {
			add(notice.AsHead, heads[unit])
		}
		return out, nil
	})
}

// aboutRetired names services that are not offered any more to who is told of it.
func (a *App) aboutRetired(ctx context.Context, _ sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	out := map[int64]talk.About{}
	for _, id := range ids {
		name, next, href, ok, err := a.Catalog.Gone(ctx, id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		title := name.In(ctx)
		if next != (lang.Text{}) {
			title = lang.T(ctx, "app.retired-for", "name", title, "next", next.In(ctx))
		}
		out[id] = talk.About{Title: title, Link: href}
	}
	return out, nil
}
