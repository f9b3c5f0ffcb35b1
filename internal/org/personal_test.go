package org_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// process is the room in one process, with the queue that carries its jobs.
type process struct {
	*org.Service
	jobs *job.Queue
}

func processOf(db *sqldb.DB) process {
	p := process{org.New(db, event.NewBus(db)), job.New(db)}
	p.ChangesBy(p.jobs)
	return p
}

// eachProcess is a small company in a process on both engines.
func eachProcess(t *testing.T, fn func(h house, p process)) {
	dbtest.Each(t, append(slices.Clone(schemas), sqldb.Schema{Room: "job", FS: job.Schema}), func(t *testing.T, db *sqldb.DB) {
		p := processOf(db)
		h := house{t, actor.System(context.Background()), db, p.Service}
		h.unit(org.UnitInput{Code: "hr", NameZh: "人力资源部"})
		h.person(org.PersonInput{No: "A-7", Name: "李雷", NameEn: "Lei Li", Phone: "13800000001", Email: "lilei@example.com", Unit: "hr", Position: "专员"})
		h.person(org.PersonInput{No: "A-8", Name: "韩梅", Unit: "hr"})
		fn(h, p)
	})
}

func (h house) do(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h house) exec(text string, args ...any) {
	h.Helper()
	h.do(h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}))
}

func (h house) count(text string, args ...any) (n int) {
	h.Helper()
	h.do(h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = sqldb.Value[int](ctx, rd, text, args...)
		return err
	}))
	return n
}

// TestErasing erases somebody of whom there is more than fits into three transactions. The process dies behind the first
// one; the next fails in the middle; the third one ends it, and nothing was done twice or left out.
func TestErasing(t *testing.T) {
	eachProcess(t, func(h house, p process) {
		who := h.no("A-7")
		h.do(h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			rows := make([][]any, 1300)
			for i := range rows {
				rows[i] = []any{who.ID, i + 100, "X-" + org.IDText(org.ID(i))}
			}
			return tx.Insert(ctx, "org_dotted", "person, n, manager_no", rows...)
		}))
		h.do(h.org.SetRoles(h.ctx, "A-7", []string{"agent@hr"}, 0))
		h.exec(`update org_person set manager_no = 'A-7' where no = 'A-8'`)
		h.do(h.org.Deactivate(h.ctx, "A-7"))
		h.do(h.org.Erase(h.ctx, "A-7", " A-7 "))
		if err := h.org.Activate(h.ctx, "A-7"); fault.KindOf(err) != fault.Conflict {
			h.Errorf("who is being erased comes back: %v", err)
		}
		dotted := func() int { return h.count(`select count(*) from org_dotted where person = $1`, who.ID) }
		if more, err := p.EraseStretch(h.ctx, who.ID); err != nil || !more || dotted() != 801 {
			h.Fatalf("the first transaction: %v %v, %d left", more, err, dotted())
		}
		broken := processOf(h.db)
		broken.AddPersonalData(org.PersonalData{Code: "test.broken", Order: 35, Wipe: []string{`delete from no_such_table where person = $1 limit $2`}})
		if _, err := broken.jobs.RunDue(h.ctx); err == nil || dotted() != 301 {
			h.Fatalf("the one that fails: %v, %d left", err, dotted())
		}
		if now := h.no("A-7"); now.Name != "李雷" || !h.left(who.ID).Erased.IsZero() {
			h.Errorf("erased before everything went: %+v", now)
		}
		dbtest.Clock(h.db).Advance(time.Hour)
		next := processOf(h.db)
		_, err := next.jobs.RunDue(h.ctx)
		h.do(err)
		l := h.left(who.ID)
		if l.Erased.IsZero() || dotted() != 0 || l.Counts["org.dotted"] != 1300 || l.Counts["org.role"] != 1 || l.Counts["org.membership"] != 1 {
			h.Errorf("in the end: %+v, %d left", l, dotted())
		}
		if n := h.count(`select count(*) from outbox where kind = 'org.person-was-erased'`); n != 1 {
			h.Errorf("announced %d times", n)
		}
		if n := h.count(`select count(*) from org_person where manager_no <> ''`); n != 0 {
			h.Error("somebody waits for the number")
		}
		h.buried(next, who.ID)
	})
}

