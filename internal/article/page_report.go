package article

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// reported is how many days back a report looks when nothing is asked.
const reported = 84

// span reads the two days of a report; without them the last twelve weeks.
func (s *Service) span(ctx context.Context, from, to string) (first, last time.Time, err error) {
	zone := s.Org.Company(ctx).Location()
	now := s.db.Now().In(zone)
	last = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	first = last.AddDate(0, 0, 1-reported)
	var f fault.Fields
	for _, x := range []struct {
		name, text string
		into       *time.Time
	}{{"from", from, &first}, {"to", to, &last}} {
		if x.text == "" {
			continue
		}
		t, err := time.ParseInLocation(time.DateOnly, x.text, zone)
		if err != nil {
			f.Add(x.name, "article.day-unknown")
			continue
		}
		*x.into = t
	}
	if f.Len() == 0 && last.Before(first) {
		f.Add("to", "article.days-turned")
	}
	return first, last, f.Err()
}

// reportRow is one line of a report.
type reportRow struct {
	Count
	Name, Href, Note string
	Share            string
	Whisker          *ui.WhiskerProps
	Detail           string
}

type reportView struct {
	Services, Articles []reportRow
	Filter             ui.FilterProps
	Errors             ui.Errors
	Query              string
}

func (s *Service) showReport(w http.ResponseWriter, r *http.Request) error {
	ctx, q, status := r.Context(), r.URL.Query(), http.StatusOK
	v := reportView{Filter: ui.FilterProps{Action: "/articles/report", Clear: "/articles/report",
		Dates: []ui.FilterDate{{Name: "from", Label: lang.T(ctx, "article.from"), Value: q.Get("from")}, {Name: "to", Label: lang.T(ctx, "article.to"), Value: q.Get("to")}}}}
	first, last, err := s.span(ctx, q.Get("from"), q.Get("to"))
	if err != nil {
		v.Errors, status = ui.ErrorsOf(ctx, err, nil), http.StatusUnprocessableEntity
		return web.Show(w, r, status, reportPage(v), nil)
	}
	v.Query = url.Values{"from": {first.Format(time.DateOnly)}, "to": {last.Format(time.DateOnly)}}.Encode()
	if v.Services, v.Articles, err = s.rows(ctx, first, last); err != nil {
		return err
	}
	return web.Show(w, r, status, reportPage(v), nil)
}

// rows are the lines of a report in the reader's words.
func (s *Service) rows(ctx context.Context, first, last time.Time) (services, articles []reportRow, err error) {
	zone := s.Org.Company(ctx).Location()
	rep, err := s.Reported(ctx, dayOf(first, zone), dayOf(last, zone))
	if err != nil {
		return nil, nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, nil, err
	}
	heads := make(map[ID]*Head, len(sh.all))
	for _, h := range sh.all {
		heads[h.ID] = h
	}
	for _, c := range rep.Services {
		if sv, ok := snap.ByID(c.Service); ok {
			services = append(services, rowOf(ctx, c, sv.Name.In(ctx), "/articles?service="+sv.Code, sv.Code))
		}
	}
	for _, c := range rep.Articles {
		sv, ok := snap.ByID(c.Service)
		h := heads[c.Article]
		if ok && h != nil {
			articles = append(articles, rowOf(ctx, c, h.Title.In(ctx), h.Link(), h.Ref()+" · "+sv.Name.In(ctx)))
		}
	}
	return services, articles, nil
}

func rowOf(ctx context.Context, c Count, name, href, note string) reportRow {
	row := reportRow{Count: c, Name: name, Href: href, Note: note, Share: lang.T(ctx, "article.cannot-tell")}
	value, low, high, ok := c.Share()
	if !ok {
		row.Detail = lang.T(ctx, "article.only-few", "count", c.Known())
		return row
	}
	row.Share = lang.Percent(ctx, value, 0)
	row.Whisker = &ui.WhiskerProps{Value: value * 100, Low: low * 100, High: high * 100, Max: 100, NoTarget: true, Verdict: "undetermined"}
	row.Detail = lang.T(ctx, "article.interval", "low", lang.Percent(ctx, low, 0), "high", lang.Percent(ctx, high, 0), "count", c.Known())
	return row
}

