package catalog

import (
	"context"
	"net/http"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// submitPropose hands a draft over for review; what is missing is told on its edit page.
func (c *Catalog) submitPropose(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	s, err := c.Propose(ctx, code)
	if fault.KindOf(err) == fault.Invalid {
		return c.editPage(w, r, code, http.StatusUnprocessableEntity, nil, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.proposed", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code)
}

// submitSendBack returns a proposed service with the reason.
func (c *Catalog) submitSendBack(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	s, err := c.SendBack(ctx, code, r.FormValue("reason"))
	if fault.KindOf(err) == fault.Invalid {
		v, seen := c.serviceView(ctx, code)
		if seen != nil {
			return seen
		}
		v.Errors, v.Typed = ui.ErrorsOf(ctx, err, nil), r.FormValue("reason")
		return web.Show(w, r, http.StatusUnprocessableEntity, servicePage(v), nil)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.sent-back", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code)
}

// submitRetire takes a service out of the catalogue; the toast can bring it back.
func (c *Catalog) submitRetire(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	s, err := c.Retire(ctx, code, r.FormValue("successor"))
	if unfit(err) {
		return c.retirePage(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.retired", "name", s.Name.In(ctx)), "/services/"+code+"/publish")
	return web.See(w, r, "/services/"+code)
}

// newForm is a service that somebody begins to write down.
type newForm struct {
	Unit string   `form:"unit"`
	Word string   `form:"word"` // of the code, behind the unit's
	Name textPair `form:"name"`
	Kind string   `form:"kind"`

	Topic string `form:"topic"`
}

type newView struct {
	In     newForm
	Units  []ui.Option
	Topics []ui.Option
	Kinds  []ui.Choice
	Errors ui.Errors
}

// showNew is /services/new: a draft is begun by its name; everything else comes on the pages of the draft.
func (c *Catalog) showNew(w http.ResponseWriter, r *http.Request) error {
	return c.newPage(w, r, http.StatusOK, newForm{Unit: r.URL.Query().Get("unit"), Kind: string(OnRequest)}, nil)
}

func (c *Catalog) submitNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in newForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	code := in.Unit + "." + strings.ToLower(strings.TrimSpace(in.Word))
	d := Definition{Code: code, Unit: in.Unit, Name: in.Name.text(), Kind: Kind(in.Kind), State: Draft, Topic: in.Topic}
	if d.Kind == Standing { // a first proposal, to be changed on the next page
		d.Schedule, d.Deliverable = Schedule{Every: "month", On: "workday 5", At: "17:00"}, d.Name
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	if _, taken := snap.ByCode(code); taken {
		var f fault.Fields
		f.Add("word", "catalog.code-taken", "code", code)
		return c.newPage(w, r, http.StatusUnprocessableEntity, in, f.Err())
	}
	_, _, err = c.Write(ctx, d, 0)
	if fault.KindOf(err) == fault.Invalid {
		return c.newPage(w, r, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.drafted", "name", d.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code+"/edit")
}

// ofWord says of the word what is wrong with the code: the form asks for no more of it.
func (in newForm) ofWord(cause error) error {
	e, ok := fault.As(cause)
	if !ok || fault.KindOf(cause) != fault.Invalid {
		return cause
	}
	var f fault.Fields
	for _, x := range e.Fields {
		switch {
		case x.Name == "code" && strings.TrimSpace(in.Word) == "":
			f.Add("word", "form.required")
		case x.Name == "code":
			f.Add("word", x.Key, fault.Flat(x.Args)...)
		default:
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
	}
	return f.Err()
}

func (c *Catalog) newPage(w http.ResponseWriter, r *http.Request, status int, in newForm, cause error) error {
	ctx := r.Context()
	units, err := c.writableUnits(ctx, in.Unit)
	if err != nil {
		return err
	}
	if len(units) == 0 {
		return fault.ErrNotFound
	}
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := newView{In: in, Units: units, Topics: topicOptions(ctx, snap, &Service{Name: in.Name.text()}, in.Topic), Errors: ui.ErrorsOf(ctx, in.ofWord(cause), nil)}
	for _, k := range []Kind{OnRequest, Standing} {
		v.Kinds = append(v.Kinds, ui.Choice{Value: string(k), Title: lang.T(ctx, "catalog.kind-"+string(k)), Text: lang.T(ctx, "catalog.kind-"+string(k)+"-text"), Checked: in.Kind == string(k)})
	}
	return web.Show(w, r, status, newPage(v), nil)
}

// unitsOffered is how many units a form offers to who may write for all of them.
const unitsOffered = 500

// writableUnits are the units for which the actor may write a service down.
func (c *Catalog) writableUnits(ctx context.Context, chosen string) ([]ui.Option, error) {
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	now := lang.Now(ctx)
	var out []ui.Option
	for _, u := range tree.All() {
		if u.Valid(now) && len(out) < unitsOffered && c.may(ctx, doPropose, &Service{Unit: u.ID, State: Draft}) == nil {
			out = append(out, ui.Option{Value: u.Code, Text: u.Name.In(ctx) + " · " + u.Code, Selected: u.Code == chosen})
		}
	}
	return out, nil
}

// reviewed says on a service's page where its review stands, whom it is for, and whether the reader may ask for it.
func (c *Catalog) reviewed(ctx context.Context, tree *org.Tree, v *serviceView) error {
	s := v.Service
	v.MayApprove = c.may(ctx, doApprove, s) == nil
	entitled, err := c.Entitled(ctx, actor.From(ctx), s)
	if err != nil {
		return err
	}
	v.MayAsk = s.AskAt() != "" && entitled
	if !s.Audience.Everybody() {
		words := make([]string, 0, len(s.Audience.In)+len(s.Audience.Out))
		for _, w := range s.Audience.In {
			words = append(words, w.words(ctx, tree))
		}
		for _, w := range s.Audience.Out {
			words = append(words, lang.T(ctx, "catalog.audience-but", "rule", w.words(ctx, tree)))
		}
		v.For = strings.Join(words, lang.T(ctx, "catalog.and"))
	}
	if s.State != Review || s.ProposedBy == 0 {
		return nil
	}
	return c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err := c.org.PersonIn(ctx, rd, s.ProposedBy)
		v.Proposer = lang.T(ctx, "catalog.proposed-by", "name", org.NameOf(ctx, p), "when", lang.At(ctx, s.ProposedAt))
		return err
	})
}
