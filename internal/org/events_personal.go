package org

// PersonalDataWasCopied says that somebody took a copy of what the house keeps about a person.
type PersonalDataWasCopied struct {
	Person ID   `json:"person"`
	Own    bool `json:"own"` // by the person
}

// EventKind of PersonalDataWasCopied.
func (PersonalDataWasCopied) EventKind() string { return "org.personal-data-was-copied" }

// EventSubject of PersonalDataWasCopied.
func (e PersonalDataWasCopied) EventSubject() (string, int64) { return "person", e.Person }

// PersonWasHeld says that somebody's data must be kept, or need not be any more.
type PersonWasHeld struct {
	Person ID     `json:"person"`
	Held   bool   `json:"held"`
	Why    string `json:"why,omitempty"`
}

// EventKind of PersonWasHeld.
func (PersonWasHeld) EventKind() string { return "org.person-was-held" }

// EventSubject of PersonWasHeld.
func (e PersonWasHeld) EventSubject() (string, int64) { return "person", e.Person }

// PersonWasErased says that the personal data of somebody who had left is gone, and how many rows of what went.
type PersonWasErased struct {
	Person ID             `json:"person"`
	ByRule bool           `json:"by_rule"`
	Counts map[string]int `json:"counts"`
}

// EventKind of PersonWasErased.
func (PersonWasErased) EventKind() string { return "org.person-was-erased" }

// EventSubject of PersonWasErased.
func (e PersonWasErased) EventSubject() (string, int64) { return "person", e.Person }
