package catalog

import "neike/internal/calendar"

// ServiceWasDrafted says that a service was written down; nobody is offered it yet.
type ServiceWasDrafted struct {
	Service ID     `json:"service"`
	Code    string `json:"code"`
	Unit    int64  `json:"unit"`
}

// EventKind of ServiceWasDrafted.
func (ServiceWasDrafted) EventKind() string { return "catalog.service-was-drafted" }

// EventSubject of ServiceWasDrafted.
func (e ServiceWasDrafted) EventSubject() (string, int64) { return "service", e.Service }

// ServiceWasChanged says that the words, the unit or the form of a service were changed.
type ServiceWasChanged struct {
	Service ID       `json:"service"`
	Code    string   `json:"code"`
	What    []string `json:"what"` // words, place, form, schedule
	Version int      `json:"version"`
	Pack    string   `json:"pack,omitempty"`
}

// EventKind of ServiceWasChanged.
func (ServiceWasChanged) EventKind() string { return "catalog.service-was-changed" }

// EventSubject of ServiceWasChanged.
func (e ServiceWasChanged) EventSubject() (string, int64) { return "service", e.Service }

// ServiceWasPublished says that a service is offered from now on.
type ServiceWasPublished struct {
	Service ID     `json:"service"`
	Code    string `json:"code"`
	Unit    int64  `json:"unit"`
	Pack    string `json:"pack,omitempty"` // it came with a pack
}

// EventKind of ServiceWasPublished.
func (ServiceWasPublished) EventKind() string { return "catalog.service-was-published" }

// EventSubject of ServiceWasPublished.
func (e ServiceWasPublished) EventSubject() (string, int64) { return "service", e.Service }

// ServiceWasRetired says that a service is not offered any more; requests that were opened go on.
type ServiceWasRetired struct {
	Service ID     `json:"service"`
	Code    string `json:"code"`
	Unit    int64  `json:"unit"`

	Successor ID `json:"successor,omitempty"` // to be asked for instead
}

// EventKind of ServiceWasRetired.
func (ServiceWasRetired) EventKind() string { return "catalog.service-was-retired" }

// EventSubject of ServiceWasRetired.
func (e ServiceWasRetired) EventSubject() (string, int64) { return "service", e.Service }

// StandardWasSet says what a unit promises for a service from now on. Targets are fractions.
type StandardWasSet struct {
	// Open says how the requests that are open are treated: OpenKeep, OpenCarry or OpenFromStart.
	Open string `json:"open,omitempty"`

	Service          ID                `json:"service"`
	Code             string            `json:"code"`
	Version          int               `json:"version"`
	Response         calendar.Duration `json:"response"`
	ResponseTarget   float64           `json:"response_target"`
	Completion       calendar.Duration `json:"completion"`
	CompletionTarget float64           `json:"completion_target"`
	// NextResponse is left out where nothing is promised of it.
	NextResponse       *calendar.Duration `json:"next_response,omitempty"`
	NextResponseTarget float64            `json:"next_response_target,omitempty"`

	Accuracy float64 `json:"accuracy"`
	Starting bool    `json:"starting"`
}

// EventKind of StandardWasSet.
func (StandardWasSet) EventKind() string { return "catalog.standard-was-set" }

// EventSubject of StandardWasSet.
func (e StandardWasSet) EventSubject() (string, int64) { return "service", e.Service }

// StandardWasConfirmed says that the head of the unit stands by a starting value.
type StandardWasConfirmed struct {
	Service ID     `json:"service"`
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// EventKind of StandardWasConfirmed.
func (StandardWasConfirmed) EventKind() string { return "catalog.standard-was-confirmed" }

// EventSubject of StandardWasConfirmed.
func (e StandardWasConfirmed) EventSubject() (string, int64) { return "service", e.Service }

// CustomersWereDeclared says whom a unit declares to serve.
type CustomersWereDeclared struct {
	Unit  int64    `json:"unit"`
	Codes []string `json:"codes"`
}

// EventKind of CustomersWereDeclared.
func (CustomersWereDeclared) EventKind() string { return "catalog.customers-were-declared" }

// EventSubject of CustomersWereDeclared.
func (e CustomersWereDeclared) EventSubject() (string, int64) { return "unit", e.Unit }

// LadderWasSet says who is told when part of a request's time is used, of services without a ladder of their own.
type LadderWasSet struct {
	Steps  string `json:"steps"`  // 50:assignee 75:duty …
	Urgent bool   `json:"urgent"` // of urgent requests outside working time, too
}

// EventKind of LadderWasSet.
func (LadderWasSet) EventKind() string { return "catalog.ladder-was-set" }

// EventSubject of LadderWasSet is no one service.
func (LadderWasSet) EventSubject() (string, int64) { return "catalog", 0 }

// TopicWasSet says that a topic was made or changed: its name, icon or place.
type TopicWasSet struct {
	Topic ID     `json:"topic"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	Made  bool   `json:"made,omitempty"`
}

// EventKind of TopicWasSet.
func (TopicWasSet) EventKind() string { return "catalog.topic-was-set" }

// EventSubject of TopicWasSet.
func (e TopicWasSet) EventSubject() (string, int64) { return "topic", e.Topic }

// TopicWasRemoved says that a topic is not in the list any more, and where its services went.
type TopicWasRemoved struct {
	Topic ID     `json:"topic"`
	Code  string `json:"code"`
	Name  string `json:"name"`
	To    string `json:"to,omitempty"` // code of the topic in which its services are now
	Moved int    `json:"moved"`
}

// EventKind of TopicWasRemoved.
func (TopicWasRemoved) EventKind() string { return "catalog.topic-was-removed" }

// EventSubject of TopicWasRemoved.
func (e TopicWasRemoved) EventSubject() (string, int64) { return "topic", e.Topic }
