package relation

import (
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

// Kano is the class of an expectation, as far as somebody knows it.
type Kano string

// The classes of Kano (1984). UnknownKano: nobody has asked.
const (
	UnknownKano    Kano = ""
	MustBe         Kano = "must_be"
	OneDimensional Kano = "one_dimensional"
	Attractive     Kano = "attractive"
	Indifferent    Kano = "indifferent"
	Reverse        Kano = "reverse"
)

// Kanos lists them in the order of lists.
var Kanos = []Kano{UnknownKano, MustBe, OneDimensional, Attractive, Indifferent, Reverse}

// ExpectState is how an expectation stands.
type ExpectState string

// The states. Lapsed: what answered it has changed or is gone since, and the provider answers anew.
const (
	ExpectOpen      ExpectState = "open"
	ExpectLapsed    ExpectState = "lapsed"
	ExpectAnswered  ExpectState = "answered"
	ExpectRefused   ExpectState = "refused"
	ExpectWithdrawn ExpectState = "withdrawn"
)

// ExpectStates lists them in the order of lists: what waits for the provider first.
var ExpectStates = []ExpectState{ExpectOpen, ExpectLapsed, ExpectAnswered, ExpectRefused, ExpectWithdrawn}

// Uncovered says that the provider owes an answer: it has given none, or what it pointed to no longer holds.
func (s ExpectState) Uncovered() bool { return s == ExpectOpen || s == ExpectLapsed }

// The limits of an expectation: its words in characters, how important it is.
const (
	expectLongest   = 500
	importanceLeast = 1
	importanceMost  = 5
)

// ExpectationInput is what somebody writes down. Service is the code of one of the provider's, empty for none in particular.
type ExpectationInput struct {
	Text       string
	Importance int
	Kano       Kano
	Service    string
}

// check finds everything that is wrong with the words; it trims them.
func (in *ExpectationInput) check(bad *fault.Fields) {
	in.Text, in.Service = strings.TrimSpace(in.Text), strings.TrimSpace(in.Service)
	switch n := utf8.RuneCountInString(in.Text); {
	case n == 0:
		bad.Add("text", "relation.expect.text-missing")
	case n > expectLongest:
		bad.Add("text", "web.too-long", "most", expectLongest, "count", n)
	}
	if in.Importance < importanceLeast || in.Importance > importanceMost {
		bad.Add("importance", "relation.expect.importance-missing")
	}
	if !slices.Contains(Kanos, in.Kano) {
		bad.Add("kano", "relation.expect.kano-unknown")
	}
}

// changes says whether the words differ from what is kept: only then is the answer asked for anew.
func (in ExpectationInput) changes(x Expectation, service int64) bool {
	return in.Text != x.Text || in.Importance != x.Importance || in.Kano != x.Kano || service != x.Service
}

// reopens says whether a change of the words makes the answer given no longer one: another importance or class does not.
func (in ExpectationInput) reopens(x Expectation, service int64) bool {
	return in.Text != x.Text || service != x.Service
}

// stateOf is how an expectation stands, given what answered it as it is now; there is false when that is no more.
func stateOf(kept ExpectState, version int64, now Ground, there bool) ExpectState {
	if kept == ExpectAnswered && (!there || now.Version != version) {
		return ExpectLapsed
	}
	return kept
}
