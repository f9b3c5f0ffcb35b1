package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}, {Room: "access", FS: access.Schema}}

type house struct {
	testing.TB
	ctx    context.Context
	db     *sqldb.DB
	org    *org.Service
	access *access.Service
}

// build makes hq with hr (hr-pay below) and it, and people: a boss of hq, a head and two members of each department.
func build(t testing.TB, db *sqldb.DB) house {
	h := house{t, actor.System(context.Background()), db, org.New(db, event.NewBus(db)), nil}
	h.access = access.New(db, h.org)
	for _, u := range []org.UnitInput{{Code: "hq", NameZh: "总部", Level: org.Entity}, {Code: "hr", NameZh: "人力", Parent: "hq"}, {Code: "hr-pay", NameZh: "薪酬", Parent: "hr"}, {Code: "it", NameZh: "信息", Parent: "hq"}} {
		if _, err := h.org.SaveUnit(h.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []struct{ no, unit, roles string }{
		{"boss", "hq", "head@hq"}, {"hr-head", "hr", "head@hr"}, {"hr-1", "hr", ""}, {"pay-1", "hr-pay", ""},
		{"it-head", "it", "head@it"}, {"it-agent", "it", "agent@it"}, {"it-2", "it", ""}, {"quality", "hq", "quality"}, {"admin", "hq", "admin;security;auditor;executive;hr"},
	} {
		if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: p.no, Name: p.no, Unit: p.unit}); err != nil {
			t.Fatal(err)
		}
		if err := h.org.SetRoles(h.ctx, p.no, []string{p.roles}, 0); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h house) person(no string) int64 {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	if err != nil {
		h.Fatal(err)
	}
	return p.ID
}

func (h house) unit(code string) int64 {
	h.Helper()
	tree, err := h.org.Tree(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	u, _ := tree.ByCode(code)
	return u.ID
}

func (h house) as(no string) context.Context {
	h.Helper()
	a, err := h.org.ActorOf(h.ctx, h.person(no))
	if err != nil {
		h.Fatal(err)
	}
	return actor.With(h.ctx, a)
}

func (h house) grant(grants ...access.Grant) {
	h.Helper()
	err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return h.access.Grant(ctx, tx, grants...) })
	if err != nil {
		h.Fatal(err)
	}
}

// request grants what the request room grants: somebody of one unit asks another unit.
func (h house) request(id int64, asker, from, to string) access.Subject {
	sub := access.Subject{Kind: "request", ID: id}
	h.grant(access.Grant{Subject: sub, Holder: access.Person(h.person(asker)), Why: access.WhyAsked},
		access.Grant{Subject: sub, Holder: access.Unit(h.unit(from)), Why: access.WhyAsks},
		access.Grant{Subject: sub, Holder: access.Unit(h.unit(to)), Why: access.WhyServes})
	return sub
}

func (h house) may(no, action string, sub access.Subject, confidential bool) bool {
	h.Helper()
	allowed := false
	ctx := h.as(no)
	err := h.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		_, err := h.access.Require(ctx, rd, action, sub, confidential)
		allowed = err == nil
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
		other := access.Record{ID: sub.ID + 1_000_000, Confidential: confidential}
		list, err := h.access.Among(ctx, rd, action, sub.Kind, []access.Record{other, {ID: sub.ID, Confidential: confidential}})
		if err == nil && (list[sub.ID] != allowed || list[other.ID] && !allowed) {
			h.Errorf("%s %s: one by one %v, among many %v", no, action, allowed, list)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return allowed
}

func each(t *testing.T, fn func(h house)) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(build(t, db)) })
}

