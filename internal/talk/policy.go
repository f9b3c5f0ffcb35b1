package talk

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Policy is what the room of a subject knows about it and talk does not. All functions are asked inside a transaction
// or snapshot and must not open one.
type Policy struct {
	// About names those of the subjects that the actor of ctx may see, for the inbox.
	About func(ctx context.Context, rd sqldb.Reader, subjects []int64) (map[int64]About, error)
	// See says whether the actor of ctx may read the conversation and its internal notes. Not allowed and not there are
	// the same: neither.
	See func(ctx context.Context, rd sqldb.Reader, subject int64) (Sight, error)
	// Notes picks those of the people who may read an internal note of the subject. Whoever is its customer may not.
	Notes func(ctx context.Context, rd sqldb.Reader, subject int64, people []org.ID) ([]org.ID, error)
	// Mention picks those of the people who are told, and get to see the subject, when a message of the kind names
	// them. The others are named and nothing more: a note grants only to the holding unit, a confidential subject to
	// nobody.
	Mention func(ctx context.Context, rd sqldb.Reader, subject int64, kind string, people []org.Person) ([]org.ID, error)
}

// About is how the inbox speaks of a subject.
type About struct {
	Ref, Title, Link string
	Confidential     bool // nothing of it leaves the house
}

// Sight is what of a conversation somebody may read.
type Sight struct{ Messages, Notes bool }

// AddPolicy registers the policy for a kind of subject. Call it while wiring.
func (s *Service) AddPolicy(kind string, p Policy) { s.policies[kind] = p }

// AboutOf names those of the subjects that the actor of ctx may see; a kind without policy names none.
func (s *Service) AboutOf(ctx context.Context, rd sqldb.Reader, kind string, subjects []int64) (map[int64]About, error) {
	p, known := s.policies[kind]
	if !known || p.About == nil || len(subjects) == 0 {
		return nil, nil
	}
	return p.About(ctx, rd, unique(subjects))
}

// see is what the actor of ctx may read of the subject; a kind without policy shows nothing.
func (s *Service) see(ctx context.Context, rd sqldb.Reader, sub access.Subject) (Sight, error) {
	p, known := s.policies[sub.Kind]
	if !known || p.See == nil {
		return Sight{}, nil
	}
	sight, err := p.See(ctx, rd, sub.ID)
	if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Denied {
		return Sight{}, nil
	}
	return sight, err
}

// mayReadNotes picks from the people those who may read notes of the subject.
func (s *Service) mayReadNotes(ctx context.Context, rd sqldb.Reader, sub access.Subject, people []org.ID) ([]org.ID, error) {
	p, known := s.policies[sub.Kind]
	if !known || p.Notes == nil || len(people) == 0 {
		return nil, nil
	}
	return p.Notes(ctx, rd, sub.ID, people)
}

// mayBeTold picks from the people named in a message those who get to see the subject by it.
func (s *Service) mayBeTold(ctx context.Context, rd sqldb.Reader, sub access.Subject, kind string, people []org.Person) ([]org.ID, error) {
	p, known := s.policies[sub.Kind]
	if !known || p.Mention == nil || len(people) == 0 {
		return nil, nil
	}
	return p.Mention(ctx, rd, sub.ID, kind, people)
}
