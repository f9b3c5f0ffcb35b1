package request

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// handlingAsk is what the address of the report says.
type handlingAsk struct {
	By   string `form:"by"`
	From string `form:"from"`
	To   string `form:"to"`
	Show string `form:"show"` // of the file: ways, or the rows
}

// handlingRowView is a unit or service of the report.
type handlingRowView struct {
	Name, N, Passed, Back string
	Parts                 []handlingPart // where its time went, shares of the whole
	Median                string         // "" too few to tell
	Late, Share, Delay    string         // Share "": too few to tell
}

// handlingPart is one way that time went.
type handlingPart struct{ Label, Share, Time string }

// handlingWayView is a way from one unit to another.
type handlingWayView struct{ From, To, HandOver, Declined, Back string }

// handlingView is what became of requests in the hands of units.
type handlingView struct {
	frame
	By       string
	Stats    []ui.StatProps
	Rows     []handlingRowView
	Ways     []handlingWayView
	WaysMore string
	Cut      string // "": all were followed
	WaysFile string
}

// askHandling reads the address and follows the requests.
func (s *Service) askHandling(r *http.Request) (handlingAsk, Handling, Span, error) {
	ctx := r.Context()
	var in handlingAsk
	if err := web.Decode(r, &in); err != nil {
		return in, Handling{}, Span{}, err
	}
	in.By = cmp.Or(in.By, ByUnit)
	span, err := SpanIn(in.From, in.To, s.db.Now().In(s.Org.Company(ctx).Location()))
	if err != nil {
		return in, Handling{}, span, err
	}
	h, err := s.HandlingOf(ctx, in.By, span)
	return in, h, span, err
}

// waysShown is how many ways the page shows; the file has them all.
const waysShown = 10

func (s *Service) showHandling(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, h, span, err := s.askHandling(r)
	if err != nil {
		return err
	}
	v := handlingView{frame: frameOf(r, "handling", []string{ByUnit, ByService}, in.By, span), By: in.By}
	v.WaysFile = v.File + "&show=ways"
	if h.Read < h.Of {
		v.Cut = lang.T(ctx, "request.handling.cut", "count", h.Read, "of", h.Of)
	}
	v.Stats = handlingStats(ctx, h)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	for _, x := range h.Rows {
		item, err := s.handledJSON(ctx, tree, x, in.By)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, handlingRowOf(ctx, x, item.Name.In(ctx)))
	}
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	for _, x := range h.Ways[:min(len(h.Ways), waysShown)] {
		v.Ways = append(v.Ways, handlingWayView{tree.FullName(ctx, x.From), tree.FullName(ctx, x.To), count(x.HandOver), count(x.Declined), count(x.Back)})
	}
	if more := len(h.Ways) - waysShown; more > 0 {
		v.WaysMore = lang.T(ctx, "request.handling.ways-more", "count", more)
	}
	return web.Show(w, r, http.StatusOK, handlingWhole(v), handlingContent(v))
}

// handlingStats are the figures over all.
func handlingStats(ctx context.Context, h Handling) []ui.StatProps {
	of := func(n int64) string {
		if h.Requests == 0 {
			return ""
		}
		return lang.T(ctx, "request.handling.of", "share", lang.Percent(ctx, float64(n)/float64(h.Requests), 1), "count", h.Requests)
	}
	stat := func(name string, n int64, detail string) ui.StatProps {
		return ui.StatProps{Label: lang.T(ctx, "request.handling."+name), Value: strconv.FormatInt(n, 10), Unit: lang.T(ctx, "request.handling.pieces", "count", n), Detail: detail}
	}
	return []ui.StatProps{stat("passed", h.Passed, of(h.Passed)), stat("came-back", h.CameBack, of(h.CameBack)), stat("quality", h.Quality, of(h.Quality)),
		{Label: lang.T(ctx, "request.handling.hops"), Value: strconv.FormatInt(h.HandlingTotals.Median, 10), Unit: lang.T(ctx, "request.handling.units", "count", h.HandlingTotals.Median),
			Detail: lang.T(ctx, "request.handling.hops-detail", "p90", h.P90, "most", h.Most)}}
}

func handlingRowOf(ctx context.Context, x Handled, name string) handlingRowView {
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	v := handlingRowView{Name: name, N: count(x.Requests), Passed: count(x.Sent + x.Declined), Back: count(x.Back), Late: count(x.Late)}
	for _, part := range []struct {
		name    string
		seconds int64
	}{{"in-hand", x.InHand}, {"waiting", x.Waiting}, {"parts", x.Parts}, {"paused", x.Paused}} {
		if share, ok := x.Share(part.seconds); ok && part.seconds > 0 {
			v.Parts = append(v.Parts, handlingPart{lang.T(ctx, "request.handling."+part.name), lang.Percent(ctx, share, 0), lang.WorkDuration(ctx, part.seconds)})
		}
	}
	if median, ok := x.Median(); ok {
		v.Median = lang.WorkDuration(ctx, median)
	}
	if share, ok := x.OwnShare(); ok {
		v.Share, v.Delay = lang.Percent(ctx, share, 0), lang.WorkDuration(ctx, x.Delay)
	}
	return v
}

func handlingHeads(ctx context.Context, v handlingView) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "request.report.by-"+v.By)}}
	names := []string{"n", "moved", "back", "time", "median", "late"}
	if v.By == ByUnit {
		names = append(names, "share")
	}
	for _, name := range names {
		out = append(out, ui.Column{Label: lang.T(ctx, "request.handling."+name), Numeric: name != "time"})
	}
	return out
}

func wayHeads(ctx context.Context) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "request.handling.from")}, {Label: lang.T(ctx, "request.handling.to")}}
	for _, name := range []string{"hand-over", "declined", "back"} {
		out = append(out, ui.Column{Label: lang.T(ctx, "request.handling."+name), Numeric: true})
	}
	return out
}

// handlingColumns are those of the files; their words are request.handling.NAME.
var (
	handlingColumns = []string{"name", "n", "hand-over", "declined", "got", "back", "waiting-seconds", "in-hand-seconds", "parts-seconds", "paused-seconds", "median-seconds",
		"late", "delayed", "share", "delay-seconds"}
	wayColumns = []string{"from", "to", "hand-over", "declined", "back"}
)

// showHandlingExport sends the rows, or the ways, as a file.
func (s *Service) showHandlingExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, h, _, err := s.askHandling(r)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "request.handling.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	columns := handlingColumns
	if in.Show == "ways" {
		columns = wayColumns
	}
	if err := out.Heading(ctx, "request.handling.", columns); err != nil {
		return err
	}
	if in.Show == "ways" {
		for _, x := range h.Ways {
			if err := out.Row(tree.FullName(ctx, x.From), tree.FullName(ctx, x.To), x.HandOver, x.Declined, x.Back); err != nil {
				return err
			}
		}
		return out.Close()
	}
	for _, x := range h.Rows {
		j, err := s.handledJSON(ctx, tree, x, in.By)
		if err != nil {
			return err
		}
		err = out.Row(j.Name.In(ctx), j.Requests, j.Sent, j.Declined, j.Got, j.Back, j.Waiting, j.InHand, j.Parts, j.Paused, cell(j.Median), j.Late, cell(j.Delayed),
			cell(j.Share), cell(j.Delay))
		if err != nil {
			return err
		}
	}
	return out.Close()
}

// cell is a figure of a sheet, or an empty one.
func cell[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}
