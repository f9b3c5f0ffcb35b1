package directory

import (
	"context"
)

// Schedule is what the house does every few minutes.
func (s *Service) Schedule(ctx context.Context) error { return s.schedule(ctx) }

// NeedsHuman is needsHuman for tests.
var NeedsHuman = needsHuman
