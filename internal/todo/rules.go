package todo

import (
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
)

// Verb is how the page speaks of an obligation.
type Verb struct {
	Label   string // message id of the button that leads to the act: "todo.verb.answer"
	Icon    string // of kit/ui
	Serving bool   // owed to a customer of mine; false: owed by me as the customer
	Own     bool   // nobody does it in another's place: an opinion
}

// usualVerbs are those of the walking path. A higher room adds its own.
var usualVerbs = map[string]Verb{
	"take":         {Label: "todo.verb.take", Icon: "inbox", Serving: true},
	"reply":        {Label: "todo.verb.reply", Icon: "message-2", Serving: true},
	"deliver":      {Label: "todo.verb.deliver", Icon: "file-invoice", Serving: true},
	"rework":       {Label: "todo.verb.rework", Icon: "refresh", Serving: true},
	"answer":       {Label: "todo.verb.answer", Icon: "message-question"},
	"confirm":      {Label: "todo.verb.confirm", Icon: "circle-check"},
	"agree-date":   {Label: "todo.verb.agree-date", Icon: "calendar"},
	"grant-urgent": {Label: "todo.verb.grant-urgent", Icon: "alert-triangle"},
	"cause":        {Label: "todo.verb.cause", Icon: "alert-triangle", Serving: true},
	"cause-answer": {Label: "todo.verb.cause-answer", Icon: "message-question"},
	"cause-decide": {Label: "todo.verb.cause-decide", Icon: "checkbox", Serving: true},
	"pause-decide": {Label: "todo.verb.pause-decide", Icon: "clock", Serving: true},
	"press":        {Label: "todo.verb.press", Icon: "alert-triangle", Serving: true},
	"accept":       {Label: "todo.verb.accept", Icon: "checkbox"},
	"rate":         {Label: "todo.verb.rate", Icon: "star", Own: true},
}

// Verb is the entry of the code; for an unknown code one that says 'open'.
func (s *Service) Verb(code string) Verb {
	if v, ok := s.verbs[code]; ok {
		return v
	}
	return Verb{Label: "todo.verb.open", Icon: "file-invoice", Serving: true}
}

// AddVerb makes a verb known, or gives a usual one another label. Call it while wiring.
func (s *Service) AddVerb(code string, v Verb) { s.verbs[code] = v }

// never is the due time of what is due at no time: it sorts after all others and stays exact in JavaScript.
const never int64 = 1 << 52

// dueOf is the column for a due time.
func dueOf(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMilli()
}

// placeOf is the due time by which a todo is ordered: an invitation comes after all that is owed.
func placeOf(t Todo) int64 {
	if t.Due.IsZero() && !t.Until.IsZero() {
		return never + 1
	}
	return dueOf(t.Due)
}

// timeOf is the due time of a column.
func timeOf(ms int64) time.Time {
	if ms >= never || ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// own is the actor as a holder.
func own(a actor.Actor) access.Holder { return access.Holder{Kind: "person", ID: a.Person} }

// unitsOf lists the unit holders through which the actor may take what nobody has claimed: each unit as a member,
// and as agent or head where the actor is one.
func unitsOf(a actor.Actor) []access.Holder {
	var out []access.Holder
	known := map[access.Holder]bool{}
	add := func(unit int64, role string) {
		h := access.Holder{Kind: "unit", ID: unit, Role: role}
		if !known[h] {
			known[h] = true
			out = append(out, h)
		}
	}
	for _, g := range a.Groups {
		switch g.Role {
		case "agent", "head":
			add(g.ID, "")
			add(g.ID, g.Role)
		case "member":
			add(g.ID, "")
		}
	}
	return out
}

// Urgency says how near the due time is: "late", "soon" (today, or within two hours of working time), "" later or
// never.
func urgency(due, now time.Time, left time.Duration, zone *time.Location) string {
	switch {
	case due.IsZero():
		return ""
	case now.After(due):
		return "late"
	case left <= 2*time.Hour && sameDay(due, now, zone):
		return "soon"
	default:
		return ""
	}
}

func sameDay(a, b time.Time, zone *time.Location) bool {
	ay, am, ad := a.In(zone).Date()
	by, bm, bd := b.In(zone).Date()
	return ay == by && am == bm && ad == bd
}

// bothSides puts what somebody owes as a customer into a list that others fill, in place of its last lines: a busy provider
// finds what waits for the customer in them as well.
func bothSides(list, served []Entry) []Entry {
	there := map[ID]bool{}
	for _, e := range list {
		there[e.ID] = true
	}
	var missing []Entry
	for _, e := range served {
		if !there[e.ID] {
			missing = append(missing, e)
		}
	}
	out := append([]Entry(nil), list...)
	for drop, i := len(missing), len(out)-1; drop > 0 && i >= 0; i-- {
		if out[i].Serving {
			out = append(out[:i], out[i+1:]...)
			drop--
		}
	}
	return append(out, missing...)
}
