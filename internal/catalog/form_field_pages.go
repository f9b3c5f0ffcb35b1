package catalog

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// fieldView is the editor of a field or of a section.
type fieldView struct {
	Title, Lead  string
	Code, Name   string // of the service
	Action, Stop string // where it is sent, and where giving up leads
	Token        string
	At, Type, In string
	Inputs       form.InputsProps
	Errors       ui.Errors
	Sample       string
	Built        builders // its conditions
}

// asked is which field the address means: one that is there (at), or a new one of a type, in a table.
type askedField struct {
	At   string `form:"at"`
	Type string `form:"type"`
	In   string `form:"in"`
}

// place finds the field in the draft, or makes a new one of the type.
func (in askedField) place(f form.Form) (form.Field, place, error) {
	if in.At != "" {
		x, ok := fieldAt(f, in.At)
		if !ok {
			return x, place{}, fault.ErrNotFound
		}
		return x, placeOf(f, in.At), nil
	}
	kind := form.Type(in.Type)
	if !kind.Known() {
		return form.Field{}, place{}, fault.ErrNotFound
	}
	path := ""
	if in.In != "" {
		if t, ok := f.Field(in.In); !ok || t.Type != form.Table || kind == form.Table || kind == form.AutoNumber {
			return form.Field{}, place{}, fault.ErrNotFound
		}
		path = in.In + "."
	}
	return form.Field{Type: kind}, placeOf(f, path), nil
}

