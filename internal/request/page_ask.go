package request

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/place"
)

// askView is the form of one service.
type askView struct {
	Code, Name, Description, Unit string
	Inputs                        form.InputsProps
	Typed                         asked
	Errors                        ui.Errors
	Units                         []ui.Option // the reader's own units, when there are several
	Head, Heads                   string      // who is proposed for a confidential request: 工号 and name
	UrgentLeft                    string      // how much of the unit's share of urgent requests is left
	Drafted                       time.Time   // of the draft that the page goes on with; zero: none
	Privacy                       catalog.Privacy
	Place                         askPlace
	PlaceGone                     bool // the place of the address is not in use
	spot                          place.Place
	service                       ID
	Promise                       promiseView
	Kept                          keptView
	Load                          catalog.LoadView
	ReadFirst                     templ.Component   // what there is to read before; nil: nothing
	Above                         []templ.Component // of higher rooms: what is known before one asks
}

// asked is what a person put into the form, beside the service's own fields.
type asked struct {
	Service string   `form:"service"`
	Title   string   `form:"title"`
	Unit    string   `form:"customer_unit"`
	For     string   `form:"on_behalf_of"`
	Seen    string   `form:"seen"` // "" the usual people, "named"
	Once    string   `form:"once"` // key of this form, which asks once
	Named   string   `form:"named"`
	Part    string   `form:"part"`   // the number of the request that it will be a part of
	Next    []string `form:"next"`   // services whose parts are still to be asked for: code:title
	Urgent  string   `form:"urgent"` // why it is
	Place   string   `form:"place"`  // code
	Read    []string `form:"read"`   // articles opened in this form
	Began   string   `form:"began"`  // when it was opened first, sealed
}

func (s *Service) showAsk(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if at, err := s.elsewhere(ctx, r.PathValue("code")); err == nil {
		return web.See(w, r, at)
	}
	var in asked
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := s.askFor(ctx, r.PathValue("code"), in.Place)
	if err != nil {
		return err
	}
	if err := s.copyInto(ctx, r.URL.Query().Get("again"), &v); err != nil {
		return err
	}
	v.Typed.Part, v.Typed.Next, v.Typed.Read = in.Part, in.Next, in.Read
	v.Typed.Began = s.opens(ctx, v.service, v.Typed.Began)
	if in.Title != "" { // otherwise that of a draft stays
		v.Typed.Title = in.Title
	}
	if err := s.readBefore(ctx, &v); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, askPage(v), askContent(v))
}

// askFor is the empty form of a service.
func (s *Service) askFor(ctx context.Context, code, at string) (askView, error) {
	service, err := s.Catalog.Visible(ctx, code)
	if err != nil {
		return askView{}, err
	}
	if !service.Askable() {
		return askView{}, fault.ErrNotFound
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return askView{}, err
	}
	v := askView{service: service.ID, Code: service.Code, Name: service.Name.In(ctx), Description: service.Description.In(ctx), Unit: tree.FullName(ctx, service.Unit)}
	raw, err := service.Form.Defaults(ctx, s.resolve())
	if err != nil {
		return askView{}, err
	}
	if v.Inputs, err = s.inputs(ctx, service.Form, raw); err != nil {
		return v, err
	}
	v.Inputs.Draft = "ask-" + service.Code
	d, drafted, err := s.draftFor(ctx, service.ID)
	if err != nil {
		return v, err
	}
	if drafted {
		if v.Inputs, err = s.inputs(ctx, service.Form, d.Fields); err != nil {
			return v, err
		}
		v.Typed, v.Drafted = d.Typed, d.SavedAt
	}
	if err := s.placeOf(ctx, &v, cmp.Or(at, v.Typed.Place)); err != nil {
		return v, err
	}
	if err := s.fillPlace(ctx, &v, drafted); err != nil {
		return v, err
	}
	if v.Above, err = s.above(ctx, service); err != nil {
		return v, err
	}
	v.Units, v.Privacy = ownUnits(ctx, tree), service.Policy.Confidential
	if v.Promise, err = s.promised(ctx, service); err != nil {
		return v, err
	}
	if v.Load, err = s.loadShown(ctx, service, v.Promise.By); err != nil {
		return v, err
	}
	if v.Kept, err = s.kept(ctx, tree, service); err != nil {
		return v, err
	}
	if unit := actor.From(ctx).Unit; unit != 0 {
		left, share, err := s.urgentLeft(ctx, service.ID, unit)
		if err != nil {
			return v, err
		}
		v.UrgentLeft = lang.T(ctx, "request.urgent-left", "left", left, "share", share)
	}
	v.Head, v.Heads, err = s.proposed(ctx, service.Unit)
	if v.Typed.Once = rand.Text(); !drafted {
		v.Typed.Named = v.Head
	}
	return v, err
}

// ownUnits are the units for which the reader may ask, when there is more than one.
func ownUnits(ctx context.Context, tree *org.Tree) []ui.Option {
	a := actor.From(ctx)
	var out []ui.Option
	add := func(id int64) {
		if u, ok := tree.ByID(id); ok && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == u.Code }) {
			out = append(out, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: id == a.Unit})
		}
	}
	add(a.Unit)
	for _, g := range a.Groups {
		if g.Role == "member" {
			add(g.ID)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// proposed names the head of the unit for a confidential request, by 工号 and by name: somebody has to work on it.
func (s *Service) proposed(ctx context.Context, unit int64) (no, name string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		heads, err := s.Org.Heads(ctx, rd, unit)
		if err != nil || len(heads) == 0 {
			return err
		}
		p, err := s.Org.PersonIn(ctx, rd, heads[0])
		no, name = p.No, p.Display(ctx)
		return err
	})
	return no, name, err
}

