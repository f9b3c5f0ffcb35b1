package calendar

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

const typedMoment = "2006-01-02T15:04"

// testView is the tester: one calendar or two beside each other.
type testView struct {
	Title, Action, Lead string
	Code                string
	With                []ui.Option
	Trial               trialView // fields and errors
	From, To            string
	Month               string
	Sides               []testSide
	Units               []unitRow // the same number in every unit
	Asked               bool
}

// testSide is what one calendar says.
type testSide struct {
	Code, Name, Hours string
	Result            *trialResult
	Elapsed           string
	ElapsedList       ui.IntervalsProps
	Month             monthView
}

// unitRow is the due time of a unit in each calendar.
type unitRow struct {
	Unit string
	On   bool
	Due  []string
}

func testPath(code string) string { return pathOf(code) + "/test" }

func (s *Service) showTest(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.testView(ctx, r.PathValue("code"), r.URL.Query())
	if err != nil {
		return err
	}
	status := http.StatusOK
	if v.Trial.Errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, testPage(v), nil)
}

func (s *Service) testView(ctx context.Context, code string, q url.Values) (testView, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return testView{}, err
	}
	v := testView{Code: code, Action: testPath(code), From: q.Get("from"), To: q.Get("to"), Month: q.Get("month")}
	codes := []string{code}
	v.With = []ui.Option{{Text: lang.T(ctx, "calendar.test.alone"), Selected: q.Get("with") == ""}}
	for _, other := range b.Codes() {
		if other == code {
			continue
		}
		on := q.Get("with") == other
		v.With = append(v.With, ui.Option{Value: other, Text: b.newest(other).Name.In(ctx), Selected: on})
		if on {
			codes = append(codes, other)
		}
	}
	for i, c := range codes {
		table, err := b.Table(c, 0)
		if err != nil {
			return v, err
		}
		side := s.testSide(ctx, b, table, &v, q)
		trial := try(ctx, table, q, s.db.Now().In(table.loc))
		if i == 0 {
			v.Trial, v.Title = trial, lang.T(ctx, "calendar.test.title", "name", side.Name)
			v.Lead = side.Hours
		}
		if !trial.Errors.Any() {
			side.Result = trial.Result
		}
		v.Sides = append(v.Sides, side)
		v.units(ctx, table, i)
	}
	return v, nil
}

func (s *Service) testSide(ctx context.Context, b *Book, table *Table, v *testView, q url.Values) testSide {
	now, _ := b.Current(table.Code)
	side := testSide{Code: now.Code, Name: now.Name.In(ctx), Hours: summary(ctx, &now.Rules)}
	month, err := time.Parse("2006-01", v.Month)
	if start, err2 := time.Parse(typedMoment, q.Get("start")); err != nil && err2 == nil {
		month, err = start, nil
	}
	if err != nil || month.Year() < FirstYear || month.Year() > LastYear {
		at := s.db.Now().In(table.loc)
		month = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	v.Month = month.Format("2006-01")
	side.Month = table.month(ctx, month.Year(), month.Month(), func(m string) string {
		next := url.Values{}
		for key, values := range q {
			next[key] = values
		}
		next.Set("month", m)
		return v.Action + "?" + next.Encode()
	})
	side.elapsed(ctx, table, v.From, v.To)
	return side
}

// elapsed counts between two moments, when both are given.
func (side *testSide) elapsed(ctx context.Context, table *Table, from, to string) {
	a, err1 := time.ParseInLocation(typedMoment, from, table.loc)
	b, err2 := time.ParseInLocation(typedMoment, to, table.loc)
	if err1 != nil || err2 != nil {
		return
	}
	list, err := table.Explain(a, b)
	if err != nil || b.Before(a) {
		side.Elapsed = lang.T(ctx, "calendar.test.not-counted")
		return
	}
	d, err := table.Elapsed(a, b)
	if err != nil {
		return
	}
	side.Elapsed = hoursMinutes(d.Milliseconds() / 1000)
	if b.Sub(a) <= 60*24*time.Hour {
		side.ElapsedList.Days, side.ElapsedList.Sum = IntervalDays(ctx, table, list)
	}
}

// units fills in what the number comes to in every unit, for the i-th calendar.
func (v *testView) units(ctx context.Context, table *Table, i int) {
	value, err1 := strconv.Atoi(v.Trial.Value)
	start, err2 := time.ParseInLocation(typedMoment, v.Trial.Start, table.loc)
	if err1 != nil || err2 != nil || v.Trial.Errors.Any() {
		return
	}
	for k, unit := range Units {
		if i == 0 {
			v.Units = append(v.Units, unitRow{Unit: UnitLabel(ctx, unit), On: unit == v.Trial.Unit})
		}
		text := "—"
		if due, err := table.Due(start, Duration{Value: value, Unit: unit}); err == nil {
			text = lang.DateTime(ctx, due)
		}
		if k < len(v.Units) {
			v.Units[k].Due = append(v.Units[k].Due, text)
		}
	}
}

func unitColumns(ctx context.Context, v testView) []ui.Column {
	columns := []ui.Column{{Label: lang.T(ctx, "calendar.test.unit")}}
	for _, side := range v.Sides {
		columns = append(columns, ui.Column{Label: side.Name})
	}
	return columns
}
