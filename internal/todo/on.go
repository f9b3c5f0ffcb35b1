package todo

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

// On lists what is owed on a subject, whoever holds it.
func (s *Service) On(ctx context.Context, rd sqldb.Reader, subject access.Subject) ([]Todo, error) {
	return onSubject(ctx, rd, subject)
}

// DueBetween lists what falls due from one moment to another, the next due first, after the last one that was seen: for
// whoever reminds people. The lapsed are left out.
func (s *Service) DueBetween(ctx context.Context, rd sqldb.Reader, from, to time.Time, after ID, limit int) ([]Todo, error) {
	return dueBetween(ctx, rd, from, to, after, limit)
}
