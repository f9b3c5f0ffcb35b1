package directory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Identity says who an account of a connection is here.
type Identity struct {
	ID         ID
	Connection ID
	Subject    string // as the platform writes it
	Union      string
	Person     org.ID
	Why        string // no, userid, phone, email, hand, renamed, created
	Stopped    bool   // a sync stopped the person; only then a sync may take them back
	Linked     time.Time
}

// anotherNow says whether an account belongs to somebody else by now: what never changes about an account is another, and
// nothing says that its holder is still the person (the 工号 of the account, or its id, is no longer the person's). Login
// names are given out again when somebody has left.
func (i Identity) anotherNow(u chat.User, number, no string) bool {
	if i.ID == 0 || i.Union == "" || u.Union == "" || i.Union == u.Union {
		return false
	}
	return !strings.EqualFold(no, cmp.Or(number, u.ID))
}

// PersonOf is the person whom an account of a connection is. Capitals and small letters are one.
func (s *Service) PersonOf(ctx context.Context, rd sqldb.Reader, connection ID, subject string) (org.ID, bool, error) {
	i, err := identityBySubject(ctx, rd, connection, subjectKey(subject))
	if errors.Is(err, fault.ErrNotFound) {
		return 0, false, nil
	}
	return i.Person, err == nil, err
}

// AddressesOf gives the accounts of people at a connection, as the platform writes them. Who has none is not in the map.
func (s *Service) AddressesOf(ctx context.Context, rd sqldb.Reader, connection ID, people []org.ID) (map[org.ID]string, error) {
	list, err := s.identitiesOf(ctx, rd, connection, people)
	out := make(map[org.ID]string, len(list))
	for person, i := range list {
		out[person] = i.Subject
	}
	return out, err
}

func (s *Service) identitiesOf(ctx context.Context, rd sqldb.Reader, connection ID, people []org.ID) (map[org.ID]Identity, error) {
	out := make(map[org.ID]Identity, len(people))
	for chunk := range slices.Chunk(people, 500) {
		list, err := identitiesOfPeople(ctx, rd, connection, chunk)
		if err != nil {
			return nil, err
		}
		for _, i := range list {
			out[i.Person] = i
		}
	}
	return out, nil
}

// Accounts lists a person's accounts, in the order in which the connections were made.
func (s *Service) Accounts(ctx context.Context, rd sqldb.Reader, person org.ID) ([]Identity, error) {
	return identitiesOfPerson(ctx, rd, person)
}

// Link says that an account is a person. The same again is no error; an account that is somebody else, or a person who
// has another account of the connection, is a Conflict.
func (s *Service) Link(ctx context.Context, tx *sqldb.Tx, connection ID, subject string, person org.ID) error {
	return s.link(ctx, tx, Identity{Connection: connection, Subject: subject, Person: person, Why: "hand"})
}

func (s *Service) link(ctx context.Context, tx *sqldb.Tx, i Identity) error {
	key := subjectKey(i.Subject)
	if key == "" || len(key) > 200 {
		return fault.New(fault.Invalid, "directory.subject-malformed")
	}
	if err := tx.Lock(ctx, "directory_connection", i.Connection); err != nil { // of two at once the second sees the first
		return err
	}
	old, err := identityBySubject(ctx, tx, i.Connection, key)
	switch {
	case err == nil && old.Person == i.Person:
		return nil
	case err == nil:
		return fault.New(fault.Conflict, "directory.subject-taken", "subject", i.Subject)
	case !errors.Is(err, fault.ErrNotFound):
		return err
	}
	held, err := identitiesOfPeople(ctx, tx, i.Connection, []org.ID{i.Person})
	if err != nil {
		return err
	}
	if len(held) > 0 {
		return fault.New(fault.Conflict, "directory.person-taken", "subject", held[0].Subject)
	}
	if _, err := s.org.PersonIn(ctx, tx, i.Person); err != nil {
		return err
	}
	i.ID = tx.NewID()
	if err := insertIdentities(ctx, tx, i); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasLinked{Person: i.Person, Connection: i.Connection, Subject: i.Subject, Why: i.Why})
}

// LinkByHand is Link for an administrator, by 工号.
func (s *Service) LinkByHand(ctx context.Context, connection ID, subject, no string) error {
	f := missing(connection)
	if strings.TrimSpace(subject) == "" {
		f.Add("subject", "org.required")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := connectionByID(ctx, tx, connection); err != nil {
			return err
		}
		p, err := s.org.PersonByNoIn(ctx, tx, no)
		if err != nil {
			return err
		}
		return s.Link(ctx, tx, connection, subject, p.ID)
	})
}

// missing says that no connection was named.
func missing(connection ID) *fault.Fields {
	var f fault.Fields
	if connection == 0 {
		f.Add("connection", "org.required")
	}
	return &f
}

// Unlink takes an account from a person. Where there is none it is ErrNotFound.
func (s *Service) Unlink(ctx context.Context, connection ID, person org.ID) error {
	if err := missing(connection).Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "directory_connection", connection); err != nil {
			return err
		}
		held, err := identitiesOfPeople(ctx, tx, connection, []org.ID{person})
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return fault.ErrNotFound
		}
		if err := deleteIdentity(ctx, tx, held[0].ID); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PersonWasUnlinked{Person: person, Connection: connection, Subject: held[0].Subject})
	})
}

