package relation_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// round opens a workshop of finance, sales and purchasing.
func round(h house) relation.Workshop {
	h.Helper()
	speak(h)
	w, err := h.rel.OpenWorkshop(h.as("1001"), relation.WorkshopInput{Name: "我的客户是谁", Until: h.db.Now().In(h.zone).AddDate(0, 0, 14).Format("2006-01-02"), Units: []string{"finance", "sales", "purchasing"}})
	if err != nil {
		h.Fatal(err)
	}
	return w
}

// save saves one side of the sheet of a unit, over whatever is there.
func (h house) save(no string, w relation.Workshop, unit string, side relation.Side, lines ...relation.SheetLine) relation.SheetView {
	h.Helper()
	v, err := h.rel.SheetOf(h.as(no), w.ID, unit)
	if err == nil {
		v, err = h.rel.SaveSheet(h.as(no), w.ID, unit, v.Version, side, lines)
	}
	if err != nil {
		h.Fatal(err)
	}
	return v
}

func (h house) handIn(no string, w relation.Workshop, unit string) relation.SheetView {
	h.Helper()
	v, err := h.rel.SheetOf(h.as(no), w.ID, unit)
	if err == nil {
		v, err = h.rel.HandIn(h.as(no), w.ID, unit, v.Version)
	}
	if err != nil {
		h.Fatal(err)
	}
	return v
}

// TestAWorkshop: opened, filled in, handed in with what that says of relations and expectations, put face to face, settled, closed.
func TestAWorkshop(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		w := round(h)
		finance, sales := h.unit("finance").ID, h.unit("sales").ID
		if got := h.owed(); !slices.Equal(got, []string{"workshop-sheet unit finance", "workshop-sheet unit purchasing", "workshop-sheet unit sales"}) {
			t.Fatalf("owed %v", got)
		}
		h.save("2002", w, "finance", relation.Customer, relation.SheetLine{Other: sales, Deliverable: "月度经营分析", Frequency: "monthly", Criterion: "口径一致", Expects: "更早", Importance: 3})
		h.save("2001", w, "finance", relation.Provider, relation.SheetLine{Other: h.unit("purchasing").ID, Deliverable: "合同", Expects: "三单一致", Importance: 5})
		if v := h.handIn("2001", w, "finance"); v.State != relation.SheetHandedIn || v.MayWrite || len(v.Lines) != 2 {
			t.Fatalf("%+v", v)
		}
		if got := h.owed(); !slices.Equal(got, []string{"edge-confirm unit purchasing", "edge-confirm unit sales", "expectation-answer unit purchasing", "workshop-sheet unit purchasing", "workshop-sheet unit sales"}) {
			t.Errorf("owed %v", got)
		}
		list, err := h.rel.Expectations(h.as("2001"), relation.ExpectFilter{Customer: "finance"})
		if err != nil || len(list.Items) != 1 || list.Items[0].Text != "三单一致" || list.Items[0].Importance != 5 {
			t.Errorf("%+v, %v", list, err)
		}
		hands, err := h.rel.HandOversOf(h.as("3001"), finance, sales)
		if err != nil || len(hands) != 1 || hands[0].Deliverable != "月度经营分析" || hands[0].Side != relation.Provider {
			t.Errorf("%+v, %v", hands, err)
		}
		if hands, err := h.rel.HandOversOf(h.as("4001"), finance, sales); err != nil || len(hands) != 0 {
			t.Errorf("a stranger: %+v, %v", hands, err)
		}
		faced := func(no string) string {
			t.Helper()
			list, hidden, err := h.rel.Merge(h.as(no), w.ID)
			if err != nil {
				t.Fatal(err)
			}
			out := []string{strconv.Itoa(hidden)}
			for _, f := range list {
				word := f.From.Code + " " + f.To.Code + " " + string(f.Agreement)
				if f.Settled() {
					word += " settled"
				}
				out = append(out, word)
			}
			return strings.Join(out, "; ")
		}
		if got := faced("1001"); got != "0; finance sales waits; purchasing finance waits" {
			t.Error(got)
		}
		h.save("3001", w, "sales", relation.Customer, relation.SheetLine{Other: h.unit("purchasing").ID, Deliverable: "需求预测"})
		h.handIn("3001", w, "sales")
		if got := faced("1001"); got != "0; finance sales only_provider; purchasing finance waits; sales purchasing waits" {
			t.Error(got)
		}
		if got := faced("4001"); got != "1; purchasing finance waits; sales purchasing waits" {
			t.Error(got)
		}
		if _, err := h.say("3001", "finance", "sales", relation.Yes, ""); err != nil {
			t.Fatal(err)
		}
		if got := faced("1001"); !strings.Contains(got, "finance sales only_provider settled") {
			t.Error(got)
		}
		v, _ := h.rel.SheetOf(h.as("3001"), w.ID, "sales")
		if v, err = h.rel.TakeBack(h.as("3001"), w.ID, "sales", v.Version); err != nil || v.State != relation.SheetDraft || !slices.Contains(h.owed(), "workshop-sheet unit sales") {
			t.Fatalf("%+v, %v", v, err)
		}
		h.save("3001", w, "sales", relation.Provider, relation.SheetLine{Other: finance, Deliverable: "月度经营分析", Frequency: "monthly", Criterion: "第三个工作日前"})
		h.handIn("3001", w, "sales")
		if got := faced("1001"); got != "0; finance sales differs; purchasing finance waits; sales purchasing waits" {
			t.Error(got)
		}
		if hands, _ := h.rel.HandOversOf(h.as("3001"), finance, sales); len(hands) != 2 {
			t.Errorf("both words: %+v", hands)
		}
		if _, err := h.rel.CloseWorkshop(h.as("1001"), w.ID); err != nil || slices.Contains(h.owed(), "workshop-sheet unit purchasing") {
			t.Errorf("%v, owed %v", err, h.owed())
		}
		p, err := h.rel.SheetOf(h.as("4001"), w.ID, "purchasing")
		if err != nil || p.MayWrite {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := h.rel.SaveSheet(h.as("4001"), w.ID, "purchasing", p.Version, relation.Customer, nil); fault.KindOf(err) != fault.Conflict {
			t.Errorf("saved after the end: %v", err)
		}
	})
}