// showReportExport sends the report as a file.
func (s *Service) showReportExport(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	first, last, err := s.span(ctx, q.Get("from"), q.Get("to"))
	if err != nil {
		return err
	}
	services, articles, err := s.rows(ctx, first, last)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, q.Get("format"), lang.T(ctx, "article.report"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "article.column-", []string{"what", "number", "name", "shown", "opened", "solved", "asked", "share", "interval"}); err != nil {
		return err
	}
	for _, part := range []struct {
		what string
		rows []reportRow
	}{{"article.by-service", services}, {"article.by-article", articles}} {
		for _, x := range part.rows {
			share, interval := "", ""
			if value, low, high, ok := x.Count.Share(); ok {
				share, interval = strconv.FormatFloat(value, 'f', 4, 64), strconv.FormatFloat(low, 'f', 4, 64)+"–"+strconv.FormatFloat(high, 'f', 4, 64)
			}
			if err := out.Row(lang.T(ctx, part.what), x.Note, x.Name, x.Shown, x.Opened, x.Solved, x.Asked, share, interval); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

type articleReportInput struct {
	From string `query:"from" doc:"First day, 2026-10-01; default: twelve weeks ago"`
	To   string `query:"to" doc:"Last day, counted; default: today"`
}

type articleCountJSON struct {
	Service  string      `json:"service"`
	Article  *string     `json:"article" doc:"null: the forms of the service"`
	Shown    int64       `json:"shown"`
	Opened   int64       `json:"opened"`
	Solved   int64       `json:"solved" doc:"Nothing was sent: it was solved by reading"`
	Asked    int64       `json:"asked" doc:"Read, and sent all the same"`
	N        int64       `json:"n" doc:"solved + asked: those whose end is known; opened less n left without a word"`
	Share    *float64    `json:"share" doc:"solved / n; null below 5"`
	Interval *[2]float64 `json:"interval" doc:"95 % Wilson interval"`
	Reason   string      `json:"reason,omitempty" enum:"few"`
}

type articleReportOutput struct {
	Body struct {
		From     string             `json:"from"`
		To       string             `json:"to"`
		Services []articleCountJSON `json:"services" nullable:"false"`
		Articles []articleCountJSON `json:"articles" nullable:"false"`
	}
}

func (s *Service) getReport(ctx context.Context, in *articleReportInput) (*articleReportOutput, error) {
	first, last, err := s.span(ctx, in.From, in.To)
	if err != nil {
		return nil, err
	}
	zone := s.Org.Company(ctx).Location()
	rep, err := s.Reported(ctx, dayOf(first, zone), dayOf(last, zone))
	if err != nil {
		return nil, err
	}
	out := &articleReportOutput{}
	out.Body.From, out.Body.To = first.Format(time.DateOnly), last.Format(time.DateOnly)
	if out.Body.Services, err = s.wireCounts(ctx, rep.Services); err != nil {
		return nil, err
	}
	out.Body.Articles, err = s.wireCounts(ctx, rep.Articles)
	return out, err
}

func (s *Service) wireCounts(ctx context.Context, list []Count) ([]articleCountJSON, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	sh, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	refs := make(map[ID]string, len(sh.all))
	for _, h := range sh.all {
		refs[h.ID] = h.Ref()
	}
	out := []articleCountJSON{}
	for _, c := range list {
		sv, ok := snap.ByID(c.Service)
		if !ok {
			continue
		}
		j := articleCountJSON{Service: sv.Code, Shown: c.Shown, Opened: c.Opened, Solved: c.Solved, Asked: c.Asked, N: c.Known(), Reason: "few"}
		if ref := refs[c.Article]; c.Article != 0 {
			j.Article = &ref
		}
		if value, low, high, ok := c.Share(); ok {
			j.Share, j.Interval, j.Reason = &value, &[2]float64{low, high}, ""
		}
		out = append(out, j)
	}
	return out, nil
}
