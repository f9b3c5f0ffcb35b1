package house

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"neike/content"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
)

// packed takes a pack in for the unit of its code.
func packed(t *testing.T, h *House, name string) {
	t.Helper()
	pack, _ := content.Pack(name)
	if out, err := h.Catalog.Import(h.System(), name, pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
}

// TestAHeadConfirmsStartingValues: all at once, some adjusted; what is wrong comes for every row and nothing typed is lost; of two at
// once one wins; nobody else confirms them.
func TestAHeadConfirmsStartingValues(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		packed(t, h, "finance")
		service := func(code string) *catalog.Service {
			t.Helper()
			s, err := h.Catalog.Visible(h.System(), code)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		head := h.SignedIn("2001")
		h.SignedIn("3002").Get("/standards/starting").Is(404)
		h.SignedIn("2002").Get("/standards/starting").Is(404)
		if n := h.SignedIn("3001").Get("/standards/starting").Is(200).Page().Find("#starting-rows tr[data-code]").Length(); n != 0 {
			t.Errorf("another head is shown %d", n)
		}
		page := head.Get("/standards/starting").Is(200).Page()
		if n := page.Find("#starting-rows tr[data-code]").Length(); n != 9 {
			t.Errorf("%d rows", n)
		}
		if text := page.Find(`tr[data-code="finance.expense"]`).Text(); !strings.Contains(text, "例：") {
			t.Errorf("no example: %s", text)
		}
		head.Get("/standards").Is(200).Shows("main", "逐项核对后确认")

		form := func(fields ...string) []string {
			return append([]string{"unit", "finance", "do", "confirm"}, fields...)
		}
		row := func(code, value, unit, share string) []string {
			return []string{"code", code, code + ".revision", "0", code + ".response.value", "1", code + ".response.unit", "working_hours", code + ".completion.value", value, code + ".completion.unit", unit, code + ".completion_target", share}
		}
		bad := head.Form("/standards/starting", append(form(row("finance.expense", "x", "workdays_eod", "90")...), row("finance.advance", "0", "working_hours", "200")...)...).Is(422)
		for _, code := range []string{"finance.expense", "finance.advance"} {
			if bad.Page().Find(`tr[data-code="`+code+`"] .nk-err`).Length() == 0 {
				t.Errorf("%s: no fault at its row", code)
			}
		}
		if v := bad.Page().Find(`input[name="finance.expense.completion.value"]`).AttrOr("value", ""); v != "x" {
			t.Errorf("what was typed is lost: %q", v)
		}
		before := page.Find(`tr[data-code="finance.expense"]`).Text()
		preview := head.Form("/standards/starting", append([]string{"unit", "finance", "do", "preview"}, row("finance.expense", "30", "workdays_eod", "90")...)...).Is(200)
		if preview.Page().Find(`tr[data-code="finance.expense"]`).Text() == before || !service("finance.expense").Standard.Starting {
			t.Error("the example does not follow what was typed, or it was set")
		}
		head.Form("/standards/starting", form()...).Is(422).Shows("main", "还没有选中")
		head.Form("/standards/starting", append(form(row("finance.expense", "3", "workdays_eod", "95")...), row("finance.budget", "", "", "")[:4]...)...).Is(303)
		if s := service("finance.expense"); s.Standard.Starting || s.Version != 2 || s.Standard.Completion != (calendar.Duration{Value: 3, Unit: "workdays_eod"}) || s.Standard.CompletionTarget != 0.95 {
			t.Errorf("adjusted: version %d, %+v", s.Version, s.Standard)
		}
		if s := service("finance.budget"); s.Standard.Starting || s.Version != 1 {
			t.Errorf("as it was: version %d, %+v", s.Version, s.Standard)
		}

		ctx, list := h.As("2001"), []catalog.Confirming{{Code: "finance.advance", Revision: service("finance.advance").Revision}, {Code: "finance.pay", Revision: service("finance.pay").Revision}}
		if err := h.Catalog.ConfirmMany(ctx, append(list, catalog.Confirming{Code: "finance.expense"})); fault.KindOf(err) != fault.Invalid || !service("finance.pay").Standard.Starting {
			t.Errorf("one of them is confirmed already, and the rest is written: %v", err)
		}
		var wait sync.WaitGroup
		won := make(chan error, 2)
		for range 2 {
			wait.Go(func() { won <- h.Catalog.ConfirmMany(ctx, list) })
		}
		wait.Wait()
		if a, b := <-won, <-won; (a == nil) == (b == nil) {
			t.Errorf("of two at once: %v, %v", a, b)
		}

		api := h.TokenOf("2001")
		var left struct {
			Items []struct {
				Code     string `json:"code"`
				Revision int    `json:"revision"`
				Due      string `json:"example_due_at"`
			} `json:"items"`
		}
		api.Get("/api/v1/standards/starting?unit=finance").Is(200).Decode(&left)
		if len(left.Items) != 5 || left.Items[0].Due == "" {
			t.Fatalf("%+v", left.Items)
		}
		code := left.Items[0].Code
		told := string(api.Post("/api/v1/standards/confirm", map[string]any{"items": []any{map[string]any{"code": code, "completion": map[string]any{"value": 0, "unit": "working_hours"}}, map[string]any{"code": "no.such"}}}).Is(422).Body)
		if !strings.Contains(told, code+".completion") || !strings.Contains(told, `"no.such"`) {
			t.Errorf("not all at once: %s", told)
		}
		api.Post("/api/v1/standards/confirm", map[string]any{"items": []any{map[string]any{"code": code, "revision": left.Items[0].Revision}}}).Is(200)
		h.TokenOf("2002").Post("/api/v1/standards/confirm", map[string]any{"items": []any{map[string]any{"code": code}}}).Is(404)
	})
}

