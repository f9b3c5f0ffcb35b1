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
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// away enters an absence in the words of a form.
func (h house) away(no, from, until, deputy string) org.Absence {
	h.Helper()
	a, err := h.org.SetAbsence(h.ctx, no, org.AbsenceInput{From: from, Until: until, Kind: org.Holiday, Deputy: deputy, Anyway: true})
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func (h house) deputies(no string) []string {
	h.Helper()
	var out []string
	h.read(func(rd sqldb.Reader) error {
		list, err := h.org.DeputiesOf(h.ctx, rd, []org.ID{h.no(no).ID})
		for _, id := range list[h.no(no).ID] {
			p, _ := h.org.PersonIn(h.ctx, rd, id)
			out = append(out, p.No)
		}
		return err
	})
	return out
}

// hear collects what is announced of absences.
func (h house) hear(into *[]string) house {
	bus := event.NewBus(h.db)
	h.org = org.New(h.db, bus)
	say := func(what string) func(context.Context, *sqldb.Tx, org.ID) error {
		return func(ctx context.Context, tx *sqldb.Tx, id org.ID) error {
			p, err := h.org.PersonIn(ctx, tx, id)
			tx.OnCommit(func() { *into = append(*into, what+" "+p.No) })
			return err
		}
	}
	set, began, ended := say("set"), say("began"), say("ended")
	event.Hear(bus, "test", func(ctx context.Context, tx *sqldb.Tx, e org.AbsenceSet) error { return set(ctx, tx, e.Person) })
	event.Hear(bus, "test", func(ctx context.Context, tx *sqldb.Tx, e org.AbsenceBegan) error { return began(ctx, tx, e.Person) })
	event.Hear(bus, "test", func(ctx context.Context, tx *sqldb.Tx, e org.AbsenceEnded) error { return ended(ctx, tx, e.Person) })
	return h
}

// at moves the clock to a moment in Shanghai.
func (h house) at(text string) {
	h.Helper()
	zone, _ := time.LoadLocation("Asia/Shanghai")
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		h.Fatal(err)
	}
	dbtest.Clock(h.db).Set(t)
}

func TestADeputyStandsInWhileTheAbsenceHolds(t *testing.T) {
	each(t, func(h house) { // Monday 23 November 2026, 09:00
		if err := h.org.SetRoles(h.ctx, "00123", []string{"head@hr"}, 0); err != nil {
			h.Fatal(err)
		}
		hr, it := h.code("hr").ID, h.code("it").ID
		h.unit(org.UnitInput{Code: "it", NameZh: "信息技术部", Parent: "hq", Head: "00123", Revision: h.code("it").Revision})
		boss := h.no("00123").ID
		a := h.away("00123", "2026-11-24", "2026-11-25", "A-7")
		if b := h.actor("A-7"); len(b.StandsFor) != 0 || b.In(hr, "head") {
			h.Errorf("a deputy before the time: %+v", b)
		}
		h.at("2026-11-24 00:00")
		b := h.actor("A-7")
		if !slices.Equal(b.StandsFor, []int64{boss}) {
			h.Errorf("stands for %v", b.StandsFor)
		}
		for _, unit := range []org.ID{hr, it} {
			if !slices.Contains(b.Groups, actor.Group{ID: unit, Role: "head", For: boss}) {
				h.Errorf("not in the head's place in %d: %v", unit, b.Groups)
			}
		}
		if got := h.deputies("00123"); !slices.Equal(got, []string{"A-7"}) {
			h.Errorf("deputies %v", got)
		}
		h.at("2026-11-25 23:59")
		if len(h.actor("A-7").StandsFor) != 1 {
			h.Error("the last day counts to its end")
		}
		h.at("2026-11-26 00:00")
		if b := h.actor("A-7"); len(b.StandsFor) != 0 || b.In(hr, "head") || len(h.deputies("00123")) != 0 {
			h.Errorf("a deputy after the time: %+v", b)
		}
		if _, err := h.org.EndAbsence(h.ctx, a.ID, 0); fault.KindOf(err) != fault.Conflict {
			h.Errorf("ended what is over: %v", err)
		}
	})
}

