package house

import (
	"context"
	"strings"
	"testing"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// TestWhoComesBackBeginsAnew: by the page and by a file alike, it is the same person in the new unit, without anything of
// before, and only a new activation opens the account.
func TestWhoComesBackBeginsAnew(t *testing.T) {
	ways := map[string]func(h *House) error{
		"page": func(h *House) error {
			h.SignedIn("1001").Form("/settings/org/people/2002/rehire", "to_unit", "project", "to_position", "顾问", "to_manager", "3001").Is(303)
			return nil
		},
		"api": func(h *House) error {
			h.TokenOf("1001", "read", "write", "admin").Post("/api/v1/people/2002/rehire", map[string]string{"unit": "project", "position": "顾问", "manager": "3001"}).Is(200)
			return nil
		},
		"file": func(h *House) error {
			r, err := h.Importer.Import(h.System(), "people", strings.NewReader("employee_no,name,unit,position,manager,active\n2002,陈思远,project,顾问,3001,在职\n"), importer.Options{Name: "people.csv"})
			if err == nil && (r.Updated != 1 || len(r.Errors) > 0) {
				t.Errorf("%+v", r)
			}
			return err
		},
	}
	for name, back := range ways {
		t.Run(name, func(t *testing.T) {
			Each(t, func(t *testing.T, h *House) {
				h.Settle()
				was := h.ID("2002")
				key := h.TokenOf("2002")
				if err := h.Org.Deactivate(h.System(), "2002"); err != nil {
					t.Fatal(err)
				}
				if err := back(h); err != nil {
					t.Fatal(err)
				}
				p, err := h.Org.PersonByNo(h.System(), "2002")
				if err != nil {
					t.Fatal(err)
				}
				tree, err := h.Org.Tree(h.System())
				if err != nil {
					t.Fatal(err)
				}
				unit, _ := tree.ByCode("project")
				project, manager := unit.ID, h.ID("3001")
				if p.ID != was || !p.Active || p.Unit != project || p.Position != "顾问" || p.Manager != manager {
					t.Errorf("%+v", p)
				}
				must := func(ctx context.Context, rd sqldb.Reader) error {
					members, err := h.Org.Memberships(ctx, rd, p.ID)
					if err != nil || len(members) != 1 || members[0].Unit != project {
						t.Errorf("memberships %+v", members)
					}
					roles, err := h.Org.Roles(ctx, rd, p.ID)
					if len(roles) > 0 {
						t.Errorf("roles of before: %v", roles)
					}
					return err
				}
				if err := h.DB.Read(h.System(), must); err != nil {
					t.Fatal(err)
				}
				key.Get("/api/v1/me").Is(401)
				h.Fresh().Form("/signin", "login", "2002", "password", Password).Is(422)
				link, err := h.Signin.MakeLink(h.As("1001"), p.ID, "")
				if err != nil {
					t.Fatal(err)
				}
				const anew = "ein ganz anderer Satz"
				if link.Again {
					t.Error("there is a password of before")
				}
				h.Fresh().Form(link.URL[strings.Index(link.URL, "/activate/"):], "password", anew, "again", anew).Is(303)
				h.Fresh().Form("/signin", "login", "2002", "password", anew).Is(303)
				if err := h.Bus.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// TestUndoingADeactivationBringsEverythingBack: it was a slip, and nothing is to be done anew.
func TestUndoingADeactivationBringsEverythingBack(t *testing.T) {
	h := Start(t).Settle()
	for _, do := range []func(context.Context, string) error{h.Org.Deactivate, h.Org.Activate} {
		if err := do(h.System(), "2002"); err != nil {
			t.Fatal(err)
		}
	}
	h.SignedIn("2002")
	if _, err := h.Org.Rehire(h.System(), "2002", org.RehireInput{Unit: "project"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("who is here was taken back: %v", err)
	}
	if err := h.Org.Deactivate(h.System(), "2002"); err != nil {
		t.Fatal(err)
	}
	admin := h.SignedIn("1001")
	page := admin.Form("/settings/org/people/2002/rehire", "to_unit", "nowhere", "to_position", strings.Repeat("长", 121), "to_manager", "9999").Is(422).Page()
	if n := page.Find("#rehire .is-bad").Length(); n != 3 {
		t.Errorf("%d fields say what is wrong", n)
	}
	if v, _ := page.Find(`#rehire [name="to_position"]`).Attr("value"); !strings.HasPrefix(v, "长长") {
		t.Error("what was typed is lost")
	}
}
