package housed_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	product "neike/internal/app/house"
	"neike/internal/kit/webtest"
)

func TestPagesOfTheOrganisation(t *testing.T) {
	h := product.Start(t).Settle()
	member, admin := h.SignedIn("3002"), h.SignedIn("1001")
	member.Get("/org").Is(http.StatusOK).Shows("h1", "组织").Shows("#units", "财务部").Shows("#units", "华衡")
	member.Get("/org?q=caiwu").Is(http.StatusOK).Shows("#units", "财务部")
	member.Get("/org?q=csy").Is(http.StatusOK).Shows("#people", "陈思远").Shows("#people", "2002")
	member.Get("/org?q=nobody-at-all").Is(http.StatusOK).Shows("#org", "没有找到")
	member.Get("/org/units/finance").Is(http.StatusOK).Shows("h1", "财务部").Shows("#members", "陈思远").Shows("#facts", "经办人陈思远、罗佳")
	member.Get("/org/units/nowhere").Is(http.StatusNotFound)
	member.Get("/people/2002").Is(http.StatusOK).Shows("h1", "陈思远").Shows("#work", "工号2002").Shows("#roles", "财务部 · 经办人")
	member.Get("/people/9999").Is(http.StatusNotFound)
	if text := member.Get("/people/1001").Is(http.StatusOK).Text("#roles"); text != "" {
		t.Errorf("company-wide roles are shown to everybody: %q", text)
	}
	admin.Get("/people/1001").Shows("#roles", "安全管理员")
	var picks struct {
		Items []struct{ Value, Text, Note string }
	}
	if member.Get("/people/find?q=lx").Is(http.StatusOK).Decode(&picks); len(picks.Items) != 1 || picks.Items[0].Value != "3002" || picks.Items[0].Note != "项目部" {
		t.Errorf("picks %+v", picks)
	}
	if member.Get("/units/find?q=xiangmu").Is(http.StatusOK).Decode(&picks); len(picks.Items) != 1 || picks.Items[0].Value != "project" {
		t.Errorf("picks %+v", picks)
	}
	for _, path := range []string{"/settings/org", "/settings/org/units", "/settings/org/people/+", "/settings/org/people/2002", "/settings/org/units/finance", "/settings/company", "/settings/import"} {
		member.Get(path).Is(http.StatusNotFound)
		admin.Get(path).Is(http.StatusOK)
	}
	english := h.Client.Fresh()
	english.Lang = "en"
	admin.Lang = "en"
	admin.Get("/org").Is(http.StatusOK)
}

func TestAnAdministratorEditsPeopleAndUnits(t *testing.T) {
	h := product.Start(t).Settle()
	admin := h.SignedIn("1001")
	bad := admin.Form("/settings/org/people/+", "employee_no", "00 9", "name", "", "unit", "nowhere", "phone", "x", "revision", "0").Is(http.StatusUnprocessableEntity)
	for _, words := range []string{"工号“00 9”不可用", "请填写", "没有编码为“nowhere”的单位", "看起来不是电话号码"} {
		bad.Shows("#person-form", words)
	}
	if v, _ := bad.Page().Find("input[name=employee_no]").Attr("value"); v != "00 9" {
		t.Errorf("what was typed is lost: %q", v)
	}
	admin.Form("/settings/org/people/+", "employee_no", "0099", "name", "田园", "unit", "project",
		"more_unit", "", "more_position", "", "more_until", "", "more_unit", "finance", "more_position", "顾问", "more_until", "2027-01-31", "revision", "0").Leads("/settings/org/people/0099")
	page := admin.Get("/settings/org/people/0099").Is(http.StatusOK)
	for name, want := range map[string]string{"more_unit": "finance", "more_position": "顾问", "more_until": "2027-01-31"} {
		if v, _ := page.Page().Find("input[name=" + name + "]").First().Attr("value"); v != want {
			t.Errorf("%s is %q", name, v)
		}
	}
	old := revisionOf(page)
	admin.Form("/settings/org/people/0099", "name", "田园园", "unit", "project", "revision", old).Leads("/settings/org/people/0099")
	admin.Form("/settings/org/people/0099", "name", "别人改的", "unit", "project", "revision", old).Is(http.StatusPreconditionFailed).Shows("#person-form", "这期间有人改过")
	admin.Get("/people/0099").Shows("h1", "田园园")
	admin.Form("/settings/org/people/0099/deactivate").Leads("/settings/org/people/0099")
	admin.Get("/people/0099").Shows("#person", "已离职")
	admin.Form("/settings/org/people/0099/activate").Leads("/settings/org/people/0099")
	admin.Form("/settings/org/people/1001/deactivate").Is(http.StatusConflict)
	admin.Form("/settings/org/units/+", "code", "lab", "name_zh", "实验室", "parent", "project", "head", "0099", "level", "team", "revision", "0").Leads("/settings/org/units/lab")
	admin.Get("/org/units/lab").Shows("#facts", "田园园")
	admin.Form("/settings/org/units/project/close").Is(http.StatusConflict).Shows("#unit-form", "还不能停用")
	admin.Form("/settings/org/units/lab/close", "successor", "project").Leads("/settings/org/units")
	admin.Get("/org/units/lab").Shows("#unit", "已于")
	admin.Form("/settings/company", "name_zh", "华衡机械", "zone", "Mars", "locale", "zh", "revision", "0").Is(http.StatusUnprocessableEntity).Shows("#company", "没有时区")
	admin.Form("/settings/company", "name_zh", "华衡机械", "zone", "Asia/Shanghai", "locale", "zh", "shared_in_unit", "true", "revision", "0").Leads("/settings/company")
}