// TestTheLibraryOfStandards: by function, beside the company's own; for a service it leads to the form with the values typed in.
func TestTheLibraryOfStandards(t *testing.T) {
	t.Parallel()
	h := Start(t)
	h.Settle()
	packed(t, h, "finance")
	head := h.SignedIn("2001")
	if _, err := h.Catalog.SetStandard(h.As("2001"), "finance.expense", catalog.Standard{Completion: calendar.Duration{Value: 9, Unit: "workdays_eod"}, CompletionTarget: 0.8}, 0); err != nil {
		t.Fatal(err)
	}
	page := head.Get("/standards/library?function=finance").Is(200).Shows("main", "人力资源").Page()
	use := page.Find(`tr[data-code="finance.expense"] a.btn`).AttrOr("href", "")
	if page.Find(`tr[data-code="finance.pay"] a.btn`).Length() != 0 {
		t.Error("what is the same is offered")
	}
	if q, err := url.Parse(use); err != nil || q.Path != "/services/finance.expense/standard" || q.Query().Get("completion.value") != "5" {
		t.Fatalf("leads to %s", use)
	}
	form := head.Get(use).Is(200).Page()
	if v := form.Find(`input[name="completion.value"]`).AttrOr("value", ""); v != "5" {
		t.Errorf("the form has %q", v)
	}
	head.Get("/standards/library?function=hr&for=finance.expense").Is(200).Shows("#library-for", "费用报销").Shows("#library", "入职")
	other := h.SignedIn("3002").Get("/standards/library?function=finance").Is(200).Page()
	if other.Find("#library a.btn").Length() != 0 {
		t.Error("everybody is offered to change it")
	}
	var list struct {
		Items []struct {
			Code string `json:"code"`
		} `json:"items"`
	}
	h.TokenOf("3002").Get("/api/v1/standards/library?function=it").Is(200).Decode(&list)
	if len(list.Items) == 0 || !strings.HasPrefix(list.Items[0].Code, "it.") {
		t.Errorf("%+v", list.Items)
	}
}
