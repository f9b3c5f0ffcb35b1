package request

import (
	"context"
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
		for clock, index := range map[string]string{"completion": "request_service (service=? AND due>? AND due<?)", "first_response": "request_response (service=? AND response_due>? AND response_due<?)",
			"next_response": "reply_turn_service (service=? AND due_at>? AND due_at<?)"} {
			counts, spells := attainedText(ByEdge, clock, []int64{1, 2})
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

// TestALineIsCountedInAnIndex: of a service and of a unit, and what a service has open by the version of its form.
func TestALineIsCountedInAnIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	must(t, db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for text, index := range map[string]string{
			lineText(handsOfService): "INDEX request_of_service (service=? AND number<?)",
			lineText(handsOfUnit):    "INDEX request_line_unit (unit=? AND number<?)",
		} {
			if plan := planOf(t, ctx, rd, text, []any{1, 2, 3}); !strings.Contains(plan, index) {
				t.Error(plan)
			}
		}
		if plan := planOf(t, ctx, rd, versionsText, []any{1}); !strings.Contains(plan, "INDEX request_of_service (service=? AND number>?)") {
			t.Error(plan)
		}
		if plan := planOf(t, ctx, rd, openOfServiceText, []any{1, 2, 3}); !strings.Contains(plan, "INDEX request_of_service (service=? AND number>?)") || strings.Contains(plan, "TEMP") {
			t.Error(plan)
		}
		return nil
	}))
}