// printOf tells forms and their contents apart: who goes back, changes a word and sends it again means a second request.
func printOf(values url.Values, files map[string][]*multipart.FileHeader) string {
	h := sha256.New()
	fmt.Fprintln(h, values.Encode())
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, f := range files[name] {
			fmt.Fprintln(h, name, f.Filename, f.Size)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// submitAsk files the request, or shows the form again with everything kept.
func (s *Service) submitAsk(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asked
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := s.askFor(ctx, in.Service, in.Place)
	if err != nil {
		return err
	}
	values, files, err := web.Input(r)
	if err != nil {
		return err
	}
	fields, problem := s.answersOf(ctx, v.Inputs.Form, values, files)
	if fault.KindOf(problem) == fault.Internal && problem != nil {
		return problem
	}
	ask := Ask{Service: in.Service, Title: in.Title, Fields: fields, Customer: in.Unit, For: in.For, Confidential: in.Seen == "named" || v.Privacy == catalog.PrivacyAlways, Urgent: in.Urgent, Draft: !v.Drafted.IsZero(), Place: in.Place}
	drafted := v.Typed.Began
	if ask.raised, err = s.raising(ctx, v.service, in.Began, drafted); err != nil {
		return err
	}
	if in.Once != "" {
		ask.Once = printOf(values, files)
	}
	ask.Title = titled(ctx, ask.Title, v.Name, v.spot, v.Inputs.Form, fields)
	if ask.Confidential {
		ask.Named = strings.FieldsFunc(in.Named, func(r rune) bool { return r == ',' || r == ' ' || r == '，' || r == ';' || r == '；' || r == '、' })
	}
	if problem == nil && ask.Confidential && len(ask.Named) == 0 {
		var f fault.Fields
		f.Add("named", "request.need-named")
		problem = f.Err()
	}
	var opened Request
	if problem == nil {
		opened, problem = s.askOrSplit(ctx, ask, in.Part)
	}
	if before := filed(""); errors.As(problem, &before) {
		return web.See(w, r, string(before))
	}
	if problem == nil {
		if err := s.sentAfter(ctx, in); err != nil {
			return err
		}
		web.Toast(w, r, lang.T(ctx, "request.done.open", "number", opened.Ref()), "")
		if whole, err := ParseRef(in.Part); err == nil {
			return web.See(w, r, nextPart(whole, in.Next[:min(len(in.Next), partRows)]))
		}
		return web.See(w, r, link(opened.Number))
	}
	if kind := fault.KindOf(problem); kind != fault.Invalid && kind != fault.TooLarge {
		return problem
	}
	names := labelled(ctx, v.Inputs.Form, problem)
	v.Typed, v.Errors = in, ui.ErrorsOf(ctx, problem, names)
	if x, ok := s.onward(ctx, v.service, in.Began, drafted); ok {
		v.Typed.Began = s.sealed(ctx, v.service, x)
	}
	if fields == nil {
		fields = v.Inputs.Form.Posted(values)
	}
	v.Inputs.Raw, v.Inputs.Errors = fields, v.Errors
	if v.Inputs.Chosen, err = v.Inputs.Form.Chosen(ctx, s.resolve(), fields); err != nil {
		return err
	}
	for i := range v.Units {
		v.Units[i].Selected = v.Units[i].Value == in.Unit
	}
	if len(v.Typed.Read) == 0 {
		v.Typed.Read = []string{""} // the form is the same one: its articles are not shown a second time
	}
	if err := s.readBefore(ctx, &v); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusUnprocessableEntity, askPage(v), askContent(v))
}

// askOrSplit opens a request, or a part of the one named.
func (s *Service) askOrSplit(ctx context.Context, ask Ask, whole string) (Request, error) {
	if whole == "" {
		return s.Open(ctx, ask)
	}
	number, err := ParseRef(whole)
	if err != nil {
		return Request{}, err
	}
	return s.Split(ctx, number, Part{Service: ask.Service, Title: ask.Title, Fields: ask.Fields, Named: ask.Named, Once: ask.Once}, When{})
}

// proposedTitle is the service with the first short answer: nobody has to think of a title.
func proposedTitle(service string, f form.Form, fields map[string]any) string {
	for _, x := range f.Fields {
		if (x.Type == form.Text || x.Type == form.LongText) && !x.Sensitive && x.Default == "" {
			if text, ok := fields[x.Key].(string); ok && strings.TrimSpace(text) != "" {
				short := []rune(strings.Join(strings.Fields(text), " "))
				if len(short) > 40 {
					short = append(short[:39], '…')
				}
				return service + "：" + string(short)
			}
		}
	}
	return service
}

// unitOptions are all units but one, indented by their place in the tree.
func unitOptions(ctx context.Context, tree *org.Tree, now time.Time, but int64) []ui.Option {
	out := []ui.Option{{Text: lang.T(ctx, "request.choose-unit"), Selected: true}}
	for _, u := range tree.All() {
		if u.ID == but || !u.Valid(now) || u.Level == org.Entity || u.Level == org.Site {
			continue
		}
		out = append(out, ui.Option{Value: u.Code, Text: u.Name.In(ctx)})
	}
	return out
}
