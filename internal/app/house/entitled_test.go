package house

import (
	"slices"
	"testing"

	"neike/internal/catalog"
	"neike/internal/kit/webtest"
	"neike/internal/org"
)

// refusedFor lists the fields with their keys of a refused call.
func refusedFor(a *webtest.Answer) (out []string) {
	var said struct{ Fields []struct{ Name, Key string } }
	a.Is(422).Decode(&said)
	for _, f := range said.Fields {
		out = append(out, f.Name+" "+f.Key)
	}
	return out
}

// TestWhoIsEntitledDecidesWhoMayAsk: asked on behalf, whoever it is for has to be entitled; to everybody else the service
// does not exist.
func TestWhoIsEntitledDecidesWhoMayAsk(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		unit := func(code string) org.ID {
			tree, err := h.Org.Tree(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			u, _ := tree.ByCode(code)
			return u.ID
		}
		a := catalog.Audience{In: []catalog.Whom{{Kind: catalog.InUnit, Unit: unit("finance"), Below: true}}}
		if _, err := h.Catalog.SetAudience(h.System(), "finance.budget", a, 0); err != nil {
			t.Fatal(err)
		}
		ask := func(by, forWhom string) *webtest.Answer {
			return h.TokenOf(by, "read", "write").JSON("POST", "/api/v1/requests", map[string]any{"service": "finance.budget", "title": "调整", "on_behalf_of": forWhom, "fields": budgetAnswers(t, h)})
		}
		if got := refusedFor(ask("3002", "")); !slices.Contains(got, "service request.service-unknown") {
			t.Errorf("a stranger: %v", got)
		}
		if got := refusedFor(ask("2002", "3002")); !slices.Contains(got, "on_behalf_of request.not-entitled-them") {
			t.Errorf("for a stranger: %v", got)
		}
		ask("2002", "").Is(201)
		page := h.SignedIn("3002")
		page.Get("/requests/new/finance.budget").Is(404)
		for _, path := range []string{"/requests/new", "/requests/new?q=finance.budget", "/search?q=finance.budget"} {
			if page.Get(path).Is(200).Page().Find(`a[href="/requests/new/finance.budget"], a[href="/services/finance.budget"]`).Length() > 0 {
				t.Errorf("%s leads to what is not there", path)
			}
		}
	})
}

// TestAServiceSaysWhoReads: always confidential means always, and open cannot be made confidential.
func TestAServiceSaysWhoReads(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		set := func(x catalog.Privacy) {
			p := catalog.DefaultPolicy()
			p.Confidential = x
			if _, err := h.Catalog.SetPolicy(h.System(), "finance.budget", p, 0); err != nil {
				t.Fatal(err)
			}
		}
		c := h.TokenOf("3002", "read", "write")
		ask := func(confidential bool) *webtest.Answer {
			return c.JSON("POST", "/api/v1/requests", map[string]any{"service": "finance.budget", "title": "调整", "confidential": confidential, "fields": budgetAnswers(t, h)})
		}
		set(catalog.PrivacyAlways)
		var r struct {
			Number       string
			Confidential bool
			Named        []string
		}
		ask(false).Is(201).Decode(&r)
		if !r.Confidential || len(r.Named) != 1 || r.Named[0] != "2001" {
			t.Errorf("%+v", r)
		}
		h.SignedIn("2002").Get("/requests/" + r.Number).Is(404)
		h.SignedIn("2001").Get("/requests/" + r.Number).Is(200)
		form := h.SignedIn("3002").Get("/requests/new/finance.budget").Is(200).Shows("#ask", "一律保密")
		if form.Page().Find(`select[name="seen"]`).Length() > 0 {
			t.Error("there is a choice where there is none")
		}
		set(catalog.PrivacyOpen)
		if got := refusedFor(ask(true)); len(got) != 1 || got[0] != "seen request.never-confidential" {
			t.Errorf("%v", got)
		}
		ask(false).Is(201)
	})
}
