package directory

// Counts are what a run would do or did.
type Counts struct {
	UnitsNew      int `json:"units_new"`
	UnitsChanged  int `json:"units_changed"`
	UnitsClosed   int `json:"units_closed"`
	PeopleNew     int `json:"people_new"`
	PeopleChanged int `json:"people_changed"`
	PeopleStopped int `json:"people_stopped"`
	Linked        int `json:"linked"`
	Conflicts     int `json:"conflicts"`
	Kept          int `json:"kept"`
	Unchanged     int `json:"unchanged"`
}

// Changes is how many items there are to apply.
func (c Counts) Changes() int {
	return c.UnitsNew + c.UnitsChanged + c.UnitsClosed + c.PeopleNew + c.PeopleChanged + c.PeopleStopped + c.Linked
}

// Answer is what a test of a connection came to: a message and its values.
type Answer struct {
	OK   bool           `json:"ok"`
	Key  string         `json:"key,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}
