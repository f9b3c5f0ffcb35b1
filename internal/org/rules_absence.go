package org

import (
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
)

const (
	// longestAbsence bounds an absence with an end, so that a slip in the year is noticed.
	longestAbsence = 3 * 366 * 24 * time.Hour
	// latestEntry is how long after its first day an absence may still be entered.
	latestEntry = 31 * 24 * time.Hour
	// deputySteps is how far a deputy who is away hands on to their own deputy.
	deputySteps = 5
)

// openEnded are the kinds whose end may be unknown.
var openEnded = []string{Leave, Sick}

// readMoment reads a day or a moment in a zone, as people and tables write them. A day that ends something counts to its
// end, and so does 24:00.
func readMoment(text string, zone *time.Location, end bool) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), true
	}
	text = strings.Join(strings.Fields(strings.Replace(lang.Narrow(text), "日", "日 ", 1)), " ")
	plain, midnight := strings.CutSuffix(text, "24:00")
	if midnight {
		text = plain + "00:00"
	}
	for _, day := range dayLayouts {
		for _, clock := range []string{"T15:04", " 15:04", "T15:04:05", " 15:04:05"} {
			t, err := time.ParseInLocation(day+clock, text, zone)
			if err != nil {
				continue
			}
			if midnight {
				t = t.AddDate(0, 0, 1)
			}
			return t.UTC(), true
		}
	}
	after, ok := lastDay(text, zone)
	if !ok {
		return time.Time{}, false
	}
	if !end {
		after = after.AddDate(0, 0, -1)
	}
	return after.UTC(), true
}

// readAbsence reads what was typed into an absence and says what cannot be read.
func readAbsence(a *Absence, in AbsenceInput, zone *time.Location) []finding {
	var f []finding
	a.Kind, a.Note = clean(in.Kind), clean(in.Note)
	from, until := clean(in.From), clean(in.Until)
	a.From, a.Until = time.Time{}, time.Time{}
	var ok bool
	switch a.From, ok = readMoment(from, zone, false); {
	case from == "":
		f = append(f, wrong("from", "org.required"))
	case !ok:
		f = append(f, wrong("from", "org.date-malformed", "value", from))
	}
	if until != "" {
		if a.Until, ok = readMoment(until, zone, true); !ok {
			f = append(f, wrong("until", "org.date-malformed", "value", until))
		}
	} else if slices.Contains(AbsenceKinds, a.Kind) && !slices.Contains(openEnded, a.Kind) {
		f = append(f, wrong("until", "org.absence-needs-end"))
	}
	if !slices.Contains(AbsenceKinds, a.Kind) {
		f = append(f, wrong("kind", "org.absence-kind-unknown", "value", a.Kind))
	}
	return append(f, checkText("note", a.Note, 500)...)
}

// checkAbsence says what is wrong with the times; was is the absence before the change, zero for a new one.
func checkAbsence(a, was Absence, now time.Time) []finding {
	var f []finding
	if a.From.IsZero() {
		return nil
	}
	if a.From.Before(now.Add(-latestEntry)) && !a.From.Equal(was.From) {
		f = append(f, wrong("from", "org.absence-too-late"))
	}
	switch {
	case a.Until.IsZero():
	case !a.Until.After(a.From):
		f = append(f, wrong("until", "org.absence-backwards"))
	case !a.Until.After(now):
		f = append(f, wrong("until", "org.absence-past"))
	case a.Until.Sub(a.From) > longestAbsence:
		f = append(f, wrong("until", "org.absence-too-long"))
	}
	return f
}

// over says whether the actor has one of the roles for the unit or one above it: a head and an office reach down, a
// secretary keeps the own unit.
func over(a actor.Actor, unit ID, tree *Tree, roles ...string) bool {
	return slices.ContainsFunc(a.Groups, func(g actor.Group) bool {
		return slices.Contains(roles, g.Role) && (g.ID == unit || g.Role != "secretary" && tree.Under(unit, g.ID))
	})
}

// covered are the persons for whom somebody stands in: who is away and named this one, and who is away and named one of
// those. covers gives for a person who named them, of those away now. In order of id; nobody stands in for themselves.
func covered(person ID, covers func(deputy ID) []ID) []ID {
	var out []ID
	reached := []ID{person}
	for range deputySteps {
		var next []ID
		for _, d := range reached {
			for _, p := range covers(d) {
				if p != person && !slices.Contains(out, p) {
					out, next = append(out, p), append(next, p)
				}
			}
		}
		if reached = next; len(reached) == 0 {
			break
		}
	}
	slices.Sort(out)
	return out
}

// standIns are the deputies of somebody who is away: the first of the chain who is there, or when nobody is, all of it.
// deputy gives whom a person who is away has named (0: nobody) and whether the person is away.
func standIns(person ID, deputy func(ID) (to ID, away bool)) []ID {
	var chain []ID
	for at := person; len(chain) <= deputySteps; {
		to, away := deputy(at)
		if !away && len(chain) > 0 {
			return chain[len(chain)-1:]
		}
		if !away || to == 0 || to == person || slices.Contains(chain, to) {
			break
		}
		chain = append(chain, to)
		at = to
	}
	return chain
}

// readActing reads what was typed and says what is wrong with it.
func readActing(a *Acting, in ActingInput, zone *time.Location, now time.Time) []finding {
	var f []finding
	a.Why = clean(in.Why)
	a.From = now
	if text := clean(in.From); text != "" {
		from, ok := readMoment(text, zone, false)
		if !ok {
			f = append(f, wrong("from", "org.date-malformed", "value", text))
		}
		if from.After(now) {
			a.From = from
		}
	}
	if text := clean(in.Until); text != "" {
		var ok bool
		switch a.Until, ok = readMoment(text, zone, true); {
		case !ok:
			f = append(f, wrong("until", "org.date-malformed", "value", text))
		case !a.Until.After(a.From):
			f = append(f, wrong("until", "org.absence-backwards"))
		}
	}
	return append(f, checkText("why", a.Why, 300)...)
}
