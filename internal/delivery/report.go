package delivery

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
)

// Attainment is how many of the deliveries that were due in a period were in time: a complete count, cohort by due date.
// Contested and dropped ones are in none of the numbers.
type Attainment struct {
	Key                              int64 // service, unit or edge
	Provider, Customer               int64
	Met, Breached, Pending, Excluded int64
	Accepted, RightFirst             int64 // of those due: accepted, never returned
}

// Attained counts, for every service, providing unit or edge whose numbers the actor may see, what was due in [from, to).
func (s *Service) Attained(ctx context.Context, by string, from, to time.Time) ([]Attainment, error) {
	var bad fault.Fields
	if !slices.Contains([]string{"service", "unit", "edge"}, by) {
		bad.Add("by", "delivery.value-unknown", "value", by)
	}
	if !from.Before(to) {
		bad.Add("to", "delivery.span-empty")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	seen, err := s.numbersOf(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Attainment
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = attained(ctx, rd, by, from, to)
		return err
	})
	return slices.DeleteFunc(rows, func(a Attainment) bool { return !seen(by, a.Provider, a.Customer) }), err
}

// numbersOf says whose numbers the actor sees: those of the own units, of what lies below a unit that the actor heads, and
// everything for the quality office, executives, and everybody where the company shows all edges.
func (s *Service) numbersOf(ctx context.Context) (func(by string, provider, customer int64) bool, error) {
	a := actor.From(ctx)
	if a.System || a.Has("quality") || a.Has("executive") || s.Org.Company(ctx).Switches.NumbersToAll {
		return func(string, int64, int64) bool { return true }, nil
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var units []int64
	for _, g := range a.Groups {
		switch g.Role {
		case "member", "agent":
			units = append(units, g.ID)
		case "head", "quality", "executive":
			units = append(units, tree.Descendants(g.ID)...)
		}
	}
	units = unique(units)
	return func(by string, provider, customer int64) bool {
		_, serves := slices.BinarySearch(units, provider)
		if serves || by != "edge" {
			return serves
		}
		_, asks := slices.BinarySearch(units, customer)
		return asks
	}, nil
}

type deliveryReportInput struct {
	By   string `query:"by" enum:"service,unit,edge" default:"service" doc:"What a row is about"`
	From string `query:"from" doc:"First day, 2026-10-01, or an instant; default: this quarter"`
	To   string `query:"to" doc:"Last day, or the instant after it"`
}

type deliveryAttainmentJSON struct {
	Service    *string     `json:"service,omitempty"`
	Unit       *string     `json:"unit,omitempty"`
	Provider   *string     `json:"provider,omitempty"`
	Customer   *string     `json:"customer,omitempty"`
	Name       lang.Text   `json:"name"`
	Met        int64       `json:"met"`
	Breached   int64       `json:"breached"`
	Pending    int64       `json:"pending" doc:"Open and not yet due, or not yet accepted: not in the rate"`
	Excluded   int64       `json:"excluded" doc:"Skipped, cancelled or missed: not in the rate"`
	N          int64       `json:"n" doc:"met + breached"`
	Rate       *float64    `json:"rate"`
	Interval   *[2]float64 `json:"interval" doc:"95 % Wilson interval of the rate, as a signal"`
	Accepted   int64       `json:"accepted"`
	RightFirst *float64    `json:"right_first_time" doc:"Of those accepted: never returned"`
	Reason     string      `json:"reason,omitempty" doc:"Why something is null"`
	List       string      `json:"list" doc:"Exactly the cases counted"`
}

type deliveryReportOutput struct {
	Body struct {
		By    string                   `json:"by"`
		From  time.Time                `json:"from"`
		To    time.Time                `json:"to" doc:"Not in the span any more"`
		Items []deliveryAttainmentJSON `json:"items" nullable:"false"`
	}
}

func (s *Service) getReport(ctx context.Context, in *deliveryReportInput) (*deliveryReportOutput, error) {
	if in.By == "" {
		in.By = "service"
	}
	from, to, err := spanOf(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return nil, err
	}
	rows, err := s.Attained(ctx, in.By, from, to)
	if err != nil {
		return nil, err
	}
	out := &deliveryReportOutput{}
	out.Body.By, out.Body.From, out.Body.To = in.By, from.UTC(), to.UTC()
	out.Body.Items = make([]deliveryAttainmentJSON, 0, len(rows))
	for _, a := range rows {
		item, err := s.attainment(ctx, a, in.By, from, to)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}

func (s *Service) attainment(ctx context.Context, a Attainment, by string, from, to time.Time) (deliveryAttainmentJSON, error) {
	item := deliveryAttainmentJSON{Met: a.Met, Breached: a.Breached, Pending: a.Pending, Excluded: a.Excluded, N: a.Met + a.Breached, Accepted: a.Accepted}
	share := func(k, n int64) *float64 {
		f := float64(k) / float64(n)
		return &f
	}
	if item.N > 0 {
		low, high := stat.Wilson(a.Met, item.N)
		item.Rate, item.Interval = share(a.Met, item.N), &[2]float64{low, high}
	} else {
		item.Reason = "nothing_due"
	}
	if a.Accepted > 0 {
		item.RightFirst = share(a.RightFirst, a.Accepted)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return item, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return item, err
	}
	q := url.Values{"due_from": {from.UTC().Format(time.RFC3339)}, "due_before": {to.UTC().Format(time.RFC3339)}}
	provider, _ := tree.ByID(a.Provider)
	customer, _ := tree.ByID(a.Customer)
	switch by {
	case "service":
		if sv, ok := snap.ByID(a.Key); ok {
			item.Service, item.Name = &sv.Code, sv.Name
			q.Set("service", sv.Code)
		}
	case "unit":
		item.Unit, item.Name = &provider.Code, provider.Name
		q.Set("provider", provider.Code)
	default:
		item.Provider, item.Customer = &provider.Code, &customer.Code
		item.Name = lang.Text{Zh: provider.Name.Zh + " → " + customer.Name.Zh, En: provider.Name.In(lang.In(ctx, "en")) + " → " + customer.Name.In(lang.In(ctx, "en"))}
		q.Set("provider", provider.Code)
		q.Set("customer", customer.Code)
	}
	item.List = "/api/v1/deliveries?" + q.Encode()
	return item, nil
}

// spanOf reads the ends of a span: days, both in it, in now's zone, or instants. Without them it is this quarter.
func spanOf(fromText, toText string, now time.Time) (from, to time.Time, err error) {
	y, m, _ := now.Date()
	from = time.Date(y, (m-1)/3*3+1, 1, 0, 0, 0, 0, now.Location())
	to = from.AddDate(0, 3, 0)
	var bad fault.Fields
	read := func(name, text string, plus int) time.Time {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t
		}
		t, err := time.ParseInLocation(time.DateOnly, text, now.Location())
		if err != nil {
			bad.Add(name, "delivery.not-a-day", "value", text)
		}
		return t.AddDate(0, 0, plus)
	}
	if fromText != "" {
		from, to = read("from", fromText, 0), now
	}
	if toText != "" {
		to = read("to", toText, 1)
	}
	return from, to, bad.Err()
}
