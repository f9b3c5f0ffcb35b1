package request

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// TestAListIsWhatTheReaderSees: whatever ranges a list is read from, it holds the rows that the reader sees and the filter
// leaves, in its order: compared with one pass over all rows that asks of each whether it is seen. Readers serve and ask for few,
// many or no units, stand in for others and were shown what is not theirs; some of it is confidential or was handed on.
func TestAListIsWhatTheReaderSees(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.open("3002")
		const units, rows = 40, 1500
		unit := func(i int) int64 { return int64(1000 + i) }
		rnd := rand.New(rand.NewPCG(11, 12))
		people := []int64{actor.From(h.as("9001")).Person, actor.From(h.as("2002")).Person, actor.From(h.as("3003")).Person}
		someone := func() int64 { return people[rnd.IntN(len(people))] }
		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			columns := h.columns(ctx, tx, "id", "number", "opened_at", "external", "unit", "provider", "customer", "asked_by", "for_person", "assignee", "state", "confidential", "service")
			for i := range rows {
				h.later(time.Minute)
				id, held := tx.NewID(), unit(rnd.IntN(units))
				provider := held
				if rnd.IntN(5) == 0 {
					provider = unit(rnd.IntN(units))
				}
				asker, other, hand := someone(), any(nil), any(nil)
				if rnd.IntN(20) != 0 {
					asker = int64(5_000_000 + i) // a stranger
				}
				if rnd.IntN(20) == 0 {
					other = someone()
				}
				if rnd.IntN(20) == 0 {
					hand = someone()
				}
				if _, err := tx.Exec(ctx, "insert into request (id, number, opened_at, external, unit, provider, customer, asked_by, for_person, assignee, state, confidential, service"+columns+
					") select $1, $2, $3, $4, $6, $7, $8, $9, $10, $11, $12, $13, $14"+columns+" from request where id = $5",
					id, 100_000+int64(i), tx.Now.Add(-time.Duration(rnd.IntN(9000))*time.Minute), "p"+idText(id), r.ID, held, provider, unit(rnd.IntN(units)), asker, other, hand,
					[]string{"new", "working", "done"}[rnd.IntN(3)], rnd.IntN(8) == 0, int64(70+rnd.IntN(3))); err != nil {
					return err
				}
				if hand != nil { // whoever has it in hand may see it
					if _, err := tx.Exec(ctx, "insert into access_grant (subject_kind, subject, holder_kind, holder, role, why, at) values ('request', $1, 1, $2, '', 'assigned', $3)", id, hand, tx.Now); err != nil {
						return err
					}
				}
				if rnd.IntN(25) == 0 {
					why := []string{"watches", "named"}[rnd.IntN(2)]
					if _, err := tx.Exec(ctx, "insert into access_grant (subject_kind, subject, holder_kind, holder, role, why, at) values ('request', $1, 1, $2, '', $3, $4)", id, people[0], why, tx.Now); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		some := func(most int) []int64 {
			ids := make([]int64, rnd.IntN(most+1))
			for i := range ids {
				ids[i] = unit(rnd.IntN(units))
			}
			return unique(ids)
		}
		shapes := map[int]bool{}
		for round := range 300 {
			sc := scope{eye: eye{person: people[0], serves: some([]int{0, 3, 9, 30}[rnd.IntN(4)]), asks: some([]int{0, 3, 30}[rnd.IntN(3)]), all: rnd.IntN(8) == 0}, limit: []int{5, 60}[rnd.IntN(2)]}
			if rnd.IntN(4) == 0 {
				sc.stands = people[1:]
			}
			if rnd.IntN(2) == 0 {
				sc.customers = some([]int{1, 6, 36}[rnd.IntN(3)])
			}
			if rnd.IntN(3) == 0 {
				sc.units = some([]int{1, 6, 36}[rnd.IntN(3)])
			}
			if rnd.IntN(4) == 0 {
				sc.provider = unit(rnd.IntN(units))
			}
			if rnd.IntN(4) == 0 {
				sc.service = int64(70 + rnd.IntN(3))
			}
			if rnd.IntN(4) == 0 {
				sc.states = []string{"working"}
			}
			sc.Mine, sc.viewing = rnd.IntN(12) == 0, rnd.IntN(9) == 0
			must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
				for page := range 2 {
					sc.now = rd.Instant()
					after := func(q *sqldb.Query) *sqldb.Query {
						if sc.after == nil {
							return q
						}
						return q.Where("(r.opened_at, r.id) < (?, ?)", sc.after[0], sc.after[1])
					}
					got, err := newest(ctx, rd, sc)
					must(t, err)
					want, err := sc.first(ctx, rd, lineColumns, scanLine, []part{{cond: "1 = 1"}}, "r.opened_at", true, after)
					must(t, err)
					if !slices.EqualFunc(got, want, func(a, b Line) bool { return a.ID == b.ID }) {
						t.Fatalf("round %d, page %d: %d rows and not %d; %+v", round, page, len(got), len(want), sc)
					}
					shapes[min(len(got), 2)] = true
					if len(got) <= sc.limit {
						break
					}
					last := got[sc.limit-1]
					sc.after = []int64{last.OpenedAt.UnixMilli(), last.ID}
				}
				return nil
			}))
		}
		if len(shapes) != 3 {
			t.Errorf("empty, short and long lists: %v", shapes)
		}
	})
}
