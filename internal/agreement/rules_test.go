package agreement

import (
	"slices"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
)

func names(bad fault.Fields) (out []string) {
	for _, f := range bad.All() {
		out = append(out, f.Name+" "+f.Key)
	}
	slices.Sort(out)
	return out
}

// TestADraftTellsAllThatIsWrong at once.
func TestADraftTellsAllThatIsWrong(t *testing.T) {
	good := Draft{From: 20261201, To: 20271130, Review: 20270301, Terms: Terms{Attainment: 0.95}}
	hours := func(n int) calendar.Duration { return calendar.Duration{Value: n, Unit: calendar.WorkingHours} }
	for _, c := range []struct {
		name   string
		change func(*Draft)
		want   []string
	}{
		{"good", func(*Draft) {}, nil},
		{"open ended", func(d *Draft) { d.To = 0 }, nil},
		{"nothing said", func(d *Draft) { d.Terms = Terms{Also: "月底前交"} }, []string{"targets agreement.says-nothing"}},
		{"days", func(d *Draft) { d.From, d.To, d.Review = 20260231, 20260101, 0 }, []string{"from agreement.day-missing", "review agreement.review-missing", "to agreement.ends-before"}},
		{"review outside", func(d *Draft) { d.Review = 20271201 }, []string{"review agreement.review-outside"}},
		{"shares", func(d *Draft) { d.Terms.Attainment, d.Terms.RightFirst = 1.1, 0.123456 }, []string{"attainment catalog.share-range", "right_first catalog.share-decimals"}},
		{"targets", func(d *Draft) {
			d.Terms.Targets = []Target{{Service: 1, Completion: hours(4)}, {Service: 1, Completion: calendar.Duration{Value: 2}}, {Service: 9, CompletionTarget: 0.9}, {Service: 2}}
		}, []string{"targets.1.completion.unit catalog.unit-missing", "targets.1.service agreement.service-twice", "targets.2.service agreement.service-unknown", "targets.3.completion.value agreement.target-empty"}},
		{"duties", func(d *Draft) {
			d.Terms.Duties = []Duty{{Kind: DutyAnswer, Target: 0.9}, {Kind: DutyComplete}, {Kind: "sing", Target: 1}, {Kind: DutyComplete, Target: 0.8}}
		}, []string{"duties.0.within agreement.within-range", "duties.1.target catalog.share-missing", "duties.2.kind agreement.duty-unknown", "duties.3.kind agreement.duty-twice"}},
	} {
		d := good
		c.change(&d)
		var bad fault.Fields
		d.check(&bad, func(id catalog.ID) bool { return id < 3 })
		if got := names(bad); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestWhatIsInForce on the edges of days, signatures and ends.
func TestWhatIsInForce(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	at := func(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, zone) }
	v := Version{From: 20261203, To: 20261210, SignedAt: at(1, 9)}
	for _, c := range []struct {
		name  string
		v     Version
		ended time.Time
		at    time.Time
		want  bool
		state State
	}{
		{"the evening before", v, time.Time{}, at(2, 23), false, Coming},
		{"the first minute", v, time.Time{}, at(3, 0), true, InForce},
		{"the last evening", v, time.Time{}, at(10, 23), true, InForce},
		{"the day after", v, time.Time{}, at(11, 0), false, Expired},
		{"ended meanwhile", v, at(5, 12), at(5, 13), false, Finished},
		{"a draft", Version{From: 20261203}, time.Time{}, at(5, 0), false, Drafted},
		{"signed later than it begins", Version{From: 20261203, SignedAt: at(6, 9)}, time.Time{}, at(6, 8), false, Expired},
		{"open ended", Version{From: 20261203, SignedAt: at(1, 9)}, time.Time{}, at(30, 8), true, InForce},
	} {
		a := Agreement{EndedAt: c.ended}
		if got := c.v.holds(a, c.at, zone); got != c.want {
			t.Errorf("%s: in force %v", c.name, got)
		}
		if got := stateAt(a, []Version{c.v}, c.at, zone); got != c.state {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestDutiesAreCounted: what waits still is not counted, what came late is.
func TestDutiesAreCounted(t *testing.T) {
	begin := time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)
	hours := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Hour) }
	h := Happened{Opened: 10, AskedBack: 3, Questions: []Wait{{begin, hours(8)}, {begin, hours(9)}, {hours(50), time.Time{}}, {hours(90), time.Time{}}}}
	due := func(since time.Time, d calendar.Duration) (time.Time, bool) {
		return since.Add(time.Duration(d.Value) * time.Hour), d.Value < 100
	}
	for _, c := range []struct {
		d               Duty
		met, n, pending int64
		verdict         string
		within          int
	}{
		{Duty{Kind: DutyComplete, Target: 0.7}, 7, 10, 0, "met", 0},
		{Duty{Kind: DutyComplete, Target: 0.71}, 7, 10, 0, "missed", 0},
		{Duty{Kind: DutyAnswer, Target: 0.5, Within: 8}, 1, 3, 1, "few", 8},
		{Duty{Kind: DutyAnswer, Target: 0.5, Within: 100}, 0, 0, 4, "none", 0},
		{Duty{Kind: DutyAccept, Target: 0.5, Within: 2}, 0, 0, 0, "none", 0},
	} {
		k := c.d.counted(h, hours(95), due)
		if k.Met != c.met || k.N != c.n || k.Pending != c.pending || k.Verdict() != c.verdict {
			t.Errorf("%+v: %+v %s", c.d, k, k.Verdict())
		}
	}
}

func TestQuarters(t *testing.T) {
	q := QuarterOf(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC))
	if q != 20261 || q.back(1) != 20254 || q.back(4) != 20251 || q.back(1).Period().From != 20251001 || q.back(1).Period().To != 20251231 {
		t.Errorf("%d %d %v", q, q.back(1), q.back(1).Period())
	}
	for text, want := range map[string]bool{"2026-Q4": true, "2026-Q5": false, "2026-Q0": false, "26-Q1": false, "2026-Q1x": false, "": false} {
		if _, ok := parseQuarter(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// TestWhatIsAgreedLiesOverTheStandard and leaves all else.
func TestWhatIsAgreedLiesOverTheStandard(t *testing.T) {
	h := func(n int) calendar.Duration { return calendar.Duration{Value: n, Unit: calendar.WorkingHours} }
	std := catalog.Standard{Completion: h(16), CompletionTarget: 0.9, Response: h(4), Urgent: catalog.Urgent{Completion: h(8)}}
	got := Target{Completion: h(10)}.over(std)
	if got.Completion != h(10) || got.CompletionTarget != 0.9 || got.Response != h(4) || got.Urgent.Completion != h(8) {
		t.Errorf("%+v", got)
	}
	if got = (Target{Completion: h(8), CompletionTarget: 0.99}).over(std); !got.Urgent.Completion.IsZero() || got.CompletionTarget != 0.99 {
		t.Errorf("an urgent one is not slower than agreed: %+v", got)
	}
}
