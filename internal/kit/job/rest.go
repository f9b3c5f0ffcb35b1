package job

import (
	"context"
	"time"
)

// Rest waits as long as a chunk of work took, so that a long job leaves half of the time to others. It ends early with
// the context's error.
func Rest(ctx context.Context, took time.Duration) error {
	timer := time.NewTimer(min(took, time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
