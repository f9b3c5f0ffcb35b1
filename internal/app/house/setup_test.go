package house

import (
	"net/http"
	"testing"

	"neike/internal/kit/lang"
	"neike/internal/org"
)

// TestFirstRun: the administrator of a new company is led step by step, nobody else is; every step can be left out; what
// is done follows from what there is; the card and the line over the settings go when somebody says so.
func TestFirstRun(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		admin, other := h.SignedIn("1001"), h.SignedIn("3002")
		admin.Get("/").Is(http.StatusOK).Shows("#setup", "公司名称").Shows("#setup", "随内客附带")
		if other.Get("/").Page().Find("#setup").Length() != 0 {
			t.Error("everybody is asked to set up the company")
		}
		other.Get("/settings/first-run/company").Is(404)
		other.Form("/settings/first-run/done").Is(404)
		admin.Get("/settings/first-run").Leads("/settings/first-run/company")
		admin.Get("/settings/first-run/nothing").Is(404)
		admin.Get("/settings/calendars").Shows("#guide", "第 1 步")
		admin.Form("/settings/first-run/company", "name_zh", "", "zone", "Mars", "locale", "zh", "revision", "0").Is(422).Shows("#first-run", "Mars")
		admin.Form("/settings/first-run/company", "name_zh", "华衡", "name_en", "Huaheng", "zone", "Asia/Shanghai", "locale", "zh", "revision", "0").Leads("/settings/first-run/calendar")

		admin.Get("/settings/first-run/calendar").Shows("#first-run", "周一–周五 08:30").Shows("#first-run", "大小周")
		admin.Form("/settings/first-run/calendar", "pattern", "never").Is(422).Shows("#first-run", "请选")
		admin.Form("/settings/first-run/calendar", "pattern", "single").Leads("/settings/first-run/people")
		hours, decided, err := h.Calendar.CompanyHours(h.As("1001"))
		if err != nil || !decided || hours != "周一–周六 08:30–12:00, 13:30–18:00" {
			t.Error(hours, decided, err)
		}
		admin.Get("/settings/first-run/people").Is(200).Shows("#there", "8")
		admin.Get("/settings/first-run").Leads("/settings/first-run/packs") // there are people already

		page := admin.Get("/settings/first-run/packs").Is(200).Page()
		if got, _ := page.Find(`select[name="unit.finance"] option[selected]`).Attr("value"); got != "finance" {
			t.Errorf("finance's pack goes to %q", got)
		}
		admin.Form("/settings/first-run/packs", "do", "apply").Is(422).Shows("#first-run", "至少")
		chosen := []string{"unit.finance", "finance", "unit.it", "project", "unit.hr", "+"}
		admin.Form("/settings/first-run/packs", chosen...).Is(200).Shows("#plan", "项目部").Shows("#plan", "新建单位")
		if s, _ := h.Catalog.Snapshot(h.System()); len(s.All()) != 0 {
			t.Error("a plan writes")
		}
		admin.Form("/settings/first-run/packs", "unit.it", "nowhere", "do", "apply").Is(200).Shows("#plan", "没有编码为 nowhere")
		admin.Form("/settings/first-run/packs", append(chosen, "do", "apply")...).Leads("/settings/first-run/sight")
		snap, err := h.Catalog.Snapshot(h.System())
		if err != nil {
			t.Fatal(err)
		}
		tree, err := h.Org.Tree(h.System())
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]string{"finance.expense": "finance", "it.incident": "project", "hr.cert": "hr"} {
			s, ok := snap.ByCode(code)
			if !ok {
				t.Fatalf("%s is not there", code)
			}
			if u, _ := tree.ByID(s.Unit); u.Code != want {
				t.Errorf("%s belongs to %s, not %s", code, u.Code, want)
			}
		}
		admin.Form("/settings/first-run/packs", "unit.finance", "finance", "unit.it", "project", "unit.hr", "hr").Is(200).Shows("#packs-plan", "继续") // a second time changes nothing

		admin.Form("/settings/first-run/sight", "shared_in_unit", "true", "revision", "1").Leads("/settings/first-run/entry")
		if w := h.Org.Company(h.System()).Switches; w.ShowNo || !w.SharedInUnit {
			t.Errorf("%+v", w)
		}
		admin.Get("/settings/first-run/entry").Is(200).Shows("#ways", "8 人里有 8 人")
		admin.Get("/settings/first-run").Leads("/settings/first-run/entry")
		admin.Get("/settings/first-run/done").Shows("#first-run", "还没做完").Shows("#posters", "财务部")
		admin.Form("/settings/first-run/entry").Leads("/settings/first-run/done")
		if admin.Get("/").Page().Find("#setup").Length() != 0 || admin.Get("/settings/calendars").Page().Find("#guide").Length() != 0 {
			t.Error("the administrator is led on when everything is done")
		}
	})
}

// TestEnoughOfFirstRun: the card goes when it is dismissed, whatever is open; the call of the API says so.
func TestEnoughOfFirstRun(t *testing.T) {
	h := Start(t).Settle()
	admin := h.SignedIn("1001")
	var s struct {
		Next     string
		Finished bool
	}
	api := h.TokenOf("1001", "admin")
	api.Get("/api/v1/setup").Is(200).Decode(&s)
	if s.Next != "company" || s.Finished {
		t.Errorf("%+v", s)
	}
	api.Post("/api/v1/setup/nothing/settle", nil).Is(404)
	api.Post("/api/v1/setup/calendar/settle", nil).Is(200)
	c := org.NewCompany()
	c.Name = lang.Text{Zh: "华衡", En: "Huaheng"}
	if err := h.Org.SetCompany(h.System(), c); err != nil {
		t.Fatal(err)
	}
	api.Get("/api/v1/setup").Decode(&s)
	if s.Next != "packs" {
		t.Errorf("%+v", s)
	}
	admin.Form("/settings/first-run/done").Leads("/")
	if admin.Get("/").Page().Find("#setup").Length() != 0 {
		t.Error("the card stays although nobody wants it")
	}
	api.Get("/api/v1/setup").Decode(&s)
	if !s.Finished {
		t.Errorf("%+v", s)
	}
	admin.Get("/settings/first-run").Leads("/settings/first-run/packs") // it can be taken up again
}
