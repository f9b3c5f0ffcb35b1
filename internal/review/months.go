package review

import (
	"context"

	"neike/internal/kit/sqldb"
)

// Judged is what reviews of one edge in one month of acceptance came to.
type Judged struct {
	Month              int64 // 202611
	Provider, Customer int64
	Correct, N         int64
}

// Months counts what was judged, by month of acceptance and edge: from and to are months, both in it. It asks for no right: the caller
// decides whose numbers are shown, and tells no share below five.
func (s *Service) Months(ctx context.Context, from, to int64) (list []Judged, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = judgedIn(ctx, rd, from, to)
		return err
	})
	return list, err
}
