package request

import (
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// frame is what the reports over a span of days have in common.
type frame struct {
	Reports []ui.TabProps // this report and the ones beside it, over the same span
	Groups  []ui.SegmentProps
	Filter  ui.FilterProps
	Span    string // the span in words
	File    string // address of the report as a file
}

// frameOf is that of /reports/NAME, grouped by one of groups.
func frameOf(r *http.Request, name string, groups []string, by string, span Span) frame {
	ctx, q := r.Context(), r.URL.Query()
	f := frame{Span: lang.T(ctx, "request.report.span", "from", lang.AtDate(ctx, span.From), "to", lang.AtDate(ctx, span.To.Add(-time.Second)))}
	f.Filter = ui.FilterProps{Action: "/reports/" + name, Hidden: map[string]string{"by": by}}
	for _, end := range []string{"from", "to"} {
		f.Filter.Dates = append(f.Filter.Dates, ui.FilterDate{Name: end, Label: lang.T(ctx, "request.report."+end), Value: q.Get(end)})
	}
	for _, g := range groups {
		q.Set("by", g)
		f.Groups = append(f.Groups, ui.SegmentProps{Text: lang.T(ctx, "request.report.by-"+g), Href: f.Filter.Action + "?" + q.Encode(), On: g == by})
	}
	q.Set("by", by)
	f.File = f.Filter.Action + "/export?" + q.Encode()
	for other := range q {
		if other != "from" && other != "to" {
			q.Del(other)
		}
	}
	for _, report := range []string{"attainment", "handling"} {
		href := "/reports/" + report
		if len(q) > 0 {
			href += "?" + q.Encode()
		}
		f.Reports = append(f.Reports, ui.TabProps{Text: lang.T(ctx, "request.reports."+report), Href: href, On: report == name})
	}
	return f
}