// TestTwoSaveASheetAtOnce: of two who read the same version one saves, and the other is told.
func TestTwoSaveASheetAtOnce(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		w := round(h)
		sales := h.unit("sales").ID
		var group sync.WaitGroup
		errs := make([]error, 3)
		for i, no := range []string{"2001", "2002", "2001"} {
			ctx := h.as(no)
			group.Go(func() {
				_, errs[i] = h.rel.SaveSheet(ctx, w.ID, "finance", 0, relation.Customer, []relation.SheetLine{{Other: sales, Deliverable: strconv.Itoa(i)}})
			})
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case fault.KindOf(err) != fault.Conflict:
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of three saved", won)
		}
	})
}

// TestWhoFillsInSheets: the people of the unit write, its head hands in, the quality office reads and runs workshops.
func TestWhoFillsInSheets(t *testing.T) {
	h := quick(t)
	w := round(h)
	for no, want := range map[string][3]bool{"2001": {true, true, true}, "2002": {true, true, false}, "1001": {true, false, false}, "3001": {}, "2003": {}} {
		v, err := h.rel.SheetOf(h.as(no), w.ID, "finance")
		if got := [3]bool{err == nil, v.MayWrite, v.MayHand}; got != want {
			t.Errorf("%s: %v, want %v (%v)", no, got, want, err)
		}
		_, err = h.rel.SaveSheet(h.as(no), w.ID, "finance", 99, relation.Customer, nil)
		if (fault.KindOf(err) == fault.NotFound) == want[1] {
			t.Errorf("%s saves: %v", no, err)
		}
		_, err = h.rel.HandIn(h.as(no), w.ID, "finance", 99)
		if (fault.KindOf(err) == fault.NotFound) == want[2] {
			t.Errorf("%s hands in: %v", no, err)
		}
	}
	for _, no := range []string{"2001", "2002"} {
		if _, err := h.rel.OpenWorkshop(h.as(no), relation.WorkshopInput{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s opens: %v", no, err)
		}
		if _, err := h.rel.CloseWorkshop(h.as(no), w.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s closes: %v", no, err)
		}
	}
	_, err := h.rel.OpenWorkshop(h.as("1001"), relation.WorkshopInput{Until: "soon", Units: []string{"nowhere"}})
	if f, ok := fault.As(err); !ok || len(f.Fields) != 3 {
		t.Errorf("rubbish: %v", err)
	}
}

// TestSheetsFollowTheirUnits: the sheet of a unit that ends goes to the one that follows, with what it hands over.
func TestSheetsFollowTheirUnits(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		w := round(h)
		finance, sales, purchasing := h.unit("finance").ID, h.unit("sales").ID, h.unit("purchasing").ID
		h.save("2001", w, "finance", relation.Customer, relation.SheetLine{Other: sales, Deliverable: "月报"})
		h.handIn("2001", w, "finance")
		v, _ := h.rel.SheetOf(h.as("2001"), w.ID, "finance")
		if _, err := h.rel.TakeBack(h.as("2001"), w.ID, "finance", v.Version); err != nil {
			t.Fatal(err)
		}
		h.save("4001", w, "purchasing", relation.Provider, relation.SheetLine{Other: sales, Deliverable: "预测"})
		h.save("3001", w, "sales", relation.Provider, relation.SheetLine{Other: finance, Deliverable: "月报"})
		for range 2 { // a job that was killed goes on where it was
			for _, hold := range h.rel.Holdings() {
				if hold.Code != "relation.sheets" && hold.Code != "relation.handovers" {
					continue
				}
				err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := hold.Hand(ctx, tx, org.Handing{From: finance, To: purchasing, Limit: 10})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		p, err := h.rel.SheetOf(h.as("4001"), w.ID, "purchasing")
		if err != nil || len(p.Lines) != 2 || p.From.Code != "finance" {
			t.Errorf("%+v, %v", p.Sheet, err)
		}
		if s, err := h.rel.SheetOf(h.as("3001"), w.ID, "sales"); err != nil || s.Lines[0].Other != purchasing {
			t.Errorf("%+v, %v", s.Sheet, err)
		}
		hands, err := h.rel.HandOversOf(h.as("1001"), purchasing, sales)
		if err != nil || len(hands) != 1 || hands[0].From != finance {
			t.Errorf("%+v, %v", hands, err)
		}
	})
}

// TestASheetOnPages: step by step, with what work suggests first; a second tab loses nothing; handed in, and seen face to face.
func TestASheetOnPages(t *testing.T) {
	h := quick(t)
	w := round(h)
	h.tally("finance", "sales", h.db.Now().In(h.zone).Format("2006-01-02"), relation.Delta{Opened: 7})
	path := "/workshops/" + strconv.FormatInt(w.ID, 10) + "/sheets/finance"
	h.as("2001")
	doc := h.page(path)
	if text := doc.Find("#sheet .nk-checks label").First().Text(); !strings.Contains(text, "销售部") || !strings.Contains(text, "7 件") {
		t.Errorf("suggested: %s", text)
	}
	if w := h.post(path, url.Values{"step": {"1"}, "version": {"0"}, "units": {"sales"}, "more": {"purchasing"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path+"?step=2" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	lines := func(what string) url.Values {
		return url.Values{"step": {"2"}, "version": {"1"}, "other.0": {"sales"}, "deliverable.0": {what}, "frequency.0": {"monthly"}, "other.1": {"purchasing"}, "deliverable.1": {"付款凭证"}}
	}
	if doc := h.page(path + "?step=2"); doc.Find("#sheet input[name^='deliverable.']").Length() != 2 {
		t.Error("two customers, one line each")
	}
	long := lines(strings.Repeat("长", 101))
	if w := h.post(path, long); w.Code != 422 || !strings.Contains(w.Body.String(), "付款凭证") {
		t.Errorf("too long: %d", w.Code)
	}
	more := lines("月报")
	more.Set("add", "sales")
	if w := h.post(path, more); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `name="deliverable.2"`) {
		t.Errorf("one more: %d", w.Code)
	}
	if w := h.post(path, lines("另一个窗口写的")); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "另一个窗口写的") || !strings.Contains(w.Body.String(), "许慧") {
		t.Errorf("the other tab: %d", w.Code)
	}
	if text := h.page(path + "?step=5").Find("#sheet").Text(); !strings.Contains(text, "月报 · 每月") {
		t.Error(text)
	}
	h.as("2002")
	if doc := h.page(path + "?step=5"); doc.Find("#f-hand-in").Length() != 0 || !strings.Contains(doc.Find("#sheet").Text(), "由部门负责人检查后提交") {
		t.Error("a member hands in")
	}
	h.as("2001")
	if w := h.post(path+"/hand-in", url.Values{"version": {"2"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if text := h.page("/relations/finance/sales").Find("#edge").Text(); !strings.Contains(text, "财务部写的") || !strings.Contains(text, "月报 · 每月") {
		t.Error("the page of the relation does not show what is handed over")
	}
	h.as("1001")
	doc = h.page("/relations/workshop")
	if text := doc.Find("#workshop").Text(); !strings.Contains(text, "还没有提交") || !strings.Contains(doc.Find("h1").Text(), "0 处对不上") || doc.Find("#sheets tbody tr").Length() != 3 {
		t.Error(doc.Find("h1").Text(), text)
	}
	if w := h.post("/relations/workshop/new", url.Values{"name": {""}, "until": {"2001-01-01"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "请填写名称") || !strings.Contains(w.Body.String(), "请至少选一个部门") {
		t.Errorf("%d", w.Code)
	}
	if doc := h.page("/relations/workshop/new"); doc.Find("form#f-workshop").Length() != 1 {
		t.Error("no form")
	}
	got := h.json("/api/v1/workshops/" + strconv.FormatInt(w.ID, 10))
	if got["handed_in"] != 1.0 || len(got["faced"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	if got := h.json("/api/v1/workshops/" + strconv.FormatInt(w.ID, 10) + "/sheets/finance"); got["state"] != "handed_in" || len(got["customers"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	if w := h.post("/workshops/"+strconv.FormatInt(w.ID, 10)+"/close", nil); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
}
