package request

import (
	"context"
	"slices"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func watchWord(v showView) string {
	if v.Watching {
		return "request.watching"
	}
	return "request.watch"
}

func pressed(on bool) string { return strconv.FormatBool(on) }

func kindOf(a act) string {
	if a.Primary {
		return "primary"
	}
	return ""
}

func sendKind(v verbView) string {
	if v.Danger {
		return "danger"
	}
	return "primary"
}

func sendWord(ctx context.Context, v verbView) string {
	return lang.T(ctx, "request.send."+string(v.Verb))
}

// draftOf is the key under which the words of a form are kept on this device; a choice is not worth keeping.
func draftOf(v verbView) string {
	switch v.Verb {
	case VerbAsk, VerbAnswer, VerbDeliver, VerbReturn, VerbDecline, VerbHandOver, VerbSettle, VerbCancel, VerbDisown, VerbPropose, VerbStage, VerbReopen:
		return string(v.Verb) + "-" + Ref(v.Number)
	}
	return ""
}

func clearPick(v pickView) string {
	if v.Query == "" {
		return ""
	}
	return "/requests/new"
}

func offerNote(o offer, withUnit bool) string {
	if withUnit {
		return o.Unit + " · " + o.Note
	}
	return o.Note
}

// seenOptions is the choice of who can see the request.
func seenOptions(ctx context.Context, v askView) []ui.Option {
	named := v.Typed.Seen == "named"
	return []ui.Option{
		{Value: "", Text: lang.T(ctx, "request.seen.usual", "unit", v.Unit), Selected: !named},
		{Value: "named", Text: lang.T(ctx, "request.seen.only-named"), Selected: named},
	}
}

func namedHint(ctx context.Context, v askView) string {
	if v.Heads == "" {
		return lang.T(ctx, "request.named-hint")
	}
	return lang.T(ctx, "request.named-hint-head", "name", v.Heads)
}

func promisePairs(ctx context.Context, p promiseView) []ui.Pair {
	var pairs []ui.Pair
	if p.Response != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "request.clock.response"), Text: lang.T(ctx, "request.promise.until", "what", p.ResponseTarget, "at", p.Response)})
	}
	if p.Accuracy != "" {
		pairs = append(pairs, ui.Pair{Term: p.Metric, Text: lang.T(ctx, "request.promise.target", "share", p.Accuracy)})
	}
	return pairs
}

func columns(ctx context.Context, v listView) []ui.Column {
	out := []ui.Column{
		{Label: lang.T(ctx, "request.column.due")},
		{Label: lang.T(ctx, "request.column.left"), Width: "m"}, {Label: lang.T(ctx, "request.column.request")},
		{Label: v.Other}, {Label: lang.T(ctx, "request.column.state")}, {Label: lang.T(ctx, "request.column.assignee")},
	}
	out = append(out, v.Columns...)
	if v.Bulk {
		if v.Unsorted != "" {
			out[0].SortHref = v.Unsorted
		} else {
			out[0].Sorted = "ascending"
		}
		out = append([]ui.Column{{Label: lang.T(ctx, "request.column.pick"), Hidden: true, Width: "s"}}, out...)
	}
	return out
}

// namedOptions is what the picker calls the head who is filled in.
func namedOptions(v askView) []ui.Option {
	if v.Heads == "" || v.Typed.Named == "" {
		return nil
	}
	return []ui.Option{{Value: v.Head, Text: v.Heads + " " + v.Head, Selected: true}}
}

// causeOptions are the causes that a form offers; none is preset.
func causeOptions(ctx context.Context, chosen string) []ui.Option {
	var out []ui.Option
	for _, c := range Causes {
		out = append(out, ui.Option{Value: string(c), Text: lang.T(ctx, "request.cause."+string(c)), Selected: string(c) == chosen})
	}
	return out
}

// partOptions is what the picker calls the service that is chosen.
func partOptions(row partRow) []ui.Option {
	if row.Service == "" {
		return nil
	}
	name := row.Name
	if name == "" {
		name = row.Service
	}
	return []ui.Option{{Value: row.Service, Text: name, Selected: true}}
}

// confidantHint says what naming somebody does to a confidential request.
func confidantHint(ctx context.Context, v verbView) string {
	if v.Verb == VerbSettle {
		return lang.T(ctx, "request.confidant-hint-settle")
	}
	return lang.T(ctx, "request.confidant-hint")
}

// unsettledWord is who is to decide what was handed over too often.
func unsettledWord(ctx context.Context, confidential bool) string {
	if confidential {
		return lang.T(ctx, "request.unsettled-confidential")
	}
	return lang.T(ctx, "request.unsettled")
}

// keepWord is the button that says no.
func keepWord(ctx context.Context, v verbView) string {
	if v.Verb == VerbGrant {
		return lang.T(ctx, "request.grant.no")
	}
	return lang.T(ctx, "request.date.keep")
}

// labels are the names of the fields in the summary of errors.
func labels(ctx context.Context) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"text", "reason", "unit", "person", "score", "reasons", "comment", "due_at", "agree", "cause", "title", "service", "customer_unit", "on_behalf_of", "named", "into", "others", "until"} {
		out[name] = lang.T(ctx, "request.field."+name)
	}
	return out
}

// reasonOptions are the reasons a rating may give.
func reasonOptions(ctx context.Context, chosen []string) []ui.Option {
	var out []ui.Option
	for _, r := range Reasons {
		out = append(out, ui.Option{Value: r, Text: lang.T(ctx, "request.reason."+r), Selected: slices.Contains(chosen, r)})
	}
	return out
}

// chosen marks the option that was chosen.
func chosen(options []ui.Option, value string) []ui.Option {
	for i := range options {
		options[i].Selected = options[i].Value == value && value != ""
	}
	return options
}
