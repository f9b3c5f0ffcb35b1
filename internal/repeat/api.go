package repeat

import (
	"context"
	"net/http"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type (
	repeatScheduleJSON struct {
		Every string `json:"every" enum:"day,week,month,quarter,year"`
		On    string `json:"on" doc:"workdays, every_day; mon … sun; \"workday N\", \"workday -N\", \"day N\", \"day -1\"" example:"workday 3"`
		Month int    `json:"month,omitempty" doc:"Of a quarter (1–3) or year (1–12); 0: counted over the whole of it"`
		At    string `json:"at" doc:"By when it is needed that day" example:"17:00"`
		Shift string `json:"shift,omitempty" enum:"before,after,keep" doc:"What a day off does; default before"`
		Step  int    `json:"step,omitempty" doc:"Every so many weeks or months, from the one of from; default 1" example:"2"`
	}
	repeatJSON struct {
		Number       string              `json:"number" example:"RP-101"`
		Service      string              `json:"service" example:"finance.report"`
		Title        string              `json:"title" doc:"With placeholders: {年} {月} {上月} {季度} {周} {日期}, or {year} {month} {last month} {quarter} {week} {date}"`
		Heading      string              `json:"heading" doc:"The title with its next date put in, the last one where none is to come, or today where it has no dates"`
		Fields       map[string]any      `json:"fields"`
		CustomerUnit string              `json:"customer_unit"`
		Place        string              `json:"place,omitempty" doc:"Code of the place it is asked from"`
		OfUnit       bool                `json:"of_unit" doc:"The head and the secretary of the unit keep it as well"`
		Owner        string              `json:"owner" doc:"工号 of who it is asked by"`
		Confidential bool                `json:"confidential"`
		Named        []string            `json:"named"`
		Watchers     []string            `json:"watchers"`
		Schedule     *repeatScheduleJSON `json:"schedule" doc:"null: saved, asked by hand alone"`
		Words        string              `json:"words" doc:"The schedule in words"`
		From         string              `json:"from,omitempty" format:"date"`
		Until        string              `json:"until,omitempty" format:"date"`
		LeadWorkdays int                 `json:"lead_workdays" doc:"The request is opened so many workdays before the date"`
		CatchUp      string              `json:"catch_up" enum:"last,all" doc:"After a standstill: the last date that passed is asked, or all of them"`
		State        string              `json:"state" enum:"saved,active,paused,stopped,ended"`
		Fault        []repeatWrongJSON   `json:"fault" doc:"Of a stopped one: what is wrong"`
		Dates        []repeatDateJSON    `json:"dates,omitempty" doc:"The next twelve"`
	}
	repeatWrongJSON struct {
		Field string `json:"field"`
		Text  string `json:"text"`
	}
	repeatDateJSON struct {
		Slot    string    `json:"slot" doc:"The period it is for" example:"2026-11"`
		DueAt   time.Time `json:"due_at" doc:"When it is needed"`
		OpensAt time.Time `json:"opens_at" doc:"When its request is opened"`
		Planned string    `json:"planned" format:"date" doc:"The day that the schedule names; another than that of due_at where a day off moved it"`
		Title   string    `json:"title"`
		State   string    `json:"state" doc:"skipped, changed, or empty"`
	}
	repeatInput struct {
		Number string `path:"number" doc:"RP-101" example:"RP-101"`
	}
	repeatBody struct {
		Service      string              `json:"service" example:"finance.report"`
		Title        string              `json:"title,omitempty" maxLength:"200" example:"{月} 月经营月报"`
		Fields       map[string]any      `json:"fields,omitempty" doc:"Answers of the service's form; each date gets copies of the files. A date may follow the day it is asked: {workday+5} is the fifth workday after it, {workday+5 14:00} with a time; a month the date it is for: {month}, {month-1}, {month+1}"`
		CustomerUnit string              `json:"customer_unit,omitempty"`
		Place        string              `json:"place,omitempty"`
		OfUnit       bool                `json:"of_unit,omitempty"`
		Confidential bool                `json:"confidential,omitempty"`
		Named        []string            `json:"named,omitempty" doc:"工号"`
		Watchers     []string            `json:"watchers,omitempty" doc:"工号"`
		Schedule     *repeatScheduleJSON `json:"schedule,omitempty" doc:"Left out: saved for asking by hand"`
		From         string              `json:"from,omitempty" format:"date" doc:"Default: today"`
		Until        string              `json:"until,omitempty" format:"date"`
		LeadWorkdays int                 `json:"lead_workdays,omitempty"`
		CatchUp      string              `json:"catch_up,omitempty" enum:"last,all" doc:"Default last"`
	}
	makeRepeatInput struct {
		Body repeatBody
	}
	changeRepeatInput struct {
		Number string `path:"number" doc:"RP-101" example:"RP-101"`
		web.IfMatch
		Body repeatBody
	}
	repeatDateInput struct {
		Number string `path:"number" doc:"RP-101" example:"RP-101"`
		Slot   string `path:"slot" doc:"Of one of its next dates" example:"2026-12"`
		Body   *struct {
			Title  string         `json:"title,omitempty" maxLength:"200" doc:"change: instead of the template's" example:"十二月经营月报"`
			Fields map[string]any `json:"fields,omitempty" doc:"change: answers instead of the template's"`
		}
	}
	repeatOutput struct {
		Status int
		ETag   string `header:"ETag"`
		Body   repeatJSON
	}
	repeatsOutput struct {
		Body struct {
			Items []repeatJSON `json:"items"`
		}
	}
	repeatAskedOutput struct {
		Body struct {
			Number string `json:"number" example:"R-1024"`
		}
	}
	expectedOutput struct {
		Body struct {
			Unit  string         `json:"unit"`
			Items []expectedJSON `json:"items"`
		}
	}
	expectedJSON struct {
		Service string `json:"service"`
		Weeks   []int  `json:"weeks" doc:"Requests to be opened in each of the next four weeks"`
	}
)

// API adds the JSON calls of the room.
func (s *Service) API(m *web.Mux) {
	const tag, one = "Repeating requests", "/api/v1/repeats/{number}"
	web.Op(m, web.Operation{ID: "list-repeats", Method: http.MethodGet, Path: "/api/v1/repeats", Action: "repeat.list", Tag: tag,
		Summary: "What the caller, or the caller's unit, asks again and again"}, s.getRepeats)
	web.Op(m, web.Operation{ID: "make-repeat", Method: http.MethodPost, Path: "/api/v1/repeats", Action: "repeat.keep", Tag: tag, Scope: "write",
		Summary: "Ask regularly, or save what is asked for one click"}, func(ctx context.Context, in *makeRepeatInput) (*repeatOutput, error) {
		w := in.Body.wanted(s, ctx)
		t, err := s.Make(ctx, w)
		return s.answer(ctx, t.Number, http.StatusCreated, err)
	})
	web.Op(m, web.Operation{ID: "get-repeat", Method: http.MethodGet, Path: one, Action: "repeat.list", Tag: tag,
		Summary: "One template with its next twelve dates"}, func(ctx context.Context, in *repeatInput) (*repeatOutput, error) {
		n, err := ParseRef(in.Number)
		return s.answer(ctx, n, http.StatusOK, err)
	})
	web.Op(m, web.Operation{ID: "change-repeat", Method: http.MethodPut, Path: one, Action: "repeat.keep", Tag: tag, Scope: "write",
		Summary: "Change a template; what is left out takes its usual value"}, func(ctx context.Context, in *changeRepeatInput) (*repeatOutput, error) {
		n, err := ParseRef(in.Number)
		if err == nil {
			_, err = s.Change(ctx, n, in.Body.wanted(s, ctx), in.IfMatch)
		}
		return s.answer(ctx, n, http.StatusOK, err)
	})
	for _, v := range []struct {
		name, summary string
		do            func(context.Context, int64) (Template, error)
	}{{"pause", "Hold it: nothing is asked", s.Pause}, {"resume", "Let it go on", s.Resume}, {"end", "End it for good", s.End}} {
		web.Op(m, web.Operation{ID: v.name + "-repeat", Method: http.MethodPost, Path: one + "/" + v.name, Action: "repeat.keep", Tag: tag, Scope: "write",
			Summary: v.summary}, func(ctx context.Context, in *repeatInput) (*repeatOutput, error) {
			n, err := ParseRef(in.Number)
			if err == nil {
				_, err = v.do(ctx, n)
			}
			return s.answer(ctx, n, http.StatusOK, err)
		})
	}
	s.dateCalls(m, tag, one)
	web.Op(m, web.Operation{ID: "ask-repeat", Method: http.MethodPost, Path: one + "/ask", Action: "repeat.list", Tag: tag, Scope: "write",
		Summary: "Ask it now, once"}, func(ctx context.Context, in *repeatInput) (*repeatAskedOutput, error) {
		n, err := ParseRef(in.Number)
		if err != nil {
			return nil, err
		}
		r, err := s.Ask(ctx, n, "")
		out := &repeatAskedOutput{}
		out.Body.Number = r.Ref()
		return out, err
	})
	web.Op(m, web.Operation{ID: "expected-requests", Method: http.MethodGet, Path: "/api/v1/units/{code}/expected-requests", Action: "repeat.forecast", Tag: tag,
		Summary: "How many repeating requests a unit is to expect in four weeks, for its agents and heads"}, s.getExpected)
}

func (s *Service) dateCalls(m *web.Mux, tag, one string) {
	for _, v := range []struct {
		name, summary string
		do            func(ctx context.Context, n int64, in *repeatDateInput) error
	}{
		{"skip", "Leave one date out", func(ctx context.Context, n int64, in *repeatDateInput) error {
			_, err := s.Skip(ctx, n, in.Slot, true)
			return err
		}},
		{"unskip", "Ask a date after all", func(ctx context.Context, n int64, in *repeatDateInput) error {
			_, err := s.Skip(ctx, n, in.Slot, false)
			return err
		}},
		{"change", "Give one date another title or other answers", func(ctx context.Context, n int64, in *repeatDateInput) error {
			if in.Body == nil {
				return fault.New(fault.Invalid, "repeat.nothing-changed")
			}
			_, err := s.ChangeDate(ctx, n, in.Slot, in.Body.Title, in.Body.Fields)
			return err
		}},
	} {
		web.Op(m, web.Operation{ID: v.name + "-date-of-repeat", Method: http.MethodPost, Path: one + "/dates/{slot}/" + v.name, Action: "repeat.keep", Tag: tag, Scope: "write",
			Summary: v.summary}, func(ctx context.Context, in *repeatDateInput) (*repeatOutput, error) {
			n, err := ParseRef(in.Number)
			if err == nil {
				err = v.do(ctx, n, in)
			}
			return s.answer(ctx, n, http.StatusOK, err)
		})
	}
}

func (b repeatBody) wanted(s *Service, ctx context.Context) Wanted {
	w := Wanted{Service: b.Service, Title: b.Title, Fields: b.Fields, Customer: b.CustomerUnit, Place: b.Place, OfUnit: b.OfUnit, Confidential: b.Confidential, Named: b.Named,
		Watchers: b.Watchers, From: b.From, Until: b.Until, Lead: b.LeadWorkdays, CatchUp: b.CatchUp}
	if x := b.Schedule; x != nil {
		w.Schedule, w.Step = calendar.Schedule{Every: x.Every, On: x.On, Month: x.Month, At: x.At, Shift: x.Shift}, x.Step
	}
	if w.From == "" {
		w.From = calendar.DateOf(s.db.Now().In(s.Org.Company(ctx).Location())).String()
	}
	return w
}

// answer reads a template back as the caller sees it.
func (s *Service) answer(ctx context.Context, number int64, status int, err error) (*repeatOutput, error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Template(ctx, number)
	if err != nil {
		return nil, err
	}
	out := &repeatOutput{Status: status, ETag: v.etag()}
	out.Body, err = s.wire(ctx, v.Template, v.People)
	for _, c := range v.Coming {
		out.Body.Dates = append(out.Body.Dates, repeatDateJSON{Slot: c.Slot, DueAt: c.At, OpensAt: c.Opens, Planned: c.Planned.String(), Title: c.Title, State: c.State})
	}
	return out, err
}

func (s *Service) wire(ctx context.Context, t Template, people map[int64]org.Person) (repeatJSON, error) {
	j := repeatJSON{Number: t.Ref(), Title: t.Title, Fields: t.Answers(), Place: t.Place, OfUnit: t.OfUnit, Owner: people[t.Owner].No, Confidential: t.Confidential, Words: t.words(ctx),
		From: dayText(t.From), Until: dayText(t.Until), LeadWorkdays: t.Lead, CatchUp: t.CatchUp, State: t.State, Named: []string{}, Watchers: []string{}, Fault: []repeatWrongJSON{}}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return j, err
	}
	if x, ok := snap.ByID(t.Service); ok {
		j.Service = x.Code
	}
	if j.Heading, err = s.Heading(ctx, t); err != nil {
		return j, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return j, err
	}
	if u, ok := tree.ByID(t.Unit); ok {
		j.CustomerUnit = u.Code
	}
	for _, id := range t.Named {
		j.Named = append(j.Named, people[id].No)
	}
	for _, id := range t.Watchers {
		j.Watchers = append(j.Watchers, people[id].No)
	}
	for _, x := range t.Fault {
		j.Fault = append(j.Fault, repeatWrongJSON{x.Field, x.words(ctx)})
	}
	if x := t.Schedule; t.Repeats() {
		j.Schedule = &repeatScheduleJSON{x.Every, x.On, x.Month, x.At, x.Shift, t.Step}
	}
	return j, nil
}

