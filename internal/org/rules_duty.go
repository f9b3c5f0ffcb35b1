package org

import (
	"slices"
	"time"

	"neike/internal/kit/actor"
)

// dayShift is the longest shift; somebody on call for a week has one of it.
const dayShift = 7*24*time.Hour + time.Hour // an hour more in the week in which the clocks change

// readShift reads what was typed into a shift and says what is wrong with it by itself.
func readShift(h *Shift, in ShiftInput, zone *time.Location) []finding {
	var f []finding
	read := func(field, text string) (t time.Time) {
		var ok bool
		switch t, ok = readMoment(clean(text), zone, field == "until"); {
		case clean(text) == "":
			f = append(f, wrong(field, "org.required"))
		case !ok:
			f = append(f, wrong(field, "org.moment-malformed", "value", clean(text)))
		}
		return t
	}
	h.From, h.Until = read("from", in.From), read("until", in.Until)
	h.Task, h.Phone, h.Note = clean(in.Task), phoneOf(in.Phone), clean(in.Note)
	if !h.From.IsZero() && !h.Until.IsZero() {
		switch {
		case !h.Until.After(h.From):
			f = append(f, wrong("until", "org.absence-backwards"))
		case h.Until.Sub(h.From) > dayShift:
			f = append(f, wrong("until", "org.shift-too-long"))
		}
	}
	if h.Phone != "" && !phoneOK(h.Phone) {
		f = append(f, wrong("phone", "org.phone-malformed", "value", h.Phone))
	}
	f = append(f, checkText("task", h.Task, 60)...)
	return append(f, checkText("note", h.Note, 300)...)
}

// mayKeepDuty: the unit's secretary, who heads it or one above it, administration.
func mayKeepDuty(a actor.Actor, tree *Tree, unit ID) bool {
	return a.System || a.Import && a.Person == 0 || a.Has("admin") || over(a, unit, tree, "head", "secretary")
}

// mayReadHandover: the unit's own people, who heads it or one above it, and who keeps its list.
func mayReadHandover(a actor.Actor, tree *Tree, unit ID) bool {
	return mayKeepDuty(a, tree, unit) || slices.ContainsFunc(a.Groups, func(g actor.Group) bool {
		return g.ID == unit && (g.Role == "member" || g.Role == "agent")
	})
}

// lateNote is how long after a shift its note may still be written.
const lateNote = 3 * 24 * time.Hour

// checkNote says what is wrong with writing a hand-over note now.
func checkNote(h Shift, text string, now time.Time) []finding {
	switch {
	case now.Before(h.From):
		return []finding{wrong("text", "org.note-too-early")}
	case now.After(h.Until.Add(lateNote)):
		return []finding{wrong("text", "org.note-too-late")}
	case text == "":
		return []finding{wrong("text", "org.required")}
	case tooLong(text, 4000):
		return []finding{wrong("text", "org.too-long", "max", 4000)}
	}
	return nil
}

// weekOf is the Monday in which a moment lies, at its beginning in the zone.
func weekOf(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	y, m, d := local.Date()
	back := (int(local.Weekday()) + 6) % 7
	return time.Date(y, m, d-back, 0, 0, 0, 0, zone)
}
