package notice

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// aboutPerson is what events about an account carry.
type aboutPerson struct {
	Person  org.ID `json:"person"`
	Address string `json:"address"`
	How     string `json:"how"`
	Deputy  org.ID `json:"deputy"`
	What    string `json:"what"`
	Waits   bool   `json:"waits"`
}

// houseSources says whom the events of accounts are told. They are read by name: their rooms stand beside this one, and
// what they carry beyond it is none of a notice's business.
func (s *Service) houseSources() {
	self := func(kind string) source {
		return func(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
			e, err := decodeAny(r)
			return []Told{{Kind: kind, Person: e.Person, As: AsSelf, By: r.Actor, Note: e.Address}}, err
		}
	}
	s.sources[org.AbsenceBegan{}.EventKind()] = func(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := event.Decode[org.AbsenceBegan](r)
		return []Told{{Kind: "org.stands-in", Person: e.Deputy, As: AsSelf, By: e.Person}}, err
	}
	s.sources[org.ActingWasSet{}.EventKind()] = func(ctx context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := event.Decode[org.ActingWasSet](r)
		if err != nil || e.What != "began" {
			return nil, err
		}
		tree, err := s.Org.Tree(ctx)
		if err != nil {
			return nil, err
		}
		return []Told{{Kind: "org.acts-as-head", Person: e.Person, As: AsSelf, By: r.Actor, Note: tree.Name(ctx, e.Unit)}}, nil
	}
	s.sources["directory.sync-was-planned"] = func(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		if err != nil || !e.Waits {
			return nil, err
		}
		admins, err := s.Org.Holders(ctx, rd, "admin")
		return each("directory.waits", AsAdmin, admins), err
	}
	s.sources["signin.was-locked"] = self("signin.locked")
	s.sources["signin.password-was-set"] = self("signin.password-set")
	s.sources["signin.was-reset"] = self("signin.reset")
}

// decodeAny reads the few words that events of the house have in common.
func decodeAny(r event.Record) (aboutPerson, error) {
	e, err := event.Decode[anyEvent](r)
	return e.aboutPerson, err
}

// anyEvent is read, never announced.
type anyEvent struct{ aboutPerson }

// EventKind is none.
func (anyEvent) EventKind() string { return "" }

// EventSubject is none.
func (anyEvent) EventSubject() (string, int64) { return "", 0 }