func TestRolesAreBoxesAndLines(t *testing.T) {
	h := product.Start(t).Settle()
	admin := h.SignedIn("1001")
	const form = "/settings/org/people/3002/roles"
	bad := admin.Form(form, "role", "boss", "unit_role", "agent", "role_unit", "nowhere", "services", "hr.x", "revision", "0").Is(http.StatusUnprocessableEntity)
	bad.Shows("#person-form", "没有角色“boss”").Shows("#person-form", "单位“nowhere”不存在")
	if v, _ := bad.Page().Find("input[name=role_unit]").First().Attr("value"); v != "nowhere" {
		t.Errorf("what was typed is lost: %q", v)
	}
	admin.Form(form, "role", "quality", "unit_role", "agent", "role_unit", "", "unit_role", "", "role_unit", "finance",
		"unit_role", "executive", "role_unit", "finance", "services", "hr.x, hr.y", "revision", "0").Leads("/settings/org/people/3002")
	page := admin.Get("/settings/org/people/3002").Is(http.StatusOK).Page()
	if n := page.Find("#roles input[name=role][checked]").Length(); n != 1 {
		t.Errorf("%d boxes are ticked", n)
	}
	if v, _ := page.Find("#roles input[name=role][checked]").Attr("value"); v != "quality" {
		t.Errorf("ticked %q", v)
	}
	var lines []string
	page.Find("#roles .nk-rows-row").Each(func(_ int, row *goquery.Selection) {
		unit, _ := row.Find("input").Attr("value")
		role, _ := row.Find("option[selected]").Attr("value")
		lines = append(lines, role+"@"+unit)
	})
	if got := strings.Join(lines, " "); got != "agent@project executive@finance @ @" {
		t.Errorf("lines %q", got)
	}
	if v, _ := page.Find("input[name=services]").Attr("value"); v != "hr.x,hr.y" {
		t.Errorf("services %q", v)
	}
	for _, id := range []string{"f-unit_role", "f-unit_role-2", "f-role_unit-2"} {
		if page.Find("#"+id).Length() != 1 {
			t.Errorf("no single %s", id)
		}
	}
	admin.Get("/people/3002").Shows("#roles", "项目部 · 经办人").Shows("#roles", "财务部 · 高管")
}

func TestPeopleAndUnitsAreTabs(t *testing.T) {
	h := product.Start(t).Settle()
	admin := h.SignedIn("1001")
	people := admin.Get("/settings/org").Is(http.StatusOK).Shows("#people", "陈思远").Shows(".nk-tabs [aria-current]", "人员")
	if people.Page().Find("#units").Length() != 0 {
		t.Error("the units stand under the people")
	}
	units := admin.Get("/settings/org/units").Is(http.StatusOK).Shows("#units", "财务部").Shows(".nk-tabs [aria-current]", "单位")
	if units.Page().Find("#people").Length() != 0 {
		t.Error("the people stand above the units")
	}
	admin.Get("/settings/org/units?q=caiwu").Shows("#units", "财务部")
	admin.Get("/settings/org/units?q=zzz").Shows("#units", "没有找到“zzz”")
	form := admin.Get("/settings/org/units/finance").Is(http.StatusOK)
	if n := form.Page().Find("select[name=calendar] option[value=default]").Length(); n != 1 {
		t.Errorf("%d times the company's calendar", n)
	}
	form.Shows("select[name=calendar] option[selected]", "随上级")
	admin.Get("/org/units/finance").Shows("#facts a[href='/calendars?unit=finance']", "公司日历")
	var picks struct {
		Items []struct{ Value, Text, Note string }
	}
	if admin.Get("/services/find").Is(http.StatusOK).Decode(&picks); picks.Items == nil {
		t.Error("no list of services")
	}
}