func (h house) left(id org.ID) org.Leaver {
	h.Helper()
	l, err := h.org.LeaverOf(h.ctx, id)
	h.do(err)
	return l
}

// buried looks at what is left of A-7: a record that names nobody, and that nobody brings back.
func (h house) buried(p process, id org.ID) {
	h.Helper()
	was, err := p.Person(h.ctx, id)
	h.do(err)
	if !was.IsErased() || was.Phone+was.Email+was.Position+was.NameEn != "" || was.Active || was.Unit == 0 {
		h.Errorf("%+v", was)
	}
	if n := h.count(`select count(*) from org_person where id = $1 and name_key = '' and initials = '' and latin_key = ''`, id); n != 1 {
		h.Error("the keys of the name are there")
	}
	for locale, want := range map[string]string{"zh": "已删除的人员", "en": "Erased person"} {
		ctx := lang.In(h.ctx, locale)
		if org.NameOf(ctx, was) != want || was.Plain(ctx) != want || org.NameText(was.No, was.Name, "").In(ctx) != want {
			h.Errorf("%s: %q", locale, org.NameOf(ctx, was))
		}
	}
	if _, err := p.PersonByNo(h.ctx, "A-7"); fault.KindOf(err) != fault.NotFound {
		h.Errorf("the number is there: %v", err)
	}
	unit := org.RehireInput{Unit: "hr"}
	for what, err := range map[string]error{
		"activated": p.Activate(h.ctx, was.No), "erased again": p.Erase(h.ctx, was.No, was.No), "held": p.Hold(h.ctx, was.No, org.HoldInput{Held: true, Why: "诉讼"}),
		"hired": func() error { _, err := p.Rehire(h.ctx, was.No, unit); return err }(),
	} {
		if fault.KindOf(err) != fault.Conflict {
			h.Errorf("%s: %v", what, err)
		}
	}
	if _, err := p.SavePerson(h.ctx, org.PersonInput{No: was.No, Name: "又来", Unit: "hr", Revision: was.Revision}); fault.KindOf(err) != fault.Invalid {
		h.Errorf("named again: %v", err)
	}
	fresh, err := p.SavePerson(h.ctx, org.PersonInput{No: "A-7", Name: "李雷", Unit: "hr"})
	if err != nil || fresh.ID == id {
		h.Errorf("who is hired with the number is not a new person: %v %v", fresh, err)
	}
	h.do(p.Retain(h.ctx))
	if n := h.count(`select count(*) from outbox where kind = 'org.person-was-erased'`); n != 1 {
		h.Errorf("erased %d times", n)
	}
}

func TestWhoMayBeErased(t *testing.T) {
	eachProcess(t, func(h house, p process) {
		officer := actor.With(context.Background(), actor.Actor{Person: h.no("A-8").ID, Roles: []string{"security"}})
		colleague := actor.With(context.Background(), actor.Actor{Person: h.no("A-8").ID, Roles: []string{"admin", "hr"}})
		hold := func(held bool, why string) error {
			return p.Hold(officer, "A-7", org.HoldInput{Held: held, Why: why})
		}
		for _, c := range []struct {
			when string
			err  error
			want fault.Kind
		}{
			{"somebody who works here", p.Erase(officer, "A-7", "A-7"), fault.Conflict},
			{"by an administrator", p.Erase(colleague, "A-7", "A-7"), fault.NotFound},
			{"oneself", p.Erase(officer, "A-8", "A-8"), fault.NotFound},
			{"nobody", p.Erase(officer, "A-9", "A-9"), fault.NotFound},
			{"held without a reason", hold(true, " "), fault.Invalid},
			{"held by an administrator", p.Hold(colleague, "A-7", org.HoldInput{Held: true, Why: "x"}), fault.NotFound},
			{"a rule below 0", p.SetRetention(h.ctx, -1), fault.Invalid},
			{"a rule without end", p.SetRetention(h.ctx, 241), fault.Invalid},
		} {
			if fault.KindOf(c.err) != c.want || c.err == nil {
				h.Errorf("%s: %v", c.when, c.err)
			}
		}
		h.do(p.Deactivate(h.ctx, "A-7"))
		if got := fields(h.T, p.Erase(officer, "A-7", "A-8")); !slices.Equal(got, []string{"employee_no org.personal-wrong-no"}) {
			h.Errorf("a slip: %v", got)
		}
		h.do(hold(true, "仲裁"))
		if err := p.Erase(officer, "A-7", "A-7"); fault.KindOf(err) != fault.Conflict {
			h.Errorf("held: %v", err)
		}
		h.do(hold(false, ""))
		got := twice(func() error { return p.Erase(officer, "A-7", "A-7") })
		if got[0] != nil || got[1] != nil || h.count(`select count(*) from job`) != 1 {
			h.Errorf("erasing twice is once: %v", got)
		}
		if err := hold(true, "太晚"); fault.KindOf(err) != fault.Conflict {
			h.Errorf("held while it goes: %v", err)
		}
	})
}

