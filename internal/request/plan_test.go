package request

import (
	"context"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// planOf is how SQLite would run a statement.
func planOf(t *testing.T, ctx context.Context, rd sqldb.Reader, text string, args []any) string {
	t.Helper()
	steps, err := sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
		var id, parent, unused int64
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		return step, err
	}, "explain query plan "+text, args...)
	must(t, err)
	return strings.Join(steps, "; ")
}

// TestAListReadsShortRanges: the newest requests of somebody who has served thousands are the ends of a few index
// ranges, in their order, and the few rows that were shown to the person; nothing that grows with the years is sorted.
func TestAListReadsShortRanges(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		sc := scope{eye: eye{person: 7, serves: []int64{1}, asks: []int64{2}}, limit: 50}
		for _, p := range sc.newestParts() {
			text, args := sc.narrow(sqldb.Select("select "+lineColumns+"\nfrom request r").Where(p.cond, p.args...), p.seen).
				OrderBy("r.opened_at desc, r.id desc").Limit(sc.limit + 1).SQL()
			plan := planOf(t, ctx, rd, text, args)
			if strings.Contains(p.cond, "access_grant") {
				if !strings.Contains(plan, "COVERING INDEX access_grant_personal") || !strings.Contains(plan, "SEARCH r USING INTEGER PRIMARY KEY") {
					t.Errorf("%s: %s", p.cond, plan)
				}
				continue
			}
			if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") {
				t.Errorf("%s: %s", p.cond, plan)
			}
		}
		return nil
	}))
}

// TestWhatAServiceKeptIsReadFromTheIndex: the catalogue shows it for every service, so it must not touch the requests.
func TestWhatAServiceKeptIsReadFromTheIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		text, args := keptQuery(rd, []int64{1, 2}, Span{From: db.Now(), To: db.Now()})
		if plan := planOf(t, ctx, rd, text, args); !strings.Contains(plan, "COVERING INDEX request_service") {
			t.Error(plan)
		}
		return nil
	}))
}

// TestHandsAreCountedFromTheIndex: the queue counts what each colleague has in hand, of a unit that may hold thousands.
func TestHandsAreCountedFromTheIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for _, q := range []*sqldb.Query{handsQuery(1, []int64{1, 2, 3}), handsUpToQuery(1, []int64{1, 2, 3})} {
			text, args := q.SQL()
			if plan := planOf(t, ctx, rd, text, args); !strings.Contains(plan, "COVERING INDEX request_in_hand (unit=? AND assignee=?") {
				t.Error(plan)
			}
		}
		return nil
	}))
}

// TestAReportReadsWhatWasDueInItsSpan: of either clock, and not every request of its services.
func TestAReportReadsWhatWasDueInItsSpan(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for clock, index := range map[string]string{"completion": "request_service (service=? AND due>? AND due<?)", "first_response": "request_of_service (service=? AND opened_at<?)",
			"next_response": "reply_turn_service (service=? AND due_at>? AND due_at<?)"} {
			counts, spells := (cohort{Cohort: Cohort{By: ByEdge, Clock: clock}, services: []int64{1, 2}}).text()
			if plan := planOf(t, ctx, rd, counts, []any{1, 2, 3}); !strings.Contains(plan, index) {
				t.Errorf("%s: %s", clock, plan)
			}
			if plan := planOf(t, ctx, rd, spells, []any{1, 2}); !strings.Contains(plan, index) {
				t.Errorf("%s, how long: %s", clock, plan)
			}
		}
		return nil
	}))
}

// TestAReportOfAUnitReadsWhatTheUnitOwed and not what all owed.
func TestAReportOfAUnitReadsWhatTheUnitOwed(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		c := cohort{Cohort: Cohort{By: ByUnit, Clock: "completion"}, services: []int64{1, 2}, providers: []int64{7}}
		counts, spells := c.text()
		for text, args := range map[string][]any{counts: {1, 2, 3}, spells: {1, 2}} {
			if plan := planOf(t, ctx, rd, text, args); !strings.Contains(plan, "request_provider (provider=? AND due>? AND due<?)") {
				t.Error(plan)
			}
		}
		return nil
	}))
}

// TestTheReportOfHandsReadsRanges: what was due in its span, the logs of these, their parts.
func TestTheReportOfHandsReadsRanges(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		text, args := handlingQuery("select r.id, r.hops", nil, Span{db.Now(), db.Now()}, []int64{1, 2}, []int64{1, 2, 3}).OrderBy("r.due desc, r.id").Limit(9).SQL()
		plan := planOf(t, ctx, rd, text, args)
		if !strings.Contains(plan, "request_service (service=? AND due>? AND due<?)") || !strings.Contains(plan, "SEARCH h USING PRIMARY KEY (request=?)") {
			t.Error(plan)
		}
		text, args = handlingLogsText([]ID{1, 2})
		if plan := planOf(t, ctx, rd, text, args); !strings.Contains(plan, "PRIMARY KEY (request=?)") || strings.Contains(plan, "TEMP") {
			t.Error(plan)
		}
		text, args = partsText([]ID{1, 2})
		if plan := planOf(t, ctx, rd, text, args); !strings.Contains(plan, "INDEX request_parent (parent=?)") {
			t.Error(plan)
		}
		return nil
	}))
}

