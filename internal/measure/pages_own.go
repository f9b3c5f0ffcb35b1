package measure

import (
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// ownForm is the definition of a measure as it was typed.
type ownForm struct {
	Code      string `form:"code"`
	NameZh    string `form:"name_zh"`
	NameEn    string `form:"name_en"`
	AboutZh   string `form:"about_zh"`
	AboutEn   string `form:"about_en"`
	FormulaZh string `form:"formula_zh"`
	FormulaEn string `form:"formula_en"`
	Kind      string `form:"kind"`
	Unit      string `form:"measured_in"`
	Direction string `form:"direction"`
	ByUnit    bool   `form:"by_unit"`
	Seen      string `form:"seen"`
	Target    string `form:"target"`
	Retired   bool   `form:"retired"`
	ETag      string `form:"etag"`
}

// own reads the form; what cannot be read is added to f.
func (in ownForm) own(f *fault.Fields) Own {
	o := Own{Code: in.Code, Name: lang.Text{Zh: in.NameZh, En: in.NameEn}, About: lang.Text{Zh: in.AboutZh, En: in.AboutEn}, Formula: lang.Text{Zh: in.FormulaZh, En: in.FormulaEn},
		Kind: Kind(in.Kind), Unit: Unit(in.Unit), Direction: Direction(in.Direction), ByUnit: in.ByUnit, Seen: Seen(in.Seen)}
	if in.Unit == "" && slices.Contains(Kinds, o.Kind) {
		o.Unit = UnitsOf(o.Kind)[0]
	}
	if in.Target != "" {
		if x, ok := number(in.Target); ok {
			o.Target = &x
		} else {
			f.Add("target", "measure.not-number", "value", in.Target)
		}
	}
	return o
}

func formOf(o Own) ownForm {
	in := ownForm{o.Code, o.Name.Zh, o.Name.En, o.About.Zh, o.About.En, o.Formula.Zh, o.Formula.En, string(o.Kind), string(o.Unit), string(o.Direction), o.ByUnit, string(o.Seen), "", o.Retired(), o.ETag()}
	if o.Target != nil {
		in.Target = strconv.FormatFloat(*o.Target, 'f', -1, 64)
	}
	return in
}

type ownView struct {
	In     ownForm
	New    bool
	Action string
	Title  string
	Errors ui.Errors
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	return s.ownPage(w, r, http.StatusOK, ownForm{Kind: string(Share), Direction: string(More), Seen: string(Everybody)}, "", nil)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	m, err := s.ByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if m.Own == nil {
		return fault.ErrNotFound
	}
	return s.ownPage(w, r, http.StatusOK, formOf(*m.Own), m.Code, nil)
}

func (s *Service) ownPage(w http.ResponseWriter, r *http.Request, status int, in ownForm, code string, problem error) error {
	ctx := r.Context()
	if err := s.mayDefine(ctx); err != nil {
		return err
	}
	v := ownView{In: in, New: code == "", Action: "/measures/new", Title: lang.T(ctx, "measure.new"), Errors: ui.ErrorsOf(ctx, problem, labels(ctx, ownFields))}
	if code != "" {
		v.Action, v.Title = "/measures/"+url.PathEscape(code)+"/edit", lang.T(ctx, "measure.edit-of", "name", lang.Text{Zh: in.NameZh, En: in.NameEn}.In(ctx))
	}
	return web.Show(w, r, status, ownPage(v), ownContent(v))
}

var ownFields = []string{"code", "name_zh", "name_en", "about_zh", "about_en", "formula_zh", "formula_en", "kind", "measured_in", "direction", "by_unit", "seen", "target"}

func labels(ctx context.Context, names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		out[name] = lang.T(ctx, "measure.field."+name)
	}
	return out
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	return s.submitOwn(w, r, "")
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	m, err := s.ByCode(r.Context(), r.PathValue("code"))
	if err == nil && m.Own == nil {
		err = fault.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.submitOwn(w, r, m.Code)
}

func (s *Service) submitOwn(w http.ResponseWriter, r *http.Request, code string) error {
	ctx := r.Context()
	var in ownForm
	err := web.Decode(r, &in)
	if err == nil {
		if code != "" {
			in.Code = code
		}
		err = s.defineForm(ctx, in, code == "")
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Precondition:
		if err != nil {
			return s.ownPage(w, r, http.StatusUnprocessableEntity, in, code, err)
		}
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "measure.saved"), "")
	return web.See(w, r, "/measures/"+url.PathEscape(strings.TrimSpace(in.Code)))
}

