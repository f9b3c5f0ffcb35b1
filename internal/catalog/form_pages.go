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
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// formView is the designer of a service's form.
type formView struct {
	*Service
	Title, UnitName, UnitHref string
	Token                     string
	Draft                     bool   // something is not published
	Said                      string // who changed it, when
	Changes                   []string
	InUse                     []string // which open requests keep which version
	Overtaken                 bool
	Lines                     []formLine
	Types                     []ui.Option
	Versions                  []formVersion
	Others                    []ui.Option // services whose form can be copied
	Errors                    ui.Errors
}

// formLine is a field, a column or the head of a section in the list.
type formLine struct {
	Path, Key, Label, Type, Icon string
	Section, Column              bool
	Columns                      string // of the last column: the table it is in
	First, Last                  bool
	Marks                        []string
	When                         string
}

// kind is what the line is for the script that drags it.
func (l formLine) kind() string {
	switch {
	case l.Section:
		return "section"
	case l.Column:
		return "column"
	}
	return "field"
}

type formVersion struct {
	N              int
	When, By, Open string
	Now            bool
}

// formRoutes are the routes of the designer.
func (c *Catalog) formRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /services/{code}/form", Action: doPropose, Do: c.showForm},
		{Pattern: "POST /services/{code}/form", Action: doPropose, Do: c.submitForm},
		{Pattern: "GET /services/{code}/form/field", Action: doPropose, Do: c.showField},
		{Pattern: "POST /services/{code}/form/field", Action: doPropose, Do: c.submitField},
		{Pattern: "GET /services/{code}/form/section", Action: doPropose, Do: c.showSection},
		{Pattern: "POST /services/{code}/form/section", Action: doPropose, Do: c.submitSection},
		{Pattern: "GET /services/{code}/form/preview", Action: doPropose, Do: c.showPreview},
		{Pattern: "POST /services/{code}/form/preview", Action: doPropose, Do: c.submitPreview},
	}
}

func (c *Catalog) showForm(w http.ResponseWriter, r *http.Request) error {
	return c.formPage(w, r, http.StatusOK, nil)
}

func (c *Catalog) formPage(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	ctx := r.Context()
	s, d, err := c.formDraft(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	v := formView{Service: s, Title: s.Name.In(ctx), UnitName: unit.Name.In(ctx), UnitHref: "/services?unit=" + url.QueryEscape(unit.Code),
		Token: d.token(), Draft: d.Stamp != 0, Lines: formLines(ctx, d.Form), Types: typeOptions(ctx), Errors: ui.ErrorsOf(ctx, cause, nil)}
	if err := c.aboutDraft(ctx, s, d, &v); err != nil {
		return err
	}
	if v.Others, err = c.otherForms(ctx, s); err != nil {
		return err
	}
	web.Frames(w)
	return web.Show(w, r, status, formDesigner(v), formContent(v))
}

// aboutDraft says what publishing would change, and who is still asked with what.
func (c *Catalog) aboutDraft(ctx context.Context, s *Service, d formDraft, v *formView) error {
	people := []int64{d.By}
	by, err := c.setBy(ctx, s.ID)
	if err != nil {
		return err
	}
	for _, p := range by {
		people = append(people, p)
	}
	var names map[int64]org.Person
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err = c.org.Names(ctx, rd, people)
		return err
	})
	if err != nil {
		return err
	}
	open := map[int]int{}
	if c.inUse != nil {
		if open, err = c.inUse(ctx, s.ID); err != nil {
			return err
		}
	}
	if v.Draft {
		v.Said = lang.T(ctx, "catalog.form-draft", "who", names[d.By].Display(ctx), "when", lang.At(ctx, d.At))
		v.Changes = changeWords(ctx, s.Form, d.Form)
		begun, _ := s.Numbered(d.Base)
		v.Overtaken = !sameForm(begun.Form, s.Form)
	}
	for i := len(s.Versions) - 1; i >= 0 && len(v.Versions) < 20; i-- {
		x := s.Versions[i]
		if n := open[x.N]; n > 0 && (x.N < s.Version || v.Draft) {
			v.InUse = append(v.InUse, lang.T(ctx, "catalog.form-in-use", "count", n, "version", x.N))
		}
		if i > 0 && sameForm(x.Form, s.Versions[i-1].Form) {
			continue // the standard changed, not the form
		}
		line := formVersion{N: x.N, When: lang.DateTime(ctx, x.From), By: names[by[x.N]].Display(ctx), Now: sameForm(x.Form, s.Form)}
		if n := open[x.N]; n > 0 {
			line.Open = lang.T(ctx, "catalog.form-open", "count", n)
		}
		v.Versions = append(v.Versions, line)
	}
	return nil
}

func changeWords(ctx context.Context, old, now form.Form) []string {
	list, layout := formChanges(old, now)
	var out []string
	for _, x := range list {
		out = append(out, lang.T(ctx, "catalog.form-change."+x.What, "field", x.Field.Label.In(ctx)))
	}
	if layout {
		out = append(out, lang.T(ctx, "catalog.form-change.layout"))
	}
	return out
}

// otherForms are the services whose form can be copied: those that the reader sees, of the own unit first.
func (c *Catalog) otherForms(ctx context.Context, s *Service) ([]ui.Option, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var own, others []ui.Option
	for _, x := range snap.All() {
		if x.ID == s.ID || len(x.Form.Fields) == 0 || !c.sees(ctx, x) {
			continue
		}
		o := ui.Option{Value: x.Code, Text: x.Name.In(ctx), Group: tree.Name(ctx, x.Unit)}
		if x.Unit == s.Unit {
			own = append(own, o)
		} else {
			others = append(others, o)
		}
	}
	sorting.Stable(others, func(a, b ui.Option) int { return strings.Compare(a.Group, b.Group) })
	return append(own, others...), nil
}

