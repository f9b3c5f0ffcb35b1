package org_test

import (
	"context"
	"slices"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

var schemas = []sqldb.Schema{{Room: "event", FS: event.Schema}, {Room: "org", FS: org.Schema}}

// house is the room on a fresh database with a small company in it.
type house struct {
	*testing.T
	ctx context.Context
	db  *sqldb.DB
	org *org.Service
}

func each(t *testing.T, fn func(h house)) {
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) {
		h := house{t, actor.System(context.Background()), db, org.New(db, event.NewBus(db))}
		for _, u := range []org.UnitInput{
			{Code: "hq", NameZh: "总部", NameEn: "Head office", Level: org.Entity},
			{Code: "plant", NameZh: "工厂", NameEn: "Plant", Level: org.Site, Parent: "hq"},
			{Code: "hr", NameZh: "人力资源部", NameEn: "HR", Parent: "hq"},
			{Code: "hr-pay", NameZh: "薪酬组", NameEn: "Payroll", Level: org.Team, Parent: "hr"},
			{Code: "it", NameZh: "信息技术部", NameEn: "IT", Parent: "hq", Site: "plant"},
		} {
			h.unit(u)
		}
		for _, p := range []org.PersonInput{
			{No: "00123", Name: "王芳", NameEn: "Fang Wang", Unit: "hr", Position: "主管"},
			{No: "123", Name: "单雄信", Unit: "hr-pay", More: []string{"it:顾问@2026-11-23"}},
			{No: "A-7", Name: "李雷", NameEn: "Lei Li", Unit: "it"},
			{No: "A-8", Name: "Jane Doe", Unit: "it"},
		} {
			h.person(p)
		}
		fn(h)
	})
}

func (h house) unit(in org.UnitInput) org.Unit {
	h.Helper()
	u, err := h.org.SaveUnit(h.ctx, in)
	if err != nil {
		h.Fatal(err)
	}
	return u
}

func (h house) person(in org.PersonInput) org.Person {
	h.Helper()
	p, err := h.org.SavePerson(h.ctx, in)
	if err != nil {
		h.Fatal(err)
	}
	return p
}

func (h house) no(no string) org.Person {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	if err != nil {
		h.Fatal(err)
	}
	return p
}

func (h house) code(code string) org.Unit {
	h.Helper()
	tree, err := h.org.Tree(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	u, ok := tree.ByCode(code)
	if !ok {
		h.Fatalf("no unit %s", code)
	}
	return u
}

func (h house) read(fn func(rd sqldb.Reader) error) {
	h.Helper()
	if err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error { return fn(rd) }); err != nil {
		h.Fatal(err)
	}
}

func (h house) actor(no string) actor.Actor {
	h.Helper()
	a, err := h.org.ActorOf(h.ctx, h.no(no).ID)
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func fields(t *testing.T, err error) []string {
	t.Helper()
	f, ok := fault.As(err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Name+" "+x.Key)
	}
	return out
}

func TestEverythingWrongComesAtOnce(t *testing.T) {
	each(t, func(h house) {
		_, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "a b", Phone: "call me", Email: "x@", Unit: "nowhere", Manager: "9", More: []string{"it;it"}})
		want := []string{"employee_no org.no-malformed", "name org.required", "phone org.phone-malformed", "email org.email-malformed",
			"unit org.unit-unknown", "more_units org.unit-twice", "manager org.person-unknown"}
		if got := fields(h.T, err); !slices.Equal(got, want) {
			h.Errorf("got %q", got)
		}
		_, err = h.org.SaveUnit(h.ctx, org.UnitInput{Code: "hr/2", Level: "galaxy", Parent: "nowhere", Head: "9"})
		want = []string{"code org.code-malformed", "name_zh org.required", "level org.level-unknown", "parent org.unit-unknown", "head org.person-unknown"}
		if got := fields(h.T, err); !slices.Equal(got, want) {
			h.Errorf("got %q", got)
		}
	})
}

func TestLeadingZerosTellPeopleApart(t *testing.T) {
	each(t, func(h house) {
		if h.no("00123").ID == h.no("123").ID {
			h.Error("00123 and 123 are one")
		}
		_, err := h.org.SavePerson(h.ctx, org.PersonInput{No: "00123", Name: "另一人", Unit: "it"})
		if got := fields(h.T, err); !slices.Equal(got, []string{"employee_no org.no-taken"}) {
			h.Errorf("got %q", got)
		}
	})
}

func TestAUnitCannotStandBelowItself(t *testing.T) {
	each(t, func(h house) {
		hr := h.code("hr")
		_, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: "hr", NameZh: "人力资源部", Parent: "hr-pay", Revision: hr.Revision})
		if got := fields(h.T, err); !slices.Equal(got, []string{"parent org.unit-circle"}) {
			h.Errorf("got %q", got)
		}
	})
}