func TestRelationsFollowFromGrantsAndTheOrganisation(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "pay-1", "hr-pay", "it")
		for no, want := range map[string]string{
			"pay-1": "everyone asked same-unit", "hr-1": "everyone", "hr-head": "everyone head-asks", "boss": "everyone head-asks head-serves",
			"it-agent": "everyone agent insider", "it-2": "everyone insider", "it-head": "everyone insider head-serves", "quality": "everyone quality",
			"admin": "everyone hr executive admin security auditor",
		} {
			h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
				set, err := h.access.Relations(ctx, rd, actor.From(h.as(no)), sub)
				if err != nil || set.String() != want {
					h.Errorf("%s is %q, not %q (%v)", no, set, want, err)
				}
				return err
			})
		}
	})
}

func TestWhoMaySeeAndDo(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "pay-1", "hr-pay", "it")
		for action, who := range map[string]string{
			"request.see":      "pay-1 hr-head boss it-agent it-head quality",
			"request.note.see": "boss it-agent it-head quality",
			"request.take":     "boss it-agent it-head",
			"request.accept":   "pay-1",
			"request.message":  "pay-1 boss it-agent it-head",
		} {
			h.who(action, sub, false, who)
		}
		h.grant(access.Grant{Subject: sub, Holder: access.Person(h.person("it-2")), Why: access.WhyWatches},
			access.Grant{Subject: sub, Holder: access.Person(h.person("hr-1")), Why: access.WhyMentioned})
		h.who("request.see", sub, false, "pay-1 hr-head hr-1 boss it-agent it-2 it-head quality")
		h.who("request.note.see", sub, false, "boss it-agent it-2 it-head quality")
		h.grant(access.Grant{Subject: sub, Holder: access.Person(h.person("hr-1")), Why: access.WhyDelegated})
		h.who("request.accept", sub, false, "pay-1 hr-1")
		h.who("request.return", sub, false, "pay-1 hr-1")
		h.who("request.cancel", sub, false, "pay-1")
	})
}

func (h house) who(action string, sub access.Subject, confidential bool, want string) {
	h.Helper()
	var got []string
	for _, no := range []string{"pay-1", "hr-head", "hr-1", "boss", "it-agent", "it-2", "it-head", "quality", "admin"} {
		if h.may(no, action, sub, confidential) {
			got = append(got, no)
		}
	}
	if fmt.Sprint(got) != "["+want+"]" {
		h.Errorf("%s is open to %v, not to %s", action, got, want)
	}
}

func TestAnAgentWhoAsksIsTheCustomer(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "it-agent", "it", "it")
		if !h.may("it-agent", "request.accept", sub, false) || h.may("it-agent", "request.note.see", sub, false) || h.may("it-agent", "request.note", sub, false) {
			h.Error("an agent who asks is the customer and does not see the notes")
		}
		if h.may("it-head", "request.accept", sub, false) || !h.may("it-head", "request.note.see", sub, false) {
			h.Error("the head is not the customer")
		}
	})
}

func TestConfidential(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "pay-1", "hr-pay", "it")
		h.who("request.see", sub, true, "pay-1")
		h.grant(access.Grant{Subject: sub, Holder: access.Person(h.person("it-2")), Why: access.WhyNamed})
		for _, action := range []string{"request.see", "request.note.see", "request.take", "request.deliver"} {
			want := "pay-1 it-2"
			if action != "request.see" {
				want = "it-2"
			}
			h.who(action, sub, true, want)
		}
		h.who("request.accept", sub, true, "pay-1")
	})
}

func TestAnOpenedRecordIsOneAmongMany(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "pay-1", "hr-pay", "it")
		h.access.AddKind(access.Kind{Name: "request", Find: func(context.Context, sqldb.Reader, string) (access.Found, error) {
			return access.Found{Subject: sub, Ref: "R-1", Confidential: true}, nil
		}})
		h.who("request.see", sub, true, "pay-1")
		if _, err := h.access.BreakGlass(h.as("admin"), "R-1", "asked by the lawyers"); err != nil {
			h.Fatal(err)
		}
		h.who("request.see", sub, true, "pay-1 admin")
	})
}

