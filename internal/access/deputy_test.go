package access_test

import (
	"context"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// away lets somebody be away for today with a deputy.
func (h house) away(no, deputy string) org.Absence {
	h.Helper()
	a, err := h.org.SetAbsence(h.ctx, no, org.AbsenceInput{From: "2026-11-23", Until: "2026-11-23", Kind: "trip", Deputy: deputy, Anyway: true})
	if err != nil {
		h.Fatal(err)
	}
	return a
}

// TestADeputyActsInTheirPlaceAndNoFurther: hr-1 asked, it-agent serves, both are away, and so is the head of it.
func TestADeputyActsInTheirPlaceAndNoFurther(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := build(t, db)
		sub := access.Subject{Kind: "request", ID: 7}
		h.grant(access.Grant{Subject: sub, Holder: access.Person(h.person("hr-1")), Why: access.WhyAsked},
			access.Grant{Subject: sub, Holder: access.Unit(h.unit("hr")), Why: access.WhyAsks},
			access.Grant{Subject: sub, Holder: access.Unit(h.unit("it")), Why: access.WhyServes},
			access.Grant{Subject: sub, Holder: access.Person(h.person("it-agent")), Why: access.WhyAssigned})
		asks, serves, heads := h.away("hr-1", "pay-1"), h.away("it-agent", "quality"), h.away("it-head", "pay-1")
		for _, c := range []struct {
			who, action  string
			confidential bool
			may          bool
			for_         string
		}{
			{"pay-1", "request.see", false, true, "hr-1"},
			{"quality", "request.deliver", false, true, "it-agent"},
			{"quality", "request.see", false, true, "it-agent"},
			{"quality", "request.accept", false, false, ""},
			{"pay-1", "request.rate", false, false, ""},
			{"pay-1", "request.see", true, false, ""},
			{"quality", "request.deliver", true, false, ""},
			{"it-2", "request.deliver", false, false, ""},
			{"it-agent", "request.deliver", false, true, ""}, // being away takes nothing
			// who stands in for the head of the serving unit serves, and does not stand in for its customer
			{"pay-1", "request.deliver", false, true, "it-head"},
			{"pay-1", "request.accept", false, false, ""},
		} {
			ctx := h.as(c.who)
			err := db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				_, err := h.access.Require(ctx, rd, c.action, sub, c.confidential)
				if (err == nil) != c.may {
					t.Errorf("%s %s (confidential %v): %v", c.who, c.action, c.confidential, err)
				}
				behalf, err := h.access.For(ctx, rd, c.action, sub, c.confidential)
				want := int64(0)
				if c.for_ != "" {
					want = h.person(c.for_)
				}
				if c.who == "pay-1" && c.action == "request.see" { // by either of the two
					return err
				}
				if behalf != want && c.may {
					t.Errorf("%s does %s for %d, want %s", c.who, c.action, behalf, c.for_)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.org.EndAbsence(h.ctx, heads.ID, 0); err != nil {
			t.Fatal(err)
		}
		h.expect("pay-1", "request.accept", sub, true) // no longer of the serving side
		h.expect("pay-1", "request.note.see", sub, false)
		for _, a := range []org.Absence{asks, serves} {
			if _, err := h.org.EndAbsence(h.ctx, a.ID, 0); err != nil {
				t.Fatal(err)
			}
		}
		h.expect("pay-1", "request.see", sub, false)
		h.expect("pay-1", "request.accept", sub, false)
		h.expect("quality", "request.deliver", sub, false)
	})
}

// expect says what somebody may do now.
func (h house) expect(no, action string, sub access.Subject, want bool) {
	h.Helper()
	if h.may(no, action, sub, false) != want {
		h.Errorf("%s may %s: %v", no, action, !want)
	}
}

// TestAnAgentWhoIsDeputyActsForTheAssignee: the agent may anyhow, but it is the other's work.
func TestAnAgentWhoIsDeputyActsForTheAssignee(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := build(t, db)
		if err := h.org.SetRoles(h.ctx, "it-2", []string{"agent@it"}, 0); err != nil {
			t.Fatal(err)
		}
		sub, other := access.Subject{Kind: "request", ID: 8}, access.Subject{Kind: "request", ID: 9}
		h.grant(access.Grant{Subject: sub, Holder: access.Unit(h.unit("it")), Why: access.WhyServes},
			access.Grant{Subject: sub, Holder: access.Person(h.person("it-agent")), Why: access.WhyAssigned},
			access.Grant{Subject: other, Holder: access.Unit(h.unit("it")), Why: access.WhyServes})
		h.away("it-agent", "it-2")
		behalf := func(sub access.Subject) (id int64) {
			err := db.Read(h.as("it-2"), func(ctx context.Context, rd sqldb.Reader) (err error) {
				id, err = h.access.For(ctx, rd, "request.deliver", sub, false)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		if behalf(sub) != h.person("it-agent") || behalf(other) != 0 {
			t.Errorf("for %d and %d", behalf(sub), behalf(other))
		}
		dbtest.Clock(db).Advance(24 * time.Hour)
		if behalf(sub) != 0 {
			t.Error("a deputy after the time")
		}
	})
}
