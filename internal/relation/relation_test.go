package relation_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

func TestAnEdgeIsMadeOnceAndAnnouncedOnce(t *testing.T) {
	each(t, func(h house) {
		var seen []relation.WasObserved
		h.bus.Follow("test", func(_ context.Context, batch []event.Record) error {
			for _, r := range batch {
				e, err := event.Decode[relation.WasObserved](r)
				if err != nil {
					return err
				}
				seen = append(seen, e)
			}
			return nil
		}, "relation.was-observed")
		from, to := h.unit("finance").ID, h.unit("sales").ID
		ids := make([]relation.ID, 12)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
					ids[i], err = h.rel.Edge(ctx, tx, from, to)
					return err
				})
				if err != nil {
					h.Error(err)
				}
			}()
		}
		wg.Wait()
		if slices.ContainsFunc(ids, func(id relation.ID) bool { return id != ids[0] || id == 0 }) {
			h.Errorf("several edges: %v", ids)
		}
		if err := h.bus.Drain(h.ctx); err != nil {
			h.Fatal(err)
		}
		if len(seen) != 1 || seen[0].Provider != from || seen[0].Customer != to {
			h.Errorf("announced %+v", seen)
		}
	})
}

func TestAnEdgeOfAFailedWriteIsForgotten(t *testing.T) {
	each(t, func(h house) {
		from, to := h.unit("finance").ID, h.unit("sales").ID
		failed := errors.New("no")
		err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := h.rel.Edge(ctx, tx, from, to); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			h.Fatal(err)
		}
		if m := h.matrix(h.ctx, period(h, "2026"), org.Department); len(m.Cells) != 0 {
			h.Errorf("%+v", m.Cells)
		}
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1}) // its id must be one that exists
	})
}

func TestTwoTalliesAtOnceBothCount(t *testing.T) {
	each(t, func(h house) {
		edge := h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
		at := time.Date(2026, 11, 2, 12, 0, 0, 0, h.zone)
		const n = 40
		var wg sync.WaitGroup
		for i := range n {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					if i%4 == 3 {
						return h.rel.Tally(ctx, tx, edge, at, relation.Delta{Opened: -1, Withdrawn: 1})
					}
					return h.rel.Tally(ctx, tx, edge, at, relation.Delta{Opened: 1, Met: 1})
				})
				if err != nil {
					h.Error(err)
				}
				if i%8 == 0 {
					h.matrix(h.ctx, period(h, "2026-11"), org.Department)
				}
			}()
		}
		wg.Wait()
		for _, code := range []string{"2026-11", "2026-Q4", "2026"} {
			c := cell(h.matrix(h.ctx, period(h, code), org.Department), "finance", "sales")
			if c == nil || c.Opened != 1+30-10 || c.Met != 30 || c.Withdrawn != 10 {
				h.Errorf("%s: %+v", code, c)
			}
		}
	})
}

func TestTheMatrixIsNeverOlderThanTheLastCommit(t *testing.T) {
	each(t, func(h house) {
		p := period(h, "2026-11")
		for i := int64(1); i <= 5; i++ {
			h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
			if c := cell(h.matrix(h.ctx, p, org.Department), "finance", "sales"); c.Opened != i {
				h.Fatalf("%d opened, the matrix says %d", i, c.Opened)
			}
		}
		h.tally("sales", "finance", "2026-11-03", relation.Delta{Opened: 2}) // an edge that the vectors have not seen
		if c := cell(h.matrix(h.ctx, p, org.Department), "sales", "finance"); c == nil || c.Opened != 2 {
			h.Errorf("the new edge: %+v", c)
		}
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 5}.Minus(relation.Delta{Opened: 10})) // a correction
		if c := cell(h.matrix(h.ctx, p, org.Department), "finance", "sales"); c.Opened != 0 {
			h.Errorf("after the correction %d", c.Opened)
		}
	})
}

func TestAnotherProcessIsSeenWithinSeconds(t *testing.T) {
	each(t, func(h house) {
		if h.db.Engine() == sqldb.SQLite {
			h.Skip("one process writes")
		}
		p := period(h, "2026-11")
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
		h.matrix(h.ctx, p, org.Department)
		other := h
		other.rel = relation.New(h.db, event.NewBus(h.db), h.rooms)
		other.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
		other.tally("purchasing", "sales", "2026-11-02", relation.Delta{Opened: 7})
		dbtest.Clock(h.db).Advance(6 * time.Second)
		m := h.matrix(h.ctx, p, org.Department)
		if c, d := cell(m, "finance", "sales"), cell(m, "purchasing", "sales"); c.Opened != 2 || d == nil || d.Opened != 7 {
			h.Errorf("%+v, %+v", c, d)
		}
	})
}