// Recognise is the person whom somebody who signed in through a connection is: the one linked, or, the first time, the
// one with the 工号 (by the connection's rules also the phone or the mail), who is linked then. Nobody is found by a name.
// It is NotFound for nobody, and a Conflict for an account whose 工号 belongs to somebody with another account.
func (s *Service) Recognise(ctx context.Context, connection ID, u chat.User) (org.ID, error) {
	var person org.ID
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		c, err := connectionByID(ctx, rd, connection)
		if err != nil || !c.Active() {
			return fault.ErrNotFound
		}
		i, err := identityBySubject(ctx, rd, connection, subjectKey(u.ID))
		if errors.Is(err, fault.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		known, err := s.org.PersonIn(ctx, rd, i.Person)
		if err == nil && i.anotherNow(u, c.Rules.numberOf(u), known.No) {
			return fault.New(fault.Conflict, "directory.subject-taken", "subject", u.ID)
		}
		person = i.Person
		return err
	})
	if err != nil || person != 0 {
		return person, err
	}
	u = s.whole(ctx, connection, u)
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := connectionByID(ctx, tx, connection)
		if err != nil {
			return err
		}
		found, err := s.matchUsers(ctx, tx, c, []chat.User{u})
		if err != nil {
			return err
		}
		m := found[0]
		if m.person.ID == 0 || !m.person.Active {
			return fault.New(fault.NotFound, "directory.nobody")
		}
		if m.why == "union" {
			person = m.person.ID
			return s.rename(ctx, tx, connection, m.renames.Subject, u.ID)
		}
		if m.renames.ID != 0 {
			return fault.New(fault.Conflict, "directory.person-taken", "subject", m.renames.Subject)
		}
		person = m.person.ID
		return s.link(ctx, tx, Identity{Connection: connection, Subject: u.ID, Union: u.Union, Person: person, Why: m.why})
	})
	return person, err
}

// whole is an account as the platform knows it in full: signing in tells only a part of it, DingTalk's without the 工号.
// What cannot be asked stays as it was told.
func (s *Service) whole(ctx context.Context, connection ID, u chat.User) chat.User {
	if u.No != "" {
		return u
	}
	client, err := s.Chat(ctx, connection)
	if err != nil {
		return u
	}
	if all, err := client.Person(ctx, u.ID); err == nil && strings.EqualFold(all.ID, u.ID) {
		return all
	}
	return u
}

// match is who an account was found to be.
type match struct {
	person  org.Person // ID 0: nobody known here
	why     string     // linked, union, no, userid, phone, email; "": nobody
	renames Identity   // the person's other account at this connection, of which this may be the new name
	linked  Identity
}

// numberOf is the 工号 an account says it has; "" when it says none.
func (r Rules) numberOf(u chat.User) string {
	if r.Number == "userid" {
		return u.ID
	}
	return u.No
}

// matchUsers finds who accounts are, in the order of the accounts. Phone and mail count only where the rules say so, and
// only when exactly one active person has them.
func (s *Service) matchUsers(ctx context.Context, rd sqldb.Reader, c Connection, users []chat.User) ([]match, error) {
	out := make([]match, len(users))
	var keys, unions, nos []string
	for _, u := range users {
		keys = append(keys, subjectKey(u.ID))
		if u.Union != "" {
			unions = append(unions, u.Union)
		}
		nos = append(nos, c.Rules.numberOf(u), u.ID)
	}
	linked, err := identitiesBySubject(ctx, rd, c.ID, keys)
	if err != nil {
		return nil, err
	}
	byUnion, err := identitiesByUnion(ctx, rd, c.ID, unions)
	if err != nil {
		return nil, err
	}
	nos = slices.DeleteFunc(nos, func(no string) bool { return no == "" })
	people, err := s.org.PeopleByNo(ctx, rd, nos)
	if err != nil {
		return nil, err
	}
	var wanted []org.ID
	for i, u := range users {
		m := &out[i]
		if one, ok := linked[subjectKey(u.ID)]; ok {
			m.linked, m.why, m.person.ID = one, "linked", one.Person
		} else if one, ok := byUnion[u.Union]; ok {
			m.renames, m.why, m.person.ID = one, "union", one.Person
		} else if err := s.byNumber(ctx, rd, c, u, people, m); err != nil {
			return nil, err
		}
		wanted = append(wanted, m.person.ID)
	}
	names, err := s.org.Names(ctx, rd, wanted)
	if err != nil {
		return nil, err
	}
	held, err := s.identitiesOf(ctx, rd, c.ID, slices.DeleteFunc(wanted, func(id org.ID) bool { return id == 0 }))
	if err != nil {
		return nil, err
	}
	for i := range out {
		m := &out[i]
		m.person = names[m.person.ID]
		if other := held[m.person.ID]; m.linked.ID == 0 && other.ID != 0 {
			m.renames = other
		}
	}
	return out, nil
}

// byNumber looks for an account that is not linked: by 工号, by its id, and by what the rules allow beside.
func (s *Service) byNumber(ctx context.Context, rd sqldb.Reader, c Connection, u chat.User, people map[string]org.Person, m *match) error {
	no := c.Rules.numberOf(u)
	if p, ok := people[no]; ok && no != "" {
		m.person, m.why = p, "no"
		if c.Rules.Number == "userid" {
			m.why = "userid"
		}
		return nil
	}
	if p, ok := people[u.ID]; ok && no == "" {
		m.person, m.why = p, "userid"
		return nil
	}
	for _, by := range []struct {
		on         bool
		what, text string
	}{{c.Rules.ByPhone, "phone", u.Phone}, {c.Rules.ByMail, "email", u.Email}} {
		if !by.on || by.text == "" {
			continue
		}
		found, err := s.org.PeopleByLogin(ctx, rd, strings.TrimPrefix(by.text, "+86"))
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(p org.Person) bool { return p.No == by.text || !p.Active })
		if len(found) == 1 {
			m.person, m.why = found[0], by.what
			return nil
		}
	}
	return nil
}
