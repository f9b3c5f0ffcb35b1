package org

import "time"

// AboutAbsence is what every event of an absence carries. Its kind is nobody's business but the person's, those above
// and the people office's: it is not in it.
type AboutAbsence struct {
	Absence ID        `json:"absence"`
	Person  ID        `json:"person"`
	Deputy  ID        `json:"deputy,omitempty"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"`
	By      ID        `json:"by,omitempty"`     // who entered it
	Change  ID        `json:"change,omitempty"` // that handed over what the person had
}

func about(a Absence) AboutAbsence {
	return AboutAbsence{a.ID, a.Person, a.Deputy, a.From, a.Until, a.By, a.Change}
}

// EventSubject names the person.
func (a AboutAbsence) EventSubject() (string, int64) { return "person", a.Person }

type (
	// AbsenceSet says that an absence was entered, changed or ended by hand.
	AbsenceSet struct {
		AboutAbsence
		What string `json:"what"`                 // created, changed, ended
		Was  ID     `json:"was_deputy,omitempty"` // deputy before
	}
	// AbsenceBegan says that somebody is away from now on, and the deputy's turn has come.
	AbsenceBegan struct{ AboutAbsence }
	// AbsenceEnded says that somebody is back, and the deputy's turn is over.
	AbsenceEnded struct{ AboutAbsence }
)

// EventKind is the name of the event in the log.
func (AbsenceSet) EventKind() string   { return "org.absence-was-set" }
func (AbsenceBegan) EventKind() string { return "org.absence-began" }
func (AbsenceEnded) EventKind() string { return "org.absence-ended" }

// ActingWasSet says that somebody was made acting head of a unit, began, or no longer is.
type ActingWasSet struct {
	Unit   ID        `json:"unit"`
	Person ID        `json:"person"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	What   string    `json:"what"` // created, began, ended
}

// EventKind of ActingWasSet.
func (ActingWasSet) EventKind() string { return "org.acting-was-set" }

// EventSubject of ActingWasSet.
func (e ActingWasSet) EventSubject() (string, int64) { return "unit", e.Unit }
