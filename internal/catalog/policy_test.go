package catalog

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func support() Policy {
	p := DefaultPolicy()
	p.Confidential, p.RetentionDays, p.Crisis = PrivacySupport, 90, lang.Text{Zh: "紧急时拨打 12356", En: "In an emergency call 12356"}
	return p
}

func TestPoliciesAreChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Service, *Policy)
		want   string
	}{
		{"the usual one is right", func(*Service, *Policy) {}, ""},
		{"never accepting by itself is right", func(_ *Service, p *Policy) { p.AcceptDays = 0 }, ""},
		{"a quota of none is one", func(_ *Service, p *Policy) { p.UrgentQuota = 0 }, ""},
		{"days of grace count only with grace", func(_ *Service, p *Policy) { p.Reopen, p.ReopenDays = ReopenNew, 999 }, ""},
		{"grace without days is none", func(_ *Service, p *Policy) { p.ReopenDays = 0 }, "reopen_days catalog.policy-range"},
		{"a way nobody knows", func(_ *Service, p *Policy) { p.Reopen = "often" }, "reopen catalog.policy-unknown"},
		{"acceptance after a quarter is none", func(_ *Service, p *Policy) { p.AcceptDays = 61 }, "accept_days catalog.policy-range"},
		{"a quota below none", func(_ *Service, p *Policy) { p.UrgentQuota = -2 }, "urgent_quota catalog.policy-range"},
		{"less than no work", func(_ *Service, p *Policy) { p.WorkLimit = -1 }, "work_limit catalog.policy-range"},
		{"a privacy nobody knows", func(_ *Service, p *Policy) { p.Confidential = "secret" }, "confidential catalog.policy-unknown"},
		{"support of a service never offered", func(_ *Service, p *Policy) { *p = support() }, ""},
		{"support says what to do in an emergency", func(_ *Service, p *Policy) { *p = support(); p.Crisis = lang.Text{} }, "crisis.zh catalog.policy-crisis-missing"},
		{"support keeps words for a time", func(_ *Service, p *Policy) { *p = support(); p.RetentionDays = 0 }, "retention_days catalog.policy-range"},
		{"an offered service does not become support", func(s *Service, p *Policy) { s.Offered = time.Unix(1, 0); *p = support() }, "confidential catalog.policy-support-fixed"},
		{"offered support does not cease to be", func(s *Service, _ *Policy) { s.Offered, s.Policy = time.Unix(1, 0), support() }, "confidential catalog.policy-support-fixed"},
		{"what is owed on a schedule is no support", func(s *Service, p *Policy) { s.Kind = Standing; *p = support() }, "confidential catalog.policy-support-standing"},
	} {
		s, p := Service{Kind: OnRequest, Policy: DefaultPolicy()}, DefaultPolicy()
		c.change(&s, &p)
		got := ""
		f := checkPolicy(&s, p, "zh")
		for _, x := range f.All() {
			got += x.Name + " " + x.Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAPolicyIsSetAndHoldsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		before := h.service("finance.pay")
		if !before.Policy.same(DefaultPolicy()) || before.Offered.IsZero() {
			t.Fatalf("%+v", before.Policy)
		}
		p := DefaultPolicy()
		p.AcceptDays, p.UrgentQuota, p.Confidential = 0, 0, PrivacyAlways
		s, err := h.SetPolicy(h.as("2001"), "finance.pay", p, before.Revision)
		must(t, err)
		if now := h.service("finance.pay"); !now.Policy.same(p) || now.Version != before.Version || now.Revision != before.Revision+1 || !s.Policy.same(p) {
			t.Errorf("%+v", now)
		}
		_, err = h.SetPolicy(h.as("2001"), "finance.pay", p, before.Revision)
		wants(t, err, fault.Precondition, "catalog.changed-meanwhile")
		_, err = h.SetPolicy(h.as("4001"), "finance.pay", p, 0)
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		_, err = h.SetPolicy(h.as("2001"), "finance.pay", support(), 0)
		finds(t, err, "confidential catalog.policy-support-fixed")
		got, err := h.PolicyOf(h.ctx, s.ID)
		must(t, err)
		if !got.same(p) {
			t.Errorf("%+v", got)
		}
		data, _ := content.Pack("finance") // what was changed here stays when the pack comes again
		again, err := h.Import(h.ctx, "finance", data, false)
		must(t, err)
		if again.Updated != 0 || !h.service("finance.pay").Policy.same(p) {
			t.Errorf("%+v", again.Count)
		}
	})
}

