package catalog

import (
	"context"
	"net/http"
	"slices"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// mostConcerned is how many people and units hear that a service is retired.
const mostConcerned = 500

// Concern is whom the end of a service concerns. People are the customers of what is open, Units those that asked in the year
// before, or are brought something by it.
type Concern struct {
	Open     int64   // requests in hand: they go on to their end
	Asked    int64   // in the year before
	Standing int64   // arrangements that are in force
	People   []int64 // at most 500
	Units    []int64
}

// ConcernedBy fills a slot: whom a room knows that the end of a service concerns, looking back to a moment. Call it while wiring.
func (c *Catalog) ConcernedBy(find func(ctx context.Context, rd sqldb.Reader, service ID, since time.Time) (Concern, error)) {
	c.concerns = append(c.concerns, find)
}

// Concerned is whom the end of a service concerns, as all rooms know it.
func (c *Catalog) Concerned(ctx context.Context, rd sqldb.Reader, service ID) (Concern, error) {
	var all Concern
	for _, find := range c.concerns {
		x, err := find(ctx, rd, service, rd.Instant().AddDate(-1, 0, 0))
		if err != nil {
			return all, err
		}
		all.Open, all.Asked, all.Standing = all.Open+x.Open, all.Asked+x.Asked, all.Standing+x.Standing
		all.People, all.Units = append(all.People, x.People...), append(all.Units, x.Units...)
	}
	for _, list := range []*[]int64{&all.People, &all.Units} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		*list = (*list)[:min(len(*list), mostConcerned)]
	}
	return all, nil
}

// retiring is a service that the actor may retire, and whom that concerns.
func (c *Catalog) retiring(ctx context.Context, code string) (*Service, Concern, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, Concern{}, err
	}
	if err := c.may(ctx, doEdit, s); err != nil {
		return nil, Concern{}, err
	}
	var x Concern
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		x, err = c.Concerned(ctx, rd, s.ID)
		return err
	})
	return s, x, err
}

type retireView struct {
	*Service
	Title, Unit, UnitHref string
	Stats                 []ui.StatProps
	Told                  string
	Typed                 string
	Errors                ui.Errors
}

// showRetire is /services/{code}/retire: what the end of a service means, before anybody decides.
func (c *Catalog) showRetire(w http.ResponseWriter, r *http.Request) error {
	return c.retirePage(w, r, http.StatusOK, nil)
}

func (c *Catalog) retirePage(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	ctx := r.Context()
	s, x, err := c.retiring(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := retired(*s); err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	v := retireView{Service: s, Title: s.Name.In(ctx), Unit: unit.Name.In(ctx), UnitHref: "/services?unit=" + unit.Code, Typed: r.FormValue("successor"), Errors: ui.ErrorsOf(ctx, cause, nil)}
	for _, n := range []struct {
		key string
		n   int64
	}{{"open", x.Open}, {"asked", x.Asked}, {"units", int64(len(x.Units))}, {"standing", x.Standing}} {
		v.Stats = append(v.Stats, ui.StatProps{Label: lang.T(ctx, "catalog.retire-"+n.key), Value: lang.Number(ctx, n.n)})
	}
	v.Told = lang.T(ctx, "catalog.retire-nobody")
	if len(x.People)+len(x.Units) > 0 {
		v.Told = lang.T(ctx, "catalog.retire-told", "people", len(x.People), "units", len(x.Units))
	}
	return web.Show(w, r, status, retirePage(v), nil)
}

type retiringOutput struct {
	Body struct {
		Open     int64    `json:"open" doc:"Requests in hand; they go on to their end"`
		Asked    int64    `json:"asked" doc:"In the last 12 months"`
		Standing int64    `json:"standing" doc:"Arrangements in force"`
		People   int      `json:"people" doc:"Customers of what is open: they are told"`
		Units    []string `json:"units" doc:"Whose heads are told: who asked in the last 12 months, or is brought something"`
	}
}

func (c *Catalog) getRetiring(ctx context.Context, in *codeInput) (*retiringOutput, error) {
	_, x, err := c.retiring(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	out := &retiringOutput{}
	out.Body.Open, out.Body.Asked, out.Body.Standing, out.Body.People, out.Body.Units = x.Open, x.Asked, x.Standing, len(x.People), []string{}
	for _, id := range x.Units {
		if u, ok := tree.ByID(id); ok {
			out.Body.Units = append(out.Body.Units, u.Code)
		}
	}
	return out, err
}

// Gone is what is said of a retired service to who used it: its name, what to ask for instead, and where. ok is false of one
// that is not retired.
func (c *Catalog) Gone(ctx context.Context, id ID) (name, next lang.Text, href string, ok bool, err error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return name, next, "", false, err
	}
	s, known := snap.ByID(id)
	if !known || s.State != Retired {
		return name, next, "", false, nil
	}
	href = "/services"
	if x, there := snap.ByID(s.Successor); there && x.State == Live {
		next, href = x.Name, "/services/"+x.Code
	}
	return s.Name, next, href, true, nil
}

// unfit says whether a refused retirement comes back as its page.
func unfit(err error) bool { return err != nil && fault.KindOf(err) == fault.Invalid }