func TestRetention(t *testing.T) {
	eachProcess(t, func(h house, p process) {
		h.person(org.PersonInput{No: "B-1", Name: "受保", Unit: "hr"})
		h.person(org.PersonInput{No: "B-2", Name: "回来", Unit: "hr"})
		night := func() {
			h.Helper()
			h.do(p.Retain(h.ctx))
			_, err := p.jobs.RunDue(h.ctx)
			h.do(err)
		}
		h.at("2026-01-10 02:00")
		ids := map[string]org.ID{}
		for _, no := range []string{"A-7", "B-1", "B-2"} {
			ids[no] = h.no(no).ID
			h.do(p.Deactivate(h.ctx, no))
		}
		night()
		h.do(p.Hold(h.ctx, "B-1", org.HoldInput{Held: true, Why: "仲裁"}))
		h.do(p.Activate(h.ctx, "B-2"))
		h.at("2036-01-10 02:00")
		night()
		if r, err := p.Retention(h.ctx); err != nil || r.RetentionCounts != (org.RetentionCounts{Left: 1, Held: 1}) || r.Months != 0 {
			h.Fatalf("without a rule nobody is erased: %+v %v", r, err)
		}
		h.do(p.Deactivate(h.ctx, "B-2"))
		h.do(p.SetRetention(h.ctx, 24))
		company := p.Company(h.ctx)
		company.Switches.EraseMonths, company.Switches.NumbersToAll = 1, true
		h.do(p.SetCompany(h.ctx, company))
		night()
		if r, err := p.Retention(h.ctx); err != nil || r.RetentionCounts != (org.RetentionCounts{Left: 1, Held: 1, Erased: 1}) || r.Months != 24 {
			h.Fatalf("after ten years: %+v %v", r, err)
		}
		if !h.left(ids["A-7"]).Erased.Equal(h.left(ids["A-7"]).Began) || h.left(ids["A-7"]).BeganBy != 0 {
			h.Errorf("%+v", h.left(ids["A-7"]))
		}
		h.at("2038-01-09 02:00")
		night()
		if !h.left(ids["B-2"]).Erased.IsZero() {
			h.Error("who left again is erased a day too early")
		}
		h.at("2038-01-10 02:00")
		night()
		if h.left(ids["B-2"]).Erased.IsZero() {
			h.Error("who left again is not erased")
		}
		h.do(p.Hold(h.ctx, "B-1", org.HoldInput{}))
		night()
		if h.left(ids["B-1"]).Erased.IsZero() {
			h.Error("who is held no more is not erased")
		}
		log, err := p.CompanyLog(h.ctx)
		if err != nil || !slices.ContainsFunc(log, func(c org.CompanyChange) bool {
			return slices.Contains(c.Changes, org.SwitchChange{Name: "erase_months", From: "0", To: "24"})
		}) {
			h.Errorf("the rule is not among the company's decisions: %+v %v", log, err)
		}
	})
}
