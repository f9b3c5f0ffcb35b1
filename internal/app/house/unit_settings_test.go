package house

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/webtest"
	"neike/internal/org"
)

type bodyOf = map[string]any

// unitRoles is what the API says of the roles of a unit, "role:工号[until]" in its order.
func unitRoles(a *webtest.Answer) string {
	var got struct {
		All   bool `json:"all_members_are_agents"`
		Roles []struct{ Person, Role, Until string }
	}
	a.Is(200).Decode(&got)
	text := fmt.Sprint(got.All)
	for _, r := range got.Roles {
		text += " " + r.Role + ":" + r.Person + r.Until
	}
	return text
}

func TestAHeadArrangesTheUnit(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		c := h.SignedIn("3001")
		page := "/units/project/settings"
		c.Get("/org/units/project").Is(200).Shows("main", "单位设置")
		c.Get(page).Is(200).Shows("#agents", "全体成员都可以受理").Shows("#heads", "周敏").Shows("#duty-now", "现在无人当班").
			Shows("#numbers", "本单位成员与经办人").Shows("#numbers", "顾清和").Shows("#numbers", "江一帆")
		c.Form(page, "person", "3002", "role", "agent", "until", "2099-01-31").Leads(page)
		c.Get(page).Is(200).Shows("#agents", "林晓").Shows("#agents", "2099")
		h.SignedIn("3002").Get("/queue").Is(200)
		h.SignedIn("3003").Get("/queue").Is(404) // once one is named, the other members serve no more
		if !strings.Contains(unitRoles(h.TokenOf("3001").Get("/api/v1/units/project/roles")), "agent:30022099-01-31") {
			t.Error("the API tells the role and its last day")
		}
		c.Form(page, "person", "3002", "role", "agent", "until", "2099-02-28").Leads(page) // another last day
		c.Form(page, "person", "3002", "role", "agent", "until", "2099-02-28").Is(422).Shows("#name", "已经有角色")
		c.Form(page, "person", "3003", "role", "secretary", "reason", "管事务").Leads(page)
		c.Form(page+"/take", "person", "3002", "role", "agent").Leads(page)
		c.Get(page).Is(200).Shows("#agents", "全体成员都可以受理").Shows("#secretaries", "何川")
		c.Form(page+"/take", "person", "3002", "role", "agent").Is(404)

		all := c.Form(page, "person", "9999", "role", "head", "until", "gestern").Is(422)
		all.Shows("#name", "单位只能指定经办人和文员")
		c.Form(page, "person", "9999", "role", "agent", "until", "gestern").Is(422).Shows("#name", "没有工号为").Shows("#name", "gestern")
	})
}

func TestAHeadReachesNoFurther(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		c, api := h.SignedIn("3001"), h.TokenOf("3001")
		for _, x := range []struct {
			what   string
			answer *webtest.Answer
			status int
		}{
			{"another unit's page", c.Get("/units/finance/settings"), 404},
			{"the unit above", c.Get("/units/root/settings"), 404},
			{"no unit", c.Get("/units/nowhere/settings"), 404},
			{"a role in another unit", c.Form("/units/finance/settings", "person", "3002", "role", "agent"), 404},
			{"somebody from outside", c.Form("/units/project/settings", "person", "2002", "role", "agent"), 422},
			{"the head's own role", c.Form("/units/project/settings", "person", "3002", "role", "head"), 422},
			{"an office", c.Form("/units/project/settings", "person", "3002", "role", "quality"), 422},
			{"a company-wide role", c.Form("/units/project/settings", "person", "3001", "role", "security"), 422},
			{"another unit by the API", api.JSON("PUT", "/api/v1/units/finance/roles", bodyOf{"roles": []bodyOf{}, "reason": "x"}), 404},
			{"another unit read by the API", api.Get("/api/v1/units/finance/roles"), 404},
			{"a role of the company by the API", api.JSON("PUT", "/api/v1/units/project/roles", bodyOf{"roles": []bodyOf{{"person": "3002", "role": "admin"}}, "reason": "x"}), 422},
			{"an office by the API", api.JSON("PUT", "/api/v1/units/project/roles", bodyOf{"roles": []bodyOf{{"person": "3002", "role": "executive"}}, "reason": "x"}), 422},
			{"somebody from outside by the API", api.JSON("PUT", "/api/v1/units/project/roles", bodyOf{"roles": []bodyOf{{"person": "2002", "role": "agent"}}, "reason": "x"}), 422},
			{"without a reason by the API", api.JSON("PUT", "/api/v1/units/project/roles", bodyOf{"roles": []bodyOf{}, "reason": ""}), 422},
			{"a member", h.SignedIn("3002").Get("/units/project/settings"), 404},
			{"the executive", h.SignedIn("4001").Get("/units/project/settings"), 404},
			{"the general door of roles", c.Form("/settings/access/give", "person", "3002", "role", "agent", "unit", "project", "reason", "x"), 404},
		} {
			if x.answer.Status != x.status {
				t.Errorf("%s: %d, not %d", x.what, x.answer.Status, x.status)
			}
		}
		if got := unitRoles(api.Get("/api/v1/units/project/roles")); got != "true" {
			t.Errorf("nothing was given: %s", got)
		}
	})
}

