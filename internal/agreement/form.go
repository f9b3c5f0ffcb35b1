package agreement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
)

// draftForm is a draft as it was typed. Targets are rows by number: targets.0.service, targets.0.completion.value …; duties by kind:
// duties.answer.within, duties.answer.target.
type draftForm struct {
	Provider   string              `form:"provider"`
	Customer   string              `form:"customer"`
	From       string              `form:"from"`
	To         string              `form:"to"`
	Review     string              `form:"review"`
	Attainment string              `form:"attainment"`
	RightFirst string              `form:"right_first"`
	Targets    map[string][]string `form:"targets"`
	Duties     map[string][]string `form:"duties"`
	Also       string              `form:"also"`
	Exclusions string              `form:"exclusions"`
	Purpose    string              `form:"purpose"`
	Do         string              `form:"do"` // more: one more row of targets, nothing is kept
	Revision   int                 `form:"revision"`
}

func (in draftForm) target(row int, name string) string {
	return first(in.Targets[strconv.Itoa(row)+"."+name])
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.TrimSpace(list[0])
}

// rows is how many rows of targets were sent, at least one, with one more where that was asked for.
func (in draftForm) rows() int {
	n := 1
	for name := range in.Targets {
		number, _, _ := strings.Cut(name, ".")
		if i, err := strconv.Atoi(number); err == nil && i >= n && i < maxTargets {
			n = i + 1
		}
	}
	if in.Do == "more" && n < maxTargets {
		n++
	}
	return n
}

// empty says that nothing was typed into a row.
func (in draftForm) empty(row int) bool {
	for _, name := range []string{"service", "completion.value", "completion_target", "response.value", "response_target"} {
		if in.target(row, name) != "" {
			return false
		}
	}
	return true
}

// match is the state that the form was made on.
func (in draftForm) match() web.IfMatch {
	if in.Revision == 0 {
		return web.IfMatch{}
	}
	return web.IfMatch{IfMatch: Agreement{Revision: in.Revision}.etag()}
}

// draft reads what was typed. Rows left empty fall away; errors name the rows as they were sent.
func (in draftForm) draft(snap *catalog.Snapshot) (d Draft, rows []int) {
	bad := &d.Unread
	d.From, d.To, d.Review = readDay(bad, "from", in.From), readDay(bad, "to", in.To), readDay(bad, "review", in.Review)
	t := &d.Terms
	t.Attainment, t.RightFirst = catalog.ReadPercent(bad, "attainment", in.Attainment), catalog.ReadPercent(bad, "right_first", in.RightFirst)
	t.Also, t.Exclusions, t.Purpose = in.Also, in.Exclusions, in.Purpose
	in.Do = ""
	for row := range in.rows() {
		if in.empty(row) {
			continue
		}
		at := fmt.Sprintf("targets.%d.", len(rows)) // as the rules count; asSent gives it the number of the row
		x := Target{Completion: in.duration(bad, at, row, "completion"), Response: in.duration(bad, at, row, "response"),
			CompletionTarget: catalog.ReadPercent(bad, at+"completion_target", in.target(row, "completion_target")), ResponseTarget: catalog.ReadPercent(bad, at+"response_target", in.target(row, "response_target"))}
		if service, ok := snap.ByCode(in.target(row, "service")); ok {
			x.Service = service.ID
		}
		t.Targets, rows = append(t.Targets, x), append(rows, row)
	}
	for _, kind := range DutyKinds {
		target, within := first(in.Duties[kind+".target"]), first(in.Duties[kind+".within"])
		if target == "" && within == "" {
			continue
		}
		x := Duty{Kind: kind, Target: catalog.ReadPercent(bad, "duties."+kind+".target", target)}
		if kind != DutyComplete && within != "" {
			n, err := strconv.Atoi(within)
			if err != nil {
				bad.Add("duties."+kind+".within", "agreement.whole")
			}
			x.Within = n
		}
		t.Duties = append(t.Duties, x)
	}
	return d, rows
}

func (in draftForm) duration(bad *fault.Fields, at string, row int, name string) calendar.Duration {
	return catalog.ReadDuration(bad, at+name, in.target(row, name+".value"), in.target(row, name+".unit"))
}

// asSent gives findings on rows, which the rules count without the empty ones, the numbers under which they were sent, and
// findings on duties their kinds.
func asSent(err error, rows []int, duties []Duty) error {
	f, ok := fault.As(err)
	if err == nil || !ok {
		return err
	}
	out := *f
	out.Fields = slices.Clone(f.Fields)
	for i, x := range out.Fields {
		list, rest, _ := strings.Cut(x.Name, ".")
		number, name, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		switch {
		case err != nil:
		case list == "targets" && n < len(rows):
			out.Fields[i].Name = fmt.Sprintf("targets.%d.%s", rows[n], name)
		case list == "duties" && n < len(duties):
			out.Fields[i].Name = "duties." + duties[n].Kind + "." + name
		}
	}
	return &out
}

// readDay reads 2026-12-01; "" is none.
func readDay(bad *fault.Fields, name, text string) int64 {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		bad.Add(name, "agreement.day-unread")
		return 0
	}
	return relation.DayOf(t)
}

func typedDay(day int64) string {
	if day == 0 {
		return ""
	}
	return dateOf(day).Format(time.DateOnly)
}

// formOf is a version as a form shows it.
func formOf(v Version, snap *catalog.Snapshot) draftForm {
	in := draftForm{From: typedDay(v.From), To: typedDay(v.To), Review: typedDay(v.Review), Attainment: catalog.TypedPercent(v.Terms.Attainment),
		RightFirst: catalog.TypedPercent(v.Terms.RightFirst), Also: v.Terms.Also, Exclusions: v.Terms.Exclusions, Purpose: v.Terms.Purpose,
		Targets: map[string][]string{}, Duties: map[string][]string{}}
	for i, t := range v.Terms.Targets {
		set := func(name, value string) { in.Targets[strconv.Itoa(i)+"."+name] = []string{value} }
		if x, ok := snap.ByID(t.Service); ok {
			set("service", x.Code)
		}
		for name, d := range map[string]calendar.Duration{"completion": t.Completion, "response": t.Response} {
			if !d.IsZero() {
				set(name+".value", strconv.Itoa(d.Value))
				set(name+".unit", d.Unit)
			}
		}
		set("completion_target", catalog.TypedPercent(t.CompletionTarget))
		set("response_target", catalog.TypedPercent(t.ResponseTarget))
	}
	for _, d := range v.Terms.Duties {
		in.Duties[d.Kind+".target"] = []string{catalog.TypedPercent(d.Target)}
		if d.Within > 0 {
			in.Duties[d.Kind+".within"] = []string{strconv.Itoa(d.Within)}
		}
	}
	return in
}

// units are the units of a filter: on either side, the provider, the customer; 0: any.
func (f Filter) units(tree *org.Tree) (out [3]org.ID, err error) {
	var bad fault.Fields
	for i, x := range []struct{ name, code string }{{"unit", f.Unit}, {"provider", f.Provider}, {"customer", f.Customer}} {
		if x.code == "" {
			continue
		}
		u, ok := tree.ByCode(x.code)
		if !ok {
			bad.Add(x.name, "agreement.unit-not-there")
		}
		out[i] = u.ID
	}
	if f.State != "" && !slices.Contains(States, f.State) {
		bad.Add("state", "agreement.state-unknown", "value", string(f.State))
	}
	return out, bad.Err()
}
