package signin

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// LastSeen says when people last signed in. Who never did is not in the map.
func (s *Service) LastSeen(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID]time.Time, error) {
	return lastSeen(ctx, rd, people)
}
