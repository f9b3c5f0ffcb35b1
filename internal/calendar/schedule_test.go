package calendar

import (
	"testing"
	"time"

	"neike/internal/kit/fault"
)

// national are the workdays around the holidays of October 2026: closed 1 to 7 October, Saturday the 10th makes up.
type national struct{}

func (national) Workday(d Date) bool {
	switch {
	case d >= NewDate(2026, 10, 1) && d <= NewDate(2026, 10, 7):
		return false
	case d == NewDate(2026, 10, 10):
		return true
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

func (national) Location() *time.Location { return time.FixedZone("CST", 8*3600) }

func TestDueDates(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 9, 28, 0, 0, 0, 0, national{}.Location())
	for _, c := range []struct {
		name string
		s    Schedule
		want []string // due day, and "<planned" when moved
	}{
		{"every workday leaves out the holidays and takes the make-up Saturday", Schedule{Every: "day", On: "workdays", At: "09:00"},
			[]string{"2026-09-28", "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"}},
		{"every day is every day", Schedule{Every: "day", On: "every_day", At: "09:00"}, []string{"2026-09-28", "2026-09-29", "2026-09-30", "2026-10-01"}},
		{"a closed weekday comes before", Schedule{Every: "week", On: "fri", At: "16:00", Shift: Before}, []string{"2026-09-30<2026-10-02", "2026-10-09", "2026-10-16"}},
		{"a closed weekday comes after", Schedule{Every: "week", On: "fri", At: "16:00", Shift: After}, []string{"2026-10-08<2026-10-02", "2026-10-09", "2026-10-16"}},
		{"a closed weekday stays where the rule says so", Schedule{Every: "week", On: "fri", At: "16:00", Shift: Keep}, []string{"2026-10-02", "2026-10-09"}},
		{"the third workday of October comes after the holidays", Schedule{Every: "month", On: "workday 3", At: "17:00"}, []string{"2026-10-10", "2026-11-04", "2026-12-03"}},
		{"the last workday of the month", Schedule{Every: "month", On: "workday -1", At: "17:00"}, []string{"2026-09-30", "2026-10-30", "2026-11-30"}},
		{"the fourth, moved to before the holidays, is still October's", Schedule{Every: "month", On: "day 4", At: "17:00", Shift: Before}, []string{"2026-09-30<2026-10-04", "2026-11-04", "2026-12-04"}},
		{"the fourth, moved to after the holidays", Schedule{Every: "month", On: "day 4", At: "17:00", Shift: After}, []string{"2026-10-08<2026-10-04", "2026-11-04", "2026-12-04"}},
		{"the 31st of a shorter month is its last day", Schedule{Every: "month", On: "day 31", At: "17:00", Shift: Keep}, []string{"2026-09-30", "2026-10-31", "2026-11-30"}},
		{"the fifth workday of the quarter", Schedule{Every: "quarter", On: "workday 5", At: "12:00"}, []string{"2026-10-13", "2027-01-07", "2027-04-07"}},
		{"the second workday of the quarter's second month", Schedule{Every: "quarter", Month: 2, On: "workday 2", At: "12:00"}, []string{"2026-11-03", "2027-02-02"}},
		{"the 15th of March every year", Schedule{Every: "year", Month: 3, On: "day 15", At: "12:00", Shift: Keep}, []string{"2027-03-15", "2028-03-15"}},
		{"fed by others it has none", Schedule{}, nil},
	} {
		var f fault.Fields
		if c.s.Check(&f); f.Len() > 0 {
			t.Errorf("%s: refused: %v", c.name, f.Err())
		}
		list := c.s.Between(national{}, from, 0, max(len(c.want), 1))
		if len(list) != len(c.want) {
			t.Errorf("%s: %d dates, want %d", c.name, len(list), len(c.want))
			continue
		}
		for i, o := range list {
			got := o.Date.String()
			if o.Moved() {
				got += "<" + o.Planned.String()
			}
			if got != c.want[i] {
				t.Errorf("%s: date %d is %s, want %s", c.name, i, got, c.want[i])
			}
		}
	}
}

func TestADueDateIsFoundAgainByItsPeriod(t *testing.T) {
	t.Parallel()
	for _, s := range []Schedule{
		{Every: "day", On: "workdays", At: "09:00"}, {Every: "week", On: "fri", At: "16:00", Shift: Before}, {Every: "month", On: "workday -2", At: "17:00"},
		{Every: "month", On: "day 4", At: "17:00", Shift: After}, {Every: "quarter", On: "workday 5", At: "12:00"},
	} {
		seen := map[string]bool{}
		for _, o := range s.Between(national{}, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), 0, 10) {
			again, ok := s.Slot(national{}, o.Slot, o.At)
			if !ok || again != o {
				t.Errorf("%s %s: %s found as %+v", s.Every, s.On, o.Slot, again)
			}
			if seen[o.Slot] {
				t.Errorf("%s %s: %s twice", s.Every, s.On, o.Slot)
			}
			seen[o.Slot] = true
		}
	}
}

func TestWhatAScheduleMustSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		s     Schedule
		field string
	}{
		{"how often", Schedule{Every: "decade", On: "day 1", At: "09:00"}, "every"},
		{"a weekday is no day of a month", Schedule{Every: "month", On: "mon", At: "09:00"}, "on"},
		{"no month has 28 workdays", Schedule{Every: "month", On: "workday 28", At: "09:00"}, "on"},
		{"no day before the last but the last", Schedule{Every: "month", On: "day -2", At: "09:00"}, "on"},
		{"at what time", Schedule{Every: "day", On: "workdays", At: "25:00"}, "at"},
		{"a quarter has three months", Schedule{Every: "quarter", On: "day 1", Month: 4, At: "09:00"}, "month"},
		{"what a closed day does", Schedule{Every: "week", On: "mon", At: "09:00", Shift: "sideways"}, "shift"},
	} {
		var f fault.Fields
		c.s.Check(&f)
		e, _ := fault.As(f.Err())
		if e == nil || len(e.Fields) != 1 || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.name, f.Err())
		}
	}
}

func TestADeliveryOpensWorkdaysAhead(t *testing.T) {
	t.Parallel()
	due := Occurrence{Date: NewDate(2026, 10, 9)}
	for lead, want := range map[int]string{0: "2026-10-09", 1: "2026-10-08", 2: "2026-09-30", 3: "2026-09-29"} {
		if got := Ahead(national{}, due, lead).In(national{}.Location()).Format("2006-01-02 15:04"); got != want+" 00:00" {
			t.Errorf("%d workdays ahead: %s", lead, got)
		}
	}
}

func TestEverySecondAndThirdOnes(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 9, 28, 0, 0, 0, 0, national{}.Location())
	for _, c := range []struct {
		name  string
		s     Schedule
		step  int
		since Date
		want  []string
	}{
		{"every second Friday, from the week of the first", Schedule{Every: "week", On: "fri", At: "16:00", Shift: Before}, 2, NewDate(2026, 10, 5), []string{"2026-10-09", "2026-10-23", "2026-11-06"}},
		{"a week that is left out is left out even when its day is moved", Schedule{Every: "week", On: "fri", At: "16:00", Shift: Before}, 2, NewDate(2026, 9, 28), []string{"2026-09-30", "2026-10-16"}},
		{"every third month, over the turn of the year", Schedule{Every: "month", On: "workday -1", At: "16:00"}, 3, NewDate(2026, 10, 1), []string{"2026-10-30", "2027-01-29", "2027-04-30"}},
		{"weeks are counted back from the first, too", Schedule{Every: "week", On: "mon", At: "09:00", Shift: Keep}, 2, NewDate(2027, 1, 4), []string{"2026-09-28", "2026-10-12"}},
	} {
		list := c.s.Stepped(national{}, c.step, c.since, from, 0, len(c.want))
		for i, o := range list {
			if o.Date.String() != c.want[i] {
				t.Errorf("%s: date %d is %s, want %s", c.name, i, o.Date, c.want[i])
			}
		}
		if len(list) != len(c.want) {
			t.Errorf("%s: %d dates", c.name, len(list))
		}
	}
}
