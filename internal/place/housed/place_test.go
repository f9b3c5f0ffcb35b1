package housed_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"neike/content"
	"neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/xlsx"
	"neike/internal/place"
)

var _ = dbtest.Each // the house runs on both engines

// offices makes a building of finance with two floors, a room and a printer, and the services of finance.
func offices(t *testing.T, h *house.House) {
	t.Helper()
	h.Settle()
	pack, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
	for _, in := range []place.Input{
		{Code: "hq", NameZh: "华衡大厦", NameEn: "Huaheng Tower", Kind: "building", Unit: "finance", Services: []string{"finance.expense", "finance.advance"}},
		{Code: "hq-3f", NameZh: "三层", Kind: "floor", Parent: "hq"},
		{Code: "hq-4f", NameZh: "四层", Kind: "楼层", Parent: "hq"},
		{Code: "hq-3f-02", NameZh: "打印机 3F-02", NameEn: "Printer 3F-02", Kind: "printer", Parent: "hq-3f", Asset: "ZC-0815"},
	} {
		save(t, h, h.As("2002"), in)
	}
}

func save(t *testing.T, h *house.House, ctx context.Context, in place.Input) place.Place {
	t.Helper()
	p, _, err := h.Place.Save(ctx, in, place.Anything)
	if err != nil {
		t.Fatalf("%s: %v", in.Code, err)
	}
	return p
}

func codes(t *testing.T, h *house.House, f place.Filter) string {
	t.Helper()
	var out []string
	for {
		page, err := h.Place.List(h.As("3002"), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Items {
			out = append(out, p.Code)
		}
		if f.Cursor = page.NextCursor; f.Cursor == "" {
			return strings.Join(out, " ")
		}
	}
}

// TestPlaces: a tree that its unit keeps; found by name, pinyin, initials, code and number; moved with what lies in it; a code
// is never given twice.
func TestPlaces(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		offices(t, h)
		if got := codes(t, h, place.Filter{Limit: 2}); got != "hq hq-3f hq-3f-02 hq-4f" {
			t.Errorf("the tree, two at a time: %s", got)
		}
		for q, want := range map[string]string{"dayinji": "hq-3f-02", "dyj": "hq-3f-02", "打印": "hq-3f-02", "0815": "hq-3f-02", "3f-0 printer": "hq-3f-02", "hhds": "hq", "100%": ""} {
			if got := codes(t, h, place.Filter{Q: q}); got != want {
				t.Errorf("%s finds %q", q, got)
			}
		}
		if got := codes(t, h, place.Filter{Under: "hq-3f"}); got != "hq-3f hq-3f-02" {
			t.Errorf("under the third floor: %s", got)
		}
		if got := codes(t, h, place.Filter{Unit: "root", Kind: "floor"}); got != "hq-3f hq-4f" {
			t.Errorf("floors of the company: %s", got)
		}
		agent := h.As("2002")
		_, _, err := h.Place.Save(agent, place.Input{Code: "Bad Code", Kind: "spaceship", Parent: "nowhere", Unit: "nobody", Services: []string{"no.such"}}, place.Fresh)
		if e, _ := fault.As(err); e == nil || len(e.Fields) != 6 {
			t.Errorf("not all at once: %v", err)
		}
		if _, _, err := h.Place.Save(agent, place.Input{Code: "hq-3f", NameZh: "又一层", Kind: "floor", Parent: "hq"}, place.Fresh); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a code is given twice: %v", err)
		}
		if _, _, err := h.Place.Save(agent, place.Input{Code: "hq", NameZh: "楼", Kind: "building", Unit: "finance", Parent: "hq-3f-02"}, place.Anything); fault.KindOf(err) != fault.Invalid {
			t.Errorf("it lies within itself: %v", err)
		}
		if _, _, err := h.Place.Save(h.As("3002"), place.Input{Code: "hq-4f", NameZh: "五层", Kind: "floor", Parent: "hq"}, place.Anything); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger changes it: %v", err)
		}
		if _, _, err := h.Place.Save(agent, place.Input{Code: "pr", NameZh: "项目楼", Kind: "building", Unit: "project"}, place.Fresh); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a place of another unit: %v", err)
		}
		p, err := h.Place.ByCode(agent, "hq-3f-02")
		if err != nil {
			t.Fatal(err)
		}
		save(t, h, agent, place.Input{Code: "hq-3f", NameZh: "三层", Kind: "floor", Parent: "hq-4f"})
		moved, err := h.Place.ByCode(agent, "hq-3f-02")
		if err != nil || moved.Path != "/hq/hq-4f/hq-3f/hq-3f-02/" {
			t.Errorf("what lies in it stays behind: %s, %v", moved.Path, err)
		}
		if _, _, err := h.Place.Save(agent, place.Input{Code: "hq-3f-02", NameZh: "打印机", Kind: "printer", Parent: "hq-3f"}, p.Revision); fault.KindOf(err) != fault.Precondition {
			t.Errorf("of two who change it at once both win: %v", err)
		}
		if n, err := h.Place.Retire(agent, "hq-4f"); n != 3 || err != nil {
			t.Errorf("%d went, %v", n, err)
		}
		if got := codes(t, h, place.Filter{}); got != "hq" {
			t.Errorf("in use: %s", got)
		}
		if err := h.Place.Restore(agent, "hq-3f-02"); err != nil {
			t.Error(err)
		}
		if got := codes(t, h, place.Filter{State: "retired"}); got != "hq-4f hq-3f" {
			t.Errorf("out of use: %s", got)
		}
	})
}