var typeIcons = map[form.Type]string{form.Attachment: "paperclip", form.Person: "user", form.Department: "building", form.Table: "table", form.Date: "calendar",
	form.DateTime: "calendar", form.Month: "calendar", form.Phone: "phone", form.Rating: "star", form.Checkbox: "check", form.Relation: "link"}

// formLines lists a form for the designer, section heads and columns in their places.
func formLines(ctx context.Context, f form.Form) []formLine {
	var out []formLine
	items := itemsOf(f)
	for i, x := range items {
		if x.section != nil {
			out = append(out, formLine{Path: x.key(), Key: x.section.Key, Label: x.section.Title.In(ctx), Section: true, First: i == 0, Last: i == len(items)-1, When: f.Words(ctx, x.section.VisibleIf)})
			continue
		}
		line := lineOf(ctx, f, x.field)
		line.Path, line.First, line.Last = x.field.Key, i == 0, i == len(items)-1
		out = append(out, line)
		for k, col := range x.field.Fields {
			line := lineOf(ctx, f, col)
			line.Path, line.Column, line.First, line.Last = x.field.Key+"."+col.Key, true, k == 0, k == len(x.field.Fields)-1
			if line.Last {
				line.Columns = x.field.Key
			}
			out = append(out, line)
		}
	}
	return out
}

func lineOf(ctx context.Context, f form.Form, x form.Field) formLine {
	line := formLine{Key: x.Key, Label: x.Label.In(ctx), Type: lang.T(ctx, "form.type."+string(x.Type)), Icon: typeIcons[x.Type], When: f.Words(ctx, x.VisibleIf)}
	mark := func(on bool, key string) {
		if on {
			line.Marks = append(line.Marks, lang.T(ctx, "catalog.form-mark."+key))
		}
	}
	mark(x.Required, "required")
	mark(x.RequiredIf != nil, "required-if")
	mark(x.ReadOnlyIf != nil, "locked")
	mark(x.Sensitive, "sensitive")
	mark(x.Indexed, "indexed")
	mark(x.Sum, "sum")
	if line.Icon == "" {
		line.Icon = "list"
	}
	return line
}

func typeOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: lang.T(ctx, "catalog.form-choose-type"), Selected: true}}
	for _, t := range form.Types {
		out = append(out, ui.Option{Value: string(t), Text: lang.T(ctx, "form.type."+string(t))})
	}
	return out
}

// submitForm is what the buttons of the designer do: up, down, place (PATH:BEFORE), remove, publish, discard, take, copy.
func (c *Catalog) submitForm(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in struct {
		Token string `form:"token"`
		Do    string `form:"do"`
		From  string `form:"from"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	what, path, _ := strings.Cut(in.Do, ":")
	var err error
	said := "catalog.form-done." + what
	switch what {
	case "up", "down":
		by := map[string]int{"up": -1, "down": 1}[what]
		_, err = c.EditForm(ctx, code, in.Token, func(f form.Form) (form.Form, error) { return move(f, path, by), nil })
	case "place":
		path, before, _ := strings.Cut(path, ":")
		_, err = c.EditForm(ctx, code, in.Token, func(f form.Form) (form.Form, error) { return arrange(f, path, before), nil })
	case "remove":
		_, err = c.EditForm(ctx, code, in.Token, func(f form.Form) (form.Form, error) { return remove(f, path), nil })
	case "take":
		_, err = c.takeVersion(ctx, code, in.Token, path)
	case "copy":
		_, err = c.copyForm(ctx, code, in.Token, in.From)
	case "publish":
		_, err = c.PublishForm(ctx, code, in.Token, path == "over")
	case "discard":
		_, err = c.DiscardForm(ctx, code, in.Token)
	default:
		return fault.ErrNotFound
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.formPage(w, r, http.StatusUnprocessableEntity, moved(ctx, err))
	case fault.Precondition:
		return c.formPage(w, r, http.StatusPreconditionFailed, err)
	case fault.Conflict:
		return c.formPage(w, r, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	if what != "up" && what != "down" && what != "place" {
		web.Toast(w, r, lang.T(ctx, said), "")
	}
	return web.See(w, r, "/services/"+code+"/form")
}

// moved says in one sentence why a form cannot be arranged like that.
func moved(ctx context.Context, err error) error {
	e, _ := fault.As(err)
	var why []string
	for _, x := range e.Fields {
		if text := lang.T(ctx, x.Sentence(), fault.Flat(x.Args)...); !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	return fault.New(fault.Invalid, "catalog.form-cannot", "why", strings.Join(why, lang.T(ctx, "ui.semicolon")))
}

// takeVersion makes the form of an older version the draft.
func (c *Catalog) takeVersion(ctx context.Context, code, token, number string) (*Service, error) {
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, err
	}
	for _, v := range s.Versions {
		if itoa(v.N) == number {
			return c.EditForm(ctx, code, token, func(form.Form) (form.Form, error) { return v.Form, nil })
		}
	}
	return nil, fault.ErrNotFound
}

// copyForm makes the form of another service the draft.
func (c *Catalog) copyForm(ctx context.Context, code, token, from string) (*Service, error) {
	other, err := c.Visible(ctx, from)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, fault.New(fault.Conflict, "catalog.form-copy-none")
	}
	if err != nil {
		return nil, err
	}
	return c.EditForm(ctx, code, token, func(form.Form) (form.Form, error) { return other.Form, nil })
}
