package support

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/todo"
)

// Routes are the routes of the room for people: without a line in the access log, and closed to who looks with another's
// eyes.
func (s *Service) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /support", Action: doAsk, Do: s.showMine},
		{Pattern: "GET /services/{code}/support", Action: doAsk, Do: s.showAsk},
		{Pattern: "POST /services/{code}/support", Action: doAsk, Do: s.submitAsk},
		{Pattern: "GET /support/{ref}", Action: doSee, Do: s.showCase},
		{Pattern: "POST /support/{ref}/say", Action: doSee, Do: s.submitSay},
		{Pattern: "POST /support/{ref}/close", Action: doSee, Do: s.submitClose},
		{Pattern: "POST /support/{ref}/pass", Action: doSee, Do: s.submitPass},
	}
	for i := range routes {
		routes[i].Quiet, routes[i].Own = true, true
	}
	return routes
}

// Mount adds pages, API and the line on the home page.
func (s *Service) Mount(m *web.Mux, home *todo.Service) {
	m.Page(s.Routes()...)
	s.api(m)
	home.AddPanel(todo.Panel{Slot: todo.Waiting, Order: 5, Render: s.panel})
}

// panel is the line on the home page of who has something new to read.
func (s *Service) panel(ctx context.Context) (templ.Component, error) {
	who := actor.From(ctx)
	if who.Person == 0 || who.Viewer != 0 {
		return nil, nil
	}
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = newOf(ctx, rd, who.Person)
		return err
	})
	if err != nil || n == 0 {
		return nil, err
	}
	return newCard(n), nil
}

type askView struct {
	Code, Name, Lead, Crisis string
	Keeps                    string // for how long
	Supporters               []ui.Choice
	Text                     string
	Errors                   ui.Errors
}

func (s *Service) showAsk(w http.ResponseWriter, r *http.Request) error {
	return s.askPage(w, r, http.StatusOK, "", "", nil)
}

func (s *Service) submitAsk(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.Ask(ctx, r.PathValue("code"), r.FormValue("supporter"), r.FormValue("text"))
	if fault.KindOf(err) == fault.Invalid {
		return s.askPage(w, r, http.StatusUnprocessableEntity, r.FormValue("supporter"), r.FormValue("text"), err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "support.sent"), "")
	return web.See(w, r, "/support/"+c.Ref)
}