// TestPlacesFromAFile: all faults at once, parents in any order, the second time nothing changes, and what goes out comes in.
func TestPlacesFromAFile(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		offices(t, h)
		take := func(file string, dry bool) importer.Result {
			t.Helper()
			r, err := h.Importer.Import(h.System(), "places", strings.NewReader(file), importer.Options{Name: "places.csv", DryRun: dry})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		bad := take("编码,名称,类型,上级编码,负责单位编码,服务编码\nw1-A,车间,车间,w1,,\nw1,一号厂房,楼,w2,finance,no.such\nw2,二号厂房,飞船,w1,,\nx 1,,房间,zz,nobody,\nw1,又来,楼,,finance,\n", true)
		reasons := ""
		for _, e := range bad.Errors {
			reasons += e.Reason + "\n"
		}
		for _, want := range []string{"no.such", "飞船", "就在它里面", "编码只能用", "没有编码为“zz”", "没有编码为“nobody”"} {
			if !strings.Contains(reasons, want) {
				t.Errorf("not told: %s\n%s", want, reasons)
			}
		}
		file := "编码,名称,类型,上级编码,负责单位编码,服务编码,状态\nw1-a-7,冲床 7 号,机器,w1-a,,finance.expense,在用\nw1-a,一车间,车间,w1,,,\nw1,一号厂房,楼,,finance,,\nhq-4f,四楼,,hq,,,停用\n"
		if r := take(file, true); len(r.Errors) > 0 || r.Created != 3 || r.Updated != 1 {
			t.Fatalf("dry run: %+v", r)
		}
		if got := codes(t, h, place.Filter{State: "any"}); strings.Contains(got, "w1") {
			t.Fatal("the dry run wrote")
		}
		if r := take(file, false); len(r.Errors) > 0 || r.Created != 3 || r.Updated != 1 {
			t.Fatalf("%+v", r)
		}
		if r := take(file, false); r.Created+r.Updated != 0 || r.Unchanged != 4 {
			t.Errorf("the second time: %+v", r)
		}
		if got := codes(t, h, place.Filter{State: "any"}); got != "hq hq-3f hq-3f-02 hq-4f w1 w1-a w1-a-7" {
			t.Errorf("the tree: %s", got)
		}
		var out bytes.Buffer
		w, err := xlsx.NewCSV(&out)
		if err == nil {
			err = h.Place.Export(h.System(), w)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if r := take(out.String(), false); len(r.Errors) > 0 || r.Created+r.Updated != 0 || r.Unchanged != 7 {
			t.Errorf("what went out comes in as %+v\n%s", r, out.String())
		}
		back := strings.ReplaceAll(out.String(), "w1-a,一车间,,workshop,w1,", "w1-a,一车间,,workshop,hq,")
		if r := take(back, false); r.Updated != 1 {
			t.Errorf("moved: %+v", r)
		}
		if p, err := h.Place.ByCode(h.System(), "w1-a-7"); err != nil || p.Path != "/hq/w1-a/w1-a-7/" {
			t.Errorf("%s, %v", p.Path, err)
		}
	})
}