func TestAnOldRevisionIsRefused(t *testing.T) {
	each(t, func(h house) {
		hr := h.code("hr")
		in := org.UnitInput{Code: "hr", NameZh: "人事部", Parent: "hq", Revision: hr.Revision}
		h.unit(in)
		if _, err := h.org.SaveUnit(h.ctx, in); fault.KindOf(err) != fault.Precondition {
			h.Errorf("second save: %v", err)
		}
		p := h.no("A-7")
		person := org.PersonInput{No: "A-7", Name: "李雷", Unit: "hr", Revision: p.Revision}
		h.person(person)
		if _, err := h.org.SavePerson(h.ctx, person); fault.KindOf(err) != fault.Precondition {
			h.Errorf("second save: %v", err)
		}
	})
}

func TestTree(t *testing.T) {
	each(t, func(h house) {
		tree, err := h.org.Tree(h.ctx)
		if err != nil {
			h.Fatal(err)
		}
		hq, hr, pay, it, plant := h.code("hq").ID, h.code("hr").ID, h.code("hr-pay").ID, h.code("it").ID, h.code("plant").ID
		if got := tree.Path(pay); !slices.Equal(got, []int64{hq, hr, pay}) {
			h.Errorf("path %v", got)
		}
		if got := tree.Descendants(hr); !slices.Equal(got, []int64{hr, pay}) {
			h.Errorf("descendants %v", got)
		}
		if len(tree.Descendants(hq)) != 5 || !tree.Under(pay, hq) || tree.Under(hq, pay) || tree.Under(it, hr) {
			h.Error("the tree is wrong")
		}
		for _, c := range []struct {
			level      string
			unit, want int64
		}{{org.Department, pay, hr}, {org.Team, pay, pay}, {org.Entity, pay, hq}, {org.Site, it, plant}, {org.Site, hr, hq}, {org.Department, hq, hq}} {
			if got := tree.At(c.level, c.unit); got != c.want {
				h.Errorf("%s of %d is %d, not %d", c.level, c.unit, got, c.want)
			}
		}
		if kids := tree.Children(hq); len(kids) != 3 || kids[0].Code != "plant" {
			h.Errorf("children %v", kids)
		}
	})
}

func TestAMemberIsAnAgentUnlessTheUnitNamesItsAgents(t *testing.T) {
	each(t, func(h house) {
		it := h.code("it").ID
		if !h.actor("A-8").In(it, "agent") {
			h.Error("members of a unit that names nobody are its agents")
		}
		if err := h.org.SetRoles(h.ctx, "A-7", []string{"agent", "head@hr"}, 0); err != nil {
			h.Fatal(err)
		}
		if h.actor("A-8").In(it, "agent") || !h.actor("A-8").In(it, "member") {
			h.Error("the unit names its agents now")
		}
		if a := h.actor("A-7"); !a.In(it, "agent") || !a.In(h.code("hr").ID, "head") {
			h.Error("roles are missing")
		}
		h.read(func(rd sqldb.Reader) error {
			agents, err := h.org.AgentsOf(h.ctx, rd, it)
			if !slices.Equal(agents, []int64{h.no("A-7").ID}) {
				h.Errorf("agents %v", agents)
			}
			heads, _ := h.org.Heads(h.ctx, rd, h.code("hr").ID)
			if !slices.Equal(heads, []int64{h.no("A-7").ID}) {
				h.Errorf("heads %v", heads)
			}
			all := []int64{it, h.code("hr").ID, it, 7}
			each, failed := h.org.HeadsOfEach(h.ctx, rd, all)
			if failed != nil || len(each) != 3 {
				h.Errorf("%v, %v", each, failed)
			}
			for _, u := range all {
				if alone, _ := h.org.Heads(h.ctx, rd, u); !slices.Equal(each[u], alone) {
					h.Errorf("heads of %d among others %v, alone %v", u, each[u], alone)
				}
			}
			return err
		})
		if err := h.org.Deactivate(h.ctx, "A-7"); err != nil {
			h.Fatal(err)
		}
		if !h.actor("A-8").In(it, "agent") {
			h.Error("the only named agent has left")
		}
		if _, err := h.org.ActorOf(h.ctx, h.no("A-7").ID); fault.KindOf(err) != fault.Denied {
			h.Errorf("somebody who left is somebody: %v", err)
		}
	})
}

func TestAMembershipEndsByItself(t *testing.T) {
	each(t, func(h house) {
		it := h.code("it").ID
		if !h.actor("123").In(it) {
			h.Fatal("the last day counts")
		}
		dbtest.Clock(h.db).Advance(15 * 60 * 60 * 1e9)
		if h.actor("123").In(it) {
			h.Error("the day after does not")
		}
	})
}

