package relation

import (
	"context"
	"net/http"
	"time"

	"neike/internal/disclose"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type relationsInput struct {
	web.Paging
	From  string `query:"from" doc:"First day (2026-07-01), or an instant; default: twelve months back"`
	To    string `query:"to" doc:"Last day (2026-09-30), or the instant before which; default: the end of this month"`
	Level string `query:"level" enum:"entity,site,department,team" default:"department" doc:"Edges of lower units are added up to units of this level"`
	As    string `query:"as" enum:"was" doc:"was: figures stay with the units of the time; default: they belong to the units that followed, by their shares"`

	State   string `query:"state" enum:"misses,undetermined,meets,few,none,measured,worse,better,loose" doc:"Only edges whose measure stands so; few: under 10 cases; measured: all that have cases; worse, better: against the period before; loose: traffic without an agreement. What is not shown is in none of them"`
	Measure string `query:"measure" enum:"attainment,right_first_time,satisfaction" default:"attainment" doc:"The measure that state speaks of; of satisfaction there are few (below ten people) and none (nothing released), and it leaves out what is not shown"`
}

type relationsOutput struct{ Body web.Page[relationJSON] }

type relationInput struct {
	Provider string `path:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that is served" example:"sales"`
	From     string `query:"from" doc:"First day, or an instant; default: twelve months back"`
	To       string `query:"to" doc:"Last day, or the instant before which; default: the end of this month"`
	As       string `query:"as" enum:"was" doc:"was: figures stay with the units of the time; default: they belong to the units that followed, by their shares"`
}

type relationOutput struct{ Body edgeJSON }

type relationJSON struct {
	Provider       string             `json:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer       string             `json:"customer" doc:"Code of the unit that is served" example:"sales"`
	ProviderName   string             `json:"provider_name"`
	CustomerName   string             `json:"customer_name"`
	Requests       *int64             `json:"requests" doc:"Opened in the period; null: not shown to this reader"`
	Met            *int64             `json:"met"`
	Breached       *int64             `json:"breached"`
	Pending        *int64             `json:"pending" doc:"Due in the period and not yet decided: not in the rate"`
	Excluded       *int64             `json:"excluded" doc:"Withdrawn, cancelled or a duplicate: not in the rate"`
	Attainment     measureJSON        `json:"attainment" doc:"Completed in time, by due date"`
	Accuracy       measureJSON        `json:"accuracy" doc:"Found correct in review; right first time stands in until there are reviews, and says so"`
	RightFirstTime measureJSON        `json:"right_first_time"`
	Satisfaction   disclose.ScoreJSON `json:"satisfaction" doc:"Of the ratings released in the period, in batches of at least as many people as the rule asks"`
}

type measureJSON struct {
	Value  *float64    `json:"value" doc:"A fraction; null with a reason when it cannot be computed"`
	N      *int64      `json:"n"`
	Target *float64    `json:"target,omitempty"`
	Fact   *string     `json:"fact" enum:"met,missed,few" doc:"The complete count against the agreed target; few: n < 5"`
	Signal *signalJSON `json:"signal"`
	Reason *string     `json:"reason" enum:"no_data,withheld,not_shown,right_first_time"`
}

type signalJSON struct {
	Interval [2]float64 `json:"interval" doc:"Wilson, 95 %"`
	Capable  *string    `json:"capable" enum:"meets,misses,undetermined"`
	Change   *string    `json:"change" enum:"better,worse,cannot_tell" doc:"Against the period of the same length before (Newcombe, 95 %)"`
}

type edgeJSON struct {
	relationJSON
	Exists   bool          `json:"exists"`
	Declared bool          `json:"declared"`
	Months   []monthJSON   `json:"months" nullable:"false"`
	Contacts []contactJSON `json:"contacts" nullable:"false"`
	Reverse  *relationJSON `json:"reverse" doc:"The other direction"`
}

type monthJSON struct {
	Month          string      `json:"month" example:"2026-11"`
	Requests       int64       `json:"requests"`
	Attainment     measureJSON `json:"attainment"`
	RightFirstTime measureJSON `json:"right_first_time"`
}

type contactJSON struct {
	No     string    `json:"employee_no"`
	Name   string    `json:"name"`
	N      int64     `json:"n"`
	LastAt time.Time `json:"last_at"`
}

// Mount adds the pages and the API of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	s.mountMap(m)
	s.mountAccount(m)
	s.mountHealth(m)
	s.mountExpect(m)
	s.mountWorkshop(m)
	s.mountGraph(m)
	s.mountWalls(m)
	web.Op(m, web.Operation{ID: "list-relations", Method: http.MethodGet, Path: "/api/v1/relations", Action: "relation.list",
		Summary: "Who serves whom, and how well", Tag: "Relations", Scope: "read"}, s.getRelations)
	web.Op(m, web.Operation{ID: "get-relation", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}", Action: "relation.see",
		Summary: "One relation, both directions", Tag: "Relations", Scope: "read"}, s.getRelation)
}

func (s *Service) getRelations(ctx context.Context, in *relationsInput) (*relationsOutput, error) {
	var f fault.Fields
	p := s.period(ctx, in.From, in.To, &f)
	if in.Level == "" {
		in.Level = org.Department
	}
	if in.Measure == "" {
		in.Measure = Attainment
	}
	if !validLevel(in.Level) {
		f.Add("level", "relation.unknown-level")
	}
	after, err := web.ParseCursor(in.Cursor, 2)
	if err != nil {
		f.Add("cursor", "web.cursor")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	m, err := s.Compared(ctx, p, in.Level, ParseAs(in.As))
	if err != nil {
		return nil, err
	}
	if err := s.addPending(ctx, m); err != nil {
		return nil, err
	}
	if err := s.AddSatisfaction(ctx, m, ParseAs(in.As)); err != nil {
		return nil, err
	}
	return &relationsOutput{Body: m.page(ctx, in, after)}, nil
}

// page cuts the cells after the cursor, which names the last edge by its units.
func (m *Matrix) page(ctx context.Context, in *relationsInput, after []int64) web.Page[relationJSON] {
	out := web.Page[relationJSON]{Items: []relationJSON{}}
	from := 0
	if after != nil {
		for i, c := range m.Cells {
			if m.Units[c.Provider].ID == after[0] && m.Units[c.Customer].ID == after[1] {
				from = i + 1
			}
		}
	}
	var last Cell
	for _, c := range m.Cells[from:] {
		if !m.listed(c, in.Measure, in.State) {
			continue
		}
		if len(out.Items) == in.Size() {
			out.NextCursor = web.Cursor(m.Units[last.Provider].ID, m.Units[last.Customer].ID)
			break
		}
		out.Items = append(out.Items, wire(ctx, m.Units[c.Provider], m.Units[c.Customer], c.Shown, c.Figures, c.Pending, c.Rated))
		last = c
	}
	return out
}

func (s *Service) getRelation(ctx context.Context, in *relationInput) (*relationOutput, error) {
	var f fault.Fields
	p := s.period(ctx, in.From, in.To, &f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := s.DirectionAs(ctx, in.Provider, in.Customer, p, ParseAs(in.As))
	if err != nil {
		return nil, err
	}
	rated, err := s.scoreOf(ctx, d.Provider.ID, d.Customer.ID, p, ParseAs(in.As))
	if err != nil {
		return nil, err
	}
	out := edgeJSON{relationJSON: wire(ctx, d.Provider, d.Customer, d.Shown, d.Figures, d.Pending, rated), Exists: d.Exists, Declared: d.Declared,
		Months: []monthJSON{}, Contacts: []contactJSON{}}
	for _, m := range d.Months {
		out.Months = append(out.Months, monthJSON{Month: monthCode(m.Month), Requests: m.Opened,
			Attainment: wireMeasure(m.InTime, true), RightFirstTime: wireMeasure(m.Right, true)})
	}
	for _, c := range d.Contacts {
		out.Contacts = append(out.Contacts, contactJSON{c.No, c.Plain(ctx), c.N, c.LastAt})
	}
	if in.Provider != in.Customer {
		back, err := s.DirectionAs(ctx, in.Customer, in.Provider, p, ParseAs(in.As))
		if err != nil {
			return nil, err
		}
		rated, err := s.scoreOf(ctx, back.Provider.ID, back.Customer.ID, p, ParseAs(in.As))
		if err != nil {
			return nil, err
		}
		reverse := wire(ctx, back.Provider, back.Customer, back.Shown, back.Figures, back.Pending, rated)
		out.Reverse = &reverse
	}
	return &relationOutput{Body: out}, nil
}

func monthCode(month int64) string { return dateOf(month*100 + 1).Format("2006-01") }

// wire is an edge with its measures; without leave to see them every number is null and says so, for all readers in
// the same bytes.
func wire(ctx context.Context, provider, customer org.Unit, shown bool, f Figures, pending int64, rated scored) relationJSON {
	j := relationJSON{Provider: provider.Code, Customer: customer.Code, ProviderName: provider.Name.In(ctx), CustomerName: customer.Name.In(ctx)}
	j.Attainment, j.RightFirstTime = wireMeasure(f.InTime, shown), wireMeasure(f.Right, shown)
	j.Accuracy = standIn(j.RightFirstTime)
	j.Satisfaction = disclose.Wire(rated.Score, rated.Shown)
	if shown {
		j.Requests, j.Met, j.Breached, j.Excluded, j.Pending = &f.Opened, &f.Met, &f.Breached, &f.Excluded, &pending
	}
	return j
}

// standIn gives right first time where accuracy belongs, and says that it does. Accuracy comes from samples and has no
// facts.
func standIn(right measureJSON) measureJSON {
	if right.Value == nil {
		return right
	}
	reason := RightFirst
	right.Fact, right.Reason = nil, &reason
	return right
}

func wireMeasure(m Measure, shown bool) measureJSON {
	reason := "not_shown"
	if !shown {
		return measureJSON{Reason: &reason}
	}
	if m.N == 0 {
		reason = "no_data"
		return measureJSON{N: &m.N, Target: &m.Target, Reason: &reason}
	}
	value := m.Value()
	j := measureJSON{Value: &value, N: &m.N, Target: &m.Target, Fact: &m.Fact, Signal: &signalJSON{Interval: [2]float64{m.Low, m.High}, Capable: &m.Capable}}
	if m.Change != "" {
		j.Signal.Change = &m.Change
	}
	return j
}

// period reads from and to: days count as whole, both ends in; an instant as to is the moment before which.
func (s *Service) period(ctx context.Context, from, to string, f *fault.Fields) Period {
	today := s.today(ctx)
	p := Period{nextMonth(monthOf(today), -11)*100 + 1, lastDay(monthOf(today))}
	zone := today.Location()
	if from != "" {
		t, _, ok := moment(from, zone)
		if !ok {
			f.Add("from", "relation.bad-date")
		}
		p.From = DayOf(t)
	}
	if to != "" {
		t, instant, ok := moment(to, zone)
		if !ok {
			f.Add("to", "relation.bad-date")
		}
		if instant {
			t = t.Add(-time.Millisecond)
		}
		p.To = DayOf(t)
	}
	if f.Len() == 0 && p.To < p.From {
		f.Add("to", "relation.before-from")
	}
	return p
}

// moment reads a day (2026-11-21) or an instant (RFC 3339) in the zone.
func moment(text string, zone *time.Location) (t time.Time, instant, ok bool) {
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t, false, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.In(zone), true, err == nil
}