func TestTeamsRollUpToTheirDepartment(t *testing.T) {
	each(t, func(h house) {
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 3, Met: 2, Breached: 1})
		h.tally("pay", "sales", "2026-11-05", relation.Delta{Opened: 4, Met: 4})
		h.tally("pay", "finance", "2026-11-05", relation.Delta{Opened: 1})
		p := period(h, "2026-11")
		team := h.matrix(h.ctx, p, org.Team)
		if c := cell(team, "pay", "sales"); c == nil || c.Opened != 4 {
			h.Errorf("team: %+v", c)
		}
		m := h.matrix(h.ctx, p, org.Department)
		if c := cell(m, "finance", "sales"); c == nil || c.Opened != 7 || c.InTime.Hits != 6 || c.InTime.N != 7 {
			h.Errorf("department: %+v", c)
		}
		if c := cell(m, "finance", "finance"); c == nil || c.Opened != 1 {
			h.Errorf("within the department: %+v", c)
		}
		if c := cell(h.matrix(h.ctx, p, org.Entity), "hq", "hq"); c == nil || c.Opened != 8 {
			h.Errorf("entity: %+v", c)
		}
		d, err := h.rel.Direction(h.ctx, "finance", "sales", p)
		if err != nil || d.Opened != 7 || d.InTime.Hits != 6 {
			h.Errorf("the edge page must have the matrix's numbers: %+v %v", d.Figures, err)
		}
	})
}

func TestDaysAroundWholeMonthsCount(t *testing.T) {
	each(t, func(h house) {
		for _, day := range []string{"2026-08-30", "2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01", "2026-10-02"} {
			h.tally("finance", "sales", day, relation.Delta{Opened: 1})
		}
		for _, c := range []struct {
			p    relation.Period
			want int64
		}{
			{relation.Period{From: 20260831, To: 20261001}, 4}, {relation.Period{From: 20260901, To: 20260930}, 2}, {relation.Period{From: 20260930, To: 20261001}, 2},
			{relation.Period{From: 20261001, To: 20261001}, 1}, {relation.Period{From: 20260815, To: 20260930}, 4},
		} {
			if got := cell(h.matrix(h.ctx, c.p, org.Department), "finance", "sales").Opened; got != c.want {
				h.Errorf("%v: %d, want %d", c.p, got, c.want)
			}
			if d, err := h.rel.Direction(h.ctx, "finance", "sales", c.p); err != nil || d.Opened != c.want {
				h.Errorf("edge page %v: %d, want %d, %v", c.p, d.Opened, c.want, err)
			}
		}
	})
}

func TestNumbersAreForTheUnitsConcerned(t *testing.T) {
	each(t, func(h house) {
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 3})
		h.tally("pay", "sales", "2026-11-02", relation.Delta{Opened: 2})
		p := period(h, "2026-11")
		for _, c := range []struct {
			name, no, role, level, provider string
			want                            bool
		}{
			{"an employee of the provider", "2002", "", org.Department, "finance", true},
			{"an employee of the customer", "3001", "", org.Department, "finance", true},
			{"an employee of a third unit", "4001", "", org.Department, "finance", false},
			{"an employee of a team sees its department's", "2003", "", org.Department, "finance", true},
			{"an employee of the department does not see its teams'", "2002", "", org.Team, "pay", false},
			{"the head of the department sees its teams'", "2001", "head", org.Team, "pay", true},
			{"the quality office", "1001", "quality", org.Team, "pay", true},
			{"an executive", "4001", "executive", org.Department, "finance", true},
			{"an administrator", "4001", "admin", org.Department, "finance", false},
		} {
			var roles []string
			if c.role != "" {
				roles = append(roles, c.role)
			}
			customer := "sales"
			if c.no == "3001" {
				customer = "sales"
			}
			ctx := h.as(c.no, roles...)
			got := cell(h.matrix(ctx, p, c.level), c.provider, customer)
			if got == nil || got.Shown != c.want || !c.want && got.Opened != 0 {
				h.Errorf("%s: %+v", c.name, got)
			}
		}
		company := h.org.Company(h.ctx)
		company.Switches.NumbersToAll = true
		if err := h.org.SetCompany(h.ctx, company); err != nil {
			h.Fatal(err)
		}
		if c := cell(h.matrix(h.as("4001"), p, org.Department), "finance", "sales"); !c.Shown {
			h.Error("the company opened its numbers, and they are withheld")
		}
	})
}

