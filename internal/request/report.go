package request

import (
	"context"
	"net/url"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/stat"
	"neike/internal/org"
)

// Attainment is how much of what was due in a period was in time: a complete count (methods §7.8), cohort by due date.
type Attainment struct {
	Key      int64 // service, unit or edge
	Provider int64
	Customer int64 // of an edge
	Met      int64 // at or before the due time
	Breached int64 // after it, open ones past due included
	Pending  int64 // open and not yet due: not in the rate
	Excluded int64 // withdrawn, cancelled or a duplicate: not in the rate

	Renegotiated int64 // another date was agreed on
	AsAgreed     int64 // of those met
	ByOriginal   int64 // of those in time by the original due time
	Excused      int64 // of Breached: by a cause outside the unit, accepted or decided; out of the score, not out of the rate
	Done         int64 // accepted
	Silent       int64 // of those by the house
	Recurred     int64 // asked again as another request
	Reopened     int64 // went on after acceptance
	Duplicates   int64 // of Excluded: went along with another request of the same customer
	Along        int64 // went along with another request: each counts for its customer, by its own due time
	Paused       int64 // counted seconds that were paused
	Took         int64 // counted seconds that were not

	Median *int64
	P90    *int64 // counted seconds of those that have ended; nil without any
	Lasts  Lasts
}

// N is what the rate is of.
func (a Attainment) N() int64 { return a.Met + a.Breached }

// Rate is the share in time; ok is false when nothing was due.
func (a Attainment) Rate() (rate float64, ok bool) {
	if a.N() == 0 {
		return 0, false
	}
	return float64(a.Met) / float64(a.N()), true
}

// ByOriginalRate is the rate as it would be if no date had been agreed on.
func (a Attainment) ByOriginalRate() (rate float64, ok bool) {
	if a.N() == 0 {
		return 0, false
	}
	return float64(a.Met-a.AsAgreed+a.ByOriginal) / float64(a.N()), true
}

// Score is the share in time without the breaches that are excused; ok is false when nothing is left.
func (a Attainment) Score() (rate float64, ok bool) {
	n := a.N() - a.Excused
	if n <= 0 {
		return 0, false
	}
	return float64(a.Met) / float64(n), true
}

// Span is a stretch of time, [From, To).
type Span struct{ From, To time.Time }

// Grouping of a report.
const (
	ByService = "service"
	ByUnit    = "unit"
	ByEdge    = "edge"
)

// Cohort is which cases a report counts: by what, of which clock, due when. Codes narrow it: to one service, to what one unit
// provides, and to what was done for one unit, as they narrow the list of requests.
type Cohort struct {
	By, Clock                   string
	Span                        Span
	Service, Provider, Customer string
}

// cohort is a Cohort with the ids of its codes.
type cohort struct {
	Cohort
	services             []int64
	providers, customers []int64 // nil: all
}

// cohortOf reads the codes. Errors: Invalid, all fields at once.
func (s *Service) cohortOf(ctx context.Context, in Cohort) (cohort, error) {
	c := cohort{Cohort: in}
	var bad fault.Fields
	if !slices.Contains([]string{ByService, ByUnit, ByEdge}, in.By) {
		bad.Add("by", "request.by-unknown", "value", in.By)
	}
	if !slices.Contains(clocksJudged, in.Clock) {
		bad.Add("clock", "request.clock-unknown", "value", in.Clock)
	}
	if !in.Span.From.Before(in.Span.To) {
		bad.Add("to", "request.span-empty")
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return c, err
	}
	for _, service := range snap.All() {
		if in.Service == "" || in.Service == service.Code {
			c.services = append(c.services, service.ID)
		}
	}
	if in.Service != "" && len(c.services) == 0 {
		bad.Add("service", "request.service-unknown", "value", in.Service)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return c, err
	}
	for _, x := range []struct {
		field, code string
		to          *[]int64
	}{{"provider", in.Provider, &c.providers}, {"customer", in.Customer, &c.customers}} {
		if x.code == "" {
			continue
		}
		u, ok := tree.ByCode(x.code)
		if !ok {
			bad.Add(x.field, "request.unit-unknown", "value", x.code)
			continue
		}
		*x.to = []int64{u.ID}
	}
	return c, bad.Err()
}

