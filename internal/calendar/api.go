package calendar

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// calendarJSON is a calendar as it is now.
type calendarJSON struct {
	Input
	Version            int         `json:"version"`
	PublishedAt        *time.Time  `json:"published_at,omitempty"`
	StandardDaySeconds int64       `json:"standard_day_seconds" doc:"Length of a standard day for workdays_length"`
	Years              []yearsJSON `json:"years,omitempty" doc:"Years of the statutory list"`
}

// yearsJSON is a year of the statutory list.
type yearsJSON struct {
	Year     int    `json:"year"`
	Status   string `json:"status" enum:"official,provisional"`
	Workdays int    `json:"workdays"`
}

type codePath struct {
	Code string `path:"code" doc:"Code of the calendar; default is the company's" example:"default"`
}

type calendarOut struct {
	Body calendarJSON
}

type explainIn struct {
	Code string `path:"code" doc:"Code of the calendar; default is the company's" example:"default"`
	Body struct {
		Start  string   `json:"start" doc:"Moment of submission, RFC 3339" example:"2026-09-29T16:40:00+08:00"`
		Target Duration `json:"target"`
	}
}

// explainJSON is a deadline and why it is then.
type explainJSON struct {
	DueAt         time.Time      `json:"due_at"`
	Provisional   bool           `json:"provisional" doc:"Whether the due time reaches into a year whose days are not settled"`
	Calendar      string         `json:"calendar"`
	Version       int            `json:"version"`
	Label         string         `json:"label" doc:"The target in words"`
	TargetSeconds int64          `json:"target_seconds" doc:"Counted seconds from start to due"`
	Intervals     []IntervalJSON `json:"intervals"`
}

// IntervalJSON is an interval on the wire, here and in the clocks of a request.
type IntervalJSON struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Kind      string    `json:"kind" enum:"counted,off_hours,holiday,paused,delivered,other_unit,restarted"`
	Seconds   int64     `json:"seconds"`
	Reason    string    `json:"reason" doc:"Why, in the reader's language; empty for ordinary hours"`
	ReasonKey string    `json:"reason_key,omitempty"`
}

// IntervalsJSON puts a list on the wire, with its reasons in the reader's language.
func IntervalsJSON(ctx context.Context, list []Interval) []IntervalJSON {
	out := make([]IntervalJSON, len(list))
	for i, in := range list {
		out[i] = IntervalJSON{From: in.From, To: in.To, Kind: in.Kind, Seconds: in.Seconds, Reason: in.Reason.In(ctx), ReasonKey: in.Reason.Key}
	}
	return out
}

// API adds the room's calls.
func (s *Service) API(m *web.Mux) {
	s.yearsAPI(m)
	web.Op(m, web.Operation{ID: "publish-calendar", Method: http.MethodPost, Path: "/api/v1/calendars", Action: "calendar.change",
		Scope: "admin", Status: http.StatusCreated, Tag: "Calendars", Summary: "Publish a calendar or its next version",
		Detail: "Open clocks of the calendar follow the new version. All that is wrong is answered at once."},
		func(ctx context.Context, in *struct{ Body Input }) (*calendarOut, error) {
			v, err := s.Publish(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return s.show(ctx, v.Code)
		})
	web.Op(m, web.Operation{ID: "list-calendars", Method: http.MethodGet, Path: "/api/v1/calendars", Action: "calendar.see",
		Tag: "Calendars", Summary: "All working calendars, the company's first"}, s.getCalendars)
	web.Op(m, web.Operation{ID: "get-calendar", Method: http.MethodGet, Path: "/api/v1/calendars/{code}", Action: "calendar.see",
		Tag: "Calendars", Summary: "A working calendar as it is now"},
		func(ctx context.Context, in *codePath) (*calendarOut, error) { return s.show(ctx, in.Code) })
	web.Op(m, web.Operation{ID: "explain-deadline", Method: http.MethodPost, Path: "/api/v1/calendars/{code}/explain", Action: "calendar.see",
		Scope: "read", Tag: "Calendars", Summary: "When a target is due and why: every interval that counts or does not"}, s.postExplain)
}

func (s *Service) getCalendars(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[calendarJSON] }, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body web.Page[calendarJSON] }{}
	for _, code := range b.Codes() {
		c, err := b.json(code)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, c)
	}
	return out, nil
}

func (s *Service) show(ctx context.Context, code string) (*calendarOut, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	c, err := b.json(code)
	return &calendarOut{c}, err
}

func (b *Book) json(code string) (calendarJSON, error) {
	table, err := b.Table(code, 0)
	if err != nil {
		return calendarJSON{}, err
	}
	v, _ := b.Current(code)
	in, _ := b.Input(code)
	c := calendarJSON{Input: in, Version: v.Number, StandardDaySeconds: int64(table.standard / time.Second)}
	if !v.At.IsZero() {
		c.PublishedAt = &v.At
	}
	for year := FirstYear; year <= LastYear; year++ {
		if v.Rules.Statutory == nil {
			break
		}
		if _, known := v.Rules.Statutory.Years[year]; !known {
			continue
		}
		y := yearsJSON{Year: year, Status: "provisional"}
		if v.Rules.official(year) {
			y.Status = "official"
		}
		months, err := table.Workdays(year)
		if err != nil {
			return c, err
		}
		for _, n := range months {
			y.Workdays += n
		}
		c.Years = append(c.Years, y)
	}
	return c, nil
}

func (s *Service) postExplain(ctx context.Context, in *explainIn) (*struct{ Body explainJSON }, error) {
	table, err := s.Table(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	start, err := checkExplain(in.Body.Start, in.Body.Target)
	if err != nil {
		return nil, err
	}
	d, err := table.Deadline(start, in.Body.Target)
	if err != nil {
		return nil, err
	}
	return &struct{ Body explainJSON }{explainJSON{
		DueAt: d.Due, Provisional: d.Provisional, Calendar: table.Code, Version: table.Version,
		Label: in.Body.Target.Label(ctx), TargetSeconds: d.Seconds, Intervals: IntervalsJSON(ctx, d.Intervals),
	}}, nil
}

func checkExplain(start string, target Duration) (time.Time, error) {
	var f fault.Fields
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		f.Add("start", "calendar.start-missing")
	} else if y := at.Year(); y < FirstYear || y > LastYear {
		f.Add("start", "calendar.outside", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
	}
	target.Validate(&f, "target")
	return at, f.Err()
}

// Deadline is when a target is due and why.
type Deadline struct {
	Due         time.Time
	Provisional bool
	Seconds     int64 // counted from start to due, whole
	Intervals   []Interval
}

// Deadline of a target that begins at start, without pauses. The counted intervals add up to its Seconds.
func (t *Table) Deadline(start time.Time, target Duration) (Deadline, error) {
	due, err := t.Due(start, target)
	if err != nil {
		return Deadline{}, err
	}
	counting := t.For(target)
	list, err := counting.Explain(start, due)
	if err != nil {
		return Deadline{}, err
	}
	elapsed, err := counting.Elapsed(start, due)
	return Deadline{Due: due, Provisional: counting.Provisional(start, due), Seconds: elapsed.Milliseconds() / 1000, Intervals: list}, err
}

// NameOf is the name of a calendar, or its code when it is not known.
func (s *Service) NameOf(ctx context.Context, code string) string {
	b, err := s.Book(ctx)
	if err != nil {
		return code
	}
	v, ok := b.Current(code)
	if !ok {
		return code
	}
	return v.Name.In(ctx)
}
