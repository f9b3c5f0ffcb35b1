package org

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// ShiftsAhead are the shifts of a unit that begin in [from, until), the first first.
func (s *Service) ShiftsAhead(ctx context.Context, rd sqldb.Reader, unit ID, from, until time.Time) ([]Shift, error) {
	return shiftsBegun(ctx, rd, unit, from, until)
}

// UnitsOnDuty are the units of which a shift begins in [from, until).
func (s *Service) UnitsOnDuty(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]ID, error) {
	return unitsOnDuty(ctx, rd, from, until)
}

// UnitsOfDuty are the units that a person has a shift for which is not over.
func (s *Service) UnitsOfDuty(ctx context.Context, rd sqldb.Reader, person ID) ([]ID, error) {
	return unitsOfDuty(ctx, rd, person, rd.Instant())
}

// DutyFalls says who is there for a shift that is not over, as absences are known now: the person of the list, or who
// stands in when that one is away as it begins. Nobody: the person is away and has named nobody.
func (s *Service) DutyFalls(ctx context.Context, h Shift) ([]ID, error) {
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	at := h.From
	if now := s.now(); at.Before(now) {
		at = now
	}
	if _, away := st.absent(h.Person, at); !away {
		return []ID{h.Person}, nil
	}
	return slices.DeleteFunc(st.deputies(h.Person, at), func(d ID) bool {
		_, away := st.absent(d, at)
		return away
	}), nil
}

// DutySign is a shift in words: where it is shown, and which note the one before left.
type DutySign struct {
	Shift
	Title string // unit, day, time and task
	Href  string // of the duty list, in the week of the shift
	Note  string // the hand-over note of the one before, "" when none is there
}

// DutySigns puts shifts into words for the actor of ctx, by id; those that are no longer there are left out. It is the
// unit's local time.
func (s *Service) DutySigns(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]DutySign, error) {
	list, err := sqldb.AllQ(ctx, rd, scanShift, sqldb.Select(`select `+shiftColumns+` from org_shift`).In("id", ids))
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[ID]DutySign, len(list))
	for _, h := range list {
		u, _ := tree.ByID(h.Unit)
		sign := DutySign{Shift: h, Title: s.DutyTitle(ctx, tree, h.Unit, h.From, h.Until), Href: weekHref(u.Code, h.From.In(tree.Zone(u.ID, s.Company(ctx))).Format(time.DateOnly))}
		if h.Task != "" {
			sign.Title = joined(sign.Title, h.Task)
		}
		note, err := noteBefore(ctx, rd, h.Unit, h.From)
		if err != nil {
			return nil, err
		}
		if note != 0 {
			sign.Note = dutyHref(u) + "#note-" + idText(note)
		}
		out[h.ID] = sign
	}
	return out, nil
}

// DutyTitle is a unit with the day and time of a shift, in the unit's local time.
func (s *Service) DutyTitle(ctx context.Context, tree *Tree, unit ID, from, until time.Time) string {
	zone := tree.Zone(unit, s.Company(ctx))
	ctx = lang.InZone(ctx, zone)
	return tree.Name(ctx, unit) + " " + lang.Date(ctx, from) + " " + shiftTime(ctx, Shift{From: from, Until: until}, zone)
}
