package catalog

import (
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// ID identifies a service inside the house; people and interfaces use the code.
type ID = int64

// Kind says how a service comes about.
type Kind string

// The kinds.
const (
	OnRequest Kind = "request"
	Standing  Kind = "standing"
)

// State says whether a service is offered.
type State string

// The states.
const (
	Draft   State = "draft"
	Review  State = "review" // proposed, waits for the head of the unit
	Live    State = "live"
	Retired State = "retired"
)

// Service is one entry of the catalogue with all its versions. It is shared and immutable: copy before changing.
type Service struct {
	ID          ID
	Code        string // "hr.onboard"
	Unit        int64  // the unit that provides it
	Name        lang.Text
	Description lang.Text
	Inputs      lang.Text // what to bring or have ready
	Effort      lang.Text // what it takes to do, for the unit itself
	Kind        Kind
	State       State
	Revision    int // counts every change; the ETag

	// The version in force. Versions holds all of them, ascending by number.
	Version  int
	Form     form.Form
	Standard Standard
	Versions []Version

	Deliverable lang.Text // what is handed over
	// Of a standing service.
	Schedule  Schedule
	Criterion lang.Text

	Audience Audience // who may know of it; of no version

	// Review and retirement.
	ProposedBy int64     // who proposed the draft; 0: nobody has
	ProposedAt time.Time // when
	SentBack   string    // why the reviewer sent it back
	Successor  ID        // of a retired service: the one to ask for instead; 0: none

	Supporters []int64 // of personal support: to whom it may be asked

	Topic string // code of the topic that was chosen for it; "": as its name suggests (Snapshot.TopicOf)

	Words []string // by which it is found beside its name; of no version

	Policy  Policy    // how requests for it go on; of no version
	Offered time.Time // when it first was in the catalogue; zero: never

	Ladder    Ladder // who is told when time runs out; of no version
	OwnLadder bool   // it is the service's own; otherwise, in a snapshot, the company's

	Pack    string // the pack it came with; empty: made here
	Changed time.Time

	parts imported // what the last import brought, to tell local changes from the pack's
}

// Version is a form and a standard that hold together from a moment on.
type Version struct {
	N        int
	From     time.Time
	Form     form.Form
	Standard Standard
}

// Standard is what a unit promises for one service. Targets are fractions of all cases (0.95), 0 when none is set.
type Standard struct {
	Response         calendar.Duration // zero: none (standing services)
	ResponseTarget   float64
	Completion       calendar.Duration // zero: none (standing services)
	CompletionTarget float64

	// NextResponse is within what each further word of the customer is answered, once the first response is given; zero: none.
	NextResponse       calendar.Duration
	NextResponseTarget float64

	Metric       lang.Text // what quality is measured by
	Accuracy     float64   // its target
	Satisfaction float64   // share of ratings of 4 or 5
	Measured     lang.Text // how accuracy and satisfaction come about: who looks at how many
	MinN         int       // with fewer cases no share is judged; 0: UsualMinN
	Starting     bool      // 建议值: came with a pack, not confirmed by the unit's head

	// The calendars in which the times count, by code; "": the one of the providing unit. What is said next is answered in
	// that of the first response. Elapsed units count 7×24 in
	// whatever calendar.
	ResponseCalendar   string
	CompletionCalendar string

	Urgent Urgent
}

// Urgent are the times of urgent requests; zero: those of all others.
type Urgent struct {
	Response, Completion, NextResponse calendar.Duration
}

// UsualMinN is how many cases a share needs to be judged where the standard says nothing.
const UsualMinN = 5

// Least is how many cases a share needs to be judged.
func (s Standard) Least() int64 {
	if s.MinN > 0 {
		return int64(s.MinN)
	}
	return UsualMinN
}

// For is the standard with the times that hold for a request: the urgent ones where there are any.
func (s Standard) For(urgent bool) Standard {
	if !urgent {
		return s
	}
	if !s.Urgent.Response.IsZero() {
		s.Response = s.Urgent.Response
	}
	if !s.Urgent.Completion.IsZero() {
		s.Completion = s.Urgent.Completion
	}
	if !s.Urgent.NextResponse.IsZero() {
		s.NextResponse = s.Urgent.NextResponse
	}
	return s
}

// Schedule says when a standing service is due; content/README.md explains the words.
type Schedule struct {
	Every string `json:"every"` // day, week, month, quarter
	On    string `json:"on"`    // workdays, every_day, mon…sun, "workday N", "workday -N"
	At    string `json:"at"`    // "HH:MM", local
}

// At is the version in force at t; before the first one, the first.
func (s *Service) At(t time.Time) Version {
	if len(s.Versions) == 0 {
		return Version{N: s.Version, Form: s.Form, Standard: s.Standard}
	}
	for i := len(s.Versions) - 1; i > 0; i-- {
		if !s.Versions[i].From.After(t) {
			return s.Versions[i]
		}
	}
	return s.Versions[0]
}

// Numbered is the version with a number; ok is false when there is none.
func (s *Service) Numbered(n int) (Version, bool) {
	if n < 1 || n > len(s.Versions) {
		return Version{}, false
	}
	return s.Versions[n-1], true
}

// Askable says whether a request for the service may be opened now. Personal support is no request: see AskAt.
func (s *Service) Askable() bool { return s.State == Live && s.Kind == OnRequest && !s.Support() }
