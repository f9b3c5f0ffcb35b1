package calendar

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// YearInput is the statutory days of a year, or of several, as an administrator brings them in.
type YearInput struct {
	Country     string `json:"country,omitempty" doc:"Country; default cn" example:"cn"`
	Year        int    `json:"year,omitempty" doc:"Year of the notice; without it every year in the text. Files of neighbouring years may be given together." example:"2027"`
	Text        string `json:"text" doc:"holiday-cn JSON (one document or several), CSV (date, name, off or work) or ICS"`
	Source      string `json:"source,omitempty" doc:"Where the text was taken from"`
	Provisional bool   `json:"provisional,omitempty" doc:"The days are not settled: due times that reach into the year stay marked as expected"`
}

// YearPlan is what bringing in a year would change.
type YearPlan struct {
	Notices   []Notice
	Days      []DayChange   // that are another than before
	Settled   []int         // years that become official
	Calendars []VersionMade // that get a version
	Moves     Moves         // open deadlines
	book      *Book         // the one that it would lead to
}

// Changes says whether anything would be another.
func (p YearPlan) Changes() bool {
	return len(p.Days) > 0 || len(p.Settled) > 0 || len(p.Calendars) > 0
}

// DayChange is a statutory day before and after.
type DayChange struct {
	Date     Date
	Was, Is  string // "", off, work
	WasNamed lang.Text
	Named    lang.Text
}

// VersionMade is a version that a change leads to.
type VersionMade struct {
	Code    string
	Name    lang.Text
	Version int
}

// read checks the input and gives the book that it would lead to; years is what would be stored.
func (in YearInput) read(f *fault.Fields) []Notice {
	if in.Country == "" {
		in.Country = Countries[0]
	}
	if !slices.Contains(Countries, in.Country) {
		f.Add("country", "calendar.statutory-unknown", "code", in.Country)
	}
	if in.Year != 0 && (in.Year < FirstYear || in.Year > LastYear) {
		f.Add("year", "calendar.year-out-of-range", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
	}
	if len(in.Text) > maxYearText {
		f.Add("text", "calendar.year.too-long")
		return nil
	}
	list := readNotices(f, in.Text, in.Year)
	for i := range list {
		list[i].Country, list[i].Official, list[i].Source = in.Country, !in.Provisional, in.Source
		if !slices.ContainsFunc(list[i].Days, func(d NoticeDay) bool { return d.Off }) {
			f.Add("text", "calendar.year.no-days-off", "year", strconv.Itoa(list[i].Year))
		}
	}
	return list
}

const maxYearText = 1 << 20

// PlanYear says what bringing in a year would change: days, calendars, open deadlines. It writes nothing.
func (s *Service) PlanYear(ctx context.Context, in YearInput) (YearPlan, error) {
	var f fault.Fields
	list := in.read(&f)
	if err := f.Err(); err != nil {
		return YearPlan{}, err
	}
	var plan YearPlan
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		b, err := readBook(ctx, rd)
		if err != nil {
			return err
		}
		years, err := importedYears(ctx, rd)
		if err == nil {
			plan, err = planYear(b, years, list, rd.Instant())
		}
		return err
	})
	if err != nil || len(plan.Calendars) == 0 {
		return plan, err
	}
	codes := make([]string, len(plan.Calendars))
	for i, c := range plan.Calendars {
		codes[i] = c.Code
	}
	plan.Moves, err = s.moves(ctx, plan.book, codes)
	return plan, err
}

func planYear(b *Book, years []importedYear, list []Notice, at time.Time) (YearPlan, error) {
	plan := YearPlan{Notices: list}
	for _, n := range list {
		i := slices.IndexFunc(years, func(y importedYear) bool { return y.Country == n.Country && y.Year == n.Year })
		if i < 0 {
			years = append(years, importedYear{Notice: n})
		} else {
			years[i].Notice = n
		}
	}
	countries, err := knownCountries(years)
	if err != nil {
		return plan, err
	}
	latest := 0
	for country, now := range countries {
		before := b.countries[country]
		plan.Days = append(plan.Days, differences(before, now)...)
		for y, official := range now.Years {
			if official && !before.Years[y] {
				plan.Settled = append(plan.Settled, y)
			}
		}
	}
	for _, n := range list {
		latest = max(latest, n.Year)
	}
	slices.Sort(plan.Settled)
	next, added, err := b.learn(countries, latest, at)
	plan.book = next
	for _, e := range added {
		plan.Calendars = append(plan.Calendars, VersionMade{e.Code, e.Name, e.Number})
	}
	return plan, err
}

