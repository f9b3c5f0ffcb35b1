package house

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/kit/dbtest"
	"neike/internal/notice"
	"neike/internal/org"
)

func TestOneRoleAtATime(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		c := h.SignedIn("1001")
		c.Form("/settings/access/give", "person", "9999", "role", "secretary", "unit", "nowhere", "until", "gestern").Is(422).
			Shows("#give", "没有工号为").Shows("#give", "请写明理由").Shows("#give", "nowhere").Shows("#give", "gestern")
		c.Form("/settings/access/give", "person", "", "role", "secretary", "unit", "project", "reason", "x").Is(422).Shows("#give .nk-err", "请填写")
		c.Form("/settings/access/give", "person", "3002", "role", "secretary", "unit", "project", "reason", "替周敏").Is(303)
		c.Form("/settings/access/give", "person", "3002", "role", "secretary", "unit", "project", "reason", "again").Is(422)
		c.Get("/settings/access?q=3002").Is(200).Shows("#holding-table", "替周敏").Shows("#holding-table", "项目部")
		c.Form("/settings/access/give", "person", "1001", "role", "executive", "reason", "self").Is(422).Shows("#give", "您不能改自己的全公司角色")
		c.Get("/settings/access/export?format=csv&q=3002").Is(200)
		if !h.Org.Company(h.System()).Switches.StrictRoles {
			c.Form("/settings/access/take", "person", "3002", "role", "secretary", "unit", "project", "reason", "done").Is(303)
		}
		c.Get("/settings/access?q=3002").Is(200).Shows("#holdings", "没有这样的角色")
		c.Get("/settings/access/idle").Is(200).Shows("#idle-list", "许慧")
		h.SignedIn("2001").Get("/settings/access").Is(404)
		c.Get("/settings/access").Is(200).Shows("#holding-table", "随人员资料") // why, though nobody wrote a reason
		if err := h.Org.SetRoles(h.As("1001"), "3003", []string{"secretary@project"}, 0); err != nil {
			t.Fatal(err)
		}
		if got := c.Get("/settings/access?q=3003").Is(200).Text("#holding-table"); !strings.Contains(got, "随人员资料") || !strings.Contains(got, "顾清和") {
			t.Errorf("who gave a role with the record of a person: %q", got)
		}
		h.SignedIn("3002").Get("/settings/access/table?q=退回").Is(200).Shows("#table details[open]", "request.return")
		if folded := h.SignedIn("3002").Get("/settings/access/table").Is(200).Page().Find("#table details:not([open])").Length(); folded < 10 {
			t.Errorf("%d rooms are folded", folded)
		}
		api := h.TokenOf("1001", "read", "write", "admin")
		api.Post("/api/v1/roles/give", map[string]any{"person": "3003", "role": "agent", "scope": "project", "reason": "x", "until": "2099-01-31"}).Is(200)
		api.Post("/api/v1/roles/give", map[string]any{"person": "3003", "role": "admin", "reason": ""}).Is(422)
		api.Get("/api/v1/roles?role=agent&q=3003").Is(200)
		api.Get("/api/v1/roles/idle").Is(200)
		api.Get("/api/v1/access/table").Is(200)
		api.Post("/api/v1/roles/take", map[string]any{"person": "3003", "role": "agent", "scope": "project", "reason": "x"}).Is(200)
		api.Post("/api/v1/roles/take", map[string]any{"person": "3003", "role": "agent", "scope": "project", "reason": "x"}).Is(404)
	})
}

func TestAHeadNamesOnlyItsOwn(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		head := h.As("3001")
		for _, x := range []struct {
			no, role, unit string
			ok             bool
		}{
			{"3002", "secretary", "project", true}, {"3003", "agent", "project", true},
			{"3002", "head", "project", false}, {"3002", "agent", "finance", false}, {"2002", "agent", "project", false}, {"3002", "quality", "", false}, {"3002", "quality", "project", false},
		} {
			if err := h.Org.GiveRole(head, org.RoleChange{No: x.no, Role: x.role, Scope: x.unit, Reason: "x"}); (err == nil) != x.ok {
				t.Errorf("%s %s@%s: %v", x.no, x.role, x.unit, err)
			}
		}
	})
}

func TestViewAs(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		ref, secret := "R-1003", "离职补偿核算"
		c := h.SignedIn("1001")
		c.Form("/settings/access/view", "person", "3002").Is(422).Shows("#view", "请写明理由")
		c.Form("/settings/access/view", "person", "1001", "reason", "x").Is(422)
		c.Form("/settings/access/view", "person", "3002", "reason", "核对权限").Is(303)
		home := c.Get("/").Is(200).Shows(".nk-viewing", "林晓")
		if strings.Contains(home.Page().Text(), secret) {
			t.Error("the home of a view shows what is confidential")
		}
		if _, err := h.Notice.Announce(h.As("1001"), notice.Announcement{Title: "给大家"}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the announcement, then those it is for
			if err := h.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := h.Talk.Unread(h.As("3002"), h.ID("3002")); err != nil || n == 0 {
			t.Fatalf("3002 has %d unread, %v", n, err)
		}
		if got := c.Get("/").Is(200).Text("a[href='/inbox'] .nk-dot"); got != "" && got != "0" {
			t.Errorf("a view counts the person's inbox: %q", got)
		}
		c.Get("/requests/" + ref).Is(404)
		if strings.Contains(c.Get("/requests").Is(200).Page().Text(), secret) {
			t.Error("the list of a view shows what is confidential")
		}
		c.Get("/inbox").Is(403)
		c.Get("/me").Is(403)
		c.Get("/settings/access").Is(404)
		for _, route := range h.Mux.Routes() {
			method, path, named := strings.Cut(route.Pattern, " ")
			if !named || method == "GET" || method == "HEAD" || route.Viewed {
				continue
			}
			for _, name := range []string{"{number}", "{code}", "{no}", "{id}", "{run}", "{verb}", "{name}", "{key}", "{provider}", "{customer}", "{kind}"} {
				path = strings.ReplaceAll(path, name, "1")
			}
			if strings.HasSuffix(path, "/explain") || strings.HasSuffix(path, "/elapsed") || route.Pattern == "POST /api/v1/services/{code}/articles" { // their scope is read: they compute, and write nothing
				continue
			}
			if a := c.JSON(method, path, nil, "Sec-Fetch-Site", "same-origin"); a.Status != 403 {
				t.Errorf("%s answers %d to who looks with another's eyes", route.Pattern, a.Status)
			}
		}
		c.Form("/settings/access/view/stop").Is(303)
		c.Get("/settings/access/view").Is(200).Shows("#register", "林晓").Shows("#register", "核对权限")
		h.SignedIn("3002").Get("/").Is(200).Shows("#told", "顾清和").Shows("#told", "核对权限")
		h.TokenOf("3002").Get("/api/v1/me/access").Is(200)
		h.SignedIn("2001").Form("/settings/access/view", "person", "3002", "reason", "x").Is(404)
	})
}

