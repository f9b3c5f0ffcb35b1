package notice

import (
	"context"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// The pure rules, for tables.
var (
	NextHour = nextHour
	SendAt   = sendAt
	DigestAt = digestAt
	DutyAt   = dutyAt
)

// Again lets the room see every event once more, as after a crash before the bus saved its cursor.
func (s *Service) Again(ctx context.Context) error {
	var records []event.Record
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		records, err = sqldb.All(ctx, rd, func(r sqldb.Row) (event.Record, error) {
			var x event.Record
			var body string
			err := r.Scan(&x.Seq, &x.At, &x.Kind, &x.SubjectKind, &x.Subject, &x.Actor, &x.Via, &body)
			x.Body = []byte(body)
			return x, err
		}, "select seq, at, kind, subject_kind, subject, actor, via, body from outbox order by seq")
		return err
	})
	if err != nil {
		return err
	}
	return s.follow(ctx, records)
}
