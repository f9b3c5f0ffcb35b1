package org

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/xlsx"
)

// dutyWeeks is how many weeks a file of a duty list holds, the one shown first.
const dutyWeeks = 8

// showDutyExport sends a unit's duty list as a file that the import takes, to those who keep it: the
// week shown and the seven after it.
func (s *Service) showDutyExport(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	u, ok := tree.ByCode(r.PathValue("code"))
	if !ok || !mayKeepDuty(actor.From(ctx), tree, u.ID) {
		return fault.ErrNotFound
	}
	zone := tree.Zone(u.ID, s.Company(ctx))
	monday := s.mondayOf(q.Get("week"), zone)
	var shifts []Shift
	var people map[ID]Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if shifts, err = shiftsIn(ctx, rd, u.ID, monday, monday.AddDate(0, 0, 7*dutyWeeks)); err != nil {
			return err
		}
		ids := make([]ID, len(shifts))
		for i, sh := range shifts {
			ids[i] = sh.Person
		}
		people, err = s.Names(ctx, rd, ids)
		return err
	})
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, q.Get("format"), lang.T(ctx, "org.duty-of", "unit", u.Label(ctx))+"_"+monday.Format("20060102"))
	if err != nil {
		return err
	}
	var head []any
	for _, c := range s.dutyKind().Columns {
		head = append(head, c.Label.In(ctx))
	}
	if err := out.Row(head...); err != nil {
		return err
	}
	for _, sh := range shifts {
		if err := out.Row(u.Code, sh.From.In(zone), sh.Until.In(zone), people[sh.Person].No, sh.Task, sh.Phone, sh.Note); err != nil {
			return err
		}
	}
	return out.Close()
}

// mondayOf is the week that an address names by one of its days, or the present one.
func (s *Service) mondayOf(week string, zone *time.Location) time.Time {
	if t, err := time.ParseInLocation(time.DateOnly, week, zone); err == nil {
		return weekOf(t, zone)
	}
	return weekOf(s.now(), zone)
}