// differences lists the days that two lists say different things of, in order.
func differences(before, now *Statutory) []DayChange {
	of := func(s *Statutory, d Date) (string, lang.Text) {
		if code, ok := s.Off[d]; ok {
			return "off", s.Names[code]
		}
		if code, ok := s.Work[d]; ok {
			return "work", s.Names[code]
		}
		return "", lang.Text{}
	}
	all := map[Date]bool{}
	for _, s := range []*Statutory{before, now} {
		for d := range s.Off {
			all[d] = true
		}
		for d := range s.Work {
			all[d] = true
		}
	}
	var out []DayChange
	for _, d := range slices.Sorted(maps.Keys(all)) {
		c := DayChange{Date: d}
		c.Was, c.WasNamed = of(before, d)
		if c.Is, c.Named = of(now, d); c.Was != c.Is {
			out = append(out, c)
		}
	}
	return out
}

// ImportYear brings in the statutory days of a year: every calendar that follows the country gets a version that knows
// them, and open deadlines follow by a job. Bringing in the same again changes nothing and says so (plan.Changes).
func (s *Service) ImportYear(ctx context.Context, in YearInput) (YearPlan, error) {
	var f fault.Fields
	list := in.read(&f)
	if err := f.Err(); err != nil {
		return YearPlan{}, err
	}
	var plan YearPlan
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		b, err := s.bookToChange(ctx, tx, true)
		if err != nil {
			return err
		}
		years, err := importedYears(ctx, tx)
		if err != nil {
			return err
		}
		if plan, err = planYear(b, slices.Clone(years), list, tx.Now); err != nil || !plan.Changes() {
			return err
		}
		if err := s.putYears(ctx, tx, years, list, plan); err != nil {
			return err
		}
		var added []*edition
		for _, c := range plan.Calendars {
			added = append(added, plan.book.newest(c.Code))
		}
		return s.put(ctx, tx, added)
	})
	if sqldb.IsUnique(err) {
		return plan, fault.New(fault.Conflict, "calendar.published-meanwhile", "code", Default)
	}
	return plan, err
}

func (s *Service) putYears(ctx context.Context, tx *sqldb.Tx, years []importedYear, list []Notice, plan YearPlan) error {
	for _, n := range list {
		y := importedYear{ID: tx.NewID(), Notice: n, At: tx.Now, By: actor.From(ctx).Person}
		if i := slices.IndexFunc(years, func(o importedYear) bool { return o.Country == n.Country && o.Year == n.Year }); i >= 0 {
			y.ID = years[i].ID
		}
		if err := putYear(ctx, tx, y); err != nil {
			return err
		}
		changed := 0
		for _, d := range plan.Days {
			if slices.ContainsFunc(n.Days, func(x NoticeDay) bool { return x.Date == d.Date }) || d.Date.Year() == n.Year {
				changed++
			}
		}
		err := s.events.Emit(ctx, tx, YearWasImported{Year: y.ID, Country: n.Country, Of: n.Year, Official: n.Official, Changed: changed, Versions: len(plan.Calendars)})
		if err != nil {
			return err
		}
	}
	return nil
}

// YearState is what is known of the statutory days of a year.
type YearState struct {
	Country   string
	Year      int
	Official  bool
	Off, Work int
	Imported  bool
	At        time.Time // of the import
	By        int64
	Source    string
}

// Years lists what is known of every year of every country, newest first.
func (s *Service) Years(ctx context.Context) ([]YearState, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	var imported []importedYear
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		imported, err = importedYears(ctx, rd)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []YearState
	for _, country := range Countries {
		list := b.countries[country]
		for _, y := range slices.Backward(slices.Sorted(maps.Keys(list.Years))) {
			state := YearState{Country: country, Year: y, Official: list.Years[y]}
			for d := range list.Off {
				if d.Year() == y {
					state.Off++
				}
			}
			for d := range list.Work {
				if d.Year() == y {
					state.Work++
				}
			}
			for _, i := range imported {
				if i.Country == country && i.Year == y {
					state.Imported, state.At, state.By, state.Source = true, i.At, i.By, i.Source
				}
			}
			out = append(out, state)
		}
	}
	return out, nil
}

// Missing is the year whose statutory days administrators should bring in by now, 0 for none: from 1 November on the
// next one, and at any time the present one, if a calendar follows the country and the days are not settled.
func (s *Service) Missing(ctx context.Context) (int, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return 0, err
	}
	now := s.db.Now()
	for _, code := range b.Codes() {
		rules := &b.newest(code).Rules
		if rules.Statutory == nil {
			continue
		}
		loc, err := time.LoadLocation(rules.Zone)
		if err != nil {
			return 0, err
		}
		if year := due(now.In(loc), rules.official); year != 0 {
			return year, nil
		}
	}
	return 0, nil
}

// due is the first year that ought to be settled by a moment and is not.
func due(now time.Time, official func(year int) bool) int {
	if year := now.Year(); !official(year) {
		return year
	}
	if now.Month() >= time.November && !official(now.Year()+1) {
		return now.Year() + 1
	}
	return 0
}
