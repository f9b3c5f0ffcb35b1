package review

// About is what every event of a case carries; never a judgement.
type About struct {
	Case     int64 `json:"case"`
	Request  int64 `json:"request"`
	Service  int64 `json:"service"`
	Provider int64 `json:"provider"`
	Customer int64 `json:"customer"`
}

// EventSubject names the case.
func (a About) EventSubject() (string, int64) { return Kind, a.Case }

func about(c Case) About { return About{c.ID, c.Request, c.Service, c.Provider, c.Customer} }

type (
	// PlanWasSet says that reviews of a service are drawn differently from now on.
	PlanWasSet struct {
		Service  int64  `json:"service"`
		Revision int    `json:"revision"`
		Active   bool   `json:"active"`
		Share    int    `json:"share"`
		Most     int    `json:"most"`
		First    string `json:"first"`
		Second   int    `json:"second"`
	}
	// WasDrawn says that a request was drawn, and who owes a judgement.
	WasDrawn struct {
		About
		Judges []int64 `json:"judges"`
	}
	// WasJudged says that somebody judged, first or second.
	WasJudged struct {
		About
		Place int `json:"place"`
	}
	// WasSplit says that two judged differently, and who may decide.
	WasSplit struct {
		About
		Judges []int64 `json:"judges"`
	}
	// WasConcluded says that there is a result.
	WasConcluded struct{ About }
	// HasLapsed says that nobody judged in time.
	HasLapsed struct{ About }
	// WasDropped says that the request went on, and the case ended.
	WasDropped struct{ About }
	// WasSucceeded says that the quality office judges in place of somebody who left.
	WasSucceeded struct {
		About
		From int64 `json:"from"`
	}
)

// EventSubject names the service.
func (e PlanWasSet) EventSubject() (string, int64) { return "service", e.Service }

// EventKind is the name of the event in the log.
func (PlanWasSet) EventKind() string   { return "review.plan-set" }
func (WasDrawn) EventKind() string     { return "review.drawn" }
func (WasJudged) EventKind() string    { return "review.judged" }
func (WasSplit) EventKind() string     { return "review.split" }
func (WasConcluded) EventKind() string { return "review.concluded" }
func (HasLapsed) EventKind() string    { return "review.lapsed" }
func (WasDropped) EventKind() string   { return "review.dropped" }
func (WasSucceeded) EventKind() string { return "review.succeeded" }
