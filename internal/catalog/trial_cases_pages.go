package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type trialCasesView struct {
	Name, Title, Lead, Back, Next string
	Items                         []TrialCase
	Hidden                        int
	Code                          string
	Turns                         bool // answers to what customers said next
}

// showTrialCases lists exactly what would be on the other side.
func (c *Catalog) showTrialCases(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	s, err := c.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if _, err := c.mayStandard(ctx, s); err != nil {
		return err
	}
	id, _ := strconv.ParseInt(q.Get("trial"), 10, 64)
	if id == 0 {
		return web.See(w, r, "/services/"+s.Code+"/standard")
	}
	t, err := c.Tried(ctx, s.Code, id)
	if err != nil {
		return err
	}
	list := TrialList{Turns: q.Get("clock") == clock.NextResponse, Better: q.Get("side") == "better", Limit: 50}
	if list.After, err = placeAt(q.Get("cursor")); err != nil {
		return err
	}
	page, err := c.trials.CasesOf(ctx, t, list)
	if err != nil {
		return err
	}
	v := trialCasesView{Name: s.Name.In(ctx), Code: s.Code, Title: lang.T(ctx, "catalog.trial-"+list.key(), "count", list.count(t.Result)), Items: page.Items, Hidden: page.Hidden,
		Lead: lang.T(ctx, "catalog.trial-days", "from", lang.Date(ctx, t.From), "to", lang.Date(ctx, t.To.Add(-time.Second))) + lang.T(ctx, "ui.comma") + list.promise(t.Standard).Label(ctx),
		Back: "/services/" + s.Code + "/standard", Turns: list.Turns}
	if cursor := page.Next.cursor(); cursor != "" {
		v.Next = list.href(s, t) + "&cursor=" + cursor
	}
	return web.Show(w, r, http.StatusOK, trialCasesPage(v), nil)
}

// key is the end of the sentence that counts the list.
func (l TrialList) key() string {
	key := l.side()
	if l.Turns {
		key = "next-" + key
	}
	return key
}

func (l TrialList) side() string {
	if l.Better {
		return "better"
	}
	return "worse"
}

// count is how many stand on the list.
func (l TrialList) count(r *TrialResult) int64 {
	if r == nil {
		return 0
	}
	better, worse := r.Better, r.Worse
	if l.Turns {
		if r.Next == nil {
			return 0
		}
		better, worse = r.Next.Better, r.Next.Worse
	}
	if l.Better {
		return better
	}
	return worse
}

// promise is the time that the list is about.
func (l TrialList) promise(std Standard) calendar.Duration {
	if l.Turns {
		return std.NextResponse
	}
	return std.Completion
}

// href is the address of the list.
func (l TrialList) href(s *Service, t Trial) string {
	q := url.Values{"trial": {strconv.FormatInt(t.ID, 10)}, "side": {l.side()}}
	if l.Turns {
		q.Set("clock", clock.NextResponse)
	}
	return "/services/" + s.Code + "/standard/cases?" + q.Encode()
}

// trialColumns are those of the list; of a turn also since when the customer waited.
func trialColumns(ctx context.Context, v trialCasesView) []ui.Column {
	list := []ui.Column{{Label: lang.T(ctx, "catalog.trial-request")}, {Label: lang.T(ctx, "catalog.trial-customer")}}
	if v.Turns {
		list = append(list, ui.Column{Label: lang.T(ctx, "catalog.trial-next-said")})
	}
	return append(list, ui.Column{Label: lang.T(ctx, "catalog.trial-was-due")}, ui.Column{Label: lang.T(ctx, "catalog.trial-would-due")})
}

// shortOrNone is a moment, or a dash where there is none.
func shortOrNone(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return lang.Short(ctx, t)
}
