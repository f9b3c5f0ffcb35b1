package place

// WasSaved says that a place was made or changed.
type WasSaved struct {
	Place ID     `json:"place"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	Unit  int64  `json:"unit"`
	New   bool   `json:"new,omitempty"`
}

// EventKind of WasSaved.
func (WasSaved) EventKind() string { return "place.was-saved" }

// EventSubject is the place.
func (e WasSaved) EventSubject() (string, int64) { return Subject, e.Place }

// WasRetired says that a place is out of use, with what lies under it.
type WasRetired struct {
	Place ID     `json:"place"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	With  int    `json:"with"` // how many places went out of use, this one included
}

// EventKind of WasRetired.
func (WasRetired) EventKind() string { return "place.was-retired" }

// EventSubject is the place.
func (e WasRetired) EventSubject() (string, int64) { return Subject, e.Place }

// WasRestored says that a place is in use again.
type WasRestored struct {
	Place ID     `json:"place"`
	Code  string `json:"code"`
	Name  string `json:"name"`
}

// EventKind of WasRestored.
func (WasRestored) EventKind() string { return "place.was-restored" }

// EventSubject is the place.
func (e WasRestored) EventSubject() (string, int64) { return Subject, e.Place }

// KindWasSet says which services all places of a kind offer that have none of their own.
type KindWasSet struct {
	Kind     string   `json:"kind"`
	Services []string `json:"services"` // codes
}

// EventKind of KindWasSet.
func (KindWasSet) EventKind() string { return "place.kind-was-set" }

// EventSubject is the house: a kind is no record.
func (KindWasSet) EventSubject() (string, int64) { return Subject, 0 }