// TestALineIsCountedInAnIndex: of a service and of a unit, and what a service has open by the version of its form: what is
// closed is passed over in the index.
func TestALineIsCountedInAnIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for _, x := range []struct {
			text, index string
			args        []any
		}{
			{lineText(handsOfService), "INDEX request_service (service=?)", []any{1, 2, 3}},
			{lineText(handsOfUnit), "COVERING INDEX request_open (unit=?)", []any{1, 2, 3}},
			{versionsText, "INDEX request_service (service=?)", []any{1}},
			{openOfServiceText, "INDEX request_service (service=?)", []any{1, 2, 3}},
		} {
			if plan := planOf(t, ctx, rd, x.text, x.args); !strings.Contains(plan, x.index) {
				t.Errorf("%s: %s", x.text, plan)
			}
		}
		return nil
	}))
}

// TestAFilterIsReadFromTheIndexOfItsList: whatever a list is narrowed by, it is read in its order from the indexes that begin with
// whose it is, and nothing that grows with the years is sorted.
func TestAFilterIsReadFromTheIndexOfItsList(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	head, office, division := eye{person: 7, serves: []int64{1}, asks: []int64{2}}, eye{person: 7, all: true}, eye{person: 7}
	for i := range int64(manyUnits) {
		division.serves, division.asks = append(division.serves, 100+i), append(division.asks, 100+i)
	}
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for _, c := range []struct {
			name  string
			sc    scope
			index []string // of the parts that are not shown by a grant
		}{
			{"a head's, of a service", scope{eye: head, service: 3}, []string{"asked", "for", "assignee", "unit", "customer", "lent"}},
			{"a head's, new", scope{eye: head, states: []string{"new"}}, []string{"asked", "for", "assignee", "unit", "customer", "lent"}},
			{"a head's, of a unit that serves", scope{eye: head, provider: 3}, []string{"asked", "for", "assignee", "unit", "customer", "lent"}},
			{"a head's, of a customer of their own", scope{eye: head, customers: []int64{2}}, []string{"customer"}},
			{"a head's, of another customer", scope{eye: head, customers: []int64{4}}, []string{"asked", "for", "assignee", "customer"}},
			{"a head's, of many customers", scope{eye: head, customers: []int64{4, 5, 6}}, []string{"asked", "for", "assignee", "unit", "lent"}},
			{"a head's, of another unit", scope{eye: head, units: []int64{4}}, []string{"asked", "for", "assignee", "unit"}},
			{"of many units, with another", scope{eye: division, customers: []int64{400}}, []string{"asked", "for", "assignee", "customer"}},
			{"of many units, of a unit that serves", scope{eye: division, provider: 400}, []string{"asked", "for", "assignee", "unit", "lent"}},
			{"of many units", scope{eye: division}, []string{"asked", "for", "assignee", "opened"}},
			{"one's own, of a service", scope{eye: head, service: 3, Filter: Filter{Mine: true}}, []string{"asked", "for"}},
			{"all, of a service", scope{eye: office, service: 3}, []string{"of_service"}},
			{"all, of a unit that serves", scope{eye: office, provider: 3}, []string{"unit", "lent"}},
			{"all between two units", scope{eye: office, provider: 3, customers: []int64{4}}, []string{"customer"}},
			{"all of a state", scope{eye: office, states: []string{"waiting"}}, []string{"opened"}},
		} {
			c.sc.limit = 50
			var got []string
			for _, p := range c.sc.newestParts() {
				if strings.Contains(p.cond, "access_grant") {
					continue
				}
				text, args := c.sc.narrow(sqldb.Select("select "+lineColumns+"\nfrom request r").Where(p.cond, p.args...), p.seen).
					OrderBy("r.opened_at desc, r.id desc").Limit(c.sc.limit + 1).SQL()
				plan := planOf(t, ctx, rd, text, args)
				_, index, _ := strings.Cut(plan, "INDEX request_")
				index, _, _ = strings.Cut(index, ";")
				got = append(got, strings.Fields(index)[0])
				if strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("%s: %s", c.name, plan)
				}
			}
			if !slices.Equal(got, c.index) {
				t.Errorf("%s: %v, want %v", c.name, got, c.index)
			}
		}
		return nil
	}))
}