// words is a finding in the reader's language.
func (w Wrong) words(ctx context.Context) string { return lang.T(ctx, w.Key, fault.Flat(w.Args)...) }

type repeatsInput struct {
	View string `query:"view" enum:"mine,unit" doc:"The caller's own (default), or those of the caller's units"`
}

func (s *Service) getRepeats(ctx context.Context, in *repeatsInput) (*repeatsOutput, error) {
	list, err := s.Mine(ctx, in.View == "unit")
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, t := range list {
		ids = append(append(append(ids, t.Owner), t.Named...), t.Watchers...)
	}
	people, err := s.peopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := &repeatsOutput{}
	out.Body.Items = make([]repeatJSON, 0, len(list))
	for _, t := range list {
		j, err := s.wire(ctx, t, people)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type expectedInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
}

func (s *Service) getExpected(ctx context.Context, in *expectedInput) (*expectedOutput, error) {
	u, rows, err := s.Forecast(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := &expectedOutput{}
	out.Body.Unit, out.Body.Items = u.Code, make([]expectedJSON, 0, len(rows))
	for _, e := range rows {
		x, _ := snap.ByID(e.Service)
		out.Body.Items = append(out.Body.Items, expectedJSON{x.Code, e.Weeks[:]})
	}
	return out, nil
}
