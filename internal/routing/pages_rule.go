package routing

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// ruleForm is a rule as it was typed.
type ruleForm struct {
	ID        int64    `form:"id"`
	Name      string   `form:"name"`
	Services  []string `form:"services"`
	Customers string   `form:"customers"`
	Places    string   `form:"places"`
	Priority  string   `form:"priority"`
	Time      string   `form:"time"`
	Field     string   `form:"field"` // service code / key of the field
	Op        string   `form:"op"`
	Value     string   `form:"value"`
	Way       string   `form:"way"`
	People    string   `form:"people"`
	Unit      string   `form:"unit"`
	Skill     string   `form:"skill"`
}

// ruleView is a rule as a form.
type ruleView struct {
	Of                      org.Unit
	Name                    string
	New                     bool
	In                      ruleForm
	Services                []ui.Option
	Priorities, Times       []ui.Option
	Fields, Ops             []ui.Option
	Ways                    []ui.Choice
	Units                   []ui.Option
	KnownUnits, KnownPeople []ui.Option
	KnownPlaces             []ui.Option
	Skills                  string
	Complex                 string // conditions that this form does not show as fields
	Errors                  ui.Errors
}

func separates(r rune) bool { return strings.ContainsRune(",，;；、 \n", r) }

func cutPrefix(s, prefix string) (string, bool) { return strings.CutPrefix(s, prefix) }

// read turns what was typed into a rule; what names nothing is a finding.
func (s *Service) read(ctx context.Context, u org.Unit, in ruleForm, was Rule) (Rule, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Rule{}, err
	}
	offered, err := s.offered(ctx, u.ID, tree)
	if err != nil {
		return Rule{}, err
	}
	var f fault.Fields
	r := Rule{ID: in.ID, Name: in.Name, Priority: in.Priority, Time: in.Time, Way: Way(in.Way), Skill: in.Skill}
	for _, x := range offered {
		if slices.Contains(in.Services, x.Code) {
			r.Services = append(r.Services, x.ID)
		}
	}
	for _, code := range strings.FieldsFunc(in.Customers, separates) {
		if x, ok := tree.ByCode(code); ok {
			r.Customers = append(r.Customers, x.ID)
		} else {
			f.Add("customers", "routing.unit-unknown")
		}
	}
	if r.Places, err = s.placeIDs(ctx, strings.FieldsFunc(in.Places, separates), &f); err != nil {
		return r, err
	}
	if x, ok := tree.ByCode(in.Unit); ok {
		r.Unit = x.ID
	}
	for _, no := range strings.FieldsFunc(in.People, separates) {
		p, err := s.Org.PersonByNo(ctx, no)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return r, err
		}
		if err != nil {
			f.Add("people", "routing.not-agent")
			continue
		}
		r.People = append(r.People, p.ID)
	}
	switch code, key, _ := strings.Cut(in.Field, "/"); {
	case in.Field == "keep":
		r.When = was.When
	case in.Field != "":
		for _, x := range offered {
			field, ok := x.Form.Field(key)
			if x.Code != code || !ok {
				continue
			}
			c := form.Rule{Field: key, Op: form.Op(in.Op)}
			if c.Op != form.Filled && c.Op != form.Empty {
				c.Value = field.Operand(in.Value, c.Op)
			}
			r.When, r.Services = &form.Condition{All: []form.Rule{c}}, []int64{x.ID}
		}
		if r.When == nil {
			f.Add("when", "routing.when-wrong")
		}
	}
	return r, f.Err()
}

// formOf is a rule as the form shows it.
func (s *Service) formOf(ctx context.Context, u org.Unit, r Rule) (ruleForm, error) {
	in := ruleForm{ID: r.ID, Name: r.Name, Priority: r.Priority, Time: r.Time, Way: string(r.Way), Skill: r.Skill}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return in, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return in, err
	}
	code := ""
	for _, id := range r.Services {
		if x, ok := snap.ByID(id); ok {
			in.Services, code = append(in.Services, x.Code), x.Code
		}
	}
	for _, id := range r.Customers {
		if x, ok := tree.ByID(id); ok {
			in.Customers += x.Code + " "
		}
	}
	places, err := s.placesOf(ctx, r)
	if err != nil {
		return in, err
	}
	for _, p := range places {
		in.Places += p.Code + " "
	}
	if x, ok := tree.ByID(r.Unit); ok {
		in.Unit = x.Code
	}
	if c := r.When; c != nil {
		in.Field = "keep"
		if len(c.All) == 1 && len(c.Any) == 0 && c.All[0].Field != "" {
			in.Field, in.Op, in.Value = code+"/"+c.All[0].Field, string(c.All[0].Op), strings.Join(c.All[0].Value, "、")
		}
	}
	return in, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.Org.Names(ctx, rd, r.People)
		for _, id := range r.People {
			in.People += names[id].No + " "
		}
		return err
	})
}

