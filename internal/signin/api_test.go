package signin_test

import (
	"testing"

	"neike/internal/signin"
)

func TestActivationByAPI(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		secretary, admin, anybody := r.token("2001", "read", "write"), r.token("1001", "read", "write", "admin"), r.token("2002")
		secretary.Post("/api/v1/posters", map[string]any{"unit": "finance"}).Is(403) // the scope
		admin.Post("/api/v1/posters", map[string]any{"unit": "finance", "days": 93}).Is(422)
		var poster struct{ ID, URL string }
		admin.Post("/api/v1/posters", map[string]any{"unit": "finance", "days": 3}).Is(201).Decode(&poster)
		asked := signin.JoinIn{No: "2003", Name: "罗佳", Password: chosen, Again: chosen}
		c, err := r.Join(t.Context(), poster.URL[len("https://neike.example.com/join/"):], asked, signin.In{})
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Claims []struct {
				ID     string
				Number string
				Fits   bool
			}
			Posters []struct{ URL string }
		}
		admin.Get("/api/v1/activation").Is(200).Decode(&list)
		if len(list.Claims) != 1 || !list.Claims[0].Fits || list.Claims[0].Number != "" || len(list.Posters) != 1 || list.Posters[0].URL != "" {
			t.Errorf("the list gives away: %+v", list)
		}
		anybody.Get("/api/v1/activation").Is(403)
		at := "/api/v1/claims/" + list.Claims[0].ID
		admin.Post(at+"/confirm", map[string]any{"number": "none"}).Is(422)
		admin.Post(at+"/confirm", map[string]any{"number": c.Number}).Is(204)
		admin.Post(at+"/refuse", nil).Is(409)
		admin.JSON("DELETE", "/api/v1/posters/"+poster.ID, nil).Is(204)
		admin.JSON("DELETE", "/api/v1/posters/1", nil).Is(404)
		admin.Post("/api/v1/activation-slips", map[string]any{"unit": "nowhere"}).Is(422)
		admin.Post("/api/v1/activation-slips", map[string]any{"unit": "root", "below": true}).Is(201)
		anybody.Get("/api/v1/factors").Is(200)
		admin.Post("/api/v1/people/2002/factors/reset", nil).Is(204)
		var policy struct {
			Strict   bool
			Revision int64
		}
		admin.JSON("PUT", "/api/v1/signin-policy", map[string]any{"strict": true, "phone_digits": false, "factors": false, "only_sso": false, "revision": 0}).Is(200).Decode(&policy)
		if !policy.Strict || policy.Revision != 1 {
			t.Errorf("%+v", policy)
		}
		admin.JSON("PUT", "/api/v1/signin-policy", map[string]any{"strict": false, "phone_digits": false, "factors": false, "only_sso": false, "revision": 0}).Is(412)
		admin.Get("/api/v1/signin-policy").Is(200)
	})
}