func (s *Service) askPage(w http.ResponseWriter, r *http.Request, status int, supporter, text string, cause error) error {
	ctx := r.Context()
	x, err := s.offered(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	v := askView{Code: x.Code, Name: x.Name.In(ctx), Lead: x.Description.In(ctx), Crisis: x.Policy.Crisis.In(ctx), Text: text, Errors: ui.ErrorsOf(ctx, cause, nil),
		Keeps: lang.T(ctx, "support.keeps", "count", x.Policy.RetentionDays)}
	if v.Supporters, err = s.choices(ctx, x, supporter, 0); err != nil {
		return err
	}
	return web.Show(w, r, status, askPage(v), nil)
}

// choices are the supporters that the reader may choose, but one.
func (s *Service) choices(ctx context.Context, x *catalog.Service, chosen string, but int64) ([]ui.Choice, error) {
	people, err := s.catalog.Supporters(ctx, x)
	var out []ui.Choice
	for _, p := range people {
		if p.ID != actor.From(ctx).Person && p.ID != but {
			out = append(out, ui.Choice{Value: p.No, Title: org.NameOf(ctx, p), Text: p.Position, Checked: p.No == chosen})
		}
	}
	if len(out) == 1 && but == 0 {
		out[0].Checked = true
	}
	return out, err
}

type caseView struct {
	Case
	Asks     bool // the reader is who asked
	Title    string
	With     string // the other one
	Crisis   string
	Gone     string // when it goes
	Messages []ui.MessageProps
	Others   []ui.Choice
	Text     string
	Errors   ui.Errors
}

func (s *Service) showCase(w http.ResponseWriter, r *http.Request) error {
	return s.casePage(w, r, http.StatusOK, nil)
}

func (s *Service) submitSay(w http.ResponseWriter, r *http.Request) error {
	_, err := s.Say(r.Context(), r.PathValue("ref"), r.FormValue("text"))
	return s.done(w, r, err, "")
}

func (s *Service) submitClose(w http.ResponseWriter, r *http.Request) error {
	_, err := s.Close(r.Context(), r.PathValue("ref"))
	return s.done(w, r, err, "support.closed")
}

func (s *Service) submitPass(w http.ResponseWriter, r *http.Request) error {
	_, err := s.Pass(r.Context(), r.PathValue("ref"), r.FormValue("supporter"))
	return s.done(w, r, err, "support.passed")
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, err error, toast string) error {
	if fault.KindOf(err) == fault.Invalid {
		return s.casePage(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if toast != "" {
		web.Toast(w, r, lang.T(r.Context(), toast), "")
	}
	return web.See(w, r, "/support/"+r.PathValue("ref"))
}

func (s *Service) casePage(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	ctx := r.Context()
	c, words, err := s.Case(ctx, r.PathValue("ref"))
	if err != nil {
		return err
	}
	people, err := s.names(ctx, []int64{c.Asker, c.Supporter})
	if err != nil {
		return err
	}
	v := caseView{Case: c, Asks: actor.From(ctx).Person == c.Asker, Title: c.Ref, Text: r.FormValue("text"), Errors: ui.ErrorsOf(ctx, cause, nil)}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	if x, ok := snap.ByID(c.Service); ok {
		v.Title, v.Crisis = x.Name.In(ctx), x.Policy.Crisis.In(ctx)
		if v.Asks && c.State == Open {
			if v.Others, err = s.choices(ctx, x, "", c.Supporter); err != nil {
				return err
			}
		}
	}
	other := people[c.Asker]
	if v.Asks {
		other = people[c.Supporter]
	}
	v.With = org.NameOf(ctx, other)
	v.Gone = lang.T(ctx, "support.goes-"+string(c.State), "day", lang.Date(ctx, c.Erase))
	for _, x := range words {
		p, tone := people[c.Supporter], 0
		if x.ByAsker {
			p, tone = people[c.Asker], 2
		}
		v.Messages = append(v.Messages, ui.MessageProps{Kind: "message", Person: org.NameOf(ctx, p), When: lang.Short(ctx, x.At), At: lang.ISO(x.At), Tone: tone, Text: x.Text})
	}
	return web.Show(w, r, status, casePage(v), nil)
}

func (s *Service) names(ctx context.Context, ids []int64) (people map[int64]org.Person, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		people, err = s.org.Names(ctx, rd, ids)
		return err
	})
	return people, err
}

// showMine is /support: the reader's cases, and the services one may turn to.
func (s *Service) showMine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := s.Mine(ctx)
	if err != nil {
		return err
	}
	var ids []int64
	for _, c := range list {
		ids = append(ids, c.Asker, c.Supporter)
	}
	people, err := s.names(ctx, ids)
	if err != nil {
		return err
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := mineView{}
	for _, c := range list {
		other, mine := people[c.Asker], c.SupportNew
		if c.Asker == actor.From(ctx).Person {
			other, mine = people[c.Supporter], c.AskerNew
		}
		title := c.Ref
		if x, ok := snap.ByID(c.Service); ok {
			title = x.Name.In(ctx)
		}
		item := ui.ListItemProps{Icon: "heart-handshake", Title: title, Href: "/support/" + c.Ref, Note: org.NameOf(ctx, other) + " · " + lang.At(ctx, c.Last)}
		switch {
		case c.State == Closed:
			item.Tag = ui.Tag(ui.TagProps{Text: lang.T(ctx, "support.state-closed"), Tone: "na"})
		case mine:
			item.Tag = ui.Tag(ui.TagProps{Text: lang.T(ctx, "support.new"), Tone: "warn"})
		}
		v.Cases = append(v.Cases, item)
	}
	for _, x := range snap.All() {
		if x.Support() && x.State == catalog.Live && s.catalog.Sees(ctx, x) {
			v.Services = append(v.Services, ui.ListItemProps{Icon: "heart-handshake", Title: x.Name.In(ctx), Href: x.AskAt(), Note: x.Description.In(ctx)})
		}
	}
	return web.Show(w, r, http.StatusOK, minePage(v), nil)
}

type mineView struct{ Cases, Services []ui.ListItemProps }
