package signin

import (
	"context"
)

// Purge removes sessions, links and counts of wrong passwords that have run out; it is called every hour.
func (s *Service) Purge(ctx context.Context) error { return s.db.Write(ctx, purge) }
