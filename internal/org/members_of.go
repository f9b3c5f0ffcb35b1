package org

import (
	"context"
	"maps"
	"slices"

	"neike/internal/kit/sqldb"
)

// MembershipsOf is Memberships of several people at once.
func (s *Service) MembershipsOf(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID][]Membership, error) {
	out := make(map[ID][]Membership, len(people))
	for chunk := range slices.Chunk(people, 500) {
		part, err := membershipsOf(ctx, rd, chunk)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, part)
	}
	return out, nil
}