func TestAnAbsenceEndedByHandClosesRightsAtOnce(t *testing.T) {
	each(t, func(h house) {
		a := h.away("A-8", "2026-11-23", "2026-11-30", "A-7")
		if len(h.actor("A-7").StandsFor) != 1 {
			h.Fatal("today counts")
		}
		second := dbtest.Second(h.T, h.db)
		other := org.New(second, event.NewBus(second))
		if b, err := other.ActorOf(h.ctx, h.no("A-7").ID); err != nil || len(b.StandsFor) != 1 {
			h.Fatalf("another process: %v %v", b.StandsFor, err)
		}
		if _, err := h.org.EndAbsence(h.ctx, a.ID, a.Revision); err != nil {
			h.Fatal(err)
		}
		if len(h.actor("A-7").StandsFor) != 0 || len(h.deputies("A-8")) != 0 {
			h.Error("rights outlive the absence")
		}
		h.read(func(rd sqldb.Reader) error {
			away, err := h.org.AbsentAt(h.ctx, rd, []org.ID{h.no("A-8").ID}, rd.Instant())
			if len(away) != 0 {
				h.Errorf("still away: %v", away)
			}
			return err
		})
		h.away("A-8", "2026-11-24", "2026-11-25", "A-7") // the time is free again
	})
}

func TestDeputiesOfDeputies(t *testing.T) {
	each(t, func(h house) {
		h.away("00123", "2026-11-23", "2026-11-27", "A-7")
		h.away("A-7", "2026-11-23", "2026-11-25", "A-8")
		if got := h.deputies("00123"); !slices.Equal(got, []string{"A-8"}) {
			h.Errorf("who is away hands on: %v", got)
		}
		both := []int64{h.no("00123").ID, h.no("A-7").ID}
		slices.Sort(both)
		if got := h.actor("A-8").StandsFor; !slices.Equal(got, both) {
			h.Errorf("stands for %v, want %v", got, both)
		}
		if got := h.actor("A-7").StandsFor; !slices.Equal(got, []int64{h.no("00123").ID}) {
			h.Errorf("the one between keeps the right: %v", got)
		}
		h.away("A-8", "2026-11-24", "2026-11-24", "00123") // a ring
		h.at("2026-11-24 10:00")
		if got := h.deputies("00123"); !slices.Equal(got, []string{"A-7", "A-8"}) {
			h.Errorf("in a ring everybody named: %v", got)
		}
		if got := h.actor("00123").StandsFor; len(got) != 2 {
			h.Errorf("nobody stands in for themselves: %v", got)
		}
		h.at("2026-11-26 10:00")
		if got := h.deputies("00123"); !slices.Equal(got, []string{"A-7"}) {
			h.Errorf("back from leave: %v", got)
		}
		if err := h.org.Deactivate(h.ctx, "A-7"); err != nil {
			h.Fatal(err)
		}
		if got := h.deputies("00123"); len(got) != 0 {
			h.Errorf("somebody who left stands in: %v", got)
		}
	})
}

