package calendar

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// yearJSON is what is known of the statutory days of a year.
type yearJSON struct {
	Country    string     `json:"country"`
	Year       int        `json:"year"`
	Status     string     `json:"status" enum:"official,provisional"`
	DaysOff    int        `json:"days_off"`
	MakeupDays int        `json:"makeup_days"`
	Imported   bool       `json:"imported" doc:"An administrator brought it in; otherwise it came with the product"`
	ImportedAt *time.Time `json:"imported_at,omitempty"`
	Source     string     `json:"source,omitempty"`
}

// movesJSON is the open deadlines that a change would move.
type movesJSON struct {
	Looked  int            `json:"looked" doc:"Open deadlines that were looked at"`
	Moved   int            `json:"moved"`
	Later   int            `json:"later"`
	Earlier int            `json:"earlier"`
	Late    int            `json:"late" doc:"Late by the change alone: they are left out of the provider's figures"`
	By      []moveSumJSON  `json:"by_service,omitempty"`
	List    []deadlineJSON `json:"deadlines,omitempty" doc:"At most 1000, those that would be late first"`
}

type moveSumJSON struct {
	Service string `json:"service"`
	Moved   int    `json:"moved"`
	Late    int    `json:"late"`
}

type deadlineJSON struct {
	Request  string    `json:"request" doc:"Empty for a confidential one"`
	Service  string    `json:"service"`
	Unit     string    `json:"unit"`
	Kind     string    `json:"kind" enum:"first_response,completion,next_response"`
	Scope    string    `json:"scope" enum:"customer,hop"`
	Calendar string    `json:"calendar"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Late     bool      `json:"late"`
}

const movesInJSON = 1000

func (s *Service) movesJSON(ctx context.Context, m Moves) (movesJSON, error) {
	out := movesJSON{Looked: m.Looked, Moved: m.Moved, Later: m.Later, Earlier: m.Earlier, Late: m.Late}
	for _, x := range m.By {
		out.By = append(out.By, moveSumJSON{x.Service.In(ctx), x.Moved, x.Late})
	}
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return out, err
	}
	list := lateFirst(m.List)
	for _, x := range list[:min(len(list), movesInJSON)] {
		unit, _ := tree.ByID(x.Unit)
		out.List = append(out.List, deadlineJSON{x.Ref, x.Service.In(ctx), unit.Code, x.Kind, x.Scope, x.Calendar, x.From, x.To, x.Late})
	}
	return out, nil
}

// planJSON is what a change would do.
type planJSON struct {
	Changes   bool             `json:"changes" doc:"Whether anything would be another"`
	Days      []dayChangeJSON  `json:"days,omitempty" doc:"Days that are another than before"`
	Settled   []int            `json:"settled,omitempty" doc:"Years that become official"`
	Calendars []versionMadeAPI `json:"calendars,omitempty" doc:"Calendars that get a version"`
	Moves     movesJSON        `json:"moves"`
}

type dayChangeJSON struct {
	Date string    `json:"date" format:"date"`
	Was  string    `json:"was" doc:"off, work, or empty: as the weekday has it"`
	Is   string    `json:"is" doc:"off, work, or empty: as the weekday has it"`
	Name lang.Text `json:"name,omitzero"`
}

type versionMadeAPI struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func versionsMade(list []VersionMade) []versionMadeAPI {
	var out []versionMadeAPI
	for _, v := range list {
		out = append(out, versionMadeAPI{v.Code, v.Version})
	}
	return out
}

func (s *Service) planJSON(ctx context.Context, p YearPlan) (*struct{ Body planJSON }, error) {
	out := &struct{ Body planJSON }{planJSON{Changes: p.Changes(), Settled: p.Settled, Calendars: versionsMade(p.Calendars)}}
	for _, d := range p.Days {
		name := d.Named
		if name.Empty() {
			name = d.WasNamed
		}
		out.Body.Days = append(out.Body.Days, dayChangeJSON{d.Date.String(), d.Was, d.Is, name})
	}
	var err error
	out.Body.Moves, err = s.movesJSON(ctx, p.Moves)
	return out, err
}

// yearsAPI adds the calls about statutory days and about what a change would do.
func (s *Service) yearsAPI(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-calendar-years", Method: http.MethodGet, Path: "/api/v1/calendar-years", Action: "calendar.see",
		Tag: "Calendars", Summary: "What is known of the statutory days of every year"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[yearJSON] }, error) {
			list, err := s.Years(ctx)
			out := &struct{ Body web.Page[yearJSON] }{}
			for _, y := range list {
				j := yearJSON{Country: y.Country, Year: y.Year, Status: "provisional", DaysOff: y.Off, MakeupDays: y.Work, Imported: y.Imported, Source: y.Source}
				if y.Official {
					j.Status = "official"
				}
				if y.Imported {
					j.ImportedAt = &y.At
				}
				out.Body.Items = append(out.Body.Items, j)
			}
			return out, err
		})
	web.Op(m, web.Operation{ID: "plan-calendar-year", Method: http.MethodPost, Path: "/api/v1/calendar-years/plan", Action: "calendar.import",
		Scope: "admin", Tag: "Calendars", Summary: "What bringing in a year would change: days, calendars, open deadlines"},
		func(ctx context.Context, in *struct{ Body YearInput }) (*struct{ Body planJSON }, error) {
			p, err := s.PlanYear(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return s.planJSON(ctx, p)
		})
	web.Op(m, web.Operation{ID: "import-calendar-year", Method: http.MethodPost, Path: "/api/v1/calendar-years", Action: "calendar.import",
		Scope: "admin", Tag: "Calendars", Summary: "Bring in the statutory days of a year",
		Detail: "The same again changes nothing. Calendars that follow the country get a version, open deadlines follow by a job; each request that moves says so in its log."},
		func(ctx context.Context, in *struct{ Body YearInput }) (*struct{ Body planJSON }, error) {
			p, err := s.ImportYear(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return s.planJSON(ctx, p)
		})
	web.Op(m, web.Operation{ID: "plan-calendar", Method: http.MethodPost, Path: "/api/v1/calendars/{code}/plan", Action: "calendar.change",
		Scope: "admin", Tag: "Calendars", Summary: "What publishing a calendar would change: calendars that stand on it, open deadlines"}, s.postPlan)
	web.Op(m, web.Operation{ID: "list-calendar-days", Method: http.MethodGet, Path: "/api/v1/calendars/{code}/days", Action: "calendar.see",
		Tag: "Calendars", Summary: "What a calendar says of each day, at most 400 of them"}, s.getDays)
	web.Op(m, web.Operation{ID: "count-elapsed", Method: http.MethodPost, Path: "/api/v1/calendars/{code}/elapsed", Action: "calendar.see",
		Scope: "read", Tag: "Calendars", Summary: "The working time between two moments, interval by interval"}, s.postElapsed)
	web.Op(m, web.Operation{ID: "get-working-time", Method: http.MethodGet, Path: "/api/v1/units/{unit}/working-time", Action: "calendar.see",
		Tag: "Calendars", Summary: "Whether a unit works now, until when, and in which calendar it counts"}, s.getWorkingTime)
}

type planIn struct {
	Code string `path:"code" doc:"Code of the calendar" example:"default"`
	Body Input
}

func (s *Service) postPlan(ctx context.Context, in *planIn) (*struct{ Body planJSON }, error) {
	if in.Body.Code == "" {
		in.Body.Code = in.Code
	}
	if in.Body.Code != in.Code {
		var f fault.Fields
		f.Add("code", "calendar.code-differs", "code", in.Code)
		return nil, f.Err()
	}
	p, err := s.PlanCalendar(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body planJSON }{planJSON{Changes: true}}
	out.Body.Calendars = append([]versionMadeAPI{{p.After.Code, p.After.Version}}, versionsMade(p.Heirs)...)
	out.Body.Moves, err = s.movesJSON(ctx, p.Moves)
	return out, err
}

type daysIn struct {
	Code string `path:"code" doc:"Code of the calendar" example:"default"`
	From string `query:"from" doc:"First day, 2026-10-01; default today"`
	To   string `query:"to" doc:"Last day; default six days later"`
}

// dayFactJSON is what a calendar says of a day.
type dayFactJSON struct {
	Date        string    `json:"date" format:"date"`
	Kind        string    `json:"kind" enum:"work,makeup,special,holiday,weekend,closed,rest"`
	Name        lang.Text `json:"name,omitzero"`
	Hours       Hours     `json:"hours"`
	Seconds     int64     `json:"seconds"`
	Provisional bool      `json:"provisional"`
}

const daysInJSON = 400

func (s *Service) getDays(ctx context.Context, in *daysIn) (*struct{ Body web.Page[dayFactJSON] }, error) {
	table, err := s.Table(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	from := DateOf(s.db.Now().In(table.loc))
	if in.From != "" {
		from = checkDate(&f, "from", in.From)
	}
	to := from + 6
	if in.To != "" {
		to = checkDate(&f, "to", in.To)
	}
	if f.Len() == 0 && (to < from || to-from >= daysInJSON) {
		f.Add("to", "calendar.days-out-of-range", "most", strconv.Itoa(daysInJSON))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	out := &struct{ Body web.Page[dayFactJSON] }{}
	for _, d := range table.Days(from, to) {
		j := dayFactJSON{Date: d.Date.String(), Kind: d.Sort, Name: d.Name, Hours: Hours{}, Seconds: d.Seconds, Provisional: d.Provisional}
		for _, x := range d.Hours {
			j.Hours = append(j.Hours, []string{clockOf(x.Open), clockOf(x.Close)})
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type elapsedIn struct {
	Code string `path:"code" doc:"Code of the calendar" example:"default"`
	Body struct {
		From string `json:"from" doc:"RFC 3339" example:"2026-09-29T16:40:00+08:00"`
		To   string `json:"to" doc:"RFC 3339" example:"2026-10-09T10:00:00+08:00"`
	}
}

type elapsedJSON struct {
	Calendar  string         `json:"calendar"`
	Version   int            `json:"version"`
	Seconds   int64          `json:"seconds"`
	Intervals []IntervalJSON `json:"intervals" doc:"Empty when the moments are more than 400 days apart"`
}

func (s *Service) postElapsed(ctx context.Context, in *elapsedIn) (*struct{ Body elapsedJSON }, error) {
	table, err := s.Table(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	moment := func(name, text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			f.Add(name, "calendar.start-missing")
		} else if y := at.Year(); y < FirstYear || y > LastYear {
			f.Add(name, "calendar.outside", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
		}
		return at
	}
	a, b := moment("from", in.Body.From), moment("to", in.Body.To)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := table.Elapsed(a, b)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body elapsedJSON }{elapsedJSON{Calendar: table.Code, Version: table.Version, Seconds: d.Milliseconds() / 1000, Intervals: []IntervalJSON{}}}
	if b.After(a) && b.Sub(a) <= daysInJSON*24*time.Hour {
		list, err := table.Explain(a, b)
		if err != nil {
			return nil, err
		}
		out.Body.Intervals = IntervalsJSON(ctx, list)
	}
	return out, nil
}

// workingJSON is the working time of a unit.
type workingJSON struct {
	Unit     string     `json:"unit"`
	Calendar string     `json:"calendar"`
	Open     bool       `json:"open" doc:"Whether it works now"`
	Until    *time.Time `json:"until,omitempty" doc:"When that ends"`
	DaysOff  []runJSON  `json:"days_off,omitempty" doc:"The next days off and make-up workdays"`
}

type runJSON struct {
	From        string    `json:"from" format:"date"`
	To          string    `json:"to" format:"date"`
	Kind        string    `json:"kind" enum:"holiday,makeup"`
	Name        lang.Text `json:"name,omitzero"`
	Provisional bool      `json:"provisional"`
}

func (s *Service) getWorkingTime(ctx context.Context, in *struct {
	Unit string `path:"unit" doc:"Code of the unit" example:"finance"`
}) (*struct{ Body workingJSON }, error) {
	unit, err := s.unitAsked(ctx, in.Unit)
	if err != nil {
		return nil, err
	}
	table, err := s.TableFor(ctx, unit.ID)
	if err != nil {
		return nil, err
	}
	at := s.db.Now()
	out := &struct{ Body workingJSON }{workingJSON{Unit: unit.Code, Calendar: table.Code}}
	open, until := table.Now(at)
	out.Body.Open = open
	if !until.IsZero() {
		out.Body.Until = &until
	}
	runs := table.Runs(DateOf(at.In(table.loc)), nextDays)
	for _, r := range runs[:min(len(runs), nextRuns)] {
		j := runJSON{r.From.String(), r.To.String(), SortHoliday, r.Name, r.Provisional}
		if r.Work {
			j.Kind = SortMakeup
		}
		out.Body.DaysOff = append(out.Body.DaysOff, j)
	}
	return out, nil
}
