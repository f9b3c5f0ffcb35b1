package catalog

import (
	"context"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
)

// Promise is what a unit promises for a request that is opened at a moment, in its own calendar.
type Promise struct {
	Opened      time.Time
	Response    time.Time // zero: none promised
	Due         time.Time // zero: none promised
	Provisional bool      // reaches into a year whose holidays are not published yet
	Calendar    string    // code of the completion's
	Special     []Special // holidays and make-up workdays on the way, which move the due time
	Standard    Standard  // by which it is reckoned
	Agreed      string    // the agreement that says so, OLA-12/3; "": the standard itself
}

// Special is a run of days between opening and due that a reader may not expect.
type Special struct {
	From, To calendar.Date
	Reason   calendar.Reason
	Counts   bool // a make-up workday
}

// Promise tells until when a request of a customer unit (0: of any) for the service is due if it is opened at a moment. A moment
// that the calendar does not cover gives no due time.
func (c *Catalog) Promise(ctx context.Context, s *Service, customer int64, opened time.Time) (Promise, error) {
	std, agreed, err := c.Terms(ctx, s, s.At(opened).Standard, customer, opened)
	if err != nil {
		return Promise{}, err
	}
	response, _, err := c.counting(ctx, s, std.ResponseCalendar)
	if err != nil {
		return Promise{}, err
	}
	table, code, err := c.counting(ctx, s, std.CompletionCalendar)
	if err != nil {
		return Promise{}, err
	}
	p := promise(table, code, std, opened)
	p.Response, p.Standard, p.Agreed = due(response, std.Response, opened), std, agreed
	return p, nil
}

// counting is the calendar in which a clock of the service counts: the one of that code, "" the one of the unit.
func (c *Catalog) counting(ctx context.Context, s *Service, code string) (*calendar.Table, string, error) {
	if code == "" {
		var err error
		if code, err = c.calendars.CodeFor(ctx, s.Unit); err != nil {
			return nil, "", err
		}
	}
	table, err := c.calendars.Table(ctx, code)
	return table, code, err
}

// checkCalendars tells which calendar of a standard there is not.
func (c *Catalog) checkCalendars(ctx context.Context, f *fault.Fields, std Standard) error {
	book, err := c.calendars.Book(ctx)
	if err != nil {
		return err
	}
	for _, x := range [][2]string{{"response_calendar", std.ResponseCalendar}, {"completion_calendar", std.CompletionCalendar}} {
		if x[1] != "" && !book.Has(x[1]) {
			f.Add(x[0], "catalog.calendar-unknown", "given", clip(x[1], 40))
		}
	}
	return nil
}

func promise(table *calendar.Table, code string, std Standard, opened time.Time) Promise {
	p := Promise{Opened: opened, Calendar: code}
	p.Response = due(table, std.Response, opened)
	p.Due = due(table, std.Completion, opened)
	if !p.Due.IsZero() && !std.Completion.Elapsing() {
		p.Provisional = table.Provisional(opened, p.Due)
		p.Special = specials(table, opened, p.Due)
	}
	return p
}

// due is the moment by which a duration is over; zero when there is none or the calendar does not reach so far.
func due(table *calendar.Table, d calendar.Duration, opened time.Time) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	at, err := table.Due(opened, d)
	if err != nil {
		return time.Time{}
	}
	return at
}

// specials lists the holidays and make-up workdays between two moments, runs of one name together, at most four.
func specials(table *calendar.Table, from, to time.Time) []Special {
	list, err := table.Explain(from, to)
	if err != nil {
		return nil
	}
	var out []Special
	for _, day := range table.ByDay(list) {
		if day.Name.Key != calendar.FestiveAt && day.Name.Key != calendar.MakeupDay {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Reason == day.Name && out[n-1].To == day.Date-1 {
			out[n-1].To = day.Last
			continue
		}
		if len(out) == 4 {
			break
		}
		out = append(out, Special{From: day.Date, To: day.Last, Reason: day.Name, Counts: day.Name.Key == calendar.MakeupDay})
	}
	return out
}

// examples are moments at which a request might be opened, chosen so that the units of a duration differ: the afternoon
// before the next holidays, an ordinary morning, and late on a Friday.
func examples(table *calendar.Table, now time.Time) []time.Time {
	today := calendar.DateOf(now.In(table.Location()))
	at := func(d calendar.Date, hour, minute int) time.Time {
		t := d.Time()
		return time.Date(t.Year(), t.Month(), t.Day(), hour, minute, 0, 0, table.Location())
	}
	var holiday, morning, friday calendar.Date
	for d := today + 1; d < today+400; d++ {
		if !table.Workday(d) {
			continue
		}
		if morning == 0 && table.Workday(d+1) {
			morning = d
		}
		if friday == 0 && d.Weekday() == time.Friday {
			friday = d
		}
		if holiday == 0 && !table.Workday(d+1) && !table.Workday(d+2) && !table.Workday(d+3) {
			holiday = d
		}
		if morning != 0 && friday != 0 && holiday != 0 {
			break
		}
	}
	var out []time.Time
	if holiday != 0 {
		out = append(out, at(holiday, 16, 40))
	}
	if morning != 0 {
		out = append(out, at(morning, 10, 0))
	}
	if friday != 0 {
		out = append(out, at(friday, 17, 30))
	}
	if len(out) == 0 {
		out = append(out, now)
	}
	return out
}
