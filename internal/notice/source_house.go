package notice

import (
	"context"
	"slices"

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
	Run     int64  `json:"run"`
	New     bool   `json:"new"`
	Failed  bool   `json:"failed"`
	Reason  string `json:"reason"`
	Ref     string `json:"ref"`
	Viewer  org.ID `json:"viewer"`
	Officer org.ID `json:"officer"`

	Told []org.ID `json:"told"`
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
	s.sources[org.AbsenceEnded{}.EventKind()] = s.backFromLeave
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
	s.sources[org.DutyWasChanged{}.EventKind()] = s.dutyOff
	s.sources[org.ChangeWasRefused{}.EventKind()] = changeRefused
	for _, kind := range []string{"import.has-ended", "import.was-taken-back"} {
		s.sources[kind] = importEnded
	}
	s.sources["directory.sync-was-planned"] = func(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		if err != nil || !e.Waits {
			return nil, err
		}
		admins, err := s.Org.Holders(ctx, rd, "admin")
		list := each("directory.waits", AsAdmin, admins)
		for i := range list {
			list[i].Note = idText(e.Run)
		}
		return list, err
	}
	s.sources["access.was-viewed-as"] = func(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		return []Told{{Kind: "access.viewed-as", Person: e.Person, As: AsSelf, By: e.Viewer, Note: e.Reason}}, err
	}
	s.sources["access.glass-was-broken"] = func(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		list := each("access.glass-broken", AsSelf, e.Told)
		for i := range list {
			list[i].By, list[i].Note = e.Officer, e.Reason
		}
		return list, err
	}
	s.sources["signin.break-glass-was-used"] = func(ctx context.Context, rd sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		if err != nil {
			return nil, err
		}
		var keepers []org.ID
		for _, role := range []string{"admin", "security"} {
			holders, err := s.Org.Holders(ctx, rd, role)
			if err != nil {
				return nil, err
			}
			keepers = append(keepers, holders...)
		}
		keepers = slices.DeleteFunc(unique(keepers), func(p org.ID) bool { return p == e.Person })
		list := each("signin.break-glass", AsAdmin, keepers)
		for i := range list {
			list[i].By, list[i].Note = e.Person, e.Address
		}
		return list, nil
	}
	s.sources["signin.has-signed-in"] = func(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
		e, err := decodeAny(r)
		if err != nil || !e.New {
			return nil, err
		}
		return []Told{{Kind: "signin.new-device", Person: e.Person, As: AsSelf, By: e.Person, Note: e.Address}}, nil
	}
	s.sources["signin.was-locked"] = self("signin.locked")
	s.sources["signin.password-was-set"] = self("signin.password-set")
	s.sources["signin.was-reset"] = self("signin.reset")
}

// backFromLeave tells somebody whose long leave is over, and who received what was handed over then, to look at what is to
// be handed back.
func (s *Service) backFromLeave(ctx context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[org.AbsenceEnded](r)
	if err != nil || e.Change == 0 {
		return nil, err
	}
	c, err := s.Org.Change(ctx, e.Change)
	if err != nil {
		return nil, err
	}
	people := []org.ID{e.Person, c.By}
	for _, to := range c.Plan.To {
		people = append(people, to)
	}
	list := each("org.back", AsSelf, unique(people))
	for i := range list {
		list[i].By, list[i].Note = e.Person, idText(e.Change)
	}
	return list, nil
}

// changeRefused tells whoever planned a change that it did not take place: its moment came when nobody looked.
func changeRefused(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
	e, err := event.Decode[org.ChangeWasRefused](r)
	return []Told{{Kind: "org.change-refused", Person: e.AboutChange.By, As: AsSelf, Note: idText(e.Change)}}, err
}

// importEnded tells whoever began an import, or takes it back, that it is over.
func importEnded(_ context.Context, _ sqldb.Reader, _ *batch, r event.Record) ([]Told, error) {
	e, err := decodeAny(r)
	kind := "import.ended"
	if e.Failed {
		kind = "import.failed"
	}
	return []Told{{Kind: kind, Person: e.Person, As: AsSelf, By: e.Person, Note: idText(e.Run)}}, err
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