func TestEverythingWrongWithAnAbsenceComesAtOnce(t *testing.T) {
	each(t, func(h house) {
		for _, c := range []struct {
			name string
			in   org.AbsenceInput
			want []string
		}{
			{"nothing", org.AbsenceInput{}, []string{"from org.required", "kind org.absence-kind-unknown"}},
			{"nonsense", org.AbsenceInput{From: "soon", Until: "later", Kind: "party", Deputy: "nobody"},
				[]string{"from org.date-malformed", "until org.date-malformed", "kind org.absence-kind-unknown", "deputy org.person-unknown"}},
			{"holiday without an end, by oneself", org.AbsenceInput{From: "2026-12-01", Kind: "holiday", Deputy: "A-8"},
				[]string{"until org.absence-needs-end", "deputy org.deputy-self"}},
			{"backwards", org.AbsenceInput{From: "2026-12-05", Until: "2026-12-01", Kind: "trip"}, []string{"until org.absence-backwards"}},
			{"long past", org.AbsenceInput{From: "2026-09-01", Until: "2026-09-03", Kind: "sick"}, []string{"from org.absence-too-late", "until org.absence-past"}},
			{"for a century", org.AbsenceInput{From: "2026-12-01", Until: "2126-12-01", Kind: "leave"}, []string{"until org.absence-too-long"}},
		} {
			_, err := h.org.SetAbsence(h.ctx, "A-8", c.in)
			if got := fields(h.T, err); !slices.Equal(got, c.want) {
				h.Errorf("%s: %q", c.name, got)
			}
		}
		h.away("A-7", "2026-12-01", "2026-12-10", "")
		_, err := h.org.SetAbsence(h.ctx, "A-7", org.AbsenceInput{From: "2026-12-10", Until: "2026-12-12", Kind: "trip", Deputy: "A-7"})
		if got := fields(h.T, err); !slices.Equal(got, []string{"from org.absence-overlaps", "deputy org.deputy-self"}) {
			h.Errorf("overlap: %q", got)
		}
		in := org.AbsenceInput{From: "2026-12-05", Kind: "sick", Deputy: "A-7"}
		_, err = h.org.SetAbsence(h.ctx, "A-8", in)
		if got := fields(h.T, err); !slices.Equal(got, []string{"deputy org.deputy-away"}) {
			h.Errorf("a deputy who is away is said once: %q", got)
		}
		in.Anyway = true
		if _, err = h.org.SetAbsence(h.ctx, "A-8", in); err != nil {
			h.Errorf("taken anyway: %v", err)
		}
	})
}

func TestTwoAbsencesAtOnceHaveOneWinner(t *testing.T) {
	each(t, func(h house) {
		got := twice(func() error {
			_, err := h.org.SetAbsence(h.ctx, "A-8", org.AbsenceInput{From: "2026-12-01", Until: "2026-12-02", Kind: "trip"})
			return err
		})
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("%v and %v", got[0], got[1])
		}
		a := h.away("A-7", "2026-12-01", "2026-12-02", "")
		if got = twice(func() error { _, err := h.org.EndAbsence(h.ctx, a.ID, a.Revision); return err }); (got[0] == nil) == (got[1] == nil) {
			h.Errorf("ended twice: %v and %v", got[0], got[1])
		}
	})
}

func TestWhoMayKeepAnAbsence(t *testing.T) {
	each(t, func(h house) {
		if err := h.org.SetRoles(h.ctx, "00123", []string{"head@hr"}, 0); err != nil {
			h.Fatal(err)
		}
		in := org.AbsenceInput{From: "2026-12-01", Until: "2026-12-02", Kind: "trip"}
		as := func(no string) context.Context { return actor.With(h.ctx, h.actor(no)) }
		if _, err := h.org.SetAbsence(as("A-7"), "123", in); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a stranger: %v", err)
		}
		a, err := h.org.SetAbsence(as("00123"), "123", in) // head of the unit above
		if err != nil {
			h.Fatal(err)
		}
		if _, err := h.org.EndAbsence(as("A-7"), a.ID, 0); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a stranger ends it: %v", err)
		}
		if _, err := h.org.EndAbsence(as("123"), a.ID, 0); err != nil {
			h.Errorf("the person: %v", err)
		}
	})
}

func TestTimeAnnouncesWhatBeginsAndEnds(t *testing.T) {
	each(t, func(h house) {
		var heard []string
		h = h.hear(&heard)
		h.away("A-8", "2026-11-24", "2026-11-24", "A-7")
		h.away("A-7", "2026-11-23", "2026-11-23", "") // begins at once
		pass := func(want ...string) {
			h.Helper()
			if err := h.org.Pass(h.ctx); err != nil {
				h.Fatal(err)
			}
			if !slices.Equal(heard, want) {
				h.Errorf("heard %q, want %q", heard, want)
			}
			heard = nil
		}
		pass("set A-8", "set A-7", "began A-7")
		pass()
		h.at("2026-11-24 00:01")
		pass("ended A-7", "began A-8")
		h.at("2026-11-25 00:01")
		pass("ended A-8")
		pass()
	})
}

