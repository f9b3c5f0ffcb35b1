package relation

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// AboutExpectation is what every event about an expectation says.
type AboutExpectation struct {
	Expectation ID     `json:"expectation"`
	Edge        ID     `json:"edge"`
	Provider    org.ID `json:"provider"`
	Customer    org.ID `json:"customer"`
	By          org.ID `json:"by"`
}

func (s *Service) about(ctx context.Context, x Expectation) AboutExpectation {
	return AboutExpectation{x.ID, x.Edge, x.provider, x.customer, actor.From(ctx).Person}
}

// WasExpected says that a customer has written down what it expects.
type WasExpected struct{ AboutExpectation }

// EventKind names the event.
func (WasExpected) EventKind() string { return "relation.was-expected" }

// EventSubject is the expectation.
func (e WasExpected) EventSubject() (string, int64) { return "expectation", e.Expectation }

// ExpectationWasChanged says that its words are others now.
type ExpectationWasChanged struct{ AboutExpectation }

// EventKind names the event.
func (ExpectationWasChanged) EventKind() string { return "relation.expectation-changed" }

// EventSubject is the expectation.
func (e ExpectationWasChanged) EventSubject() (string, int64) { return "expectation", e.Expectation }

// ExpectationWasWithdrawn says that nobody expects it any longer.
type ExpectationWasWithdrawn struct{ AboutExpectation }

// EventKind names the event.
func (ExpectationWasWithdrawn) EventKind() string { return "relation.expectation-withdrawn" }

// EventSubject is the expectation.
func (e ExpectationWasWithdrawn) EventSubject() (string, int64) { return "expectation", e.Expectation }

// ExpectationWasAnswered says that the provider has pointed to what meets it.
type ExpectationWasAnswered struct{ AboutExpectation }

// EventKind names the event.
func (ExpectationWasAnswered) EventKind() string { return "relation.expectation-answered" }

// EventSubject is the expectation.
func (e ExpectationWasAnswered) EventSubject() (string, int64) { return "expectation", e.Expectation }

// ExpectationWasRefused says that the provider will not meet it, and has said why.
type ExpectationWasRefused struct {
	AboutExpectation
	Writer org.ID `json:"writer"` // who wrote it down
}

// EventKind names the event.
func (ExpectationWasRefused) EventKind() string { return "relation.expectation-refused" }

// EventSubject is the expectation.
func (e ExpectationWasRefused) EventSubject() (string, int64) { return "expectation", e.Expectation }

// ExpectationHasMoved says that it belongs to the unit that follows one of its two.
type ExpectationHasMoved struct{ AboutExpectation }

// EventKind names the event.
func (ExpectationHasMoved) EventKind() string { return "relation.expectation-moved" }

// EventSubject is the expectation.
func (e ExpectationHasMoved) EventSubject() (string, int64) { return "expectation", e.Expectation }