func TestSharingInTheUnitIsTheCompanysSwitch(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "hr-1", "hr", "it")
		if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "hr-2", Name: "同事", Unit: "hr"}); err != nil {
			h.Fatal(err)
		}
		if !h.may("hr-2", "request.see", sub, false) {
			h.Error("requests are shared in the unit")
		}
		c := h.org.Company(h.ctx)
		c.Switches.SharedInUnit = false
		if err := h.org.SetCompany(h.ctx, c); err != nil {
			h.Fatal(err)
		}
		if h.may("hr-2", "request.see", sub, false) || !h.may("hr-1", "request.see", sub, false) {
			h.Error("they are no longer")
		}
	})
}

func TestGrantsComeAndGo(t *testing.T) {
	each(t, func(h house) {
		sub := h.request(1, "pay-1", "hr-pay", "it")
		it2 := access.Grant{Subject: sub, Holder: access.Person(h.person("it-2")), Why: access.WhyAssigned}
		h.grant(it2, it2)
		h.grant(it2)
		if !h.may("it-2", "request.deliver", sub, false) {
			h.Error("the assignee may deliver")
		}
		h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			why, err := h.access.Why(ctx, rd, h.person("it-2"), sub)
			if len(why) != 2 || why[0].Why == why[1].Why || why[0].At.IsZero() {
				h.Errorf("why %+v", why)
			}
			all, _ := h.access.Grants(ctx, rd, sub)
			if len(all) != 4 {
				h.Errorf("grants %+v", all)
			}
			return err
		})
		err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := h.access.RevokeAll(ctx, tx, sub, access.WhyAssigned); err != nil {
				return err
			}
			return h.access.Revoke(ctx, tx, sub, access.Unit(h.unit("it")), access.WhyServes)
		})
		if err != nil || h.may("it-2", "request.see", sub, false) || h.may("it-agent", "request.see", sub, false) {
			h.Errorf("they still may (%v)", err)
		}
		err = h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			return h.access.Grant(ctx, tx, access.Grant{Subject: sub, Holder: access.Person(1), Why: "because"})
		})
		if err == nil {
			h.Error("a grant without a known reason")
		}
	})
}

func TestTheGateKnowsOnlyTheTable(t *testing.T) {
	each(t, func(h house) {
		gate := h.access.Gate()
		for _, c := range []struct {
			no, action string
			want       fault.Kind
		}{{"", "public", -1}, {"", "request.see", fault.Unauthenticated}, {"", "signed-in", fault.Unauthenticated}, {"hr-1", "signed-in", -1}, {"hr-1", "request.see", -1},
			{"hr-1", "settings.change", fault.NotFound}, {"admin", "settings.change", -1}, {"hr-1", "no.such", fault.NotFound}, {"hr-1", "standard.change", fault.NotFound}, {"hr-head", "standard.change", -1},
			{"admin", "request.settle", -1}, {"hr-1", "request.settle", fault.NotFound}} { // a security officer may have opened the request
			ctx := context.Background()
			if c.no != "" {
				ctx = h.as(c.no)
			}
			err := gate(ctx, c.action)
			if c.want == -1 && err != nil || c.want != -1 && (err == nil || fault.KindOf(err) != c.want) {
				h.Errorf("%s for %q: %v", c.action, c.no, err)
			}
		}
	})
}

func BenchmarkRequire(b *testing.B) {
	db, err := sqldb.Open(context.Background(), sqldb.Config{Path: b.TempDir() + "/neike.db", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(context.Background(), schemas...); err != nil {
		b.Fatal(err)
	}
	h := build(b, db)
	for id := int64(1); id <= 2000; id++ {
		h.request(id, "pay-1", "hr-pay", "it")
	}
	ctx := h.as("it-agent")
	h.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		b.ResetTimer()
		for i := range b.N {
			if _, err := h.access.Require(ctx, rd, "request.take", access.Subject{Kind: "request", ID: int64(i%2000) + 1}, false); err != nil {
				b.Fatal(err)
			}
		}
		return nil
	})
}
