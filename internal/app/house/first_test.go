package house

import (
	"strings"
	"testing"

	"neike/internal/kit/lang"
)

// TestTheFirstAdministrator: an empty house lets in whoever has the code of its log, once, without a default password.
func TestTheFirstAdministrator(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		code, err := h.SetupCode(h.System())
		if err != nil || len(code) != 14 {
			t.Fatal(code, err)
		}
		c := h.Fresh()
		c.Get("/").Is(303).Leads("/setup")
		c.Get("/setup").Is(200).Shows("#first", "设置码")
		good := []string{"code", strings.ToLower(code), "name_zh", "华衡", "locale", "zh", "zone", "Asia/Shanghai", "employee_no", "1001", "name", "顾清和"}
		c.Form("/setup", "code", "AAAA-AAAA-AAAA", "name_zh", "x", "zone", "Mars").Is(422).Shows("#first", "设置码不对").Shows("#first", "Mars").Shows("#first", "请填写")
		c.Form("/setup", "code", code, "zone", "Mars").Is(422).Shows("#first", "Mars").Shows("#first", "请填写")
		to := c.Form("/setup", good...).Is(303).Header.Get("Location")
		if !strings.HasPrefix(to, "/activate/") {
			t.Fatal(to)
		}
		c.Form(to, "password", Password, "again", Password).Is(303)
		c.Get("/").Is(200).Shows("#setup", "单位和人员")
		c.Get("/settings/access").Is(200).Shows("#holding-table", "顾清和")
		h.Fresh().Get("/setup").Is(303).Leads("/signin")
		h.Fresh().Form("/setup", good...).Is(303).Leads("/signin")
		if again, err := h.SetupCode(h.System()); err != nil || again != "" {
			t.Error("the code outlives the first administrator", again, err)
		}
	})
}

// TestACompanyWithOneName: who has no Chinese name is not asked for one.
func TestACompanyWithOneName(t *testing.T) {
	h := Start(t)
	code, err := h.SetupCode(h.System())
	if err != nil {
		t.Fatal(err)
	}
	h.Form("/setup", "code", code, "name_en", " ", "locale", "en", "zone", "Europe/Berlin", "employee_no", "7", "name", "Ann").Is(422).Shows("#first-form .is-bad", "公司名称（英文）")
	h.Form("/setup", "code", code, "name_en", "Far Hill", "locale", "en", "zone", "Europe/Berlin", "employee_no", "7", "name", "Ann").Is(303)
	for _, locale := range []string{"zh", "en"} {
		if name := h.Org.Company(h.System()).Name.In(lang.With(h.System(), h.Book, locale, "")); name != "Far Hill" {
			t.Errorf("in %s the company is called %q", locale, name)
		}
	}
}

func TestWrongSetupCodesWait(t *testing.T) {
	h := Start(t)
	code, err := h.SetupCode(h.System())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		h.Form("/setup", "code", "AAAA").Is(422)
	}
	h.Form("/setup", "code", code, "name_zh", "x").Is(429).Shows("#first", "一分钟")
}
