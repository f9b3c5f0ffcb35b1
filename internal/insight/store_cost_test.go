package insight

import (
	"context"
	"reflect"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// What a month comes to is read as it was written, and a month that is counted again takes its own place and no other's.
func TestSumsAreKeptByMonth(t *testing.T) {
	dbtest.Each(t, []sqldb.Schema{{Room: "insight", FS: Schema}}, func(t *testing.T, db *sqldb.DB) {
		october := sum{asked: []asked{{unit: 7, what: "", n: 30, people: 12, median: 240, tenth: -1}, {unit: 7, what: "raise", n: 30, people: 12, median: 240, tenth: -1}},
			raised: []request.Raised{{Service: 3, Provider: 8, Way: request.WaySelf, Took: request.FormLeft, N: 2}, {Service: 3, Provider: 8, Way: request.WaySelf, Took: 17, N: 28}},
			steps:  []step{{3, "asked", 30, 12}, {3, "field:reason", 30, 1}}}
		again := october
		again.asked = []asked{{unit: 7, what: "", n: 31, people: 13, median: 250, tenth: -1}}
		write := func(m month, x sum) {
			t.Helper()
			if err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { return saveSum(ctx, tx, m, x) }); err != nil {
				t.Fatal(err)
			}
		}
		write(202509, october)
		write(202610, october)
		write(202611, october)
		dbtest.Clock(db).Advance(time.Hour)
		write(202611, again)
		for m, want := range map[month]sum{202610: october, 202611: again} {
			var got sum
			err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
				if err := askedSince(ctx, rd, 202610, func(at month, a asked) {
					if at == m {
						got.asked = append(got.asked, a)
					} else if at < 202610 {
						t.Errorf("%d is long ago", at)
					}
				}); err != nil {
					return err
				}
				if err := raisedSince(ctx, rd, m, func(at month, r request.Raised) {
					if at == m {
						got.raised = append(got.raised, r)
					}
				}); err != nil {
					return err
				}
				return stepsSince(ctx, rd, m, func(at month, y step) {
					if at == m {
						got.steps = append(got.steps, y)
					}
				})
			})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%d: %+v, want %+v, %v", m, got, want, err)
			}
		}
		err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
			counted, err := countedMonths(ctx, rd)
			if len(counted) != 3 || !counted[202611].Equal(counted[202610].Add(time.Hour)) {
				t.Errorf("counted: %v", counted)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnAssumptionIsOneRow(t *testing.T) {
	dbtest.Each(t, []sqldb.Schema{{Room: "insight", FS: Schema}}, func(t *testing.T, db *sqldb.DB) {
		s := &Service{db: db}
		s.Asks(Act{Code: "accept", Role: Customer, Seconds: 5})
		err := db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for _, x := range []said{{"act:accept", 9, 1, tx.Now}, {"act:accept", 7, 2, tx.Now}, {"act:gone", 3, 2, tx.Now}} {
				if err := saveAssumption(ctx, tx, x); err != nil {
					return err
				}
			}
			got, err := s.assumed(ctx, tx)
			if got["act:accept"] != 7 || got[budgetRaise] != 20 || len(got) != 5 {
				t.Errorf("%v", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Assumptions(t.Context())
		if err != nil || len(list) != 5 || list[4].Seconds != 7 || list[4].Usual != 5 || !list[4].Set || list[0].Set {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
