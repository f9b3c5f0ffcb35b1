package house

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/webtest"
	"neike/internal/org"
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

// TestAnImportIsTakenBackAfterSomebodyWasErased: the erased person stays as nobody, who was led by that person goes back as if
// nobody had touched them, and a former value that names the person is the only one that does not come back.
func TestAnImportIsTakenBackAfterSomebodyWasErased(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		first := h.imported(t, "employee_no,name,unit,manager\n5001,新人甲,finance,\n5002,新人乙,finance,5001\n5003,新人丙,finance,\n")
		second := h.imported(t, "employee_no,name,unit,manager,position\n5003,新人丙,finance,5001,会计\n")
		third := h.imported(t, "employee_no,name,unit,manager,position\n5003,新人丙,finance,2002,主管\n")
		gone := h.ID("5001")
		h.changed(t, "1001", "5001", org.ChangeInput{Kind: org.Leaving})
		if err := h.Org.Erase(h.As("1001"), "5001", "5001"); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			if p, err := h.Org.Person(h.System(), gone); err != nil || time.Now().After(end) {
				t.Fatal("not erased", err)
			} else if p.Name == "" && rests(t, h) {
				break
			}
		}
		takeBack := func(run string) *webtest.Client {
			t.Helper()
			admin := h.SignedIn("1001")
			admin.Get("/settings/import/" + run + "?undo").Is(200)
			admin.Form("/settings/import/" + run + "/undo").Leads("/settings/import/" + run)
			h.takenBack(t, run)
			return admin
		}
		takeBack(third)
		p, err := h.Org.PersonByNo(h.System(), "5003")
		if err != nil || p.Position != "会计" || p.Manager != h.ID("2002") {
			t.Errorf("the position comes back, who led cannot: %+v %v", p, err)
		}
		takeBack(second)
		admin := takeBack(first)
		for no, active := range map[string]bool{"5002": false} {
			if p, err := h.Org.PersonByNo(h.System(), no); err != nil || p.Active != active {
				t.Errorf("%s: %+v %v", no, p, err)
			}
		}
		if p, err := h.Org.Person(h.System(), gone); err != nil || p.Name != "" || p.Active {
			t.Errorf("who was erased is %+v %v", p, err)
		}
		if text := admin.Get("/settings/import/" + first).Is(200).Text("#import"); strings.Contains(text, "新人甲") || strings.Contains(text, "5001") {
			t.Errorf("the page names who was erased: %s", text)
		}
	})
}