func (s *Service) defineForm(ctx context.Context, in ownForm, fresh bool) error {
	if err := s.mayDefine(ctx); err != nil {
		return err
	}
	var bad fault.Fields
	o := in.own(&bad).tidied()
	if in.Retired {
		o.RetiredAt = s.db.Now()
	}
	if _, err := s.ByCode(ctx, o.Code); fresh && err == nil {
		bad.Add("code", "measure.code-taken")
	}
	if bad.Len() > 0 {
		bad.Join("", o.check(s.Org.Company(ctx).Locale))
		return bad.Err()
	}
	on := web.IfMatch{IfMatch: in.ETag}
	if fresh {
		on = web.IfMatch{}
	}
	_, err := s.Define(ctx, o, on)
	return err
}

// valueRow is a value that was corrected.
type valueRow struct{ Month, Was, Now, By, Note string }

const mostCorrections = 50

// corrections are the values of what a page shows that were corrected, with what they were and who did it.
func (s *Service) corrections(ctx context.Context, m Measure, tree *org.Tree, q query) ([]valueRow, error) {
	unit := q.Provider.ID
	list, err := s.Values(ctx, m, unit, spanTo(s.month(ctx), q.Months))
	if err != nil {
		return nil, err
	}
	var people []org.ID
	for _, v := range list {
		people = append(people, v.By)
	}
	var names map[org.ID]org.Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.Org.Names(ctx, rd, people)
		return err
	})
	var out []valueRow
	for i, v := range list[:max(len(list)-1, 0)] {
		was := list[i+1]
		if was.Month != v.Month || was.Unit != v.Unit || len(out) == mostCorrections {
			continue
		}
		month := monthName(ctx, v.Month, false)
		if unit == 0 && v.Unit != 0 {
			month += " · " + tree.Name(ctx, v.Unit)
		}
		by := names[v.By].Display(ctx)
		if by == "" {
			by = lang.T(ctx, "measure.the-house")
		}
		out = append(out, valueRow{Month: month, Was: m.valueText(ctx, was), Now: m.valueText(ctx, v), By: by + " · " + lang.Short(ctx, v.At), Note: v.Note})
	}
	return out, err
}

func (m Measure) valueText(ctx context.Context, v Value) string {
	if v.Gone {
		return lang.T(ctx, "measure.gone")
	}
	p := v.point(m.Kind)
	return m.text(ctx, p.Value) + m.cases(ctx, p)
}

// valuesForm is one value, or many lines of them, as they were typed.
type valuesForm struct {
	Do     string                  `form:"do"` // one, check, save
	Unit   string                  `form:"unit"`
	Month  string                  `form:"month"`
	Hits   string                  `form:"hits"`
	N      string                  `form:"n"`
	Amount string                  `form:"value"`
	Note   string                  `form:"note"`
	Lines  string                  `form:"lines"`
	Files  []*multipart.FileHeader `form:"file"`
}

type valuesView struct {
	M       Measure
	In      valuesForm
	Title   string
	Lead    string
	Self    string
	Back    string
	Units   []ui.Option
	Errors  ui.Errors // of the one value
	Refused string    // of the lines as such
	Rows    []previewRow
	Counts  string
	Wrong   int
	Ready   bool // the lines may be saved
	Heads   string
}

type previewRow struct{ Line, What, Was, Now, Plan, Tone, Bad string }

func (s *Service) showValues(w http.ResponseWriter, r *http.Request) error {
	return s.valuesPage(w, r, http.StatusOK, valuesForm{}, nil, nil)
}

// valuesPage is the page on which values are entered; problem is of the one value, seen of the lines.
func (s *Service) valuesPage(w http.ResponseWriter, r *http.Request, status int, in valuesForm, problem error, seen *Recorded) error {
	ctx := r.Context()
	o, err := s.enterable(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	m := s.measureOf(o)
	v := valuesView{M: m, In: in, Title: lang.T(ctx, "measure.enter-of", "name", m.Name.In(ctx)), Lead: m.Formula.In(ctx), Self: "/measures/" + url.PathEscape(o.Code) + "/values", Back: "/measures/" + url.PathEscape(o.Code),
		Heads: lang.T(ctx, "measure.heads."+headsOf(o))}
	if in.Do == "one" || in.Do == "" {
		v.Errors = ui.ErrorsOf(ctx, problem, labels(ctx, []string{"unit", "month", "hits", "n", "value", "note"}))
	} else if problem != nil {
		v.Refused = ui.ErrorsOf(ctx, problem, nil).Sentence(ctx)
	}
	if v.In.Month == "" && in.Do != "one" {
		v.In.Month = MonthText(After(s.month(ctx), -1))
	}
	if o.ByUnit {
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return err
		}
		v.Units = []ui.Option{{Value: "", Text: lang.T(ctx, "measure.choose")}}
		for _, u := range s.upper(tree, 0) {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == in.Unit})
		}
	}
	if seen != nil {
		v.preview(ctx, *seen)
	}
	return web.Show(w, r, status, valuesPage(v), valuesContent(v))
}

