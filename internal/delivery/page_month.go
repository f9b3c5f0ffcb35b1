package delivery

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// monthView is what falls due in a month, in both directions.
type monthView struct {
	Title      string
	Prev, Next string
	Tabs       []ui.TabProps
	Weekdays   []string
	Weeks      [][]dayCell
	Lines      []dayCell // for the phone: days with something
	Others     int
}

// dayCell is one day of the month.
type dayCell struct {
	Day, Note string
	Off, Now  bool
	Outside   bool
	Items     []dayItem
}

// dayItem is a delivery of the day, or one that an arrangement will open.
type dayItem struct {
	Text, Href, Tone, Title string
	Incoming, Planned       bool
}

// showMonth is /deliveries/month?m=2026-11: what is due, what was, and what the arrangements of the reader's units will open.
func (s *Service) showMonth(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	zone := lang.Zone(ctx)
	first, err := time.ParseInLocation("2006-01", r.URL.Query().Get("m"), zone)
	if err != nil {
		now := lang.Now(ctx).In(zone)
		first = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone)
	}
	v, err := s.month(ctx, first)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, monthPage(v), monthContent(v))
}

// monthMost is how many deliveries a month shows.
const monthMost = web.MaxLimit

func (s *Service) month(ctx context.Context, first time.Time) (monthView, error) {
	next := first.AddDate(0, 1, 0)
	v := monthView{Title: lang.Month(ctx, first),
		Prev: "/deliveries/month?m=" + first.AddDate(0, -1, 0).Format("2006-01"), Next: "/deliveries/month?m=" + next.Format("2006-01"),
		Tabs: []ui.TabProps{{Text: lang.T(ctx, "delivery.list."+ViewBring), Href: "/deliveries?view=" + ViewBring}, {Text: lang.T(ctx, "delivery.list."+ViewReceive), Href: "/deliveries?view=" + ViewReceive},
			{Text: lang.T(ctx, "delivery.list.all"), Href: "/deliveries?view=all"}, {Text: lang.T(ctx, "delivery.list.month"), Href: "/deliveries/month", On: true},
			{Text: lang.T(ctx, "delivery.standing.title"), Href: "/deliveries/standing"}}}
	items := map[calendar.Date][]dayItem{}
	incoming, err := s.monthDue(ctx, first, next, items)
	if err != nil {
		return v, err
	}
	v.Others = incoming
	if err := s.monthPlanned(ctx, first, next, items); err != nil {
		return v, err
	}
	_, _, table, err := s.termsOf(ctx, actor.From(ctx).Unit)
	if err != nil {
		return v, err
	}
	for _, day := range calendar.Weekdays {
		v.Weekdays = append(v.Weekdays, lang.T(ctx, "delivery.weekday-short."+day))
	}
	begin := calendar.DateOf(first)
	end := calendar.DateOf(next)
	today := calendar.DateOf(lang.Now(ctx).In(lang.Zone(ctx)))
	for monday := begin - calendar.Date((int(begin.Weekday())+6)%7); monday < end; monday += 7 {
		var week []dayCell
		for d := monday; d < monday+7; d++ {
			c := dayCell{Day: strconv.Itoa(d.Time().Day()), Off: !table.Workday(d), Now: d == today, Outside: d < begin || d >= end}
			if facts := table.Days(d, d); len(facts) == 1 {
				c.Note = facts[0].Name.In(ctx)
			}
			if !c.Outside {
				c.Items = items[d]
			}
			week = append(week, c)
			if len(c.Items) > 0 {
				c.Day = lang.Date(ctx, calendar.Moment(d, "12:00", lang.Zone(ctx)))
				v.Lines = append(v.Lines, c)
			}
		}
		v.Weeks = append(v.Weeks, week)
	}
	return v, nil
}

// monthDue puts the deliveries of a month on their days, and says how many more there are.
func (s *Service) monthDue(ctx context.Context, first, next time.Time, items map[calendar.Date][]dayItem) (more int, err error) {
	sc, _, err := s.eyeOf(ctx)
	if err != nil {
		return 0, err
	}
	zone := lang.Zone(ctx)
	for _, view := range []string{ViewBring, ViewReceive} {
		page, err := s.List(ctx, Filter{View: view, DueFrom: first.UTC(), DueBefore: next.UTC(), Limit: monthMost})
		if err != nil {
			return 0, err
		}
		if page.NextCursor != "" {
			more++
		}
		for _, l := range page.Items {
			_, both := slices.BinarySearch(sc.serves, l.Provider)
			if view == ViewReceive && (both || l.Assignee == sc.person) {
				continue // shown as what one brings
			}
			tag := stateTag(ctx, l.State)
			day := calendar.DateOf(l.Due.In(zone))
			items[day] = append(items[day], dayItem{Text: l.Title, Href: link(l.Number), Tone: tag.Tone, Title: l.Ref() + " · " + tag.Text, Incoming: view == ViewReceive})
		}
	}
	return more, nil
}

// monthPlanned adds what the arrangements of the reader's units will open.
func (s *Service) monthPlanned(ctx context.Context, first, next time.Time, items map[calendar.Date][]dayItem) error {
	sc, tree, err := s.eyeOf(ctx)
	if err != nil {
		return err
	}
	page, err := s.Standings(ctx, StandingFilter{State: Active, Limit: web.MaxLimit})
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	from := s.db.Now()
	if first.After(from) {
		from = first.Add(-time.Millisecond)
	}
	for _, st := range page.Items {
		_, serves := slices.BinarySearch(sc.serves, st.Provider)
		_, _, table, err := s.termsOf(ctx, st.Provider)
		if err != nil {
			return err
		}
		sv, ok := snap.ByID(st.Service)
		if !ok {
			continue
		}
		for _, c := range st.Customers {
			_, asks := slices.BinarySearch(sc.asks, c.Unit)
			if !serves && !asks && c.Receiver != sc.person {
				continue
			}
			for _, o := range st.due(table, c, 40) {
				if !o.At.Before(next) {
					break
				}
				if !o.At.Before(first) && o.At.After(from) {
					items[o.Date] = append(items[o.Date], dayItem{Text: sv.Name.In(ctx), Href: standingLink(st.Number), Planned: true, Incoming: !serves,
						Title: lang.T(ctx, "delivery.month.planned", "customer", tree.FullName(ctx, c.Unit))})
				}
			}
		}
	}
	return nil
}