func TestActingHeadsAndVacantUnits(t *testing.T) {
	each(t, func(h house) {
		hr, pay := h.code("hr").ID, h.code("hr-pay").ID
		heads := func(unit org.ID) (out []string) {
			h.read(func(rd sqldb.Reader) error {
				ids, err := h.org.Heads(h.ctx, rd, unit)
				for _, id := range ids {
					p, _ := h.org.PersonIn(h.ctx, rd, id)
					out = append(out, p.No)
				}
				return err
			})
			return out
		}
		if got := heads(pay); len(got) != 0 {
			h.Errorf("nobody heads anything: %v", got)
		}
		h.unit(org.UnitInput{Code: "hr", NameZh: "人力资源部", Parent: "hq", Head: "00123", Revision: h.code("hr").Revision})
		if got := heads(pay); !slices.Equal(got, []string{"00123"}) {
			h.Errorf("a vacant unit falls to the one above: %v", got)
		}
		a, err := h.org.SetActing(h.ctx, "hr-pay", org.ActingInput{Person: "123", Until: "2026-11-24", Why: "招聘中"})
		if err != nil {
			h.Fatal(err)
		}
		if got := heads(pay); !slices.Equal(got, []string{"123"}) {
			h.Errorf("an acting head: %v", got)
		}
		if !h.actor("123").In(pay, "head") {
			h.Error("who acts is no head")
		}
		for _, bad := range []struct {
			unit string
			in   org.ActingInput
			want []string
		}{
			{"hr-pay", org.ActingInput{Person: "123"}, []string{"person org.acting-twice"}},
			{"hr", org.ActingInput{Person: "00123", Until: "2020-01-01"}, []string{"until org.absence-backwards", "person org.acting-is-head"}},
			{"hr", org.ActingInput{From: "x"}, []string{"from org.date-malformed", "person org.required"}},
		} {
			if _, err := h.org.SetActing(h.ctx, bad.unit, bad.in); !slices.Equal(fields(h.T, err), bad.want) {
				h.Errorf("%+v: %v", bad.in, err)
			}
		}
		h.at("2026-11-25 00:00")
		if h.actor("123").In(pay, "head") || !slices.Equal(heads(pay), []string{"00123"}) {
			h.Errorf("it ends by itself: %v", heads(pay))
		}
		if err := h.org.EndActing(h.ctx, "hr-pay", a.ID); fault.KindOf(err) != fault.Conflict {
			h.Errorf("ended what is over: %v", err)
		}
		if _, err := h.org.SetActing(actor.With(h.ctx, h.actor("A-7")), "hr", org.ActingInput{Person: "A-7"}); fault.KindOf(err) != fault.NotFound {
			h.Errorf("anybody makes themselves a head: %v", err)
		}
		own := actor.With(h.ctx, h.actor("00123"))
		if _, err := h.org.SetActing(own, "hr", org.ActingInput{Person: "A-7"}); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a head names an acting head for the own unit: %v", err)
		}
		if _, err := h.org.SetActing(own, "hr-pay", org.ActingInput{Person: "A-7"}); err != nil {
			h.Errorf("a head names one for the unit below: %v", err)
		}
		if err := h.org.Deactivate(h.ctx, "A-7"); err != nil {
			h.Fatal(err)
		}
		if got := heads(pay); !slices.Equal(got, []string{"00123"}) {
			h.Errorf("somebody who left acts: %v", got)
		}
		_ = hr
	})
}

func TestAMembershipEndsByItselfThoughTheActorIsRemembered(t *testing.T) {
	each(t, func(h house) {
		it := h.code("it").ID
		for range 2 { // the second is remembered
			if !h.actor("123").In(it, "member") {
				h.Fatal("the last day counts")
			}
		}
		h.at("2026-11-24 00:00")
		if h.actor("123").In(it) {
			h.Error("a membership outlives its day")
		}
	})
}
