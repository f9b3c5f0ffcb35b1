package measure

import (
	"context"
	"math"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// api adds the JSON calls of the room.
func (s *Service) api(m *web.Mux) {
	const one, tag = "/api/v1/measures/{code}", "Measures"
	web.Op(m, web.Operation{ID: "list-measures", Method: http.MethodGet, Path: "/api/v1/measures", Action: doList, Tag: tag, Summary: "The registry: what is measured, in words"}, s.getList)
	web.Op(m, web.Operation{ID: "get-measure", Method: http.MethodGet, Path: one, Action: doList, Tag: tag, Summary: "One measure in words"}, s.getOne)
	web.Op(m, web.Operation{ID: "set-measure", Method: http.MethodPut, Path: one, Action: doDefine, Tag: tag, Summary: "Define a measure of the company's own, or change it",
		Detail: "The same again changes nothing. Kind, unit of measurement and by_unit cannot change once there are values."}, s.putOne)
	web.Op(m, web.Operation{ID: "get-measure-series", Method: http.MethodGet, Path: one + "/series", Action: doList, Tag: tag, Summary: "A measure of an edge, a unit or the company month by month, with its chart",
		Detail: "With provider and customer of the edge, with unit of what the unit does for everybody, with neither of the company. What the caller may not see looks as if nothing were there."}, s.getSeries)
	web.Op(m, web.Operation{ID: "get-measure-values", Method: http.MethodGet, Path: one + "/values", Action: doList, Tag: tag, Summary: "What was entered for a measure of the company's own, with all corrections, newest month first"}, s.getValues)
	web.Op(m, web.Operation{ID: "set-measure-values", Method: http.MethodPut, Path: one + "/values", Action: doEnter, Tag: tag, Summary: "Enter or correct values of a measure of the company's own",
		Detail: "At most 2 000 at once; with anything wrong none is taken, and every wrong field is named. The same again changes nothing; what a corrected value was before is kept."}, s.putValues)
}

type measureJSON struct {
	Code      string    `json:"code" example:"attainment"`
	Name      lang.Text `json:"name"`
	About     lang.Text `json:"about"`
	Formula   lang.Text `json:"formula"`
	Kind      string    `json:"kind" enum:"share,mean,count,duration"`
	Unit      string    `json:"measured_in" enum:"percent,times,points,minutes,hours,days,yuan,ppm"`
	Direction string    `json:"direction" enum:"more,less,neither" doc:"Which is better"`
	Grains    []string  `json:"grains" nullable:"false" doc:"What it can be asked of: edge, unit, company"`
	Seen      string    `json:"seen" enum:"concerned,everybody" doc:"Who sees its numbers; that it exists everybody sees"`
	Sample    bool      `json:"sample" doc:"Of a sample: there is only a signal"`
	Own       bool      `json:"own" doc:"Defined by the company, whose values are entered"`
	ByUnit    bool      `json:"by_unit" doc:"Of an own one: a value for each unit; otherwise one for the company"`
	Target    *float64  `json:"target" doc:"Of an own one: in percent of a share, otherwise in its unit of measurement; null: none"`
	Retired   bool      `json:"retired" doc:"Takes no values any more"`
}

func wire(m Measure) measureJSON {
	j := measureJSON{Code: m.Code, Name: m.Name, About: m.About, Formula: m.Formula, Kind: string(m.Kind), Unit: string(m.Unit), Direction: string(m.Direction), Grains: []string{}, Seen: string(m.Seen), Sample: m.Sample}
	for _, g := range m.Grains {
		j.Grains = append(j.Grains, string(g))
	}
	if m.Own != nil {
		j.Own, j.ByUnit, j.Target, j.Retired = true, m.Own.ByUnit, m.Own.Target, m.Own.Retired()
	}
	return j
}

type measureListOutput struct{ Body web.Page[measureJSON] }

func (s *Service) getList(ctx context.Context, _ *struct{}) (*measureListOutput, error) {
	list, err := s.All(ctx)
	out := &measureListOutput{}
	out.Body.Items = []measureJSON{}
	for _, m := range list {
		out.Body.Items = append(out.Body.Items, wire(m))
	}
	return out, err
}

type measureInput struct {
	Code string `path:"code" doc:"Of the measure" example:"attainment"`
}

type measureOutput struct {
	ETag string `header:"ETag"`
	Body measureJSON
}

func (s *Service) getOne(ctx context.Context, in *measureInput) (*measureOutput, error) {
	m, err := s.ByCode(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &measureOutput{Body: wire(m), ETag: web.ETag(Subject, m.Code)}
	if m.Own != nil {
		out.ETag = m.Own.ETag()
	}
	return out, nil
}

type measureEdit struct {
	web.IfMatch
	Code string `path:"code" doc:"Small letters, digits, and . _ - between them" example:"scrap"`
	Body struct {
		Name      lang.Text `json:"name"`
		About     lang.Text `json:"about,omitempty"`
		Formula   lang.Text `json:"formula" doc:"How it is counted, in words"`
		Kind      string    `json:"kind" enum:"share,mean,count,duration" example:"share"`
		Unit      string    `json:"measured_in,omitempty" enum:"percent,times,points,minutes,hours,days,yuan,ppm" doc:"Default: the usual one of the kind" example:"percent"`
		Direction string    `json:"direction" enum:"more,less,neither" example:"less"`
		ByUnit    bool      `json:"by_unit,omitempty"`
		Seen      string    `json:"seen,omitempty" enum:"concerned,everybody" doc:"Default: concerned"`
		Target    *float64  `json:"target,omitempty" nullable:"true" doc:"In percent of a share, otherwise in its unit of measurement"`
		Retired   bool      `json:"retired,omitempty"`
	}
}

func (s *Service) putOne(ctx context.Context, in *measureEdit) (*measureOutput, error) {
	b := in.Body
	o := Own{Code: in.Code, Name: b.Name, About: b.About, Formula: b.Formula, Kind: Kind(b.Kind), Unit: Unit(b.Unit), Direction: Direction(b.Direction), ByUnit: b.ByUnit, Seen: Seen(b.Seen), Target: b.Target}
	if units := UnitsOf(o.Kind); o.Unit == "" {
		o.Unit = units[0]
	}
	if b.Retired {
		o.RetiredAt = s.db.Now()
	}
	o, err := s.Define(ctx, o, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return &measureOutput{ETag: o.ETag(), Body: wire(s.measureOf(o))}, nil
}

type seriesInput struct {
	Code     string `path:"code" doc:"Of the measure" example:"attainment"`
	Unit     string `query:"unit" doc:"Code: what the unit does for everybody"`
	Provider string `query:"provider" doc:"Code; with customer: of the edge"`
	Customer string `query:"customer" doc:"Code"`
	From     string `query:"from" doc:"First month, 2025-12; default: 24 months back" example:"2025-12"`
	To       string `query:"to" doc:"Last month; default: this one" example:"2026-11"`
	Compare  int    `query:"compare" minimum:"1" maximum:"24" default:"3" doc:"Months that are compared with as many before them"`
}

type pointJSON struct {
	Month   string   `json:"month" example:"2026-11" doc:"Or the first month of a quarter"`
	Value   *float64 `json:"value" doc:"A share as a fraction, anything else in its unit of measurement; null with a reason"`
	Hits    *int64   `json:"hits" doc:"Of a share"`
	N       *int64   `json:"n" doc:"Cases that the value is about; null: nobody said"`
	Low     *float64 `json:"low" doc:"Limits of the chart; null where there are none"`
	High    *float64 `json:"high"`
	Out     bool     `json:"out" doc:"Outside the limits"`
	Running bool     `json:"running" doc:"The month is not over: neither judged nor reckoned in"`
	Reason  string   `json:"reason,omitempty" enum:"no_data,few" doc:"Why value is null"`
}

type measureSignalJSON struct {
	Kind  string `json:"kind" enum:"above,below,stay,drift" doc:"above, below: one point outside the limits; stay: longer on one side of the median than chance explains; drift: crosses it less often"`
	Month string `json:"month,omitempty"`
	N     int    `json:"n,omitempty" doc:"Of stay: points in a row; of drift: crossings"`
	Most  int    `json:"bound,omitempty" doc:"What chance explains: the longest run, or the fewest crossings"`
}

type chartJSON struct {
	Method   string              `json:"method" enum:"p,laney_p,xmr,run" doc:"run: a line around its median, without limits"`
	Step     string              `json:"step" enum:"month,quarter"`
	Why      string              `json:"why,omitempty" enum:"few_points,few_cases,rare,wide_spread"`
	Centre   *float64            `json:"centre"`
	SigmaZ   *float64            `json:"sigma_z" doc:"Of laney_p: how much wider than by chance"`
	Baseline int                 `json:"baseline" doc:"Points that set the limits; 0: all"`
	Points   []pointJSON         `json:"points" nullable:"false"`
	Signals  []measureSignalJSON `json:"signals" nullable:"false"`
}

type differenceJSON struct {
	Months   int         `json:"months"`
	Now      *float64    `json:"now"`
	Before   *float64    `json:"before"`
	By       *float64    `json:"by" doc:"now − before"`
	Interval *[2]float64 `json:"interval" doc:"95 %, Newcombe; null for what is no share"`
	Says     *string     `json:"says" enum:"better,worse,higher,lower,cannot_tell"`
	Reason   string      `json:"reason,omitempty" enum:"no_data,no_share" doc:"Why something is null"`
}

type seriesJSON struct {
	Code       string          `json:"code"`
	Unit       *string         `json:"unit"`
	Provider   *string         `json:"provider"`
	Customer   *string         `json:"customer"`
	From       string          `json:"from"`
	To         string          `json:"to"`
	Target     *float64        `json:"target" doc:"In terms of value"`
	Agreed     bool            `json:"agreed" doc:"The target was agreed; otherwise it is the usual one"`
	Items      []pointJSON     `json:"items" nullable:"false" doc:"Every month of the span, without limits; empty when nothing is there or the caller may not see it"`
	Chart      *chartJSON      `json:"chart" doc:"null without any value"`
	Difference *differenceJSON `json:"difference"`
}

type seriesOutput struct{ Body seriesJSON }

func (s *Service) getSeries(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
	m, err := s.ByCode(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	at, span, err := s.askedFor(ctx, m, in)
	if err != nil {
		return nil, err
	}
	got, err := s.SeriesOf(ctx, m, at, span)
	if err != nil {
		return nil, err
	}
	out := &seriesOutput{Body: seriesJSON{Code: m.Code, From: MonthText(span.From), To: MonthText(span.To), Target: number64(got.Target), Agreed: got.Agreed, Items: []pointJSON{}}}
	b := &out.Body
	switch at.Grain() {
	case OfEdge:
		b.Provider, b.Customer = &at.Provider.Code, &at.Customer.Code
	case OfUnit:
		b.Unit = &at.Provider.Code
	}
	if !got.Shown {
		return out, nil
	}
	running := s.month(ctx)
	if in.Compare == 0 {
		in.Compare = compared[0]
	}
	for _, p := range got.Points {
		b.Items = append(b.Items, m.pointJSON(Dot{Point: p, Low: none, High: none, Running: p.Month >= running}))
	}
	c := ChartOf(m.Kind, got.Points, running)
	if c.Count() == 0 {
		b.Items = []pointJSON{}
		return out, nil
	}
	b.Chart = m.chartJSON(c)
	b.Difference = differenceOf(m, Differ(m.Kind, m.Direction, got.Points, running, in.Compare))
	return out, nil
}

// askedFor checks what a series is asked of; everything wrong comes at once.
func (s *Service) askedFor(ctx context.Context, m Measure, in *seriesInput) (at At, span Span, err error) {
	var bad fault.Fields
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return at, span, err
	}
	unit := func(name, code string) (u org.Unit) {
		if code == "" {
			return u
		}
		u, ok := tree.ByCode(code)
		if !ok {
			bad.Add(name, "measure.unit-unknown", "value", code)
		}
		return u
	}
	at = At{unit("provider", in.Provider), unit("customer", in.Customer)}
	switch {
	case in.Unit != "" && in.Provider+in.Customer != "":
		bad.Add("unit", "measure.unit-or-edge")
	case in.Unit != "":
		at.Provider = unit("unit", in.Unit)
	case in.Provider != "" && in.Customer == "":
		bad.Add("customer", "form.required")
	case in.Customer != "" && in.Provider == "":
		bad.Add("provider", "form.required")
	}
	span = s.spanOf(ctx, in.From, in.To, &bad)
	if bad.Len() == 0 && !m.Has(at.Grain()) {
		bad.Add("unit", "measure.grain-not."+string(at.Grain()))
	}
	return at, span, bad.Err()
}

// spanOf reads two months of an address; left out, they are the last 24.
func (s *Service) spanOf(ctx context.Context, from, to string, bad *fault.Fields) Span {
	span := Span{To: s.month(ctx)}
	month := func(name, text string, into *int64) {
		if text == "" {
			return
		}
		m, ok := MonthOf(text)
		if !ok {
			bad.Add(name, "measure.month-form")
			return
		}
		*into = m
	}
	month("to", to, &span.To)
	span.From = After(span.To, 1-usualMonths)
	month("from", from, &span.From)
	if n := span.Months(); n == 0 || n > mostMonths {
		bad.Add("to", "measure.span-range", "most", mostMonths)
	}
	return span
}

// number64 is null for what cannot be computed.
func number64(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func (m Measure) pointJSON(d Dot) pointJSON {
	j := pointJSON{Month: MonthText(d.Month), Value: number64(d.Value), Low: number64(d.Low), High: number64(d.High), Out: d.Out, Running: d.Running}
	if d.N > 0 {
		j.N = &d.N
	}
	switch {
	case d.Is() && m.Kind == Share:
		j.Hits = &d.Hits
	case d.Few:
		j.Reason = "few"
	case !d.Is():
		j.Reason = "no_data"
	}
	return j
}

func (m Measure) chartJSON(c Chart) *chartJSON {
	j := &chartJSON{Method: c.Method, Step: "month", Why: c.Why, Centre: number64(c.Centre), SigmaZ: number64(c.SigmaZ), Baseline: c.Baseline, Points: []pointJSON{}, Signals: []measureSignalJSON{}}
	if c.Quarters {
		j.Step = "quarter"
	}
	for _, d := range c.Dots {
		j.Points = append(j.Points, m.pointJSON(d))
	}
	for _, x := range c.Signals {
		one := measureSignalJSON{Kind: x.Kind, N: x.N, Most: x.Most}
		if x.Month != 0 {
			one.Month = MonthText(x.Month)
		}
		j.Signals = append(j.Signals, one)
	}
	return j
}

func differenceOf(m Measure, d Difference) *differenceJSON {
	j := &differenceJSON{Months: d.Months, Now: number64(d.Now.Value), Before: number64(d.Before.Value), By: number64(d.By)}
	if d.Says != "" {
		j.Says, j.Interval = &d.Says, &[2]float64{d.Low, d.High}
	}
	switch {
	case j.By == nil:
		j.Reason = "no_data"
	case m.Kind != Share:
		j.Reason = "no_share"
	}
	return j
}

type measureValuesInput struct {
	Code string `path:"code" doc:"Of a measure of the company's own" example:"scrap"`
	Unit string `query:"unit" doc:"Code; default: all that the caller sees"`
	From string `query:"from" doc:"First month, 2025-12; default: 24 months back" example:"2025-12"`
	To   string `query:"to" doc:"Last month; default: this one" example:"2026-11"`
}

type measureValueJSON struct {
	Unit     *string   `json:"unit" doc:"Code; null: the company"`
	Month    string    `json:"month" example:"2026-10"`
	Revision int       `json:"revision" doc:"1 is the first; the highest of a month counts"`
	Counts   bool      `json:"counts" doc:"It is the one that counts"`
	Gone     bool      `json:"gone" doc:"It was taken back"`
	Hits     *int64    `json:"hits" doc:"Of a share"`
	N        *int64    `json:"n"`
	Value    *float64  `json:"value" doc:"Of what is no share"`
	Note     string    `json:"note"`
	By       *string   `json:"by" doc:"Employee number of who said so"`
	At       time.Time `json:"at"`
}

type measureValuesOutput struct {
	Body struct {
		Items []measureValueJSON `json:"items" nullable:"false"`
	}
}

func (s *Service) getValues(ctx context.Context, in *measureValuesInput) (*measureValuesOutput, error) {
	m, err := s.ByCode(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if m.Own == nil {
		return nil, fault.ErrNotFound
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	var unit org.Unit
	if in.Unit != "" {
		var ok bool
		if unit, ok = tree.ByCode(in.Unit); !ok {
			bad.Add("unit", "measure.unit-unknown", "value", in.Unit)
		}
	}
	span := s.spanOf(ctx, in.From, in.To, &bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	list, err := s.Values(ctx, m, unit.ID, span)
	if err != nil {
		return nil, err
	}
	out := &measureValuesOutput{}
	out.Body.Items, err = s.wireValues(ctx, m, tree, list)
	return out, err
}