// Attained counts, for every service, providing unit or edge whose numbers the actor may see, what was due in the span.
func (s *Service) Attained(ctx context.Context, in Cohort) ([]Attainment, error) {
	c, err := s.cohortOf(ctx, in)
	if err != nil {
		return nil, err
	}
	seen, err := s.numbersOf(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Attainment
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = attained(ctx, rd, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.By == ByService {
		if err := s.provideBy(ctx, rows); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(a Attainment) bool { return !seen(c.By, a.Provider, a.Customer) })
	return rows, s.lasting(ctx, c, rows)
}

// provideBy puts the unit of the service into each row: a declined request has gone to another provider.
func (s *Service) provideBy(ctx context.Context, rows []Attainment) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		if service, ok := snap.ByID(rows[i].Key); ok {
			rows[i].Provider = service.Unit
		}
	}
	return nil
}

// numbersOf says whose numbers the actor sees, as Numbers does.
func (s *Service) numbersOf(ctx context.Context) (func(by string, provider, customer int64) bool, error) {
	all, units, err := s.Numbers(ctx)
	if err != nil || all {
		return func(string, int64, int64) bool { return true }, err
	}
	return func(by string, provider, customer int64) bool {
		_, serves := slices.BinarySearch(units, provider)
		if serves || by != ByEdge {
			return serves
		}
		_, asks := slices.BinarySearch(units, customer)
		return asks
	}, nil
}

// Numbers says whose numbers the actor sees: all, or the edges of the units given, in order of id. These are the own units
// and those below a unit that the actor heads; all are seen by the quality office, executives, and everybody where the
// company shows all edges.
func (s *Service) Numbers(ctx context.Context) (all bool, units []int64, err error) {
	a := actor.From(ctx)
	if a.System || a.Has("quality") || a.Has("executive") || s.Org.Company(ctx).Switches.NumbersToAll {
		return true, nil, nil
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return false, nil, err
	}
	for _, g := range a.Groups {
		switch g.Role {
		case "member", "agent":
			units = append(units, g.ID)
		case "head", "quality", "executive":
			units = append(units, tree.Descendants(g.ID)...)
		}
	}
	return false, unique(units), nil
}