func (c *Catalog) showField(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	in := askedField{At: q.Get("at"), Type: q.Get("type"), In: q.Get("in")}
	s, d, err := c.formDraft(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if in.At == "" && in.Type == "" { // nothing was chosen in the list of types
		return web.See(w, r, "/services/"+s.Code+"/form")
	}
	v, x, p, err := c.fieldView(r.Context(), s, d, in)
	if err != nil {
		return err
	}
	if err := c.nameChosen(r.Context(), v.Built); err != nil {
		return err
	}
	v.Inputs.Raw = editedOf(x)
	if p.isNew() {
		v.Inputs.Raw = newField(x)
	}
	return web.Show(w, r, http.StatusOK, fieldPage(v), nil)
}

// newField is what the editor of a new field begins with.
func newField(x form.Field) form.Values {
	v := form.Values{}
	switch x.Type {
	case form.Formula:
		v["as"] = string(form.Currency)
	case form.AutoNumber:
		v["number"] = "{yyyy}-{0000}"
	}
	return v
}

func (c *Catalog) fieldView(ctx context.Context, s *Service, d formDraft, in askedField) (fieldView, form.Field, place, error) {
	x, p, err := in.place(d.Form)
	if err != nil {
		return fieldView{}, x, p, err
	}
	v := fieldView{Code: s.Code, Name: s.Name.In(ctx), Action: "/services/" + s.Code + "/form/field", Stop: "/services/" + s.Code + "/form", Token: d.token(), At: in.At, Type: string(x.Type), In: in.In}
	kind := lang.T(ctx, "form.type."+string(x.Type))
	v.Title, v.Lead = lang.T(ctx, "catalog.form-new", "type", kind), ""
	if !p.isNew() {
		v.Title, v.Lead = x.Label.In(ctx), lang.T(ctx, "catalog.form-field-lead", "type", kind, "key", x.Key)
		v.Sample = d.Form.Sample(ctx, in.At)
	}
	v.Inputs, v.Built = form.InputsProps{Form: editorOf(ctx, x.Type, p)}, fieldBuilders(ctx, x, p.before)
	return v, x, p, nil
}

func (c *Catalog) submitField(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in askedField
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	s, d, err := c.formDraft(ctx, code)
	if err != nil {
		return err
	}
	v, x, p, err := c.fieldView(ctx, s, d, in)
	if err != nil {
		return err
	}
	if building, err := c.building(ctx, &v, values); err != nil {
		return err
	} else if building {
		return web.Show(w, r, http.StatusOK, fieldPage(v), nil)
	}
	answers, bad, err := v.Inputs.Form.Validate(ctx, form.Resolve{}, v.Inputs.Raw)
	if err != nil {
		return err
	}
	problem := bad.Err()
	if problem == nil {
		problem = c.saveField(ctx, code, values.Get("token"), x, answers, p, v.Built)
	}
	return c.edited(w, r, v, problem)
}

// saveField puts an edited field into the draft.
func (c *Catalog) saveField(ctx context.Context, code, token string, x form.Field, answers form.Values, p place, built builders) error {
	at := ""
	_, err := c.EditForm(ctx, code, token, func(f form.Form) (form.Form, error) {
		y := apply(x, answers, built)
		path := p.path
		if p.isNew() {
			y.Key = answers.String("key")
			if y.Key == "" {
				y.Key = freeKey(f, string(y.Type))
			}
			if _, taken := fieldAt(f, p.path+y.Key); taken {
				var bad fault.Fields
				bad.Add("fields.key", "form.definition.key-twice", "key", y.Key)
				return f, bad.Err()
			}
			path += y.Key
		}
		f = put(f, path, y)
		at = pathIn(f, path)
		return f, nil
	})
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	if e, _ := fault.As(err); len(e.Fields) == 1 && e.Fields[0].Name == "fields.key" {
		return err
	}
	own, others := atEditor(err, at)
	if own.Len() == 0 {
		return moved(ctx, others.Err())
	}
	return own.Err()
}

// pathIn is the place of a field in the definition: "fields[2].", "fields[2].fields[0].".
func pathIn(f form.Form, path string) string {
	table, column, inTable := strings.Cut(path, ".")
	i := slices.IndexFunc(f.Fields, func(x form.Field) bool { return x.Key == table })
	if i < 0 {
		return ""
	}
	at := "fields[" + itoa(i) + "]."
	if inTable {
		at += "fields[" + itoa(slices.IndexFunc(f.Fields[i].Fields, func(x form.Field) bool { return x.Key == column })) + "]."
	}
	return at
}

// edited shows an editor again with what is wrong, everything kept, or leads back to the form.
func (c *Catalog) edited(w http.ResponseWriter, r *http.Request, v fieldView, problem error) error {
	ctx := r.Context()
	status := http.StatusUnprocessableEntity
	switch fault.KindOf(problem) {
	case fault.Invalid:
	case fault.Precondition: // somebody else was faster: what was typed stays, and sent again it is laid over what is there now
		status = http.StatusPreconditionFailed
	default:
		if problem != nil {
			return problem
		}
		web.Toast(w, r, lang.T(ctx, "catalog.form-done.field"), "")
		return web.See(w, r, v.Stop)
	}
	names := map[string]string{}
	if e, ok := fault.As(problem); ok {
		for _, x := range e.Fields {
			if names[x.Name] = v.Inputs.Form.NameOf(ctx, x.Name); names[x.Name] == "" {
				names[x.Name] = v.Built.nameOf(x.Name)
			}
		}
	}
	v.Errors = ui.ErrorsOf(ctx, problem, names)
	v.Inputs.Errors = v.Errors
	for i := range v.Built {
		v.Built[i].Errors = v.Errors
	}
	return web.Show(w, r, status, fieldPage(v), nil)
}

func (c *Catalog) showSection(w http.ResponseWriter, r *http.Request) error {
	v, old, err := c.sectionView(r, r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	if err := c.nameChosen(r.Context(), v.Built); err != nil {
		return err
	}
	v.Inputs.Raw = sectionOf(old)
	return web.Show(w, r, http.StatusOK, fieldPage(v), nil)
}

func (c *Catalog) sectionView(r *http.Request, at string) (v fieldView, old form.Section, err error) {
	ctx := r.Context()
	s, d, err := c.formDraft(ctx, r.PathValue("code"))
	if err != nil {
		return v, old, err
	}
	before := d.Form.Fields
	v = fieldView{Code: s.Code, Name: s.Name.In(ctx), Title: lang.T(ctx, "catalog.form-new-section"), Action: "/services/" + s.Code + "/form/section", Stop: "/services/" + s.Code + "/form", Token: d.token(), At: at}
	if at != "" {
		i := slices.IndexFunc(d.Form.Sections, func(x form.Section) bool { return x.Key == at })
		if i < 0 {
			return v, old, fault.ErrNotFound
		}
		old = d.Form.Sections[i]
		v.Title = old.Title.In(ctx)
		if n := slices.IndexFunc(before, func(x form.Field) bool { return slices.Contains(old.Fields, x.Key) }); n >= 0 {
			before = before[:n]
		}
	}
	v.Inputs, v.Built = form.InputsProps{Form: sectionEditor(ctx)}, sectionBuilders(ctx, old, before)
	return v, old, nil
}

func (c *Catalog) submitSection(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	v, old, err := c.sectionView(r, values.Get("at"))
	if err != nil {
		return err
	}
	if building, err := c.building(ctx, &v, values); err != nil {
		return err
	} else if building {
		return web.Show(w, r, http.StatusOK, fieldPage(v), nil)
	}
	answers, bad, err := v.Inputs.Form.Validate(ctx, form.Resolve{}, v.Inputs.Raw)
	if err != nil {
		return err
	}
	problem := bad.Err()
	if problem == nil {
		problem = c.saveSection(ctx, v.Code, values.Get("token"), old, answers, v.Built)
	}
	return c.edited(w, r, v, problem)
}

func (c *Catalog) saveSection(ctx context.Context, code, token string, old form.Section, answers form.Values, built builders) error {
	at := ""
	_, err := c.EditForm(ctx, code, token, func(f form.Form) (form.Form, error) {
		s := applySection(old, answers, built)
		if s.Key == "" {
			s.Key = freeKey(f, "section")
		}
		f = putSection(f, s)
		at = "sections[" + itoa(slices.IndexFunc(f.Sections, func(x form.Section) bool { return x.Key == s.Key })) + "]."
		return f, nil
	})
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	own, others := atEditor(err, at)
	if own.Len() == 0 {
		return moved(ctx, others.Err())
	}
	return own.Err()
}

// previewView is the form as those who ask will see it.
type previewView struct {
	Title, Lead, Action string
	Inputs              form.InputsProps
	Errors              ui.Errors
	Sent                []ui.Pair // what would have been sent
	Tried               bool
}

// ResolveBy fills the slot through which the room of requests tells what answers point at and what defaults say.
func (c *Catalog) ResolveBy(find func() form.Resolve) { c.resolve = find }

// showPreview draws the draft, or a version, by the engine that asks it. The designer shows it in a frame as wide as a phone.
func (c *Catalog) showPreview(w http.ResponseWriter, r *http.Request) error {
	v, find, err := c.previewView(r)
	if err != nil {
		return err
	}
	if v.Inputs.Raw, err = v.Inputs.Form.Defaults(r.Context(), find); err != nil {
		return err
	}
	return c.preview(w, r, http.StatusOK, v)
}

func (c *Catalog) previewView(r *http.Request) (previewView, form.Resolve, error) {
	ctx := r.Context()
	var find form.Resolve
	if c.resolve != nil {
		find = c.resolve()
	}
	find.Files = nil // nothing is uploaded to try a form
	s, d, err := c.formDraft(ctx, r.PathValue("code"))
	if err != nil {
		return previewView{}, find, err
	}
	v := previewView{Title: s.Name.In(ctx), Lead: s.Description.In(ctx), Action: "/services/" + s.Code + "/form/preview"}
	f := d.Form
	if n := r.URL.Query().Get("version"); n != "" {
		i := slices.IndexFunc(s.Versions, func(x Version) bool { return itoa(x.N) == n })
		if i < 0 {
			return v, find, fault.ErrNotFound
		}
		f, v.Action = s.Versions[i].Form, v.Action+"?version="+url.QueryEscape(n)
		v.Lead = lang.T(ctx, "catalog.form-version", "version", n)
	}
	v.Inputs = form.InputsProps{Form: f, PeopleSource: "/people/find", UnitSource: "/units/find", Sources: map[string]string{"person": "/people/find", "unit": "/units/find", "service": "/services/find"}}
	return v, find, nil
}

// submitPreview tries a form: it is judged as an asking would be, and nothing is stored.
func (c *Catalog) submitPreview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, find, err := c.previewView(r)
	if err != nil {
		return err
	}
	values, files, err := web.Input(r)
	if err != nil {
		return err
	}
	for name, list := range files {
		if v.Inputs.Form.TakesFiles(name) && len(list) > 0 {
			for i := range min(len(list), form.MaxFiles) {
				values[name] = append(values[name], "file-"+itoa(i+1))
			}
		}
	}
	v.Inputs.Raw = v.Inputs.Form.Posted(values)
	answers, bad, err := v.Inputs.Form.Validate(ctx, find, v.Inputs.Raw)
	if err != nil {
		return err
	}
	if bad.Len() > 0 {
		names := map[string]string{}
		for _, x := range bad.All() {
			names[x.Name] = v.Inputs.Form.NameOf(ctx, x.Name)
		}
		v.Errors = ui.ErrorsOf(ctx, bad.Err(), names)
		v.Inputs.Errors = v.Errors
		return c.preview(w, r, http.StatusUnprocessableEntity, v)
	}
	v.Tried = true
	if v.Sent, err = v.Inputs.Form.Shown(ctx, find, answers); err != nil {
		return err
	}
	return c.preview(w, r, http.StatusOK, v)
}

// preview may stand in a frame of this site, as no other page: it stores nothing.
func (c *Catalog) preview(w http.ResponseWriter, r *http.Request, status int, v previewView) error {
	web.Framed(w)
	return web.Show(w, r, status, previewPage(v), nil)
}
