package request

import (
	"errors"
	"fmt"
	"time"
)

// away is the pause after which somebody has left the form and come back. The house sees the form only when it is opened, sent,
// refused or kept; what lies between two such moments is work up to this long, and beyond it nobody can say.
const away = 10 * time.Minute

// oldestForm is how long a form may have been open and still be measured: as long as a draft is kept.
const oldestForm = draftDays * 24 * time.Hour

// stint is the work on one form, from its first opening on.
type stint struct {
	from, last time.Time     // first opening; when the house last saw it
	took       time.Duration // of work until then
	left       bool          // left for longer than a pause
}

// begunAt is a form that is opened now.
func begunAt(now time.Time) stint { return stint{from: now, last: now} }

// seen is the stint when the house sees the form again.
func (x stint) seen(now time.Time) stint {
	switch gap := now.Sub(x.last); {
	case gap > away:
		x.left = true
	case gap > 0:
		x.took += gap
	}
	if now.After(x.last) {
		x.last = now
	}
	return x
}

// joined is what the page says and what the draft says of the same form: the later word counts, and who left has left. Of
// different forms the page's own.
func (x stint) joined(draft stint) stint {
	if !draft.from.Equal(x.from) {
		return x
	}
	left := x.left || draft.left
	if draft.last.After(x.last) {
		x = draft
	}
	x.left = left
	return x
}

// after is the stint of a form whose asker filed another request meanwhile, from a second tab, or by going back: no second
// belongs to two requests.
func (x stint) after(filed time.Time) stint {
	switch {
	case !filed.After(x.from):
		return x
	case !filed.Before(x.last):
		return stint{from: filed, last: filed}
	}
	x.took = min(x.took, x.last.Sub(filed))
	return x
}

var errStint = errors.New("no stint")

// text is the stint as it is sealed, for one person and one service.
func (x stint) text(person, service int64) string {
	left := 0
	if x.left {
		left = 1
	}
	return fmt.Sprintf("%d %d %d %d %d %d", person, service, x.from.UnixMilli(), x.last.UnixMilli(), x.took.Milliseconds(), left)
}

// stintOf reads text; of another person, another service, the future or long ago it is none.
func stintOf(text string, person, service int64, now time.Time) (stint, error) {
	var who, what, from, last, took int64
	var left int
	if _, err := fmt.Sscanf(text, "%d %d %d %d %d %d", &who, &what, &from, &last, &took, &left); err != nil {
		return stint{}, err
	}
	x := stint{from: time.UnixMilli(from).UTC(), last: time.UnixMilli(last).UTC(), took: time.Duration(took) * time.Millisecond, left: left == 1}
	if who != person || what != service || x.from.After(now) || x.last.After(now) || now.Sub(x.from) > oldestForm {
		return stint{}, errStint
	}
	return x, nil
}

// Ways are how a request came to be raised: by the one it is for; by somebody else for that person (代提, 代录); by a program of the
// company's; from a file of another system.
var Ways = []string{WaySelf, WayBehalf, WayProgram, WayImport}

// The ways by name.
const (
	WaySelf    = "self"
	WayBehalf  = "behalf"
	WayProgram = "program"
	WayImport  = "import"
)
