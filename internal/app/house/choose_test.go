package house

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/content"
)

// offered lists the codes of the catalogue, sorted.
func offered(t *testing.T, h *House) string {
	t.Helper()
	snap, err := h.Catalog.Snapshot(h.System())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range snap.All() {
		out = append(out, s.Code)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestAPackServiceByService: only what is ticked is taken, on the page, by the API and in the first set-up; the department's
// customers come with whatever is taken first, and what was left out can be taken later.
func TestAPackServiceByService(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		admin := h.SignedIn("1001")
		at := admin.Form("/settings/import", "kind", "services", "ready", "finance.yaml").Is(303).Header.Get("Location")
		page := admin.Get(at).Is(200).Page()
		if n := page.Find(`input[name="only"][form="apply"][checked]`).Length(); n != 9 {
			t.Fatalf("%d to tick", n)
		}
		admin.Form(at+"/apply", "choose", "true").Is(422).Shows("#import", "还没有选中")
		admin.Form(at+"/apply", "choose", "true", "only", "finance.nothing").Is(422).Shows("#import", "finance.nothing")
		admin.Form(at+"/apply", "choose", "true", "only", "finance.advance", "only", "finance.pay").Is(303)
		id, _ := strconv.ParseInt(strings.TrimPrefix(at, "/settings/import/"), 10, 64)
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			run, err := h.Importer.Run(h.System(), id)
			if err != nil || time.Now().After(end) {
				t.Fatalf("%+v %v", run, err)
			}
			if run.State == "done" {
				break
			}
		}
		if got := offered(t, h); got != "finance.advance finance.pay" {
			t.Errorf("taken: %s", got)
		}
		snap, _ := h.Catalog.Snapshot(h.System())
		tree, _ := h.Org.Tree(h.System())
		finance, _ := tree.ByCode("finance")
		if len(snap.Customers(finance.ID)) == 0 || snap.Mission(finance.ID).Zh == "" {
			t.Error("what the pack says of the department was left out with its first service")
		}

		pack, _ := content.Pack("finance")
		api := h.TokenOf("1001", "read", "write", "import", "admin")
		post := func(query string, want int) map[string]any {
			t.Helper()
			var out map[string]any
			api.Post("/api/v1/import/services?file=finance.yaml&"+query, string(pack), "Content-Type", "application/octet-stream").Is(want).Decode(&out)
			return out
		}
		if got := post("dry_run=true&only=finance.expense,finance.advance", 200); got["created"] != 1.0 || got["unchanged"] != 1.0 {
			t.Errorf("dry run: %v", got)
		}
		post("only=finance.expense,no.such", 422)
		api.Post("/api/v1/import/people?only=x&file=p.csv", "employee_no\n", "Content-Type", "text/csv").Is(422)
		if got := post("only=finance.expense", 200); got["created"] != 1.0 {
			t.Errorf("%v", got)
		}
		if got := post("", 200); got["created"] != 6.0 || got["unchanged"] != 3.0 {
			t.Errorf("the rest: %v", got)
		}

		admin.Form("/settings/first-run/packs", "unit.legal", "project").Is(200).Shows("#plan", "逐项选择服务")
		admin.Form("/settings/first-run/packs", "unit.legal", "project", "choose.legal", "1", "only.legal", "legal.contract", "do", "apply").Is(303)
		if got := offered(t, h); !strings.Contains(got, "legal.contract") || strings.Count(got, "legal.") != 1 {
			t.Errorf("the first set-up took %s", got)
		}
	})
}
