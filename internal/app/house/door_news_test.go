package house

import (
	"strconv"
	"strings"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/org"
	"neike/internal/signin"
)

// TestWhoWaitsAtTheDoor: whoever looks after accounts finds on the home page how many wait to be let in, of the own people
// only, until it is decided; and who keeps the house, what happened to the own account.
func TestWhoWaitsAtTheDoor(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "2009", Name: "新同事", Unit: "finance"}); err != nil {
			t.Fatal(err)
		}
		home := func(no string) string {
			return h.SignedIn(no).Get("/").Is(200).Page().Find("#at-the-door").Text()
		}
		for _, no := range []string{"2001", "1001", "3001"} {
			if text := home(no); strings.Contains(text, "等您确认") {
				t.Errorf("nobody waits, and %s reads %q", no, text)
			}
		}
		poster, err := h.Signin.MakePoster(h.As("1001"), "finance", "14", h.Base)
		if err != nil {
			t.Fatal(err)
		}
		key := poster.URL[strings.LastIndex(poster.URL, "/")+1:]
		claim, err := h.Signin.Join(h.System(), key, signin.JoinIn{No: "2009", Name: "新同事", Password: "Neike-demo-2027", Again: "Neike-demo-2027"}, signin.In{Address: "127.0.0.9"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Signin.Join(h.System(), key, signin.JoinIn{No: "9999", Name: "谁", Password: "Neike-demo-2027", Again: "Neike-demo-2027"}, signin.In{Address: "127.0.0.8"}); err != nil {
			t.Fatal(err)
		}
		for no, waits := range map[string]bool{"2001": true, "1001": true, "3001": false, "2002": false, "4001": false} {
			if text := home(no); strings.Contains(text, "1 人扫了海报") != waits {
				t.Errorf("%s reads %q", no, text)
			}
		}
		h.SignedIn("2001").Get("/").Is(200).Shows("#at-the-door a[href='/settings/activation#waiting']", "去确认")
		c := h.SignedIn("1001")
		c.Form("/settings/access/view", "person", "2001", "reason", "核对").Is(303)
		if c.Get("/").Is(200).Page().Find("#at-the-door").Length() != 0 {
			t.Error("whoever looks with the head's eyes reads who waits for the head")
		}
		c.Form("/settings/access/view/stop").Is(303)
		c.Form("/settings/activation/claims/"+strconv.FormatInt(claim.ID, 10)+"/confirm", "number", claim.Number).Is(303)
		for _, no := range []string{"2001", "1001"} {
			if text := home(no); strings.Contains(text, "等您确认") {
				t.Errorf("it is decided, and %s reads %q", no, text)
			}
		}

		other := actor.With(h.T.Context(), actor.Actor{Person: h.ID("4001"), Roles: []string{"security"}})
		if _, err := h.Signin.MakeLink(other, h.ID("1001"), h.Base); err != nil {
			t.Fatal(err)
		}
		c.Get("/").Is(200).Shows("#at-the-door #account-news", "江一帆")
	})
}