func TestTheAgreedTargetCountsAndTheUsualWhereNothingIsAgreed(t *testing.T) {
	h := quick(t)
	h.tally("finance", "sales", "2026-11-02", relation.Delta{Met: 19, Breached: 1, Accepted: 10, RightFirst: 9})
	h.tally("purchasing", "sales", "2026-11-02", relation.Delta{Met: 19, Breached: 1})
	loads := 0
	h.rel.UseTargets(func(context.Context) (relation.TargetsFunc, error) {
		loads++
		return func(provider, _ org.ID) relation.Target {
			if provider == h.unit("finance").ID {
				return relation.Target{Attainment: 0.98}
			}
			return relation.Target{}
		}, nil
	})
	m := h.matrix(h.ctx, period(h, "2026-11"), org.Department)
	if c := cell(m, "finance", "sales"); c.InTime.Target != 0.98 || c.InTime.Fact != "missed" || c.Right.Target != 0.9 || c.Right.Fact != "met" {
		t.Errorf("agreed: %+v", c)
	}
	if c := cell(m, "purchasing", "sales"); c.InTime.Target != 0.9 || c.InTime.Fact != "met" {
		t.Errorf("usual: %+v", c)
	}
	if loads != 1 {
		t.Errorf("the slot was asked %d times for one page", loads)
	}
}

func TestWhatIsPendingIsShownBesideTheRate(t *testing.T) {
	h := quick(t)
	h.tally("pay", "sales", "2026-11-02", relation.Delta{Opened: 3, Met: 1})
	h.tally("purchasing", "finance", "2026-11-02", relation.Delta{Opened: 1})
	h.rel.UsePending(func(_ context.Context, _ sqldb.Reader, p relation.Period) ([]relation.Open, error) {
		if p.Begin(h.zone).Format(time.DateOnly) != "2026-11-01" || p.End(h.zone).Format(time.DateOnly) != "2026-12-01" {
			t.Errorf("asked for %v", p)
		}
		return []relation.Open{{Provider: h.unit("pay").ID, Customer: h.unit("sales").ID, Pending: 2}, {Provider: h.unit("purchasing").ID, Customer: h.unit("finance").ID, Pending: 5}}, nil
	})
	d, err := h.rel.Direction(h.ctx, "finance", "sales", period(h, "2026-11"))
	if err != nil || d.Pending != 2 || d.InTime.N != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	h.as("1001", "quality")
	items := h.json("/api/v1/relations?from=2026-11-01&to=2026-11-30")["items"].([]any)
	if got := items[0].(map[string]any)["pending"]; got != 2.0 {
		t.Errorf("%v", items)
	}
}

func TestContactsAreCountedOnce(t *testing.T) {
	each(t, func(h house) {
		edge := h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
		who, err := h.org.PersonByNo(h.ctx, "2002")
		if err != nil {
			h.Fatal(err)
		}
		late, early := dbtest.Start, dbtest.Start.Add(-time.Hour)
		for _, at := range []time.Time{late, early} {
			err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return h.rel.Contact(ctx, tx, edge, who.ID, at) })
			if err != nil {
				h.Fatal(err)
			}
		}
		d, err := h.rel.Direction(h.ctx, "finance", "sales", period(h, "2026-11"))
		if err != nil || len(d.Contacts) != 1 || d.Contacts[0].N != 2 || !d.Contacts[0].LastAt.Equal(late) || d.Contacts[0].Name != "陈思远" {
			h.Errorf("%+v, %v", d.Contacts, err)
		}
	})
}

func TestWhatIsDeclaredIsShownWithoutTraffic(t *testing.T) {
	each(t, func(h house) {
		finance, sales, purchasing := h.unit("finance").ID, h.unit("sales").ID, h.unit("purchasing").ID
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Opened: 1})
		declare := func(want int, pairs ...[2]org.ID) {
			h.Helper()
			if n, err := h.rel.Declare(h.ctx, pairs); err != nil || n != want {
				h.Errorf("%d changed, want %d, %v", n, want, err)
			}
		}
		shown := func() (list []string) {
			m := h.matrix(h.ctx, period(h, "2026-11"), org.Department)
			for _, c := range m.Cells {
				list = append(list, m.Units[c.Provider].Code+" "+m.Units[c.Customer].Code)
			}
			return list
		}
		declare(2, [2]org.ID{finance, sales}, [2]org.ID{purchasing, finance})
		declare(0, [2]org.ID{purchasing, finance}, [2]org.ID{finance, sales})
		if got := shown(); !slices.Equal(got, []string{"finance sales", "purchasing finance"}) {
			h.Error(got)
		}
		declare(2)
		if got := shown(); !slices.Equal(got, []string{"finance sales"}) {
			h.Error("an edge with work stays, one that was only declared goes:", got)
		}
		h.tally("purchasing", "finance", "2026-11-02", relation.Delta{Opened: 1})
		if got := shown(); len(got) != 2 {
			h.Error("work makes it an edge again:", got)
		}
	})
}

// proof is a source of facts for the recount.
type proof []relation.Fact

