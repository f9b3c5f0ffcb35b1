package directory

// ConnectionWasSaved says that a connection was made, changed, ended or resumed. It names the secrets that were set and
// holds none.
type ConnectionWasSaved struct {
	Connection ID       `json:"connection"`
	Kind       string   `json:"kind"`
	What       string   `json:"what"`              // created, changed, ended, resumed
	Secrets    []string `json:"secrets,omitempty"` // names of those set anew
}

// EventKind of ConnectionWasSaved.
func (ConnectionWasSaved) EventKind() string { return "directory.connection-was-saved" }

// EventSubject of ConnectionWasSaved.
func (e ConnectionWasSaved) EventSubject() (string, int64) { return "connection", e.Connection }

// PersonWasLinked says that an account of a connection is a person now.
type PersonWasLinked struct {
	Person     int64  `json:"person"`
	Connection ID     `json:"connection"`
	Subject    string `json:"subject"`
	Why        string `json:"why"` // no, userid, phone, email, hand, renamed, created
}

// EventKind of PersonWasLinked.
func (PersonWasLinked) EventKind() string { return "directory.person-was-linked" }

// EventSubject of PersonWasLinked.
func (e PersonWasLinked) EventSubject() (string, int64) { return "person", e.Person }

// PersonWasUnlinked says that an account is a person no longer.
type PersonWasUnlinked struct {
	Person     int64  `json:"person"`
	Connection ID     `json:"connection"`
	Subject    string `json:"subject"`
}

// EventKind of PersonWasUnlinked.
func (PersonWasUnlinked) EventKind() string { return "directory.person-was-unlinked" }

// EventSubject of PersonWasUnlinked.
func (e PersonWasUnlinked) EventSubject() (string, int64) { return "person", e.Person }

// SyncWasPlanned says that a run has been read and compared. Waits is set when somebody has to look at it.
type SyncWasPlanned struct {
	Connection ID   `json:"connection"`
	Run        ID   `json:"run"`
	Changes    int  `json:"changes"`
	Leaving    int  `json:"leaving"` // people who would be stopped
	Asks       int  `json:"asks"`    // departments that nobody has placed yet
	Waits      bool `json:"waits"`
}

// EventKind of SyncWasPlanned.
func (SyncWasPlanned) EventKind() string { return "directory.sync-was-planned" }

// EventSubject of SyncWasPlanned.
func (e SyncWasPlanned) EventSubject() (string, int64) { return "connection", e.Connection }

// SyncWasApplied says that a run has ended and what it did.
type SyncWasApplied struct {
	Connection ID     `json:"connection"`
	Run        ID     `json:"run"`
	Counts     Counts `json:"counts"`
}

// EventKind of SyncWasApplied.
func (SyncWasApplied) EventKind() string { return "directory.sync-was-applied" }

// EventSubject of SyncWasApplied.
func (e SyncWasApplied) EventSubject() (string, int64) { return "connection", e.Connection }