func (s *Service) showRule(w http.ResponseWriter, r *http.Request) error {
	u, was, err := s.ruleAt(r.Context(), r.PathValue("code"), r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	in, err := s.formOf(r.Context(), u, was)
	if err != nil {
		return err
	}
	return s.rulePage(w, r, http.StatusOK, u, was, in, nil)
}

// ruleAt is a rule of the draft, or in force, by its id; the zero one for a new one.
func (s *Service) ruleAt(ctx context.Context, code, id string) (org.Unit, Rule, error) {
	u, err := s.unit(ctx, code, doSet)
	if err != nil || id == "" || id == "0" {
		return u, Rule{}, err
	}
	live, draft, editing, err := s.Rules(ctx, code)
	if err != nil {
		return u, Rule{}, err
	}
	if editing {
		live = draft
	}
	n, _ := strconv.ParseInt(id, 10, 64)
	was, ok := live.Rule(n)
	if !ok {
		return u, Rule{}, fault.ErrNotFound
	}
	return u, was, nil
}

func (s *Service) submitRule(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in ruleForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	u, was, err := s.ruleAt(ctx, code, strconv.FormatInt(in.ID, 10))
	if err != nil {
		return err
	}
	rule, err := s.read(ctx, u, in, was)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		var f fault.Fields
		e, _ := fault.As(err)
		for _, x := range e.Fields {
			f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
		}
		if _, more := s.Keep(ctx, code, Rule{ID: in.ID, Name: in.Name, Services: rule.Services, Priority: in.Priority, Time: in.Time, Way: "-"}); more != nil {
			if e, ok := fault.As(more); ok { // the rest is told as well; "-" is no way, so that nothing is kept
				for _, x := range e.Fields {
					if x.Name != "way" || in.Way == "" {
						f.Add(x.Name, x.Key, fault.Flat(x.Args)...)
					}
				}
			}
		}
		return s.rulePage(w, r, http.StatusUnprocessableEntity, u, was, in, f.Err())
	}
	if err != nil {
		return err
	}
	if _, err = s.Keep(ctx, code, rule); fault.KindOf(err) == fault.Invalid && err != nil {
		return s.rulePage(w, r, http.StatusUnprocessableEntity, u, was, in, err)
	}
	if err != nil {
		return err
	}
	return web.See(w, r, routingHref(code))
}

func (s *Service) rulePage(w http.ResponseWriter, r *http.Request, status int, u org.Unit, was Rule, in ruleForm, cause error) error {
	ctx := r.Context()
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	offered, err := s.offered(ctx, u.ID, tree)
	if err != nil {
		return err
	}
	v := ruleView{Of: u, Name: u.Name.In(ctx), New: was.ID == 0, In: in, Errors: ui.ErrorsOf(ctx, cause, nil)}
	v.Fields = []ui.Option{{Value: "", Text: lang.T(ctx, "routing.no-field"), Selected: in.Field == ""}}
	if was.When != nil && in.Field == "keep" {
		if v.Complex, err = s.conditions(ctx, was); err != nil {
			return err
		}
		v.Fields = append(v.Fields, ui.Option{Value: "keep", Text: lang.T(ctx, "routing.keep-field"), Selected: true})
	}
	for _, x := range offered {
		v.Services = append(v.Services, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: slices.Contains(in.Services, x.Code)})
		for _, f := range x.Form.Fields {
			if len(f.Operators()) > 2 || f.Type == form.Checkbox {
				value := x.Code + "/" + f.Key
				v.Fields = append(v.Fields, ui.Option{Value: value, Text: f.Label.In(ctx), Group: x.Name.In(ctx), Selected: in.Field == value})
			}
		}
	}
	for _, op := range []form.Op{form.Is, form.Not, form.In, form.NotIn, form.Above, form.AtLeast, form.Below, form.AtMost, form.Contains, form.Filled, form.Empty} {
		v.Ops = append(v.Ops, ui.Option{Value: string(op), Text: lang.T(ctx, "routing.op."+string(op)), Selected: in.Op == string(op)})
	}
	for _, x := range []string{"", "urgent", "usual"} {
		v.Priorities = append(v.Priorities, ui.Option{Value: x, Text: lang.T(ctx, "routing.priority-"+x), Selected: in.Priority == x})
	}
	for _, x := range Times {
		v.Times = append(v.Times, ui.Option{Value: x, Text: lang.T(ctx, "routing.time-"+x), Selected: in.Time == x})
	}
	for _, x := range Ways {
		v.Ways = append(v.Ways, ui.Choice{Value: string(x), Title: lang.T(ctx, "routing.way."+string(x)), Text: lang.T(ctx, "routing.way."+string(x)+"-text"), Checked: in.Way == string(x)})
	}
	v.Units = []ui.Option{{Value: "", Text: "—", Selected: in.Unit == ""}}
	for _, id := range tree.Descendants(u.ID) {
		if x, ok := tree.ByID(id); ok && id != u.ID && x.Valid(s.db.Now()) {
			v.Units = append(v.Units, ui.Option{Value: x.Code, Text: x.Name.In(ctx), Selected: in.Unit == x.Code})
		}
	}
	for _, code := range strings.FieldsFunc(in.Customers, separates) {
		if x, ok := tree.ByCode(code); ok {
			v.KnownUnits = append(v.KnownUnits, ui.Option{Value: code, Text: x.Name.In(ctx)})
		}
	}
	for _, code := range strings.FieldsFunc(in.Places, separates) {
		if p, err := s.Place.ByCode(ctx, code); err == nil {
			v.KnownPlaces = append(v.KnownPlaces, ui.Option{Value: p.Code, Text: p.Name.In(ctx)})
		}
	}
	for _, no := range strings.FieldsFunc(in.People, separates) {
		if p, err := s.Org.PersonByNo(ctx, no); err == nil {
			v.KnownPeople = append(v.KnownPeople, ui.Option{Value: no, Text: org.NameOf(ctx, p)})
		}
	}
	names, err := s.SkillNames(ctx, u.ID)
	v.Skills = strings.Join(names, "、")
	if err != nil {
		return err
	}
	return web.Show(w, r, status, rulePage(v), nil)
}
