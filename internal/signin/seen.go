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

// SeenWeeks is how many weeks back it is known in which of them somebody came in, that of their last day included.
const SeenWeeks = 53

// DayOf counts a moment's day from 1970-01-01, in a zone.
func DayOf(at time.Time, zone *time.Location) int {
	y, m, d := at.In(zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// WeekOf is the week of a day of DayOf; weeks begin on Monday.
func WeekOf(day int) int { return (day + 3) / 7 }

// DateOf is the day of DayOf as a date.
func DateOf(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// Saw notes that people came in at a moment: at a sign-in, and when a session goes on on another day. Only the last day
// and the weeks are kept. A moment before the last day that is known changes nothing.
func (s *Service) Saw(ctx context.Context, tx *sqldb.Tx, at time.Time, people ...ID) error {
	day := DayOf(at, s.org.Company(ctx).Location())
	for _, p := range people {
		if err := sawPerson(ctx, tx, p, day); err != nil {
			return err
		}
	}
	return nil
}
