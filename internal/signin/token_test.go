package signin_test

import (
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
)

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		reader, writer := r.token("2002", "read"), r.token("2002")
		reader.Get("/api/v1/me").Is(200).Golden("me")
		if key := reader.Post("/api/v1/tokens", map[string]any{"name": "more"}).Is(403).Key(); key != "web.scope" {
			t.Errorf("a reading token writes: %s", key)
		}
		writer.Post("/api/v1/tokens", map[string]any{"name": "more", "scopes": []string{"admin"}}).Is(422).Golden("scope-refused")
		writer.Post("/api/v1/tokens", map[string]any{"name": "  "}).Is(422).Golden("token-unnamed")
		var made struct{ ID, Key string }
		writer.Post("/api/v1/tokens", map[string]any{"name": "export"}).Is(201).Golden("token-made").Decode(&made)
		other := r.With(made.Key)
		other.Get("/api/v1/tokens").Is(200).Golden("tokens")
		r.token("2001").JSON("DELETE", "/api/v1/tokens/"+made.ID, nil).Is(404)
		writer.JSON("DELETE", "/api/v1/tokens/"+made.ID, nil).Is(204)
		other.Get("/api/v1/me").Is(401)
		for _, bad := range []string{"nk_", "nk_" + strings.Repeat("A", 43), "Basic x", strings.Repeat("x", 5000)} {
			r.With(bad).Get("/api/v1/me").Is(401)
		}
		writer.Get("/").Is(200) // a token opens pages too, within its scopes
		_, key, err := r.MakeToken(actor.System(t.Context()), r.ids["2002"], "short", nil, r.db.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if said := r.With(key).Post("/api/v1/tokens", map[string]any{"name": "for ever"}).Is(422).Body; !strings.Contains(string(said), "signin.token-outlives") {
			t.Errorf("a token for an hour makes one for ever: %s", said)
		}
		r.With(key).Post("/api/v1/tokens", map[string]any{"name": "longer", "expires_at": r.db.Now().Add(2 * time.Hour)}).Is(422)
		r.With(key).Post("/api/v1/tokens", map[string]any{"name": "as long", "expires_at": r.db.Now().Add(time.Hour)}).Is(201)
		dbtest.Clock(r.db).Advance(time.Hour + time.Second)
		r.With(key).Get("/api/v1/me").Is(401)
	})
}

// TestTokenForm makes a token in the browser: what is wrong comes at once and nothing typed is lost, the key is shown in
// a field of its own beside a button that copies it.
func TestTokenForm(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.Fresh()
		r.enter(c, "2002", password).Is(303)
		bad := c.Form("/me/tokens", "name", strings.Repeat("长", 101), "days", "-5").Is(422)
		bad.Shows("#e-name", "100").Shows("#e-scopes", "至少选一项").Shows("#e-days", "3660").Shows("[role=alert]", "有效天数")
		if kept := bad.Page().Find("[name=days]").AttrOr("value", ""); kept != "-5" {
			t.Errorf("of -5 days %q is kept", kept)
		}
		c.Form("/me/tokens", "name", "n", "scopes", "read", "days", "a week").Is(422).Shows("#e-days", "整数")
		made := c.Form("/me/tokens", "name", strings.Repeat("长", 100), "scopes", "read", "days", "30").Is(201).Page()
		key := made.Find(".nk-copy input[readonly]").AttrOr("value", "")
		if made.Find(".nk-copy button[data-copy]").Length() != 1 {
			t.Error("nothing copies the key")
		}
		r.With(key).Get("/api/v1/me").Is(200)
		dbtest.Clock(r.db).Advance(30*24*time.Hour + time.Second)
		r.With(key).Get("/api/v1/me").Is(401)
	})
}

func TestTheDoorNamesTheCompanyOnceItHasAName(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if title := strings.TrimSpace(r.Fresh().Get("/signin").Is(200).Text("h1")); title != "登录" {
			t.Errorf("before it has one: %q", title)
		}
		c := r.org.Company(t.Context())
		c.Name.Zh, c.Name.En = "华衡", "Huaheng"
		if err := r.org.SetCompany(actor.System(t.Context()), c); err != nil {
			t.Fatal(err)
		}
		r.Fresh().Get("/signin").Is(200).Shows("h1", "登录华衡")
	})
}
