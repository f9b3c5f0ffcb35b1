package insight

import (
	"context"
	"encoding/json"
	"slices"

	"neike/internal/kit/lang"
)

// Role is whose time an act takes.
type Role string

// The roles, in the order in which they are shown.
const (
	Customer Role = "customer"
	Agent    Role = "agent"
	Head     Role = "head"
	Office   Role = "office"
)

// Roles lists them.
var Roles = []Role{Customer, Agent, Head, Office}

// Act is something that the product asks of people. Rooms know no insight: the composition registers what they ask, one line
// each, and the trail says how often it was done.
type Act struct {
	Code    string
	Name    lang.Text
	Role    Role
	Seconds int      // what one takes, until the company says otherwise
	Kinds   []string // of the events that it leaves in the trail
	// Side narrows kinds that both sides leave to one: of the record's customer (Customer), or of anybody else (Agent). "" both.
	Side Role
	// Measured says that the house knows how long it takes: raising a request.
	Measured bool
}

// Asks registers what a room asks of people. While wiring only.
func (s *Service) Asks(acts ...Act) {
	for _, a := range acts {
		if slices.ContainsFunc(s.acts, func(b Act) bool { return a.Code == b.Code }) {
			panic("insight: two acts " + a.Code)
		}
		s.acts = append(s.acts, a)
	}
}

// Acts are those registered.
func (s *Service) Acts() []Act { return slices.Clone(s.acts) }

// sided are the kinds whose events must be read to know who spoke.
func (s *Service) sided() (kinds []string) {
	for _, a := range s.acts {
		if a.Side != "" {
			kinds = append(kinds, a.Kinds...)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// actOf finds what an event was, done by somebody of a unit; ok is false where nothing was asked of anybody.
func (s *Service) actOf(kinds map[string][]int, kind, body string, unit ID) (int, bool) {
	for _, i := range kinds[kind] {
		a := s.acts[i]
		if a.Side == "" {
			return i, true
		}
		var about struct {
			Customer ID   `json:"customer"`
			Note     bool `json:"note"`
		}
		if json.Unmarshal([]byte(body), &about) != nil {
			return 0, false
		}
		if (a.Side == Customer) == (about.Customer == unit && !about.Note) {
			return i, true
		}
	}
	return 0, false
}

// byKind are the numbers of the acts by the kinds of their events.
func (s *Service) byKind() map[string][]int {
	out := map[string][]int{}
	for i, a := range s.acts {
		for _, kind := range a.Kinds {
			out[kind] = append(out[kind], i)
		}
	}
	return out
}

// DoneBy fills the slot of who did something for somebody lately: units that delivered since a day.
func (s *Service) DoneBy(done func(ctx context.Context, since int64) (map[ID]bool, error)) {
	s.done = done
}
