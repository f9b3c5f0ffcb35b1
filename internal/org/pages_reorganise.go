package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type reorganiseView struct {
	Kind        string
	In          reorganiseForm
	From        []ui.Option
	Choose      bool // which unit it is comes first: what it has is offered after that
	ChooseError string
	Parts       []part
	Parent      []ui.Option
	Forecast    *ui.DryRunProps
	Seen        string
	Words       []string
	Bad         []string
	Errors      ui.Errors
	Changes     []changeLine
	Next        string
}

// part is one of the units that follow, with what goes there.
type part struct {
	Nth                            int
	Code, NewCode, Zh, En, Percent string
	People, Services, Units        string
	Under                          string
	There, Above                   []ui.Option
	Persons, Offered, Beyond       []ui.Option
}

// made says whether the part is a unit that is not there yet: something of one was written, and none that is there chosen.
func (p part) made() bool {
	return p.Code == "" && (p.NewCode != "" || p.Zh != "" || p.En != "" || p.Under != "")
}

// naming marks which fields of a new unit are needed: its code, and its name in the company's main language.
func (p part) naming(ctx context.Context, locale string, field ui.FieldProps) ui.FieldProps {
	switch {
	case !p.made():
		return field
	case locale == "":
		field.Required = true
		return field
	}
	return field.Named(ctx, locale)
}

type reorganiseForm struct {
	Kind     string   `form:"kind"`
	Date     string   `form:"date"`
	From     string   `form:"from"` // one code, of a merge several with commas between
	Into     []string `form:"into,each"`
	IntoCode []string `form:"into_code,each"`
	IntoZh   []string `form:"into_zh,each"`
	IntoEn   []string `form:"into_en,each"`
	IntoUp   []string `form:"into_parent,each"`
	Percent  []string `form:"percent,each"`
	People   []string `form:"people,each"` // of each part: 工号 with commas between
	Services []string `form:"services,each"`
	Units    []string `form:"units,each"`
	Parent   string   `form:"parent"`
	Top      bool     `form:"top"`
	NameZh   string   `form:"name_zh"`
	NameEn   string   `form:"name_en"`
	ShortZh  string   `form:"short_zh"`
	ShortEn  string   `form:"short_en"`
	More     string   `form:"more"` // pressed: one more part
	Drop     string   `form:"drop"` // pressed: without that part
	Sure     string   `form:"sure"`
	Seen     string   `form:"seen"` // what the outcome that was shown was made of
}

// partsMost is how many units the form lets follow; more go through the API.
const partsMost = 30

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// rows is how many parts the form has.
func (f reorganiseForm) rows() int {
	n := len(f.Into)
	for _, list := range [][]string{f.IntoCode, f.IntoZh, f.IntoEn, f.IntoUp, f.Percent, f.People, f.Services, f.Units} {
		n = max(n, len(list))
	}
	return min(n, partsMost)
}

// without is the form without one of its parts.
func (f reorganiseForm) without(i int) reorganiseForm {
	for _, list := range []*[]string{&f.Into, &f.IntoCode, &f.IntoZh, &f.IntoEn, &f.IntoUp, &f.Percent, &f.People, &f.Services, &f.Units} {
		if i >= 0 && i < len(*list) {
			*list = slices.Delete(slices.Clone(*list), i, i+1)
		}
	}
	return f
}

// input is the form as a change; what only a form can have wrong stands in it.
func (f reorganiseForm) input() ReorganiseInput {
	in := ReorganiseInput{Kind: f.Kind, Date: f.Date, From: []string{f.From}, Parent: f.Parent, NameZh: f.NameZh, NameEn: f.NameEn, ShortZh: f.ShortZh, ShortEn: f.ShortEn,
		People: map[string]string{}, Service: map[string]string{}, Units: map[string]string{}}
	if f.Kind == Merge {
		in.From = strings.FieldsFunc(f.From, func(r rune) bool { return strings.ContainsRune(",，;；、\n", r) })
	}
	if f.Top {
		in.Parent = stays
	}
	for i := range f.rows() {
		x := IntoInput{Code: clean(nth(f.IntoCode, i)), NameZh: nth(f.IntoZh, i), NameEn: nth(f.IntoEn, i), Parent: clean(nth(f.IntoUp, i))}
		if there := clean(nth(f.Into, i)); there != "" {
			if x != (IntoInput{}) {
				in.amiss = append(in.amiss, finding{"into", "org.into-either", []any{"nth", i + 1}})
			}
			x = IntoInput{Code: there}
		}
		share := strings.TrimSuffix(clean(nth(f.Percent, i)), "%")
		var err error
		if x.Percent, err = strconv.ParseFloat(share, 64); err != nil && share != "" {
			in.amiss = append(in.amiss, finding{"into", "org.percent-number", []any{"nth", i + 1, "value", share}})
		}
		in.give("people", in.People, nth(f.People, i), x.Code)
		in.give("services", in.Service, nth(f.Services, i), x.Code)
		in.give("units", in.Units, nth(f.Units, i), x.Code)
		if x.Code != "" || x.isNew() || share != "" {
			in.Into = append(in.Into, x)
		}
	}
	return in
}

