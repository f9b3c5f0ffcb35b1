package calendar

import (
	"context"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
)

// versionsShown is how many versions a calendar's page lists.
const versionsShown = 12

// factsOf says what a calendar is and where each fact comes from: of its own, of its base, or worked out.
func (b *Book) factsOf(ctx context.Context, e *edition, t *Table) []ui.Pair {
	from := func(text string, own bool) string {
		if own || e.input.Base == "" {
			return text
		}
		return lang.T(ctx, "calendar.from-base", "text", text, "name", b.newest(e.input.Base).Name.In(ctx))
	}
	r := &e.Rules
	list := []ui.Pair{{Term: lang.T(ctx, "calendar.code"), Text: e.Code}}
	if base := b.newest(e.input.Base); base != nil {
		list = append(list, ui.Pair{Term: lang.T(ctx, "calendar.form.base"), Text: base.Name.In(ctx), Href: pathOf(base.Code)})
	}
	list = append(list,
		ui.Pair{Term: lang.T(ctx, "calendar.hours"), Text: from(summary(ctx, r), !e.own.unset.hours)},
		ui.Pair{Term: lang.T(ctx, "calendar.zone"), Text: from(r.Zone, e.own.Zone != "")},
		ui.Pair{Term: lang.T(ctx, "calendar.standard-day"), Text: lang.WorkDuration(ctx, int64(t.standard/time.Second))},
	)
	if r.Turn != nil {
		list = append(list, ui.Pair{Term: lang.T(ctx, "calendar.form.anchor"), Text: lang.Date(ctx, noon(ctx, r.Turn.Anchor))})
	}
	statutory := lang.T(ctx, "calendar.form.statutory-none")
	if s := r.Statutory; s != nil {
		key := "calendar.statutory-" + s.Code
		if !s.Makeup {
			key += noMakeup
		}
		statutory = lang.T(ctx, key)
	}
	list = append(list, ui.Pair{Term: lang.T(ctx, "calendar.statutory"), Text: from(statutory, !e.own.unset.statutory)})
	return append(list, ui.Pair{Term: lang.T(ctx, "calendar.published"), Text: e.label(ctx)})
}

// stretchRow is a shutdown or season on a calendar's page.
type stretchRow struct{ Days, Name, What, From string }

// stretches lists those that have not ended, the own ones and the base's, in order.
func (b *Book) stretches(ctx context.Context, e *edition, today Date) []stretchRow {
	type found struct {
		Range
		code string
	}
	var list []found
	for code, r := e.Code, &e.Rules; r != nil; r = r.Under {
		for _, x := range r.Ranges {
			if x.To >= today {
				list = append(list, found{x, code})
			}
		}
		if under := b.newest(code); under != nil {
			code = under.input.Base
		}
	}
	sorting.Stable(list, func(x, y found) int { return int(x.From - y.From) })
	var out []stretchRow
	for _, x := range list {
		row := stretchRow{Days: runDays(ctx, Run{From: x.From, To: x.To}), Name: x.Name.In(ctx), What: lang.T(ctx, "calendar.stretch."+x.Kind)}
		if len(x.Hours) > 0 {
			row.What += " " + spansText(x.Hours)
		}
		if x.code != e.Code && b.Has(x.code) {
			row.From = b.newest(x.code).Name.In(ctx)
		}
		out = append(out, row)
	}
	return out
}

// versionRow is a version in the history of a calendar.
type versionRow struct{ Number, At, Why string }

func (b *Book) history(ctx context.Context, code string) []versionRow {
	var out []versionRow
	list := b.calendars[code]
	for _, e := range slices.Backward(list) {
		if len(out) == versionsShown {
			break
		}
		row := versionRow{Number: e.label(ctx), Why: lang.T(ctx, "calendar.cause.own")}
		if !e.At.IsZero() {
			row.At = lang.DateTime(ctx, e.At)
		}
		base, year := e.Follows()
		switch {
		case year != "":
			row.Why = lang.T(ctx, "calendar.cause.follows-year", "year", year)
		case base && b.Has(e.input.Base):
			row.Why = lang.T(ctx, "calendar.cause.follows-base", "name", b.newest(e.input.Base).Name.In(ctx), "version", strconv.Itoa(e.base))
		}
		out = append(out, row)
	}
	return out
}

// unitsShown is how many units a calendar's page names.
const unitsShown = 40

// unitsIn names the units that count in a calendar: those that chose it, and how many take it over from above.
func (s *Service) unitsIn(ctx context.Context, code string) (own []ui.Crumb, inherit int, err error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, u := range tree.All() {
		of, err := s.CodeFor(ctx, u.ID)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case of != code:
		case u.Calendar == code && len(own) < unitsShown:
			own = append(own, ui.Crumb{Label: u.Label(ctx), Href: UnitHref(u.Code)})
		default:
			inherit++
		}
	}
	return own, inherit, nil
}