func revisionOf(a *webtest.Answer) string {
	v, _ := a.Page().Find("input[name=revision]").First().Attr("value")
	return v
}

func TestEmployeeNumbersAreTheCompanysSwitch(t *testing.T) {
	h := product.Start(t).Settle()
	c := h.Org.Company(h.System())
	c.Switches.ShowNo = false
	if err := h.Org.SetCompany(h.System(), c); err != nil {
		t.Fatal(err)
	}
	member := h.SignedIn("3002")
	member.Get("/people/2002").Is(http.StatusNotFound)
	link, _ := member.Get("/org?q=csy").Is(http.StatusOK).Page().Find("#people a").Attr("href")
	if !strings.HasPrefix(link, "/people/~") {
		t.Fatalf("the link is %q", link)
	}
	answer := member.Get(link).Is(http.StatusOK).Shows("h1", "陈思远")
	if strings.Contains(string(answer.Body), "2002") {
		t.Error("the number is on the page")
	}
	member.Get("/people/3002").Is(http.StatusOK).Shows("#work", "3002")
	h.SignedIn("1001").Get("/people/2002").Is(http.StatusOK).Shows("#work", "2002")
}

func TestTheAPIOfTheOrganisation(t *testing.T) {
	product.Each(t, func(t *testing.T, h *product.House) {
		h.Settle()
		admin, member := h.TokenOf("1001", "read", "write", "admin"), h.TokenOf("3002", "read", "write", "admin")
		var list struct {
			Items []struct {
				Code string
				No   string `json:"employee_no"`
			}
			Next string `json:"next_cursor"`
		}
		var codes []string
		for cursor := "?limit=2"; cursor != ""; {
			list.Items, list.Next = nil, ""
			member.Get("/api/v1/units" + cursor).Is(http.StatusOK).Decode(&list)
			for _, u := range list.Items {
				codes = append(codes, u.Code)
			}
			if cursor = ""; list.Next != "" {
				cursor = "?limit=2&cursor=" + list.Next
			}
		}
		if strings.Join(codes, " ") != "root finance project" {
			t.Errorf("units %v", codes)
		}
		list.Items = nil
		if member.Get("/api/v1/people?unit=finance&limit=200").Is(http.StatusOK).Decode(&list); len(list.Items) != 3 || list.Items[0].No != "2001" {
			t.Errorf("people of finance %+v", list)
		}
		list.Items = nil
		if member.Get("/api/v1/people?q=xh").Is(http.StatusOK).Decode(&list); len(list.Items) != 1 || list.Items[0].No != "2001" {
			t.Errorf("xh finds %+v", list)
		}
		member.Get("/api/v1/units/nowhere").Is(http.StatusNotFound)
		member.Get("/api/v1/people?cursor=nonsense!").Is(http.StatusUnprocessableEntity)
		member.Post("/api/v1/units", map[string]any{"code": "x", "name_zh": "x"}).Is(http.StatusNotFound)
		admin.Post("/api/v1/units", map[string]any{"code": "lab", "name_zh": "实验室", "name_en": "Lab", "parent": "project", "level": "team"}).Is(http.StatusCreated)
		admin.Post("/api/v1/people", map[string]any{"employee_no": "0100", "name": "田园", "unit": "lab", "more_units": []string{"finance"}}).Is(http.StatusCreated).Golden("person")
		wrong := admin.Post("/api/v1/people", map[string]any{"employee_no": "0100", "name": "", "unit": "nowhere"}).Is(http.StatusUnprocessableEntity)
		var problem struct{ Fields []struct{ Name, Key string } }
		if wrong.Decode(&problem); len(problem.Fields) != 3 {
			t.Errorf("problem %s", wrong.Body)
		}
		etag := admin.Get("/api/v1/people/0100").Is(http.StatusOK).Header.Get("ETag")
		admin.JSON("PUT", "/api/v1/people/0100", map[string]any{"name": "田园园", "unit": "lab"}, "If-Match", etag).Is(http.StatusOK)
		admin.JSON("PUT", "/api/v1/people/0100", map[string]any{"name": "别的", "unit": "lab"}, "If-Match", etag).Is(http.StatusPreconditionFailed)
		admin.JSON("PUT", "/api/v1/people/0100/roles", map[string]any{"roles": []string{"agent", "hr"}}).Is(http.StatusOK)
		admin.Post("/api/v1/people/0100/deactivate", nil).Is(http.StatusOK)
		admin.Post("/api/v1/units/lab/close", map[string]any{"successors": map[string]float64{"project": 1}}).Is(http.StatusOK)
		admin.Get("/api/v1/units/lab").Is(http.StatusOK).Golden("unit")
	})
}
