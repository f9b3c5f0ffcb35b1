package directory

import "neike/internal/kit/chat"

// DialBy lets a test stand in for the platforms.
func (s *Service) DialBy(dial func(chat.Settings) (chat.Client, error)) { s.dial = dial }
