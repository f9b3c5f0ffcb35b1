package directory

import (
	"context"

	"neike/internal/kit/chat"
)

// DialBy lets a test stand in for the platforms.
func (s *Service) DialBy(dial func(chat.Settings) (chat.Client, error)) { s.dial = dial }

// Schedule is what the house does every few minutes.
func (s *Service) Schedule(ctx context.Context) error { return s.schedule(ctx) }

// NeedsHuman is needsHuman for tests.
var NeedsHuman = needsHuman