// attainmentJSON is a row of the report on the wire.
type attainmentJSON struct {
	Service       *string     `json:"service,omitempty"`
	Unit          *string     `json:"unit,omitempty"`
	Provider      *string     `json:"provider,omitempty"`
	Customer      *string     `json:"customer,omitempty"`
	Name          lang.Text   `json:"name"`
	Met           int64       `json:"met"`
	Breached      int64       `json:"breached"`
	Pending       int64       `json:"pending" doc:"Open and not yet due: not in the rate"`
	Excluded      int64       `json:"excluded" doc:"Withdrawn, cancelled or a duplicate: not in the rate"`
	Duplicates    int64       `json:"duplicates" doc:"Of those: the same customer asked twice; it counts once, with the other request"`
	N             int64       `json:"n" doc:"met + breached"`
	Rate          *float64    `json:"rate"`
	Interval      *[2]float64 `json:"interval" doc:"95 % Wilson interval of the rate, as a signal"`
	MedianSeconds *int64      `json:"median_seconds" doc:"Of the ended alone"`
	P90Seconds    *int64      `json:"p90_seconds" doc:"Of the ended alone"`
	PercentilesOf string      `json:"percentiles_of" enum:"ended" doc:"Counted seconds of the clocks that have ended; open ones are not in them, so they are biased low while many are open"`
	Lasts         lastsJSON   `json:"lasts" doc:"How long it takes, the open and the withdrawn ones reckoned in as having lasted so far (Kaplan–Meier)"`
	Renegotiated  int64       `json:"renegotiated" doc:"Another date was agreed on; they count by that date"`
	MetAsAgreed   int64       `json:"met_as_agreed" doc:"Of those: met by the date agreed on"`
	MetByOriginal int64       `json:"met_by_original" doc:"Of those: in time by the original due time"`
	OriginalRate  *float64    `json:"rate_by_original" doc:"The rate if no date had been agreed on"`
	Excused       int64       `json:"excused" doc:"Of breached: by a cause outside the unit that was accepted or decided; the rate keeps them"`
	ScoreRate     *float64    `json:"score_rate" doc:"The rate without the excused: what a unit's score reads"`
	Done          int64       `json:"done" doc:"Accepted"`
	Silent        int64       `json:"accepted_by_house" doc:"Of those: the customer said nothing and the house accepted"`
	SilentShare   *float64    `json:"accepted_by_house_share" doc:"null: nothing was accepted"`
	Recurred      int64       `json:"recurred" doc:"Asked again as another request"`
	Reopened      int64       `json:"reopened" doc:"Went on after acceptance"`
	Along         int64       `json:"along" doc:"Went along with another request: one piece of work, and each counts for its customer by its own due time"`
	PausedShare   *float64    `json:"paused_share" doc:"Share of the completions' time that was paused; null: no time was counted"`
	PausedMuch    bool        `json:"paused_much" doc:"More than 30 % was paused"`
	Breaches      string      `json:"breaches" doc:"Exactly the breached, with their causes"`
	Reason        string      `json:"reason,omitempty" doc:"Why something is null"`
	List          string      `json:"list" doc:"Exactly the cases counted"`
}

type attainmentInput struct {
	By    string `query:"by" enum:"service,unit,edge" default:"service" doc:"What a row is about"`
	From  string `query:"from" doc:"First day, 2026-10-01, or an instant; default: this quarter"`
	To    string `query:"to" doc:"Last day, or the instant after it"`
	Clock string `query:"clock" enum:"completion,first_response,next_response" default:"completion" doc:"Which clock is judged; of next_response each turn of the customer's words is a case"`

	Service  string `query:"service" doc:"Code of a service: only its cases"`
	Provider string `query:"provider" doc:"Code of a unit: only what it provides" example:"finance"`
	Customer string `query:"customer" doc:"Code of a unit: only what was done for it"`
}

type attainmentOutput struct {
	Body struct {
		By    string           `json:"by"`
		Clock string           `json:"clock"`
		From  time.Time        `json:"from"`
		To    time.Time        `json:"to" doc:"Not in the span any more"`
		Items []attainmentJSON `json:"items"`
	}
}

