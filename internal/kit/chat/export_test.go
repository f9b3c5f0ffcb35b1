package chat

import (
	"context"
	"time"
)

// NewAt is New with a clock.
func NewAt(s Settings, now func() time.Time) (Client, error) { return newClient(s, now) }

// SendToAt is SendTo with a clock.
func SendToAt(ctx context.Context, r Robot, m Message, now time.Time) error {
	return sendTo(ctx, r, m, now)
}
