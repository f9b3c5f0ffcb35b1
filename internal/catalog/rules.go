package catalog

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// Limits of what a service says about itself, in characters per language.
const (
	maxName        = 60
	maxDescription = 500
	maxMetric      = 80
	maxMeasured    = 200
	maxMinN        = 10_000
)

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}(\.[a-z0-9][a-z0-9_-]{0,39})+$`)

// checkWords tells what is wrong with the words of a service: name and description, for a standing one also what is
// handed over. Names of the findings are those of the form and of the JSON.
func checkWords(f *fault.Fields, main string, s Service) {
	checkText(f, main, "name", s.Name, maxName, true)
	checkText(f, main, "description", s.Description, maxDescription, false)
	checkText(f, main, "inputs", s.Inputs, maxDescription, false)
	checkText(f, main, "effort", s.Effort, maxDescription, false)
	checkText(f, main, "deliverable", s.Deliverable, maxDescription, s.Kind == Standing)
	if s.Kind != Standing {
		return
	}
	checkText(f, main, "quality_criterion", s.Criterion, maxDescription, false)
	checkSchedule(f, "schedule", s.Schedule)
}

// checkText tells what is wrong with a text. main is the company's main language, in which a required one is there; "" where no
// company is known, as in a pack: one of them.
func checkText(f *fault.Fields, main, name string, t lang.Text, limit int, required bool) {
	if l := t.Lacks(main); required && l != "" {
		key := "form.required"
		if main == "" {
			key = "catalog.text-missing"
		}
		f.Add(name+"."+l, key)
	}
	if n := utf8.RuneCountInString(t.Zh); n > limit {
		f.Add(name+".zh", "form.too-long", "max", limit, "count", n)
	}
	if n := utf8.RuneCountInString(t.En); n > 4*limit {
		f.Add(name+".en", "form.too-long", "max", 4*limit, "count", n)
	}
}

var (
	clockPattern   = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
	workdayPattern = regexp.MustCompile(`^workday (-?[1-9]\d?)$`)
	everys         = []string{"day", "week", "month", "quarter"}
	weekdays       = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)

// checkSchedule tells what is wrong with the moment at which a standing service is due.
func checkSchedule(f *fault.Fields, name string, s Schedule) {
	if !slices.Contains(everys, s.Every) {
		f.Add(name+".every", "catalog.schedule-every", "given", s.Every)
	} else if !scheduleOn(s.Every, s.On) {
		f.Add(name+".on", "catalog.schedule-on", "given", s.On, "every", s.Every)
	}
	if !clockPattern.MatchString(s.At) {
		f.Add(name+".at", "catalog.schedule-at", "given", s.At)
	}
}

func scheduleOn(every, on string) bool {
	switch every {
	case "day":
		return on == "workdays" || on == "every_day"
	case "week":
		return slices.Contains(weekdays, on)
	}
	_, ok := workdayOf(on)
	return ok
}

// workdayOf is the N of "workday N"; a month has at most 27 workdays.
func workdayOf(on string) (int, bool) {
	m := workdayPattern.FindStringSubmatch(on)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n >= -66 && n <= 66
}

// checkStandard tells what is wrong with a standard. A request service owes a completion; the response and the quality
// may be left open. A standing service has a share and a quality only.
func checkStandard(f *fault.Fields, main string, kind Kind, s Standard) {
	if kind == Standing {
		if !s.Response.IsZero() || !s.Completion.IsZero() || !s.NextResponse.IsZero() {
			f.Add("completion.unit", "catalog.standing-no-duration")
		}
		if s.ResponseCalendar != "" || s.CompletionCalendar != "" || s.Urgent != (Urgent{}) {
			f.Add("completion_calendar", "catalog.standing-no-duration")
		}
	} else {
		CheckDuration(f, "completion", s.Completion, true)
		CheckDuration(f, "response", s.Response, false)
		if !s.Response.IsZero() {
			CheckShare(f, "response_target", s.ResponseTarget, true)
		}
		CheckDuration(f, "next_response", s.NextResponse, false)
		if !s.NextResponse.IsZero() {
			CheckShare(f, "next_response_target", s.NextResponseTarget, true)
		}
		checkUrgent(f, s)
	}
	CheckShare(f, "completion_target", s.CompletionTarget, true)
	checkText(f, main, "metric", s.Metric, maxMetric, s.Accuracy != 0)
	CheckShare(f, "accuracy", s.Accuracy, s.Metric != lang.Text{})
	CheckShare(f, "satisfaction", s.Satisfaction, false)
	checkText(f, main, "measured", s.Measured, maxMeasured, false)
	if s.MinN < 0 || s.MinN > maxMinN {
		f.Add("min_n", "catalog.min-n-range", "max", maxMinN)
	}
}

// checkUrgent tells what is wrong with the times of urgent requests: they are shorter than those of the others, as
// far as two ways of counting can be compared.
func checkUrgent(f *fault.Fields, s Standard) {
	for _, x := range []struct {
		name          string
		usual, urgent calendar.Duration
	}{{"urgent.response", s.Response, s.Urgent.Response}, {"urgent.completion", s.Completion, s.Urgent.Completion}, {"urgent.next_response", s.NextResponse, s.Urgent.NextResponse}} {
		switch {
		case x.urgent.IsZero():
		case x.usual.IsZero():
			f.Add(x.name+".value", "catalog.urgent-of-none")
			CheckDuration(f, x.name, x.urgent, false)
		default:
			CheckDuration(f, x.name, x.urgent, false)
			if x.urgent.Unit == x.usual.Unit && x.urgent.Value >= x.usual.Value {
				f.Add(x.name+".value", "catalog.urgent-shorter")
			}
		}
	}
}

// CheckDuration tells what is wrong with a duration. Its unit is forced: a number without a unit is no promise.
func CheckDuration(f *fault.Fields, name string, d calendar.Duration, required bool) {
	switch {
	case d.IsZero():
		if required {
			f.Add(name+".value", "catalog.duration-missing")
		}
	case d.Unit == "":
		f.Add(name+".unit", "catalog.unit-missing", "value", d.Value)
	case !slices.Contains(calendar.Units, d.Unit):
		f.Add(name+".unit", "catalog.unit-unknown", "given", d.Unit, "known", strings.Join(calendar.Units, ", "))
	default:
		d.Validate(f, name)
	}
}

// CheckShare tells what is wrong with a target: a fraction above 0 up to 1, in steps of a hundredth of a per cent.
func CheckShare(f *fault.Fields, name string, share float64, required bool) {
	switch {
	case share == 0 && required:
		f.Add(name, "catalog.share-missing")
	case share < 0 || share > 1 || math.IsNaN(share):
		f.Add(name, "catalog.share-range")
	case math.Abs(share*1e4-math.Round(share*1e4)) > 1e-6:
		f.Add(name, "catalog.share-decimals")
	}
}

// points is a share in hundredths of a per cent, as it is stored.
func points(share float64) int64 { return int64(math.Round(share * 1e4)) }

// shareOf is the share of stored points.
func shareOf(points int64) float64 { return float64(points) / 1e4 }

// publishable tells what is missing before a service can be offered.
func publishable(f *fault.Fields, main string, s Service) {
	checkWords(f, main, s)
	if s.Support() { // promises nothing in hours, and asks nothing by a form
		if len(s.Supporters) == 0 {
			f.Add("supporters", "catalog.supporter-missing")
		}
		return
	}
	checkStandard(f, main, s.Kind, s.Standard)
	f.Join("form", checkForm(s.Form, main))
}

// proposed decides whether a draft may be handed over for review.
func proposed(s Service, main string) error {
	if s.State != Draft {
		return fault.New(fault.Conflict, "catalog.only-drafts")
	}
	var f fault.Fields
	publishable(&f, main, s)
	return f.Err()
}

// sentBack decides whether a proposed service may be sent back for a reason.
func sentBack(s Service, why string) error {
	if s.State != Review {
		return fault.New(fault.Conflict, "catalog.only-review")
	}
	var f fault.Fields
	if n := utf8.RuneCountInString(strings.TrimSpace(why)); n == 0 {
		f.Add("reason", "catalog.reason-missing")
	} else if n > maxDescription {
		f.Add("reason", "form.too-long", "max", maxDescription, "count", n)
	}
	return f.Err()
}

// Related are the entities that a field of a form may point at; request knows how each is found.
var Related = []string{"request", "service", "unit", "person", "place"}

// checkForm tells what is wrong with a form, also where it points at something there is not.
func checkForm(f form.Form, main string) fault.Fields {
	errs := f.CheckIn(main)
	for i, x := range f.Fields {
		checkRelated(&errs, "fields["+itoa(i)+"]", x)
		for j, y := range x.Fields {
			checkRelated(&errs, "fields["+itoa(i)+"].fields["+itoa(j)+"]", y)
		}
	}
	return errs
}

func checkRelated(errs *fault.Fields, at string, x form.Field) {
	if x.Type == form.Relation && x.Of != "" && !slices.Contains(Related, x.Of) {
		errs.Add(at+".of", "catalog.form-of", "given", clip(x.Of, 40), "known", strings.Join(Related, ", "))
	}
}

// published decides whether the service may be offered now and from now on.
func published(s Service, main string) error {
	if s.State == Live {
		return fault.New(fault.Conflict, "catalog.already-live")
	}
	var f fault.Fields
	publishable(&f, main, s)
	return f.Err()
}

// retired decides whether the service may be taken out of the catalogue.
func retired(s Service) error {
	if s.State == Retired {
		return fault.New(fault.Conflict, "catalog.already-retired")
	}
	return nil
}

// confirmed decides whether the starting values of a service can be confirmed.
func confirmed(s Service) error {
	switch {
	case s.State == Retired:
		return fault.New(fault.Conflict, "catalog.already-retired")
	case !s.Standard.Starting:
		return fault.New(fault.Conflict, "catalog.already-confirmed")
	}
	return nil
}

// sameForm says whether two forms ask the same.
func sameForm(a, b form.Form) bool { return string(a.Canonical()) == string(b.Canonical()) }

// sameStandard says whether two standards promise the same; who confirmed them does not matter.
func sameStandard(a, b Standard) bool {
	a.Starting, b.Starting = false, false
	a.ResponseTarget, b.ResponseTarget = shareOf(points(a.ResponseTarget)), shareOf(points(b.ResponseTarget))
	a.CompletionTarget, b.CompletionTarget = shareOf(points(a.CompletionTarget)), shareOf(points(b.CompletionTarget))
	a.Accuracy, b.Accuracy = shareOf(points(a.Accuracy)), shareOf(points(b.Accuracy))
	a.NextResponseTarget, b.NextResponseTarget = shareOf(points(a.NextResponseTarget)), shareOf(points(b.NextResponseTarget))
	a.Satisfaction, b.Satisfaction = shareOf(points(a.Satisfaction)), shareOf(points(b.Satisfaction))
	return a == b
}

// The parts of a service, each taken over from a pack or changed here on its own.
const (
	partWords    = "words"
	partPlace    = "place"
	partForm     = "form"
	partStandard = "standard"
	partSchedule = "schedule"
	partLadder   = "ladder"
	partPolicy   = "policy"
	partTopic    = "topic"
)

// differences lists the parts in which two services differ.
func differences(a, b *Service) []string {
	var what []string
	if a.Name != b.Name || a.Description != b.Description || a.Inputs != b.Inputs || a.Effort != b.Effort {
		what = append(what, partWords)
	}
	if a.Unit != b.Unit {
		what = append(what, partPlace)
	}
	if !sameForm(a.Form, b.Form) {
		what = append(what, partForm)
	}
	if !sameStandard(a.Standard, b.Standard) {
		what = append(what, partStandard)
	}
	if a.Schedule != b.Schedule || a.Deliverable != b.Deliverable || a.Criterion != b.Criterion {
		what = append(what, partSchedule)
	}
	if a.Topic != b.Topic {
		what = append(what, partTopic)
	}
	if !a.Policy.same(b.Policy) {
		what = append(what, partPolicy)
	}
	return what
}
