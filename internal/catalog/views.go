package catalog

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// promisePairs are the promises of a service as terms with their values; with a promise, until when each of them holds
// if it is asked now.
func promisePairs(ctx context.Context, s *Service, now *Promise) []ui.Pair {
	var pairs []ui.Pair
	add := func(term, text string) {
		if text != "" {
			pairs = append(pairs, ui.Pair{Term: lang.T(ctx, term), Text: text})
		}
	}
	std := s.Standard
	if !std.Response.IsZero() {
		text := std.Response.Label(ctx)
		if now != nil && !now.Response.IsZero() {
			text = lang.T(ctx, "catalog.until", "what", text, "at", lang.At(ctx, now.Response))
		}
		add("catalog.first-response", text)
		add("catalog.response-target", share(ctx, std.ResponseTarget))
	}
	if !std.NextResponse.IsZero() {
		add("catalog.next-response", lang.T(ctx, "catalog.next-response-text", "time", std.NextResponse.Label(ctx)))
		add("catalog.next-response-target", share(ctx, std.NextResponseTarget))
	}
	if s.Kind == Standing {
		add("catalog.due", schedule(ctx, s.Schedule))
		add("catalog.delivery-target", share(ctx, std.CompletionTarget))
	} else {
		if now == nil {
			add("catalog.done-within", std.Completion.Label(ctx))
		}
		add("catalog.completion-target", share(ctx, std.CompletionTarget))
	}
	if u := std.Urgent; u != (Urgent{}) {
		text := u.Completion.Label(ctx)
		if text == "" {
			text = u.Response.Label(ctx)
		}
		if text == "" {
			text = u.NextResponse.Label(ctx)
		}
		add("catalog.urgent-pair", text)
	}
	if std.Accuracy > 0 {
		pairs = append(pairs, ui.Pair{Term: std.Metric.In(ctx), Text: lang.T(ctx, "catalog.target", "share", share(ctx, std.Accuracy))})
	}
	add("catalog.satisfaction-pair", share(ctx, std.Satisfaction))
	add("catalog.measured", std.Measured.In(ctx))
	return pairs
}

// aboutPairs is what else one should know before asking: what to bring, what comes of it, who answers for it, and how it
// goes on afterwards.
func aboutPairs(ctx context.Context, v serviceView) []ui.Pair {
	var pairs []ui.Pair
	add := func(term, text string) {
		if text != "" {
			pairs = append(pairs, ui.Pair{Term: lang.T(ctx, term), Text: text})
		}
	}
	add("catalog.topic", v.TopicName)
	add("catalog.audience-for", v.For)
	add("catalog.inputs", v.Inputs.In(ctx))
	if v.Kind == Standing {
		add("catalog.owner", v.Owners)
		return pairs
	}
	add("catalog.deliverable", v.Deliverable.In(ctx))
	add("catalog.owner", v.Owners)
	if v.MayEdit {
		add("catalog.effort", v.Effort.In(ctx))
	}
	p := v.Policy
	if v.Support() {
		add("catalog.policy-readers", lang.T(ctx, "catalog.policy-confidential.support-text"))
		add("catalog.policy-crisis", p.Crisis.In(ctx))
		return pairs
	}
	add("catalog.policy-readers", lang.T(ctx, "catalog.policy-confidential."+string(p.Confidential)+"-text"))
	if p.AcceptDays > 0 {
		add("catalog.policy-accept_days", lang.T(ctx, "catalog.policy-accepts", "count", p.AcceptDays))
	}
	again := lang.T(ctx, "catalog.policy-reopen."+string(p.Reopen)+"-text")
	if p.Reopen == ReopenInGrace {
		again = lang.T(ctx, "catalog.policy-reopens", "count", p.ReopenDays)
	}
	add("catalog.policy-reopen", again)
	return pairs
}

// asked is the promise of a service that can be asked for now, nil otherwise.
func (v serviceView) asked() *Promise {
	if !v.Askable() || v.Promise.Due.IsZero() {
		return nil
	}
	return &v.Promise
}

func itoa(n int) string { return strconv.Itoa(n) }

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func standardsLead(ctx context.Context, v standardsView) string {
	if v.Starting > 0 {
		return lang.T(ctx, "catalog.standards-starting", "count", v.Starting)
	}
	return lang.T(ctx, "catalog.standards-lead")
}

func startingNote(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return lang.T(ctx, "catalog.starting-count", "count", n)
}

func clearHref(v standardsView) string {
	if v.Unit == "" {
		return ""
	}
	return "/standards"
}

// nextVersion is the number a changed standard will have.
func (v standardView) nextVersion() int { return len(v.Versions) + 1 }

func standardLead(ctx context.Context, v standardView) string {
	if v.Kind == Standing {
		return lang.T(ctx, "catalog.standard-lead-standing", "version", v.Version)
	}
	return lang.T(ctx, "catalog.standard-lead", "version", v.Version, "completion", brief(ctx, v.Standard.Completion))
}

// UnitOptions are the ways in which a duration counts, for a form.
func UnitOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, 0, len(calendar.Units))
	for _, unit := range calendar.Units {
		out = append(out, ui.Option{Value: unit, Text: calendar.UnitLabel(ctx, unit)})
	}
	return out
}

func unitHint(ctx context.Context, v standardView) string {
	return lang.T(ctx, "catalog.required") + v.Spread
}

// durationError is what is wrong with a duration: with its number, or with its unit.
func durationError(e ui.Errors, name string) string {
	if text := e.At(name + ".value"); text != "" {
		return text
	}
	return e.At(name + ".unit")
}

// exampleAttrs make the printed examples follow the number while it is typed.
func exampleAttrs(v standardView) templ.Attributes {
	if v.Kind != OnRequest {
		return nil
	}
	address := "/services/" + v.Code + "/standard"
	return templ.Attributes{
		"hx-get": address, "hx-trigger": "input changed delay:250ms from:[name='completion.value'], change from:[name='completion.unit'], change from:[name='completion_calendar'], change from:[name='example_at']",
		"hx-target": "#examples", "hx-select": "#examples", "hx-swap": "morph:outerHTML",
	}
}

// versionPairs lists the versions, newest first.
func versionPairs(ctx context.Context, s *Service) []ui.Pair {
	var pairs []ui.Pair
	for i := len(s.Versions) - 1; i >= 0; i-- {
		v := s.Versions[i]
		text := lang.Date(ctx, v.From)
		if !v.Standard.Completion.IsZero() {
			text += " · " + brief(ctx, v.Standard.Completion)
		}
		pairs = append(pairs, ui.Pair{Term: "v" + itoa(v.N), Text: text})
	}
	return pairs
}

func catalogLead(ctx context.Context, v catalogView) string {
	if v.Figures {
		return lang.T(ctx, "catalog.lead-kept", "units", v.Departments, "count", v.Services)
	}
	return lang.T(ctx, "catalog.lead", "units", v.Departments, "count", v.Services)
}

// trialJob is a dry run that is still counted, or that could not be.
func trialJob(ctx context.Context, v *trialView) ui.JobProps {
	p := ui.JobProps{ID: "dry-run", Title: v.Title, State: "running", Done: v.Done, Total: v.Total, Refresh: v.Refresh,
		Progress: lang.T(ctx, "catalog.trial-progress", "done", lang.Number(ctx, v.Done), "total", lang.Number(ctx, v.Total)), Text: lang.T(ctx, "catalog.trial-goes")}
	if v.Failed {
		p.State, p.Text = "failed", lang.T(ctx, "catalog.trial-failed")
	}
	return p
}