// give notes what goes to a part; nothing goes to two.
func (in *ReorganiseInput) give(field string, to map[string]string, list, code string) {
	for _, what := range listed(list) {
		if before, twice := to[what]; twice && before != code {
			in.amiss = append(in.amiss, finding{field, "org.assigned-twice", []any{"value", what}})
			continue
		}
		to[what] = code
	}
}

// seal is the fingerprint of a change: what is confirmed is what was shown.
func (in ReorganiseInput) seal() string {
	text, _ := json.Marshal(in) // strings, numbers and maps of strings: it cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

func (s *Service) showReorganise(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form := reorganiseForm{Kind: q.Get("kind"), From: strings.Join(q["from"], ",")}
	if tree, err := s.Tree(r.Context()); err != nil {
		return err
	} else if u, ok := tree.ByCode(form.From); ok && form.Kind == Rename {
		form.NameZh, form.NameEn, form.ShortZh, form.ShortEn = u.Name.Zh, u.Name.En, u.Short.Zh, u.Short.En
	}
	v, err := s.reorganiseView(r.Context(), form, q.Get("before"))
	if err != nil {
		return err
	}
	if v.Choose && form.From != "" {
		v.ChooseError = lang.T(r.Context(), "org.unit-unknown", "value", form.From)
	}
	return web.Show(w, r, http.StatusOK, reorganisePage(v), reorganiseContent(v))
}

// ofUnit is the source of a picker that offers what one unit has.
func ofUnit(source, by, unit string) string {
	if unit == "" {
		return source
	}
	return source + "?" + by + "=" + url.QueryEscape(unit)
}

func fromHint(ctx context.Context, v reorganiseView) string {
	if v.Kind == Merge {
		return lang.T(ctx, "org.from-merge-hint")
	}
	return lang.T(ctx, "org.find-unit-hint")
}

func (s *Service) reorganiseView(ctx context.Context, form reorganiseForm, before string) (reorganiseView, error) {
	switch form.Kind {
	case Split, Move, Rename:
	default:
		form.Kind = Merge
	}
	v := reorganiseView{Kind: form.Kind, In: form}
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, code := range listed(form.From) {
		v.From = append(v.From, unitOption(ctx, tree, code)...)
	}
	v.Parent = unitOption(ctx, tree, form.Parent)
	_, known := tree.ByCode(form.From)
	v.Choose = !known && (form.Kind == Split || form.Kind == Rename)
	least := map[string]int{Merge: 1, Split: 2}[form.Kind]
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for i := range max(least, form.rows()) {
			p, err := s.partOf(ctx, rd, tree, form, i)
			if err != nil {
				return err
			}
			v.Parts = append(v.Parts, p)
		}
		return s.fillChanges(ctx, rd, tree, before, &v)
	})
	return v, err
}

