package insight

import (
	"context"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func clearCost(v costView) string {
	if v.Question.Month == "" {
		return ""
	}
	return "/insight/cost" + costQuestion{}.query(v.Question.Unit)
}

func monthFilter(ctx context.Context, v costView) ui.Filter {
	f := ui.Filter{Name: "month", Label: lang.T(ctx, "insight.month"), On: v.Question.Month != ""}
	for _, m := range v.Months {
		f.Options = append(f.Options, ui.Option{Value: m.text(), Text: m.words(ctx), Selected: m == v.Month})
	}
	return f
}

// costStats are the four figures on top: all of it, a person in the middle, raising a request, an event of an agent.
func costStats(ctx context.Context, v costView) []ui.StatProps {
	t := v.Tally.Total
	all := ui.StatProps{Label: lang.T(ctx, "insight.stat-all"), Value: t.minutes(ctx)}
	middle := ui.StatProps{Label: lang.T(ctx, "insight.stat-middle"), Value: personal(ctx, t.Median, t.Mark)}
	if t.Mark == open {
		all.Unit, all.Detail = lang.T(ctx, "insight.minutes"), lang.T(ctx, "insight.stat-all-of", "acts", t.N)
		if t.Median >= 0 {
			middle.Unit = lang.T(ctx, "insight.minutes")
		}
		if t.Tenth >= 0 {
			middle.Detail = lang.T(ctx, "insight.stat-tenth", "minutes", minutes(t.Tenth))
		}
	}
	raise := ui.StatProps{Label: lang.T(ctx, "insight.stat-raise"), Value: "–", Detail: lang.T(ctx, "insight.stat-budget", "seconds", v.Budgets[budgetRaise])}
	if l := v.All.Lasting; v.All.shown() && l.N > 0 {
		raise.Value, raise.Unit, raise.Verdict = lang.Number(ctx, l.Median), lang.T(ctx, "insight.suffix-seconds"), v.All.Verdict
		if l.MedianSays {
			raise.Detail = lang.T(ctx, "insight.stat-raise-of", "low", l.MedianLow, "high", l.MedianHigh, "n", l.N, "seconds", v.Budgets[budgetRaise])
		}
	}
	agent := ui.StatProps{Label: lang.T(ctx, "insight.stat-agent"), Value: "–", Detail: lang.T(ctx, "insight.stat-budget", "seconds", v.Budgets[budgetAgent])}
	if each, ok := v.agentEach(); ok {
		agent.Value, agent.Unit = lang.Number(ctx, each), lang.T(ctx, "insight.suffix-seconds")
		agent.Detail = lang.T(ctx, "insight.stat-agent-of", "seconds", v.Budgets[budgetAgent])
	}
	return []ui.StatProps{all, middle, raise, agent}
}

// overText names the acts that take most of a role of whom too much is asked.
func overText(ctx context.Context, v costView, r asking) string {
	names := causeNames(ctx, v, r.Role)
	if names == "" {
		return lang.T(ctx, "insight.over-text", "role", r.name(ctx), "median", minutes(r.Median), "budget", minutes(r.Budget))
	}
	return lang.T(ctx, "insight.over-causes", "role", r.name(ctx), "median", minutes(r.Median), "budget", minutes(r.Budget), "causes", names)
}

// causeNames are the acts that take most of a role's time; "" where none may be shown.
func causeNames(ctx context.Context, v costView, role Role) string {
	var names []string
	for _, a := range v.causes(role) {
		names = append(names, lang.T(ctx, "insight.cause", "act", a.name(ctx), "minutes", minutes(a.Seconds)))
	}
	return strings.Join(names, lang.T(ctx, "insight.and"))
}

// agentOver says what takes the time of agents when an event takes them longer than the budget; "": it does not.
func agentOver(ctx context.Context, v costView) string {
	each, ok := v.agentEach()
	names := causeNames(ctx, v, Agent)
	if !ok || each <= v.Budgets[budgetAgent] || names == "" {
		return ""
	}
	return lang.T(ctx, "insight.over-agent", "seconds", each, "budget", v.Budgets[budgetAgent], "causes", names)
}

func runningNote(ctx context.Context, v costView) string {
	if v.Running {
		return lang.T(ctx, "insight.running-note")
	}
	return ""
}

func counted(ctx context.Context, n int, m mark) string {
	if m != open {
		return m.text(ctx)
	}
	return lang.Number(ctx, n)
}

func budgetText(ctx context.Context, r asking) string {
	if r.Budget == 0 {
		return "–"
	}
	return minutes(r.Budget)
}

func middleText(ctx context.Context, r raising) string {
	l := r.Lasting
	switch {
	case l.N == 0:
		return "–"
	case !r.shown():
		return fewer.text(ctx)
	}
	return interval(ctx, l.Median, l.MedianLow, l.MedianHigh, l.MedianSays)
}

func eightyText(ctx context.Context, r raising) string {
	l := r.Lasting
	switch {
	case l.N == 0:
		return "–"
	case !r.shown():
		return fewer.text(ctx)
	}
	return interval(ctx, l.Eighty, l.EightyLow, l.EightyHigh, l.EightySays)
}

func assumeHint(ctx context.Context, a Assumption) string {
	if a.Role == "" {
		return lang.T(ctx, "insight.assume-hint-budget", "usual", a.Usual)
	}
	return lang.T(ctx, "insight.assume-hint", "role", lang.T(ctx, "insight.role-"+string(a.Role)), "usual", a.Usual)
}

func asksText(ctx context.Context, r unitRowView) string {
	if r.Asks {
		return lang.T(ctx, "insight.units-asks")
	}
	return "–"
}

func lacksText(ctx context.Context, r unitRowView) string {
	if len(r.Lacks) == 0 {
		return "–"
	}
	return strings.Join(r.Lacks, lang.T(ctx, "insight.and"))
}

func exportHref(v unitsView) string {
	href := "/insight/units/export" + question{}.query(v.Adoption.Unit.Code)
	if v.State != "" {
		href += "&state=" + v.State
	}
	return href
}

// heads are columns by the names of their words; those that begin with # are numbers, with - for screen readers alone.
func heads(ctx context.Context, names ...string) []ui.Column {
	out := make([]ui.Column, len(names))
	for i, name := range names {
		number, hidden := strings.HasPrefix(name, "#"), strings.HasPrefix(name, "-")
		out[i] = ui.Column{Label: lang.T(ctx, "insight."+strings.TrimLeft(name, "#-")), Numeric: number, Hidden: hidden}
	}
	return out
}

func roleColumns(ctx context.Context) []ui.Column {
	return heads(ctx, "column-role", "#column-people-acted", "#column-acts", "#column-minutes", "#column-median", "#column-tenth", "#column-budget", "-state")
}

func actColumns(ctx context.Context) []ui.Column {
	list := heads(ctx, "column-act", "column-role", "#column-acts", "#column-seconds", "#column-minutes", "-share")
	list[5].Width = "m"
	return list
}

func branchColumns(ctx context.Context) []ui.Column {
	return heads(ctx, "column-unit", "#column-people-acted", "#column-acts", "#column-minutes", "#column-median")
}

func yearColumns(ctx context.Context) []ui.Column {
	list := heads(ctx, "month", "#column-acts", "#column-minutes", "-share", "#column-median")
	list[3].Width = "l"
	return list
}

func raiseColumns(ctx context.Context) []ui.Column {
	return heads(ctx, "column-service", "#column-raised", "#column-middle", "#column-eighty", "#column-n", "#column-left", "#column-unmeasured", "#column-program", "-state")
}

func unitListColumns(ctx context.Context) []ui.Column {
	return heads(ctx, "column-unit", "state", "#column-services", "column-asks", "column-lacks")
}