func TestCompanyRolesAreTheSecurityOfficers(t *testing.T) {
	each(t, func(h house) {
		admin := actor.With(context.Background(), actor.Actor{Person: 1, Roles: []string{"admin"}})
		if got := fields(h.T, h.org.SetRoles(admin, "A-7", []string{"agent", "security"}, 0)); !slices.Equal(got, []string{"roles org.role-needs-security"}) {
			h.Errorf("got %q", got)
		}
		officer := actor.With(context.Background(), actor.Actor{Person: 1, Roles: []string{"security"}})
		if err := h.org.SetRoles(officer, "A-7", []string{"quality", "admin"}, 0); err != nil {
			h.Error(err)
		}
		if err := h.org.SetRoles(admin, "A-7", []string{"quality", "admin", "agent"}, 0); err != nil {
			h.Error("roles that stay are nobody's matter:", err)
		}
		c := h.org.Company(h.ctx)
		c.Switches.StrictRoles = true
		if err := h.org.SetCompany(h.ctx, c); err != nil {
			h.Fatal(err)
		}
		if got := fields(h.T, h.org.SetRoles(officer, "A-7", []string{"auditor", "admin", "agent"}, 0)); !slices.Contains(got, "roles org.roles-apart") {
			h.Errorf("got %q", got)
		}
		if a := h.actor("A-7"); !a.Has("quality") || !a.Has("admin") || a.Has("auditor") {
			h.Errorf("roles %v", a.Roles)
		}
	})
}

func TestPeopleAreFound(t *testing.T) {
	each(t, func(h house) {
		for q, want := range map[string]string{
			"王": "00123", "王芳": "00123", "wangf": "00123", "wf": "00123", "fang w": "00123", "0012": "00123", "芳": "00123",
			"shanx": "123", "sxx": "123", "12": "123", "Lei": "A-7", "lil": "A-7", "jane": "A-8", "doe": "A-8", "a-8": "", "zzz": "",
		} {
			h.read(func(rd sqldb.Reader) error {
				people, err := h.org.FindPeople(h.ctx, rd, q, 5)
				got := ""
				if len(people) > 0 {
					got = people[0].No
				}
				if got != want {
					h.Errorf("%q finds %q, not %q", q, got, want)
				}
				return err
			})
		}
		for q, want := range map[string]string{"人力": "hr", "rlzy": "hr", "xinxi": "it", "pay": "hr-pay", "hr": "hr"} {
			units, err := h.org.FindUnits(h.ctx, q, 5)
			if err != nil || len(units) == 0 || units[0].Code != want {
				h.Errorf("%q finds %v (%v)", q, units, err)
			}
		}
	})
}

func TestAUnitEndsWhenNobodyIsInIt(t *testing.T) {
	each(t, func(h house) {
		if err := h.org.CloseUnit(h.ctx, "hr-pay", nil); fault.KindOf(err) != fault.Conflict {
			h.Errorf("it has people: %v", err)
		}
		p := h.no("123")
		h.person(org.PersonInput{No: "123", Name: p.Name, Unit: "hr", Revision: p.Revision})
		pay := h.code("hr-pay").ID
		if err := h.org.CloseUnit(h.ctx, "hr-pay", map[string]float64{"hr": 1}); err != nil {
			h.Fatal(err)
		}
		if h.code("hr-pay").Valid(h.db.Now()) {
			h.Error("it is still valid")
		}
		h.read(func(rd sqldb.Reader) error {
			lineage, err := h.org.Lineage(h.ctx, rd, pay)
			if len(lineage) != 1 || lineage[0].To != h.code("hr").ID || lineage[0].Share != 1 {
				h.Errorf("lineage %v", lineage)
			}
			return err
		})
	})
}

func TestTheCompanyDecidesWhatIsShown(t *testing.T) {
	each(t, func(h house) {
		c := h.org.Company(h.ctx)
		if !c.Switches.SharedInUnit || c.Switches.NumbersToAll || c.Zone != "Asia/Shanghai" {
			h.Errorf("defaults %+v", c)
		}
		c.Name.Zh, c.Zone, c.Switches.SharedInUnit = "海川机械", "Europe/Berlin", false
		if err := h.org.SetCompany(h.ctx, c); err != nil {
			h.Fatal(err)
		}
		if err := h.org.SetCompany(h.ctx, c); fault.KindOf(err) != fault.Precondition {
			h.Errorf("an old revision: %v", err)
		}
		if got := h.org.Company(h.ctx); got.Name.Zh != "海川机械" || got.Switches.SharedInUnit || h.actor("A-7").Zone != "Europe/Berlin" {
			h.Errorf("got %+v", got)
		}
		c.Revision, c.Zone, c.Switches.AccountInScores = 1, "Moon/Base", true
		if got := fields(h.T, h.org.SetCompany(h.ctx, c)); len(got) != 2 {
			h.Errorf("got %q", got)
		}
	})
}
