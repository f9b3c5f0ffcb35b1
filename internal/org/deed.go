package org

import (
	"context"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Deed is what somebody did in the place of a person who was away.
type Deed struct {
	At    time.Time
	By    ID
	Text  string // a sentence in the reader's language
	Ref   string // "R-1024"
	Title string
	Link  string
}

// deedsOf is how a room tells what was done in a person's place in a time, the newest first.
type deedsOf func(ctx context.Context, rd sqldb.Reader, person ID, from, until time.Time, limit int) ([]Deed, error)

// AddDeeds fills a slot: what a room knows to have been done in somebody's place. Call it while wiring.
func (s *Service) AddDeeds(of func(ctx context.Context, rd sqldb.Reader, person ID, from, until time.Time, limit int) ([]Deed, error)) {
	s.deeds = append(s.deeds, of)
}

// deedsShown is how much of what was done a page lists.
const deedsShown = 200

// Deeds are what was done in the person's place during an absence, the newest first, to those who may keep it.
func (s *Service) Deeds(ctx context.Context, absence ID) ([]Deed, error) {
	a, _, err := s.AbsenceByID(ctx, absence)
	if err != nil {
		return nil, err
	}
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Deed, error) { return s.deedsIn(ctx, rd, a) })
}

func (s *Service) deedsIn(ctx context.Context, rd sqldb.Reader, a Absence) ([]Deed, error) {
	until := a.Until
	if until.IsZero() || until.After(rd.Instant()) {
		until = rd.Instant().Add(time.Millisecond)
	}
	var all []Deed
	for _, of := range s.deeds {
		list, err := of(ctx, rd, a.Person, a.From, until, deedsShown)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	sorting.Stable(all, func(a, b Deed) int { return b.At.Compare(a.At) })
	return all[:min(len(all), deedsShown)], nil
}