func (p proof) Facts(_ context.Context, _ sqldb.Reader, fn func(relation.Fact) error) error {
	for _, f := range p {
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}

func (p proof) FactsOn(ctx context.Context, rd sqldb.Reader, _, _ time.Time, fn func(relation.Fact) error) error {
	return p.Facts(ctx, rd, fn)
}

// TestANightsReconcile: what differs in the last days is put right, month and all, and told once; older days are left to replay.
func TestANightsReconcile(t *testing.T) {
	each(t, func(h house) {
		today := h.db.Now().In(h.zone)
		day := func(back int) time.Time { return today.AddDate(0, 0, -back) }
		finance, sales := h.unit("finance").ID, h.unit("sales").ID
		facts := proof{
			{Provider: finance, Customer: sales, Day: day(1), Delta: relation.Delta{Opened: 2}},
			{Provider: finance, Customer: sales, Day: day(3), Delta: relation.Delta{Opened: 1, Met: 1}},
			{Provider: finance, Customer: sales, Day: day(40), Delta: relation.Delta{Opened: 5}},
		}
		for _, f := range facts {
			h.tally("finance", "sales", f.Day.Format(time.DateOnly), f.Delta)
		}
		reconcile := func(want int) {
			h.Helper()
			if n, err := h.rel.Reconcile(h.ctx, facts); err != nil || n != want {
				h.Fatalf("%d put right, not %d: %v", n, want, err)
			}
		}
		reconcile(0)
		h.tally("finance", "sales", day(1).Format(time.DateOnly), relation.Delta{Opened: 1})
		h.tally("sales", "finance", day(3).Format(time.DateOnly), relation.Delta{Breached: 1})
		h.tally("finance", "sales", day(40).Format(time.DateOnly), relation.Delta{Opened: 1})
		reconcile(4) // two days, and the month of each edge
		reconcile(0)
		if err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			diffs, err := h.rel.Recount(ctx, rd, facts)
			if len(diffs) != 2 || diffs[0].Have.Opened != 6 {
				h.Errorf("left: %+v", diffs)
			}
			told, err2 := sqldb.Value[int](ctx, rd, `select count(*) from outbox where kind = 'relation.tallies-were-wrong'`)
			if told != 2 {
				h.Errorf("told %d times", told)
			}
			return errors.Join(err, err2)
		}); err != nil {
			h.Fatal(err)
		}
	})
}

func TestRecountFindsAndRepairs(t *testing.T) {
	each(t, func(h house) {
		day := func(s string) time.Time {
			at, err := time.ParseInLocation(time.DateOnly, s, h.zone)
			if err != nil {
				h.Fatal(err)
			}
			return at
		}
		finance, sales, purchasing := h.unit("finance").ID, h.unit("sales").ID, h.unit("purchasing").ID
		facts := proof{
			{Provider: finance, Customer: sales, Day: day("2026-11-02"), Delta: relation.Delta{Opened: 1}},
			{Provider: finance, Customer: sales, Day: day("2026-11-02"), Delta: relation.Delta{Opened: 1, Met: 1}},
			{Provider: finance, Customer: sales, Day: day("2026-11-30"), Delta: relation.Delta{Breached: 1}},
		}
		for _, f := range facts {
			h.tally("finance", "sales", f.Day.Format(time.DateOnly), f.Delta)
		}
		recount := func() (list []relation.Difference) {
			err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
				list, err = h.rel.Recount(ctx, rd, facts)
				return err
			})
			if err != nil {
				h.Fatal(err)
			}
			return list
		}
		if got := recount(); len(got) != 0 {
			h.Fatalf("right tallies differ: %+v", got)
		}
		h.tally("finance", "sales", "2026-11-02", relation.Delta{Met: 1})                                                                     // one too many
		h.tally("sales", "finance", "2026-11-09", relation.Delta{Opened: 2})                                                                  // from nowhere
		facts = append(facts, relation.Fact{Provider: purchasing, Customer: sales, Day: day("2026-11-03"), Delta: relation.Delta{Opened: 4}}) // never tallied, no edge
		if got := recount(); len(got) != 5 {
			h.Errorf("%d differences: %+v", len(got), got)
		}
		if changed, err := h.rel.Repair(h.ctx, facts); err != nil || changed == 0 {
			h.Fatal(changed, err)
		}
		if got := recount(); len(got) != 0 {
			h.Errorf("after the repair: %+v", got)
		}
		m := h.matrix(h.ctx, period(h, "2026-11"), org.Department)
		if c, d := cell(m, "finance", "sales"), cell(m, "purchasing", "sales"); c.Met != 1 || c.Breached != 1 || d == nil || d.Opened != 4 {
			h.Errorf("%+v, %+v", c, d)
		}
	})
}