func TestRolesOfAUnitAtOnce(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		api, path := h.TokenOf("3001"), "/api/v1/units/project/roles"
		put := func(roles ...bodyOf) *webtest.Answer {
			return api.JSON("PUT", path, bodyOf{"roles": roles, "reason": "换班"})
		}
		a := func(no string) bodyOf { return bodyOf{"person": no, "role": "agent"} }
		if got := unitRoles(put(a("3002"), bodyOf{"person": "3003", "role": "secretary", "until": "2099-12-31"})); got != "false agent:3002 secretary:30032099-12-31" {
			t.Errorf("set: %s", got)
		}
		put(a("3002"), a("3002"), a("2002"), a("9999"), bodyOf{"person": "3003", "role": "agent", "until": "2001-01-01"}).Is(422)
		if got := unitRoles(api.Get(path)); got != "false agent:3002 secretary:30032099-12-31" {
			t.Errorf("a refused list changed something: %s", got)
		}
		if got := unitRoles(put(a("3003"))); got != "false agent:3003" {
			t.Errorf("exactly those in the list: %s", got)
		}
		for range 2 { // the second time nothing changes, and nobody is told
			put(a("3003")).Is(200)
		}
		page := h.SignedIn("1001").Get("/settings/access?q=3003&role=agent").Is(200)
		page.Shows("#holding-table", "换班").Shows("#holding-table", "周敏")
		if got := unitRoles(put()); got != "true" {
			t.Errorf("an empty list: %s", got)
		}
	})
}

// TestAHeadNamesWhoBelongsByTheWay is somebody for whom the unit is not the main one, and somebody who has gone elsewhere.
func TestAHeadNamesWhoBelongsByTheWay(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		head := h.As("3001")
		was, err := h.Org.PersonByNo(h.System(), "2003")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "2003", Name: "罗佳", Unit: "finance", More: []string{"project"}, Revision: was.Revision}); err != nil {
			t.Fatal(err)
		}
		if err := h.Org.GiveRole(head, org.RoleChange{No: "2003", Role: "agent", Scope: "project", Reason: "兼任"}); err != nil {
			t.Errorf("a member by the way: %v", err)
		}
		if err := h.Org.SetRoles(h.System(), "2002", []string{"agent@finance", "agent@project"}, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.Org.TakeRole(head, org.RoleChange{No: "2002", Role: "agent", Scope: "project", Reason: "不再需要"}); err != nil {
			t.Errorf("what somebody from outside holds here: %v", err)
		}
		if err := h.Org.TakeRole(head, org.RoleChange{No: "2002", Role: "agent", Scope: "finance", Reason: "x"}); err == nil {
			t.Error("a role in another unit is not the head's to take")
		}
	})
}

// TestWhoStandsInForTheHeadArranges: a deputy while the head is away, an acting head while acting, and neither after.
func TestWhoStandsInForTheHeadArranges(t *testing.T) {
	h := Start(t).Settle()
	page := "/units/project/settings"
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	deputy, acting := h.SignedIn("3002"), h.SignedIn("3003")
	deputy.Get(page).Is(404)
	away, err := h.Org.SetAbsence(h.As("3001"), "3001", org.AbsenceInput{From: day(0), Until: day(3), Kind: org.Leave, Deputy: "3002"})
	if err != nil {
		t.Fatal(err)
	}
	deputy.Get(page).Is(200).Shows("#heads", "林晓").Shows("#heads", "周敏（长假）缺勤，由此人代理")
	deputy.Form(page, "person", "3003", "role", "secretary").Leads(page)
	if _, err := h.Org.EndAbsence(h.As("3001"), away.ID, away.Revision); err != nil {
		t.Fatal(err)
	}
	deputy.Get(page).Is(404)
	made, err := h.Org.SetActing(h.As("1001"), "project", org.ActingInput{Person: "3003"})
	if err != nil {
		t.Fatal(err)
	}
	acting.Get(page).Is(200).Shows("#heads", "代理负责人")
	if err := h.Org.EndActing(h.As("1001"), "project", made.ID); err != nil {
		t.Fatal(err)
	}
	acting.Get(page).Is(404)
}