func (s *Service) getAttainment(ctx context.Context, in *attainmentInput) (*attainmentOutput, error) {
	if in.By == "" {
		in.By = ByService
	}
	if in.Clock == "" {
		in.Clock = "completion"
	}
	zone := s.Org.Company(ctx).Location()
	span, err := SpanIn(in.From, in.To, s.db.Now().In(zone))
	if err != nil {
		return nil, err
	}
	rows, err := s.Attained(ctx, Cohort{in.By, in.Clock, span, in.Service, in.Provider, in.Customer})
	if err != nil {
		return nil, err
	}
	out := &attainmentOutput{}
	out.Body.By, out.Body.Clock, out.Body.From, out.Body.To = in.By, in.Clock, span.From.UTC(), span.To.UTC()
	out.Body.Items = make([]attainmentJSON, 0, len(rows))
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range rows {
		item, err := s.attainmentJSON(ctx, tree, a, Cohort{in.By, in.Clock, span, in.Service, in.Provider, in.Customer})
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}

// counts fills in what is counted apart.
func (j *attainmentJSON) counts(a Attainment) {
	j.Renegotiated, j.MetAsAgreed, j.MetByOriginal, j.Excused = a.Renegotiated, a.AsAgreed, a.ByOriginal, a.Excused
	j.Done, j.Silent, j.Recurred, j.Reopened, j.Along, j.Duplicates = a.Done, a.Silent, a.Recurred, a.Reopened, a.Along, a.Duplicates
	share := func(v float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &v
	}
	j.OriginalRate, j.ScoreRate = share(a.ByOriginalRate()), share(a.Score())
	j.SilentShare = share(float64(a.Silent)/float64(max(a.Done, 1)), a.Done > 0)
	j.PausedShare = share(pausedShare(a.Paused, a.Took), a.Paused+a.Took > 0)
	j.PausedMuch = pausedShare(a.Paused, a.Took) > pausedMuch
}

func (s *Service) attainmentJSON(ctx context.Context, tree *org.Tree, a Attainment, c Cohort) (attainmentJSON, error) {
	item := attainmentJSON{Met: a.Met, Breached: a.Breached, Pending: a.Pending, Excluded: a.Excluded, N: a.N(),
		MedianSeconds: a.Median, P90Seconds: a.P90, PercentilesOf: "ended"}
	item.counts(a)
	item.Lasts = a.Lasts.json()
	if rate, ok := a.Rate(); ok {
		low, high := stat.Wilson(a.Met, a.N())
		item.Rate, item.Interval = &rate, &[2]float64{low, high}
	} else {
		item.Reason = "nothing_due"
	}
	q := url.Values{"clock": {c.Clock}, "due_from": {c.Span.From.UTC().Format(time.RFC3339)}, "due_before": {c.Span.To.UTC().Format(time.RFC3339)}}
	for name, code := range map[string]string{"service": c.Service, "provider": c.Provider, "customer": c.Customer} {
		if code != "" {
			q.Set(name, code)
		}
	}
	provider, _ := tree.ByID(a.Provider)
	customer, _ := tree.ByID(a.Customer)
	switch c.By {
	case ByService:
		snap, err := s.Catalog.Snapshot(ctx)
		if err != nil {
			return item, err
		}
		if service, ok := snap.ByID(a.Key); ok {
			item.Service, item.Name = &service.Code, service.Name
			q.Set("service", service.Code)
		}
	case ByUnit:
		item.Unit, item.Name = &provider.Code, provider.Name
		q.Set("provider", provider.Code)
	default:
		item.Provider, item.Customer = &provider.Code, &customer.Code
		item.Name = lang.Text{Zh: provider.Name.Zh + " → " + customer.Name.Zh, En: provider.Name.In(lang.In(ctx, "en")) + " → " + customer.Name.In(lang.In(ctx, "en"))}
		q.Set("provider", provider.Code)
		q.Set("customer", customer.Code)
	}
	item.List = "/api/v1/requests?" + q.Encode()
	q.Set("outcome", "breached")
	item.Breaches = "/api/v1/requests?" + q.Encode()
	return item, nil
}

// SpanIn reads the ends of a span: days, both in it, in now's zone, or instants. Without them it is this quarter.
func SpanIn(from, to string, now time.Time) (Span, error) {
	y, m, _ := now.Date()
	first := time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, now.Location())
	span := Span{first, first.AddDate(0, 3, 0)}
	var bad fault.Fields
	var ok bool
	if from != "" {
		if span.From, ok = dayOrInstant(from, 0, now.Location()); !ok {
			bad.Add("from", "request.not-a-day", "value", from)
		}
		span.To = now
	}
	if to != "" {
		if span.To, ok = dayOrInstant(to, 1, now.Location()); !ok {
			bad.Add("to", "request.not-a-day", "value", to)
		}
	}
	return span, bad.Err()
}

// dayOrInstant reads 2026-10-09 as the midnight plus days later, or an RFC 3339 instant as it is.
func dayOrInstant(text string, plus int, zone *time.Location) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	return t.AddDate(0, 0, plus), err == nil
}
