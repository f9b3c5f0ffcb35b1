package house

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestTheCompanyByAPI reads the company, changes two things, and is told everything that is wrong at once.
func TestTheCompanyByAPI(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		admin, other := h.TokenOf("1001", "read", "write", "admin"), h.TokenOf("3002", "read", "write", "admin")
		read := func() map[string]any {
			var c map[string]any
			if err := json.Unmarshal(other.Get("/api/v1/company").Is(http.StatusOK).Body, &c); err != nil {
				t.Fatal(err)
			}
			delete(c, "$schema")
			return c
		}
		c := read()
		if c["shared_in_unit"] != true || c["numbers_to_all"] != false {
			t.Errorf("read %v", c)
		}
		c["numbers_to_all"], c["url"] = true, "https://neike.example.com/"
		other.JSON(http.MethodPut, "/api/v1/company", c).Is(http.StatusNotFound)
		admin.JSON(http.MethodPut, "/api/v1/company", c).Is(http.StatusOK)
		admin.JSON(http.MethodPut, "/api/v1/company", c).Is(http.StatusPreconditionFailed) // of an older revision
		c = read()
		if c["numbers_to_all"] != true || c["url"] != "https://neike.example.com" {
			t.Errorf("after the change %v", c)
		}
		c["zone"], c["url"], c["account_in_scores"] = "Mars", "ftp://x", true
		var wrong struct {
			Fields []struct{ Name string } `json:"fields"`
		}
		if err := json.Unmarshal(admin.JSON(http.MethodPut, "/api/v1/company", c).Is(http.StatusUnprocessableEntity).Body, &wrong); err != nil || len(wrong.Fields) != 3 {
			t.Errorf("%v, %v", wrong, err)
		}
	})
}