// TestALabelLeadsToItsForm: one service opens its form, several are chosen among; who is signed out comes back there; what is out of
// use and what never was are one page, byte for byte.
func TestALabelLeadsToItsForm(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		offices(t, h)
		quality := h.SignedIn("1001")
		quality.Form("/places/kinds", "printer", "no.such").Is(422).Shows("main", "no.such")
		quality.Form("/places/kinds", "printer", "finance.advance").Is(303)
		c := h.SignedIn("3002")
		c.Get("/places/kinds").Is(404)
		c.Get("/p/hq-3f-02").Is(303).Leads("/requests/new/finance.advance?place=hq-3f-02")
		page := c.Get("/p/hq-3f").Is(200).Shows("h1", "三层").Shows("main", "费用报销")
		if n := page.Page().Find(`a.nk-offer[href*="?place=hq-3f"]`).Length(); n != 2 {
			t.Errorf("%d to choose from", n)
		}
		h.Fresh().Get("/p/hq-3f-02").Is(303).Leads("/signin?to=%2Fp%2Fhq-3f-02")
		agent := h.SignedIn("2002")
		agent.Form("/places/hq-3f-02/retire").Is(303)
		gone := c.Get("/p/hq-3f-02").Is(404).Shows("main", "此码已停用")
		never := c.Get("/p/never-was").Is(404)
		if gone.Text("main") != never.Text("main") {
			t.Error("the page tells which codes there were")
		}
		if gone.Page().Find(`main a[href="/requests/new"]`).Length() == 0 {
			t.Error("no way to report it anyway")
		}
		agent.Get("/places/hq-3f-02").Is(200).Shows("main", "停用")
		agent.Form("/places/hq-3f-02/restore").Is(303)
		kept := agent.Form("/places/new", "code", "hq-3f-03", "name_zh", " ", "kind", "room", "parent", "hq-3f").Is(422).Shows("#place", "请填写名称")
		if kept.Page().Find(`input[name="code"][value="hq-3f-03"]`).Length() != 1 {
			t.Error("what was typed is lost")
		}
		agent.Form("/places/new", "code", "hq-3f-03", "name_zh", "小会议室", "kind", "room", "parent", "hq-3f", "services", "finance.expense, finance.advance").Is(303).Leads("/places/hq-3f-03")
		agent.Get("/places/hq-3f-03/edit").Is(200)
		c.Get("/places/hq-3f-03/edit").Is(404)
		c.Get("/places?q=xhys").Is(200).Shows("#places", "小会议室")

		sheet := c.Get("/places/labels?under=hq").Is(200).Page()
		if n := sheet.Find(".nk-labels.is-3x7 > li").Length(); n != 5 {
			t.Errorf("%d labels of the building", n)
		}
		if box := sheet.Find(".nk-labels svg").First().AttrOr("viewbox", sheet.Find(".nk-labels svg").First().AttrOr("viewBox", "")); !strings.HasPrefix(box, "-4 -4 ") {
			t.Errorf("no quiet zone: %s", box)
		}
		one := c.Get("/places/labels?code=hq-3f-02&layout=a5").Is(200).Shows(".nk-labels.is-a5", "打印机 3F-02").Shows(".nk-labels", "hq-3f-02").Shows(".nk-labels .nk-label-do", "扫码报修").Shows(".nk-labels .nk-label-do.is-also", "Scan to report")
		if n := one.Page().Find(".nk-labels > li").Length(); n != 1 {
			t.Errorf("%d labels", n)
		}
	})
}

// TestPlacesByProgram: made, read, listed, retired; an edit on an old state is refused.
func TestPlacesByProgram(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		offices(t, h)
		agent, other := h.TokenOf("2002"), h.TokenOf("3002")
		body := map[string]any{"code": "hq-4f-01", "name": map[string]string{"zh": "机房", "en": "Server room"}, "kind": "room", "parent": "hq-4f", "services": []string{"finance.expense"}}
		made := agent.Post("/api/v1/places", body).Is(201)
		tag := made.Header.Get("ETag")
		agent.Post("/api/v1/places", body, "If-Match", tag).Is(200)
		body["name"] = map[string]string{"zh": "主机房", "en": "Server room"}
		agent.Post("/api/v1/places", body, "If-Match", tag).Is(200)
		agent.Post("/api/v1/places", body, "If-Match", tag).Is(412)
		other.Post("/api/v1/places", body).Is(404)
		var got, list map[string]any
		other.Get("/api/v1/places/hq-4f-01").Is(200).Decode(&got)
		if got["address"] != "/p/hq-4f-01" || got["parent"] != "hq-4f" || got["unit"] != "finance" || len(got["offers"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		other.Get("/api/v1/places?under=hq-4f&q=zhujifang").Is(200).Decode(&list)
		if items := list["items"].([]any); len(items) != 1 {
			t.Errorf("%v", items)
		}
		other.Get("/api/v1/places?kind=x&under=y&state=z").Is(422)
		agent.Post("/api/v1/places/hq-4f-01/retire", nil).Is(200)
		agent.Post("/api/v1/places/hq-4f-01/retire", nil).Is(409)
		agent.Post("/api/v1/places/hq-4f-01/restore", nil).Is(200)
		agent.JSON("PUT", "/api/v1/place-kinds", map[string]any{"kinds": map[string]any{"room": []string{"finance.expense"}}}).Is(404)
		h.TokenOf("1001", "read", "write", "admin").JSON("PUT", "/api/v1/place-kinds", map[string]any{"kinds": map[string]any{"room": []string{"finance.expense"}}}).Is(200)
	})
}