func TestBreakGlass(t *testing.T) {
	var late atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	for _, url := range []func(t *testing.T) string{func(*testing.T) string { return "" }, func(t *testing.T) string { return dbtest.URL(t, app.Schemas()...) }} {
		late.Store(0)
		h := With(t, app.Config{Data: t.TempDir(), DatabaseURL: url(t), Now: now})
		asked(t, h)
		ref, secret := "R-1003", "离职补偿核算"
		officer, other := h.SignedIn("1001"), h.SignedIn("2003")
		before := other.Get("/requests/" + ref).Is(404)
		nowhere := officer.Get("/requests/R-99999").Is(404)
		if a := officer.Get("/requests/" + ref).Is(404); a.Text("main") != nowhere.Text("main") {
			t.Error("not found and not yours differ")
		}
		officer.Form("/settings/access/glass", "record", "R-99999").Is(422).Shows("#glass", "没有编号是").Shows("#glass", "请写明理由")
		officer.Form("/settings/access/glass", "record", ref, "reason", "法务要求").Is(303)
		officer.Form("/settings/access/glass", "record", ref, "reason", "twice").Is(409)
		officer.Get("/requests/"+ref).Is(200).Shows("main", secret)
		if a := officer.JSON("POST", "/requests/"+ref+"/message", nil); a.Status == 200 || a.Status == 303 {
			t.Error("an opened record takes a message")
		}
		if text := other.Get("/requests/" + ref).Is(404).Text("main"); text != before.Text("main") {
			t.Error("others see a difference")
		}
		asker := h.SignedIn("3002")
		asker.Get("/requests/"+ref).Is(200).Shows("main", "法务要求")
		asker.Get("/").Is(200).Shows("#told", "法务要求")
		asker.Form("/me/access/noted").Is(303)
		if asker.Get("/").Is(200).Page().Find("#told").Length() > 0 {
			t.Error("what is noted is still told")
		}
		officer.Get("/settings/access/glass").Is(200).Shows("#register", ref)
		late.Store(int64(31 * time.Minute))
		officer.Get("/requests/" + ref).Is(404)
	}
}

func TestWhy(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		ref, secret := "R-1003", "离职补偿核算"
		officer := h.SignedIn("1001")
		officer.Get("/access/why?record="+ref+"&person=2001").Is(200).Shows("#why", "看不到").Shows("#reasons", "保密")
		officer.Get("/access/why?record="+ref+"&person=3002").Is(200).Shows("#reasons", "提出了这个请求")
		if strings.Contains(officer.Get("/access/why?record="+ref).Text("main"), secret) {
			t.Error("the explanation names what is confidential")
		}
		h.SignedIn("3002").Get("/access/why?record="+ref).Is(200).Shows("#reasons", "提出了这个请求")
		h.SignedIn("2001").Get("/access/why?record=" + ref).Is(404)
		open := "R-1001"
		officer.Get("/access/why?record="+open+"&person=2003").Is(200).Shows("#reasons", "财务部的单位经办")
		officer.Get("/access/why?record="+open+"&person=4001").Is(200).Shows("#reasons", "没有能看全部请求的角色")
		officer.Get("/access/why?record=finance&person=2001").Is(200).Shows("#reasons", "打印单位的提请求海报").Shows("#reasons", "所有人")
		if text := officer.Get("/access/why?record=finance&person=3001").Is(200).Text("#reasons"); strings.Contains(text, "海报") {
			t.Errorf("who heads another unit may print its poster: %s", text)
		}
		officer.Get("/access/why?record=2002&person=2001").Is(200).Shows("#reasons", "办理交接、调动、离职")
		officer.Get("/access/why?record=2002&person=2002").Is(200).Shows("#reasons", "导出个人数据")
		officer.Get("/access/why?record=finance/project&person=3001").Is(200).Shows("#reasons", "查看关系的数字")
		officer.Get("/access/why?record=finance/nowhere&person=3001").Is(422)
		h.SignedIn("3002").Get("/access/why?record=finance&person=2001").Is(200) // about oneself alone
		h.TokenOf("3003").Get("/api/v1/access/why?record=finance&person=2001").Is(404)
		h.TokenOf("1001").Get("/api/v1/access/why?record=" + open + "&person=2001").Is(200)
		h.TokenOf("3003").Get("/api/v1/access/why?record=" + open + "&person=2001").Is(404)
	})
}
