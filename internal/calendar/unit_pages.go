package calendar

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// nextRuns is how many of the next days off a unit's page lists, within nextDays.
const (
	nextRuns = 8
	nextDays = 400
)

// unitView is the working time of a unit: now, this week, the next days off.
type unitView struct {
	Unit, Calendar, Hours string
	CalendarHref          string
	FeedHref, TestHref    string
	Now, Tone, Then       string
	Warning               string
	Week                  []weekRow
	Next                  []runRow
	Calendars             []ui.Crumb
}

type weekRow struct {
	Day, Hours, Length string
	Today, Open        bool
	Note               string
}

type runRow struct {
	Days, Name  string
	Work        bool
	Provisional bool
}

// UnitHref is the page of a unit's working time.
func UnitHref(code string) string { return "/calendars?unit=" + url.QueryEscape(code) }

// showUnit says whether a unit works: the one named, or the reader's own.
func (s *Service) showUnit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	unit, err := s.unitAsked(ctx, r.URL.Query().Get("unit"))
	if err != nil {
		return err
	}
	v, err := s.unitView(ctx, unit)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, unitPage(v), nil)
}

// unitAsked is the unit of a code, or the reader's own; the zero unit is the company as a whole.
func (s *Service) unitAsked(ctx context.Context, code string) (org.Unit, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return org.Unit{}, err
	}
	if code != "" {
		u, ok := tree.ByCode(code)
		if !ok {
			return u, fault.ErrNotFound
		}
		return u, nil
	}
	u, _ := tree.ByID(actor.From(ctx).Unit)
	return u, nil
}

func (s *Service) unitView(ctx context.Context, unit org.Unit) (unitView, error) {
	code, err := s.CodeFor(ctx, unit.ID)
	if err != nil {
		return unitView{}, err
	}
	b, err := s.Book(ctx)
	if err != nil {
		return unitView{}, err
	}
	table, err := b.Table(code, 0)
	if err != nil {
		return unitView{}, err
	}
	now, _ := b.Current(code)
	v := unitView{Unit: s.units.Company(ctx).Name.In(ctx), Calendar: now.Name.In(ctx), Hours: summary(ctx, &now.Rules), CalendarHref: pathOf(code),
		FeedHref: "/calendars/" + url.PathEscape(code) + "/days-off.ics", TestHref: testPath(code), Warning: now.provisional(ctx, "calendar.year-provisional")}
	if unit.ID != 0 {
		tree, err := s.units.Tree(ctx)
		if err != nil {
			return v, err
		}
		v.Unit = tree.FullName(ctx, unit.ID)
	}
	for _, c := range b.Codes() {
		v.Calendars = append(v.Calendars, ui.Crumb{Label: b.newest(c).Name.In(ctx), Href: testPath(c)})
	}
	at := s.db.Now()
	v.now(ctx, table, at)
	v.week(ctx, table, DateOf(at.In(table.loc)))
	v.next(ctx, table, DateOf(at.In(table.loc)))
	return v, nil
}

func (v *unitView) now(ctx context.Context, t *Table, at time.Time) {
	open, until := t.Now(at)
	local := lang.At(ctx, until)
	switch {
	case open && until.IsZero():
		v.Now, v.Tone = lang.T(ctx, "calendar.now.always"), "good"
	case open:
		v.Now, v.Tone, v.Then = lang.T(ctx, "calendar.now.open"), "good", lang.T(ctx, "calendar.now.until", "at", local)
	default:
		v.Now, v.Tone = lang.T(ctx, "calendar.now.closed"), ""
		if !until.IsZero() {
			v.Then = lang.T(ctx, "calendar.now.opens", "at", local)
		}
	}
}

// week lists the days from Monday on.
func (v *unitView) week(ctx context.Context, t *Table, today Date) {
	monday := today - Date((today.Weekday()+6)%7)
	for _, d := range t.Days(monday, monday+6) {
		p := t.planOn(d.Date)
		row := weekRow{Day: lang.Date(ctx, noon(ctx, d.Date)), Today: d.Date == today, Open: len(d.Hours) > 0}
		if row.Open {
			row.Hours, row.Length, row.Note = spansText(d.Hours), hoursMinutes(d.Seconds), openReason(p).In(ctx)
		} else {
			_, why := closedReason(p)
			row.Note = why.In(ctx)
		}
		v.Week = append(v.Week, row)
	}
}

func (v *unitView) next(ctx context.Context, t *Table, today Date) {
	for _, r := range t.Runs(today, nextDays) {
		if len(v.Next) == nextRuns {
			return
		}
		v.Next = append(v.Next, runRow{Days: runDays(ctx, r), Name: runName(ctx, r), Work: r.Work, Provisional: r.Provisional})
	}
}

// runDays is 10月1日 周四–10月7日 周三（7 天）.
func runDays(ctx context.Context, r Run) string {
	text := lang.Date(ctx, noon(ctx, r.From))
	if r.To > r.From {
		text = lang.T(ctx, "calendar.next.days", "from", text, "to", lang.ShortDate(ctx, noon(ctx, r.To)), "count", strconv.Itoa(int(r.To-r.From)+1))
	}
	return text
}

func runName(ctx context.Context, r Run) string {
	key := "calendar.feed.off"
	if r.Work {
		key = "calendar.feed.work"
	}
	if r.Name.Empty() {
		return lang.T(ctx, key)
	}
	return lang.T(ctx, key+"-named", "name", r.Name.In(ctx))
}

// sendFeed gives the days off of this year and the next to calendar programs.
func (s *Service) sendFeed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := s.Book(ctx)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	table, err := b.Table(code, 0)
	if err != nil {
		return err
	}
	now, _ := b.Current(code)
	year := s.db.Now().In(table.loc).Year()
	from := NewDate(year, 1, 1)
	runs := table.Runs(from, int(NewDate(min(year+2, LastYear+1), 1, 1)-from))
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+code+`.ics"`)
	h.Set("Cache-Control", "private, max-age=3600")
	_, err = w.Write([]byte(feed(ctx, code, now.Name.In(ctx), runs, now.At)))
	return err
}

// statusIcon is the shape beside 'works now'; of closed hours it is a clock.
func statusIcon(tone string) string {
	if tone == "" {
		return "clock"
	}
	return ""
}
