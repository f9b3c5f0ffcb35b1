package house

import (
	"net/http"
	"testing"

	"neike/content"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// TestSetup: the administrator of a new company is led step by step, nobody else is, and the panel goes when all is done.
func TestSetup(t *testing.T) {
	h := Start(t).Settle()
	admin := h.SignedIn("1001")
	admin.Get("/").Is(http.StatusOK).Shows("#setup", "公司名称").Shows("#setup", "随内客附带")
	if h.SignedIn("3002").Get("/").Page().Find("#setup").Length() != 0 {
		t.Error("everybody is asked to set up the company")
	}
	pack, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
	admin.Get("/").Shows("#setup", "公司名称") // it has no name yet
	c := org.NewCompany()
	c.Name = lang.Text{Zh: "华衡", En: "Huaheng"}
	if err := h.Org.SetCompany(h.System(), c); err != nil {
		t.Fatal(err)
	}
	if admin.Get("/").Is(http.StatusOK).Page().Find("#setup").Length() != 0 {
		t.Error("the panel stays when everything is done")
	}
}