// partOf is one part as the form has it, with names for what its pickers hold.
func (s *Service) partOf(ctx context.Context, rd sqldb.Reader, tree *Tree, form reorganiseForm, i int) (part, error) {
	p := part{Nth: i + 1, Code: clean(nth(form.Into, i)), NewCode: nth(form.IntoCode, i), Zh: nth(form.IntoZh, i), En: nth(form.IntoEn, i), Percent: nth(form.Percent, i),
		People: strings.Join(listed(nth(form.People, i)), ","), Services: strings.Join(listed(nth(form.Services, i)), ","), Units: strings.Join(listed(nth(form.Units, i)), ",")}
	p.Under = clean(nth(form.IntoUp, i))
	p.There, p.Above = unitOption(ctx, tree, p.Code), unitOption(ctx, tree, p.Under)
	for _, code := range listed(p.Units) {
		p.Beyond = append(p.Beyond, unitOption(ctx, tree, code)...)
	}
	for _, code := range listed(p.Services) {
		p.Offered = append(p.Offered, s.serviceOption(ctx, code))
	}
	for _, ref := range listed(p.People) {
		o, err := s.personOption(ctx, rd, ref)
		if err != nil {
			return p, err
		}
		if o == nil {
			o = []ui.Option{{Value: ref, Text: ref}}
		}
		p.Persons = append(p.Persons, o...)
	}
	return p, nil
}

// fillChanges adds the changes that were made before.
func (s *Service) fillChanges(ctx context.Context, rd sqldb.Reader, tree *Tree, before string, v *reorganiseView) error {
	at, _ := parseID(before)
	list, err := changesBefore(ctx, rd, "", at, heldRows*4+1)
	if err != nil {
		return err
	}
	if len(list) > heldRows*4 {
		list = list[:heldRows*4]
		v.Next = "/settings/org/reorganise?before=" + idText(list[len(list)-1].ID) + "#changes"
	}
	var ids []ID
	for _, c := range list {
		ids = append(ids, c.Person)
	}
	names, err := s.Names(ctx, rd, ids)
	for _, c := range list {
		p := names[c.Person]
		v.Changes = append(v.Changes, s.changeLine(ctx, tree, &p, c))
	}
	return err
}

func (s *Service) submitReorganise(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form reorganiseForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if form.More != "" || form.Drop != "" {
		return s.otherParts(w, r, form)
	}
	in := form.input()
	changed := form.Sure != "" && form.Seen != in.seal()
	sure := form.Sure != "" && !changed
	c, forecast, err := s.PlanUnits(ctx, in, !sure)
	if err == nil && sure {
		web.Toast(w, r, lang.T(ctx, "org.change-planned"), "")
		return web.See(w, r, changeHref(c.ID))
	}
	if err != nil && !refused(err) {
		return err
	}
	v, again := s.reorganiseView(ctx, form, "")
	if again != nil {
		return again
	}
	v.Choose = false
	status := http.StatusOK
	if err != nil {
		status = statusOf(err)
		v.Errors = ui.ErrorsOf(ctx, err, s.reorganiseLabels(ctx, v.Kind))
	} else if v.Forecast, v.Words, v.Bad, err = s.inWords(ctx, c, forecast); err != nil {
		return err
	}
	if v.Seen = in.seal(); changed {
		v.Words = append([]string{lang.T(ctx, "org.seen-other")}, v.Words...)
	}
	return web.Show(w, r, status, reorganisePage(v), reorganiseContent(v))
}

// otherParts shows the form with one part more or less, and everything else as it was typed.
func (s *Service) otherParts(w http.ResponseWriter, r *http.Request, form reorganiseForm) error {
	if i, err := strconv.Atoi(form.Drop); err == nil {
		form = form.without(i - 1)
	} else if n := form.rows(); n < partsMost {
		form.Into = append(form.Into, make([]string, n+1-len(form.Into))...)
	}
	v, err := s.reorganiseView(r.Context(), form, "")
	if err != nil {
		return err
	}
	v.Choose = false
	return web.Show(w, r, http.StatusOK, reorganisePage(v), reorganiseContent(v))
}

func (s *Service) reorganiseLabels(ctx context.Context, kind string) map[string]string {
	out := labels(ctx, "parent", "name_zh", "name_en", "short_zh", "short_en")
	for name, key := range map[string]string{"date": "org.first-day", "from": "org.from-units", "into": "org.into", "people": "org.people", "services": "org.services", "units": "org.units-below", "kind": "org.kind"} {
		out[name] = lang.T(ctx, key)
	}
	if kind == Merge || kind == Split {
		out["into"] = lang.T(ctx, "org.into-"+kind)
	}
	if kind == Merge || kind == Split || kind == Move || kind == Rename {
		out["from"] = lang.T(ctx, "org.from-"+kind)
	}
	return out
}
