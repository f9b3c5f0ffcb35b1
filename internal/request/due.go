package request

import (
	"context"
	"slices"

	"neike/internal/clock"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// catchUp writes into the log that a new version of the calendar moved the due time, before a verb that comes earlier
// than the job which tells everybody. The row itself is written with the verb.
func (s *Service) catchUp(ctx context.Context, tx *sqldb.Tx, t *turn) error {
	behind, err := s.behind(ctx, t.log)
	if err != nil || !behind || len(t.log) >= maxEvents-1-t.r.PartsOpen {
		return err
	}
	r := t.r
	states, err := s.reclock(ctx, &r, t.log, tx.Now)
	if err != nil {
		return err
	}
	e, moved := dueMoved(t.was, r, states, tx.Now)
	if !moved {
		return nil
	}
	e.At = t.at // at the moment of the verb, which may be told late
	if err := r.happen(e); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, e); err != nil {
		return err
	}
	t.r, t.log = r, append(t.log, e)
	return s.events.Emit(ctx, tx, s.dueWasMoved(r, e))
}

// behind says whether a calendar of the log has a version that the log does not know of.
func (s *Service) behind(ctx context.Context, log []Event) (bool, error) {
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return false, err
	}
	for _, in := range known(log) {
		if in.Calendar != "" && in.Version > 0 && len(book.Later(in.Calendar, in.Version)) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// known are the calendars of the customer's clocks, also those that a change of target led them into, each in the newest
// version that the log knows of.
func known(log []Event) []clock.In {
	var list []clock.In
	knows := func(in clock.In) {
		i := slices.IndexFunc(list, func(o clock.In) bool { return o.Calendar == in.Calendar })
		switch {
		case in.Calendar == "":
		case i < 0:
			list = append(list, in)
		default:
			list[i].Version = max(list[i].Version, in.Version)
		}
	}
	for _, e := range log {
		switch e.Kind {
		case VerbOpen:
			list = list[:0]
			if e.Terms.ResponseIn.Calendar == "" || e.Terms.CompletionIn.Calendar == "" { // a clock counts in the unit's
				knows(clock.In{Calendar: e.Terms.Calendar, Version: e.Terms.Version})
			}
			knows(e.Terms.ResponseIn)
			knows(e.Terms.CompletionIn)
		case VerbRetarget, VerbUrgent, VerbGrant, VerbPriority:
			knows(e.Terms.ResponseIn)
			knows(e.Terms.CompletionIn)
		case VerbDue:
			knows(clock.In{Calendar: e.Terms.Calendar, Version: e.Terms.Version})
		}
	}
	return list
}

// dueWasMoved is what is announced of a due event.
func (s *Service) dueWasMoved(r Request, e Event) DueMoved {
	return DueMoved{About: about(r, 0, e.At), Calendar: e.Terms.Calendar, Version: e.Terms.Version, From: e.DueFrom, To: e.DueTo}
}

// dueText is a due event in one sentence: what moved it, from when to when, and that it made nobody late who was not.
func (s *Service) dueText(ctx context.Context, v View, e Event) string {
	key := "request.did.due"
	if e.Why == clock.FirstResponse {
		key = "request.did.due-response"
	}
	text := lang.T(ctx, key, "cause", s.Calendar.CauseOf(ctx, e.Terms.Calendar, e.Terms.Version),
		"from", lang.DateTime(ctx, e.DueFrom), "to", lang.DateTime(ctx, e.DueTo))
	if !e.DueTo.After(e.At) && e.DueFrom.After(e.At) {
		text += lang.T(ctx, "request.did.due-late")
	}
	return text
}

// tellDues fills in the sentences of the due events that a view shows.
func (s *Service) tellDues(ctx context.Context, v *View) {
	for _, e := range v.Log {
		if e.Kind != VerbDue && e.Kind != VerbRetarget {
			continue
		}
		if v.dues == nil {
			v.dues = map[int]string{}
		}
		if e.Kind == VerbRetarget {
			v.dues[e.N] = s.retargetText(ctx, e)
			continue
		}
		v.dues[e.N] = s.dueText(ctx, *v, e)
	}
}
