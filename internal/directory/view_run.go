package directory

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func runLead(ctx context.Context, v runView) string {
	if v.State == Reading {
		return ""
	}
	return lang.T(ctx, "directory.run-lead", "departments", v.Departments, "users", v.Users)
}

// jobOf is a run at work.
func jobOf(ctx context.Context, v runView) ui.JobProps {
	p := ui.JobProps{ID: "run-job", Title: lang.T(ctx, "directory.state-"+v.State), State: "running", Refresh: pathOfRun(v.ID)}
	switch v.State {
	case Reading:
		p.Done, p.Total = int64(max(v.atN, 0)), int64(v.Departments+1)
		p.Progress = lang.Number(ctx, p.Done) + " / " + lang.Number(ctx, p.Total)
		p.Text = lang.T(ctx, "directory.reading-text", "count", v.Users, "calls", v.Calls)
	case Planning:
		p.Text = lang.T(ctx, "directory.planning-text")
	case Applying:
		p.Done, p.Total = int64(v.Run.Done), int64(v.Total)
		p.Progress = lang.Number(ctx, p.Done) + " / " + lang.Number(ctx, p.Total)
		p.Text = lang.T(ctx, "directory.applying-text")
	}
	return p
}

func failureWords(ctx context.Context, v runView) string {
	if v.Failure == nil {
		return lang.T(ctx, "directory.state-failed")
	}
	return lang.T(ctx, "directory.failed-note", "reason", v.Failure.In(ctx))
}

func doneWords(ctx context.Context, v runView) string {
	text := lang.T(ctx, "directory.done-note", "counts", countWords(ctx, v.Applied))
	if v.Applied.Failed > 0 {
		text += lang.T(ctx, "directory.done-failed", "count", v.Applied.Failed)
	}
	if !v.Stop && v.Leaving > 0 {
		text += lang.T(ctx, "directory.done-without", "count", v.Leaving)
	}
	return text
}

// guardWords say why nobody is stopped without a person.
func guardWords(ctx context.Context, v runView) string {
	if !v.Whole {
		return lang.T(ctx, "directory.guard-part", "count", v.Leaving, "linked", v.Linked)
	}
	return lang.T(ctx, "directory.guard-many", "count", v.Leaving, "linked", v.Linked)
}

// underOf stands under the name in the list of differences: whose account it is, and where it is in the directory.
func underOf(i Item) string {
	if i.Subject == "" || i.Place == "" {
		return i.Subject + i.Place
	}
	return i.Subject + " · " + i.Place
}

func suggestWords(ctx context.Context, a askLine) string {
	if a.Suggest != "" {
		return lang.T(ctx, "directory.place-suggest")
	}
	return ""
}

func unitValue(a askLine) string {
	if len(a.Unit) > 0 {
		return a.Unit[0].Value
	}
	return ""
}

func placeOptions(ctx context.Context, a askLine) []ui.Option {
	return []ui.Option{{Value: "", Text: lang.T(ctx, "directory.place-undecided"), Selected: a.Choice == ""},
		{Value: placeCreate, Text: lang.T(ctx, "directory.place-create"), Selected: a.Choice == placeCreate},
		{Value: placeIgnore, Text: lang.T(ctx, "directory.place-ignore"), Selected: a.Choice == placeIgnore}}
}

func showTabs(ctx context.Context, v runView) []ui.TabProps {
	var out []ui.TabProps
	for _, s := range shows {
		n := s.count(v.Run)
		if n == 0 && s.key != v.Show {
			continue
		}
		key := s.key
		if key == "" {
			key = "all"
		}
		t := ui.TabProps{Text: lang.T(ctx, "directory.show-"+key), Href: queryOf(pathOfRun(v.ID), "show", s.key), On: s.key == v.Show}
		if n > 0 {
			t.Count = lang.Number(ctx, n)
		}
		out = append(out, t)
	}
	return out
}

func logItems(ctx context.Context, log []Entry) []ui.TimelineItem {
	out := make([]ui.TimelineItem, len(log))
	for i, e := range log {
		out[i] = ui.TimelineItem{When: lang.Short(ctx, e.At), At: lang.ISO(e.At), Text: e.In(ctx)}
	}
	return out
}
