package talk

import (
	"context"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Post adds a message to the conversation of its subject. The caller has decided that the actor may. The people named
// in the text must exist; those whom the subject's policy lets in get the grant 'mentioned' and are told. Everybody who
// watches, but the writer, gets it as unread; of a note, those who may read notes. Errors: Invalid with fields "text",
// "files".
func (s *Service) Post(ctx context.Context, tx *sqldb.Tx, m Message) (ID, error) {
	m, err := checked(m)
	if err != nil {
		return 0, err
	}
	if m.At.IsZero() {
		m.At = tx.Now
	}
	named, err := s.named(ctx, tx, m)
	if err != nil {
		return 0, err
	}
	m.ID = tx.NewID()
	if err := insertMessage(ctx, tx, m); err != nil {
		return 0, err
	}
	if err := s.attach(ctx, tx, m.Subject, m.ID, m.Kind == KindNote, m.Person, m.Files); err != nil {
		return 0, err
	}
	told, err := s.tell(ctx, tx, m, named)
	if err != nil {
		return 0, err
	}
	if m.Kind == KindSystem {
		return m.ID, nil
	}
	return m.ID, s.events.Emit(ctx, tx, told)
}

// named reads the people whom the text mentions; each must exist and be active.
func (s *Service) named(ctx context.Context, tx *sqldb.Tx, m Message) ([]org.Person, error) {
	nos := Mentioned(m.Text)
	if len(nos) == 0 || m.Kind == KindSystem {
		return nil, nil
	}
	people, err := peopleByNo(ctx, tx, nos)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	for _, no := range nos {
		if !slices.ContainsFunc(people, func(p org.Person) bool { return p.No == no && p.Active }) {
			f.Add("text", "talk.unknown-person", "no", no)
		}
	}
	return people, f.Err()
}

// tell keeps the mentions, grants what they grant, and makes the message unread for its readers.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, m Message, named []org.Person) (WasPosted, error) {
	out := WasPosted{Message: m.ID, Subject: m.Subject, Kind: m.Kind}
	if len(named) > 0 {
		if err := insertMentions(ctx, tx, m.ID, named); err != nil {
			return out, err
		}
		told, err := s.mayBeTold(ctx, tx, m.Subject, m.Kind, named)
		if err != nil {
			return out, err
		}
		out.Named = slices.DeleteFunc(told, func(id org.ID) bool { return id == m.Person })
		grants := make([]access.Grant, 0, len(out.Named))
		for _, id := range out.Named {
			grants = append(grants, access.Grant{Subject: m.Subject, Holder: access.Holder{Kind: "person", ID: id}, Why: "mentioned"})
		}
		if len(grants) > 0 {
			if err := s.access.Grant(ctx, tx, grants...); err != nil {
				return out, err
			}
		}
	}
	if m.Quiet || m.Kind == KindSystem || actor.From(ctx).Import {
		return out, nil
	}
	readers, err := s.readers(ctx, tx, m, out.Named)
	if err != nil {
		return out, err
	}
	out.Readers = readers
	return out, insertUnread(ctx, tx, m, readers, out.Named)
}

// readers are the watchers who may read the message, and those named, without its writer.
func (s *Service) readers(ctx context.Context, tx *sqldb.Tx, m Message, named []org.ID) ([]org.ID, error) {
	people, err := watchers(ctx, tx, m.Subject)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(id org.ID) bool { return id == m.Person })
	if m.Kind == KindNote {
		if people, err = s.mayReadNotes(ctx, tx, m.Subject, people); err != nil {
			return nil, err
		}
	}
	for _, id := range named {
		if !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	return people, nil
}

// Watch makes the person a watcher of the subject: told of every message the person may read. Why: "asked",
// "assigned", "watches" …; the first reason stays.
func (s *Service) Watch(ctx context.Context, tx *sqldb.Tx, sub access.Subject, person org.ID, why string) error {
	return insertWatch(ctx, tx, sub, person, why)
}

// Unwatch ends it. A mention still reaches the person.
func (s *Service) Unwatch(ctx context.Context, tx *sqldb.Tx, sub access.Subject, person org.ID) error {
	return deleteWatch(ctx, tx, sub, person)
}

// Watchers lists who watches the subject.
func (s *Service) Watchers(ctx context.Context, rd sqldb.Reader, sub access.Subject) ([]org.ID, error) {
	return watchers(ctx, rd, sub)
}
