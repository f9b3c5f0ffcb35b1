package house

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app/importer"
)

// imported takes in people as the administrator does and gives the number of the import.
func (h *House) imported(t *testing.T, rows string) string {
	t.Helper()
	r, err := h.Importer.Import(h.As("1001"), "people", strings.NewReader(rows), importer.Options{Name: "people.csv"})
	if err != nil || len(r.Errors) > 0 {
		t.Fatal(r.Errors, err)
	}
	return strconv.FormatInt(r.Run, 10)
}

// takenBack waits until an import was taken back.
func (h *House) takenBack(t *testing.T, run string) {
	t.Helper()
	id, _ := strconv.ParseInt(run, 10, 64)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		b, err := h.Importer.Back(h.System(), id)
		if err != nil || time.Now().After(end) {
			t.Fatalf("%+v %v", b, err)
		}
		if b.State == "undone" {
			return
		}
	}
}

// TestAnAdministratorTakesAnImportBack: by the page and by the API, told in the inbox, and closed to everybody else.
func TestAnAdministratorTakesAnImportBack(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		program, admin := h.TokenOf("1001", "read", "write", "import"), h.SignedIn("1001")
		first, second := h.imported(t, "employee_no,name,unit\n5001,新人甲,finance\n5002,新人乙,finance\n"), h.imported(t, "employee_no,name,unit\n5003,新人丙,finance\n")

		page := "/settings/import/" + first
		h.SignedIn("3002").Get(page + "?undo").Is(404)
		h.SignedIn("3002").Form(page + "/undo").Is(404)
		admin.Get(page).Is(200).Shows("#undo-ask", "撤销这次导入")
		admin.Get(page+"?undo").Is(200).Shows("#import", "5002 新人乙").Shows("#undo", "撤销这次导入")
		admin.Form(page + "/undo").Leads(page)
		h.takenBack(t, first)
		admin.Get(page).Is(200).Shows("#import", "已撤销：2 条恢复原样，0 条保留")
		admin.Form(page + "/undo").Leads(page)
		for _, no := range []string{"5001", "5002"} {
			if p, _ := h.Org.PersonByNo(h.System(), no); p.Active {
				t.Errorf("%s is still here", no)
			}
		}

		var foreseen struct {
			State        string
			Undone, Kept int
		}
		program.Get("/api/v1/imports/" + second + "/undo").Is(200).Decode(&foreseen)
		if foreseen.State != "possible" || foreseen.Undone != 1 {
			t.Errorf("%+v", foreseen)
		}
		program.Post("/api/v1/imports/"+second+"/undo", nil).Is(200)
		h.takenBack(t, second)
		program.Get("/api/v1/imports/" + second + "/undo").Is(200).Decode(&foreseen)
		if foreseen.State != "undone" || foreseen.Undone != 1 || foreseen.Kept != 0 {
			t.Errorf("%+v", foreseen)
		}
		if key := program.Post("/api/v1/imports/"+second+"/undo", nil).Is(409).Key(); key != "importer.undo-twice" {
			t.Error(key)
		}
		h.TokenOf("3002", "read", "import").Get("/api/v1/imports").Is(404)
		var list struct {
			Items []struct{ Run int64 }
		}
		program.Get("/api/v1/imports").Is(200).Decode(&list)
		if len(list.Items) != 2 {
			t.Errorf("%d imports", len(list.Items))
		}
		if got := h.told(t, "1001"); !slices.Contains(got, "import.ended") {
			t.Errorf("was told %v", got)
		}
	})
}