// headsOf names the columns of lines.
func headsOf(o Own) string {
	heads := "value"
	if o.Kind == Share {
		heads = "share"
	}
	if o.ByUnit {
		heads += "-unit"
	}
	return heads
}

const mostPreviewed = 200

// preview says what lines would do.
func (v *valuesView) preview(ctx context.Context, seen Recorded) {
	_, at := linesOf(v.In.Lines, *v.M.Own)
	v.Wrong, v.Ready = seen.Wrong, seen.Wrong == 0 && seen.Fresh+seen.Changed > 0
	v.Counts = lang.T(ctx, "measure.would", "fresh", seen.Fresh, "changed", seen.Changed, "same", seen.Same, "wrong", seen.Wrong)
	for i, p := range seen.Rows {
		if p.Plan == Same && p.Bad.Len() == 0 || len(v.Rows) == mostPreviewed {
			continue
		}
		row := previewRow{Line: strconv.Itoa(at[i]), Now: v.M.valueText(ctx, p.Now), Was: "–", Plan: lang.T(ctx, "measure.plan."+p.Plan), Tone: "good"}
		if validMonth(p.Entry.Month) {
			row.What = monthName(ctx, p.Entry.Month, false)
		}
		if p.Unit.ID != 0 {
			row.What = p.Unit.Name.In(ctx) + " · " + row.What
		}
		if p.Plan == Changed {
			row.Was, row.Tone = v.M.valueText(ctx, p.Was), "warn"
		}
		if p.Bad.Len() > 0 {
			row.Plan, row.Tone, row.Now = lang.T(ctx, "measure.plan.wrong"), "bad", "–"
			var words []string
			named := labels(ctx, []string{"unit", "month", "hits", "n", "value", "note"})
			for _, f := range p.Bad.All() {
				words = append(words, named[f.Name]+lang.T(ctx, "ui.colon")+lang.T(ctx, f.Sentence(), fault.Flat(f.Args)...))
			}
			row.Bad = strings.Join(words, lang.T(ctx, "measure.semicolon"))
		}
		v.Rows = append(v.Rows, row)
	}
}

func (s *Service) submitValues(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := s.enterable(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	var in valuesForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	var seen *Recorded
	if in.Do == "check" || in.Do == "save" {
		seen, err = s.takeLines(ctx, o, &in)
	} else {
		err = s.takeOne(ctx, o, in)
	}
	switch {
	case fault.KindOf(err) == fault.Invalid && err != nil, fault.KindOf(err) == fault.Conflict:
		return s.valuesPage(w, r, http.StatusUnprocessableEntity, in, err, seen)
	case err != nil:
		return err
	case in.Do == "check" || seen != nil && seen.Wrong > 0:
		status := http.StatusOK
		if seen.Wrong > 0 {
			status = http.StatusUnprocessableEntity
		}
		return s.valuesPage(w, r, status, in, nil, seen)
	}
	web.Toast(w, r, lang.T(ctx, "measure.values-saved"), "")
	return web.See(w, r, "/measures/"+url.PathEscape(o.Code)+ofUnit(in, seen))
}

// ofUnit leads to the unit that the value is of.
func ofUnit(in valuesForm, seen *Recorded) string {
	if seen == nil && in.Unit != "" {
		return "?unit=" + url.QueryEscape(in.Unit)
	}
	return ""
}

func (s *Service) takeOne(ctx context.Context, o Own, in valuesForm) error {
	var bad fault.Fields
	e := Typed{in.Unit, in.Month, in.Hits, in.N, in.Amount, in.Note}.entry(&bad)
	if e.Gone && in.Note == "" { // nothing at all was typed: more likely forgotten than meant
		e.Gone = false
	}
	more := e.check(o, s.month(ctx))
	for _, f := range more.All() {
		if !slices.ContainsFunc(bad.All(), func(x fault.Field) bool { return x.Name == f.Name }) {
			bad.Add(f.Name, f.Key, fault.Flat(f.Args)...)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	out, err := s.Record(ctx, o.Code, []Entry{e}, true)
	if err == nil && out.Wrong > 0 {
		return out.Rows[0].Bad.Err()
	}
	if err == nil {
		_, err = s.Record(ctx, o.Code, []Entry{e}, false)
	}
	return err
}
