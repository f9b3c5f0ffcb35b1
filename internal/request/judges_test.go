package request

import (
	"context"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// What both sides of a confidential request differ about is decided by a security officer who opens it, and by nobody else.
func TestADisputedConfidentialRequestHasAJudge(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.Access.AddKind(h.AccessKind())
		must(t, h.Org.SetRoles(h.ctx, "4001", []string{"security"}, 0))
		h.on("2026-11-23 09:00")
		must(t, h.Calendar.Prepare(h.ctx))
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2002"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		_, err = h.Take(h.as("2002"), r.Number, When{})
		must(t, err)
		must(t, second(h.Message(h.as("2002"), r.Number, "在办", nil, When{})))
		dbtest.Clock(h.db).Set(r.Due.Add(3_600_000_000_000))
		must(t, h.Clock.Breach(h.ctx))
		_, err = h.StateCause(h.as("2002"), r.Number, CauseSaid{Cause: CauseCustomer, Text: "客户没给账号"}, When{})
		must(t, err)
		_, err = h.DisputeCause(h.as("3002"), r.Number, CauseSaid{Text: "给过了"}, When{})
		must(t, err)
		page, err := h.Todo.Mine(h.as("4001"), todo.Filter{})
		must(t, err)
		i := slices.IndexFunc(page.Items, func(x todo.Entry) bool { return x.Verb == "cause-decide" })
		if i < 0 || page.Items[i].Title != r.Ref() || !strings.HasPrefix(page.Items[i].Link, "/settings/access/glass?record=") || page.Items[i].For != 0 {
			t.Fatalf("the officer owes %+v", page.Items)
		}
		decide := CauseSaid{Cause: CauseOwn, Text: "邮件里有账号"}
		fails(t, second(h.DecideCause(h.as("1001"), r.Number, decide, When{})), fault.NotFound, "not-found") // the quality office may not read it
		fails(t, second(h.DecideCause(h.as("4001"), r.Number, decide, When{})), fault.NotFound, "not-found") // not opened yet
		_, err = h.Access.BreakGlass(h.as("4001"), r.Ref(), "双方对超时原因说法不一")
		must(t, err)
		_, err = h.DecideCause(h.as("4001"), r.Number, decide, When{})
		must(t, err)
		if b := h.breaches(r.Number); len(b) != 1 || b[0].State != CauseSettled || b[0].Excused {
			t.Errorf("%+v", b)
		}
		page, err = h.Todo.Mine(h.as("4001"), todo.Filter{})
		must(t, err)
		if slices.ContainsFunc(page.Items, func(x todo.Entry) bool { return x.Verb == "cause-decide" }) {
			t.Error("still owed")
		}
		h.sound()
	})
}

// The quality office of a subsidiary is asked about what its units do not agree on, as the company's is.
func TestAScopedQualityOfficeJudgesItsUnits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		must(t, h.Org.SetRoles(h.ctx, "2102", []string{"quality@it"}, 0))
		tree, err := h.Org.Tree(h.ctx)
		must(t, err)
		it, _ := tree.ByCode("it")
		finance, _ := tree.ByCode("finance")
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			over, err := h.judges(ctx, rd, Request{Unit: it.ID})
			must(t, err)
			other, err := h.judges(ctx, rd, Request{Unit: finance.ID})
			must(t, err)
			if len(over) != 2 || len(other) != 1 || !slices.Contains(over, h.id("2102")) {
				t.Errorf("%v, %v", over, other)
			}
			return nil
		}))
	})
}