func TestAPackSpeaksOfThePolicy(t *testing.T) {
	data, _ := content.Pack("finance")
	text := strings.Replace(string(data), "  kind: request\n", "  kind: request\n  inputs: {zh: 发票原件, en: The invoice}\n  deliverable: {zh: 到账, en: Paid}\n  policy:\n    reopen: new\n    accept_days: 3\n    confidential: always\n", 1)
	p, problems := ParsePack([]byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := p.Entries[0].service()
	if s.Policy.Reopen != ReopenNew || s.Policy.AcceptDays != 3 || s.Policy.Confidential != PrivacyAlways || s.Inputs.Zh != "发票原件" || s.Deliverable.En != "Paid" {
		t.Errorf("%+v", s)
	}
	_, problems = ParsePack([]byte(strings.Replace(text, "accept_days: 3", "accept_days: 99", 1)))
	if len(problems) != 1 || problems[0].Column != "services[0].policy.accept_days" {
		t.Errorf("%+v", problems)
	}
}

func TestThePolicyByPageAndByProgram(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		c := door(t, h)
		head := c.With("2001")
		page := head.Get("/services/finance.pay/policy").Is(200).Page()
		if v, _ := page.Find(`input[name="accept_days"]`).Attr("value"); v != "5" {
			t.Errorf("accept_days %q", v)
		}
		if page.Find(`input[name="confidential"][value="support"]`).Length() != 0 {
			t.Error("an offered service can become support")
		}
		bad := head.Form("/services/finance.pay/policy", "confidential", "open", "reopen", "grace", "reopen_days", "many", "accept_days", "77").Is(422).Page()
		if v, _ := bad.Find(`input[name="reopen_days"]`).Attr("value"); v != "many" {
			t.Errorf("what was typed is lost: %q", v)
		}
		if bad.Find(".nk-field.is-bad").Length() != 2 {
			t.Errorf("%d findings", bad.Find(".nk-field.is-bad").Length())
		}
		head.Form("/services/finance.pay/policy", "confidential", "open", "reopen", "new", "accept_days", "0", "urgent_quota", "2", "work_limit", "").Is(303)
		p := h.service("finance.pay").Policy
		if p.Confidential != PrivacyOpen || p.Reopen != ReopenNew || p.AcceptDays != 0 || p.UrgentQuota != 2 || p.WorkLimit != 0 {
			t.Errorf("%+v", p)
		}
		c.With("4001").Get("/services/finance.pay/policy").Is(404)

		var got struct {
			Policy struct {
				Reopen      string `json:"reopen"`
				UrgentQuota *int   `json:"urgent_quota"`
				AcceptDays  int    `json:"accept_days"`
			} `json:"policy"`
			Inputs struct{ Zh string } `json:"inputs"`
		}
		head.Get("/api/v1/services/finance.pay").Is(200).Decode(&got)
		if got.Policy.Reopen != "new" || got.Policy.UrgentQuota == nil || *got.Policy.UrgentQuota != 2 {
			t.Errorf("%+v", got)
		}
		head.JSON(http.MethodPut, "/api/v1/services/finance.pay/policy", map[string]any{"reopen": "continue", "urgent_quota": nil}).Is(200).Decode(&got)
		if got.Policy.Reopen != "continue" || got.Policy.UrgentQuota != nil || got.Policy.AcceptDays != 5 {
			t.Errorf("%+v", got)
		}
		head.JSON(http.MethodPut, "/api/v1/services/finance.pay/policy", map[string]any{"accept_days": 99}).Is(422)
		head.JSON(http.MethodPost, "/api/v1/services", map[string]any{"code": "finance.pay", "inputs": map[string]any{"zh": "合同"}}).Is(200).Decode(&got)
		if got.Policy.Reopen != "continue" || got.Inputs.Zh != "合同" {
			t.Errorf("what was left out is gone: %+v", got)
		}
	})
}
