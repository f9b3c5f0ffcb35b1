package signin_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/signin"
)

func TestDaysAndWeeks(t *testing.T) {
	shanghai := time.FixedZone("", 8*3600)
	monday := time.Date(2026, 11, 15, 17, 0, 0, 0, time.UTC) // Monday already in Shanghai
	day := signin.DayOf(monday, shanghai)
	if got := signin.DateOf(day).Format(time.DateOnly); got != "2026-11-16" {
		t.Error(got)
	}
	if signin.WeekOf(day) != signin.WeekOf(day-1)+1 || signin.WeekOf(day) != signin.WeekOf(day+6) {
		t.Error("a week begins on Monday")
	}
}

// Whoever comes is remembered by the last day and the weeks: once a week, however often; a year and no longer.
func TestWhoCameIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		day0 := time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC) // a Monday
		type seen struct{ day, weeks int64 }
		saw := func(at time.Time) (out seen) {
			t.Helper()
			err := r.db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if err := r.Saw(ctx, tx, at, r.ids["2002"]); err != nil {
					return err
				}
				var err error
				out, err = sqldb.One(ctx, tx, func(row sqldb.Row) (s seen, err error) { return s, row.Scan(&s.day, &s.weeks) },
					"select day, weeks from signin_seen_v where person = $1", r.ids["2002"])
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		first := saw(day0)
		for _, x := range []struct {
			days  int
			weeks int64
			last  int
		}{{0, 1, 0}, {3, 1, 3}, {6, 1, 6}, {7, 0b11, 7}, {2, 0b11, 7}, {21, 0b1101, 21}, {21 + 52*7, 1<<52 | 1, 21 + 52*7}, {21 + 200*7, 1, 21 + 200*7}} {
			got := saw(day0.AddDate(0, 0, x.days))
			if got.weeks != x.weeks || got.day != first.day+int64(x.last) {
				t.Errorf("after %d days: day +%d, weeks %b", x.days, got.day-first.day, got.weeks)
			}
		}
	})
}

// A session that goes on on another day counts as coming in.
func TestASessionThatGoesOnIsSeen(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		made, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		last := func() (day int) {
			err := r.db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
				day, err = sqldb.Value[int](ctx, rd, "select day from signin_seen_v where person = $1", r.ids["2002"])
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return day
		}
		before := last()
		dbtest.Clock(r.db).Advance(24 * time.Hour)
		q, _ := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
		q.AddCookie(&http.Cookie{Name: "neike", Value: made.Secret})
		if who, err := signin.New(r.db, r.bus, r.org, r.dir, r.box).Who(q); err != nil || who.Person == 0 {
			t.Fatal(who, err)
		}
		if last() != before+1 {
			t.Errorf("day %d, then %d", before, last())
		}
	})
}
