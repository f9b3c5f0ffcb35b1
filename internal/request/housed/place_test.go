package housed_test

import (
	"strings"
	"testing"

	"neike/content"
	"neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/place"
	"neike/internal/request"
)

// tower is a building of finance with a printer, and a car apart from it.
func tower(t *testing.T, h *house.House) {
	t.Helper()
	h.Settle()
	pack, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
	for _, in := range []place.Input{
		{Code: "hq", NameZh: "大厦", NameEn: "Tower", Kind: "building", Unit: "finance", Services: []string{"finance.advance"}},
		{Code: "hq-pr", NameZh: "打印机", NameEn: "Printer", Kind: "printer", Parent: "hq", Asset: "ZC-1"},
		{Code: "car", NameZh: "公务车", Kind: "vehicle", Unit: "finance"},
	} {
		if _, _, err := h.Place.Save(h.System(), in, place.Fresh); err != nil {
			t.Fatal(err)
		}
	}
}

func at(place, title string) request.Ask {
	return request.Ask{Service: "finance.advance", Title: title, Place: place, Fields: map[string]any{"amount": "100", "reason": title, "due": "2026-12-31"}}
}

// TestAPlaceOnARequest: it stays as it was then, lists narrow and sort by it, and what is confidential is neither counted nor told.
func TestAPlaceOnARequest(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		tower(t, h)
		ctx := h.As("3002")
		open := func(where, title string) request.Request {
			t.Helper()
			r, err := h.Request.Open(ctx, at(where, title))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		car, printer := open("car", "车的"), open("hq-pr", "打印机的")
		open("hq", "大厦的")
		open("", "哪里也不是")
		secret := at("hq-pr", "保密的")
		secret.Confidential, secret.Named = true, []string{"2001"}
		hidden, err := h.Request.Open(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Request.Open(ctx, at("nowhere", "x")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("at a place that is not: %v", err)
		}
		titles := func(no string, f request.Filter, queue bool) string {
			t.Helper()
			var out []string
			for f.Limit = 1; ; {
				page, err := h.Request.List(h.As(no), f)
				if queue {
					page, err = h.Request.Queue(h.As(no), request.ViewUnit, f)
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range page.Items {
					out = append(out, l.Title)
				}
				if f.Cursor = page.NextCursor; f.Cursor == "" {
					return strings.Join(out, " ")
				}
			}
		}
		for _, c := range []struct {
			says, no string
			f        request.Filter
			queue    bool
			want     string
		}{
			{"the printer alone, for whoever asked", "3002", request.Filter{Place: "hq-pr"}, false, "保密的 打印机的"},
			{"what is confidential is not told to the unit", "2002", request.Filter{Place: "hq-pr"}, false, "打印机的"},
			{"the building with everything in it", "2002", request.Filter{Place: "hq"}, false, "大厦的 打印机的"},
			{"in the queue, too", "2002", request.Filter{Place: "hq"}, true, "打印机的 大厦的"},
			{"by place: vehicles by their path, then the building and what is in it", "2002", request.Filter{Sort: "place"}, false, "车的 大厦的 打印机的"},
			{"backwards", "2002", request.Filter{Sort: "-place"}, true, "打印机的 大厦的 车的"},
			{"both", "2002", request.Filter{Place: "hq", Sort: "place"}, true, "大厦的 打印机的"},
		} {
			if got := titles(c.no, c.f, c.queue); got != c.want {
				t.Errorf("%s: %q", c.says, got)
			}
		}
		if _, _, err := h.Place.Save(h.System(), place.Input{Code: "hq-pr", NameZh: "新打印机", Kind: "printer", Parent: "hq"}, place.Anything); err != nil {
			t.Fatal(err)
		}
		c := h.SignedIn("2002")
		c.Get("/requests/"+printer.Ref()).Is(200).Shows("#request", "打印机 · hq-pr")
		c.Get("/queue?place=hq").Is(200).Shows(`select[name="place"] option[selected]`, "大厦").Shows(`select[name="place"] optgroup option[value="hq-pr"]`, "打印机").Shows("#rows", "打印机的")
		c.Get("/queue?place=hq-pr").Is(200).Shows(`select[name="place"] option[value="hq"]`, "大厦").Shows(`select[name="place"] option[selected]`, "打印机")
		if at := h.SignedIn("3002").Get("/requests?view=mine").Is(200).Shows(`select[name="place"] option[value="car"]`, "公务车").Page(); at.Find(`select[name="place"] option[value="hq-pr"]`).Length() != 0 {
			t.Error("it begins below the top")
		}
		c.Get("/slips?n="+printer.Ref()).Is(200).Shows("main", "打印机 · hq-pr")
		page := c.Get("/places/hq-pr").Is(200).Shows("#history", "打印机的").Shows("#history", "1 件未办结")
		if strings.Contains(string(page.Body), "保密的") || strings.Contains(string(page.Body), hidden.Ref()) {
			t.Error("the page of the place tells of a confidential request")
		}
		c.Get("/places/hq").Is(200).Shows("#history", "大厦的").Shows("#history", "打印机的")
		var got struct {
			Place *struct {
				Code string `json:"code"`
				Name struct {
					Zh string `json:"zh"`
				} `json:"name"`
			} `json:"place"`
		}
		api := h.TokenOf("3002")
		api.Get("/api/v1/requests/" + printer.Ref()).Is(200).Decode(&got)
		if got.Place == nil || got.Place.Code != "hq-pr" || got.Place.Name.Zh != "打印机" {
			t.Errorf("%+v", got.Place)
		}
		api.Post("/api/v1/requests", map[string]any{"service": "finance.advance", "title": "x", "place": "gone", "fields": map[string]any{"amount": "1", "reason": "x", "due": "2026-12-31"}}).Is(422)
		var list struct {
			Items []struct {
				Number string `json:"number"`
			} `json:"items"`
		}
		api.Get("/api/v1/requests?place=car").Is(200).Decode(&list)
		if len(list.Items) != 1 || list.Items[0].Number != car.Ref() {
			t.Errorf("%+v", list.Items)
		}
	})
}

// TestTheFormOfAPlace: the label fills in the place and the beginning of the title, tells what is open there, and what is only a
// beginning is finished by the first answer.
func TestTheFormOfAPlace(t *testing.T) {
	t.Parallel()
	h := house.Start(t)
	tower(t, h)
	c := h.SignedIn("3002")
	c.Get("/p/hq-pr").Is(303).Leads("/requests/new/finance.advance?place=hq-pr")
	form := c.Get("/requests/new/finance.advance?place=hq-pr").Is(200).Shows("#at-place", "打印机 · 大厦").Page()
	if v := form.Find(`#ask input[name="title"]`).AttrOr("value", ""); v != "打印机：" {
		t.Errorf("the title begins %q", v)
	}
	if form.Find("#open-here").Length() != 0 {
		t.Error("something is open there")
	}
	send := func(fields ...string) string {
		t.Helper()
		all := append([]string{"service", "finance.advance", "place", "hq-pr", "fields.amount", "100", "fields.due", "2026-12-31"}, fields...)
		a := c.Form("/requests", all...).Is(303)
		return strings.TrimPrefix(a.Header.Get("Location"), "/requests/")
	}
	title := func(ref string) string { return c.Get("/requests/" + ref).Is(200).Text("h1") }
	if got := title(send("title", "打印机：", "fields.reason", "卡纸")); got != "打印机：卡纸" {
		t.Errorf("the title is %q", got)
	}
	if got := title(send("title", "缺墨了", "fields.reason", "换墨盒")); got != "缺墨了" {
		t.Errorf("the title is %q", got)
	}
	c.Get("/requests/new/finance.advance?place=hq-pr").Is(200).Shows("#open-here", "这里已有 2 件").Shows("#open-here", "打印机：卡纸")
	other := h.SignedIn("4001").Get("/requests/new/finance.advance?place=hq-pr").Is(200).Shows("#open-here", "这里已有 2 件")
	if strings.Contains(other.Text("#open-here"), "卡纸") {
		t.Error("it names what its reader may not see")
	}
	if _, err := h.Place.Retire(h.System(), "hq-pr"); err != nil {
		t.Fatal(err)
	}
	c.Get("/requests/new/finance.advance?place=hq-pr").Is(200).Shows("#place-gone", "已停用")
	c.Form("/requests", "service", "finance.advance", "place", "hq-pr", "title", "x", "fields.amount", "100", "fields.due", "2026-12-31", "fields.reason", "换").Is(422).Shows("#ask", "没有这个在用的地点")
}

// TestACallIsAboutAPlace: an agent who writes down a call says where it is, on the page or by the API; what names no place in use
// comes back with all that was typed.
func TestACallIsAboutAPlace(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		tower(t, h)
		c := h.SignedIn("2002")
		c.Get("/requests/log").Is(200).Shows(`#log [name="place"]`, "")
		bad := c.Form("/requests/log", "for", "3002", "service", "finance.advance", "text", "三楼打印机卡纸", "place", "nowhere").Is(422).Shows("#log", "没有这个在用的地点").Page()
		if text := bad.Find(`#log textarea[name="text"]`).Text(); text != "三楼打印机卡纸" || bad.Find(`#log [name="place"]`).AttrOr("value", "") != "nowhere" {
			t.Errorf("what was typed is lost: %q", text)
		}
		at := c.Form("/requests/log", "for", "3002", "service", "finance.advance", "text", "三楼打印机卡纸", "place", "HQ-PR", "via", "phone", "then", "take").Is(303).Header.Get("Location")
		c.Get(at).Is(200).Shows("#request", "打印机 · hq-pr")
		bad = c.Form("/requests/log", "for", "9999", "service", "finance.advance", "text", "x", "place", "hq-pr").Is(422).Page()
		if text, _ := bad.Find("#log").Html(); !strings.Contains(text, "打印机 hq-pr") {
			t.Error("the place that was chosen has no name")
		}
		api := h.TokenOf("2002")
		var got struct {
			Place struct {
				Code string `json:"code"`
			} `json:"place"`
		}
		api.Post("/api/v1/requests/log", map[string]any{"service": "finance.advance", "for": "3002", "text": "车坏了", "place": "car"}).Is(201).Decode(&got)
		if got.Place.Code != "car" {
			t.Errorf("%+v", got)
		}
		api.Post("/api/v1/requests/log", map[string]any{"service": "finance.advance", "for": "3002", "text": "车坏了", "place": "gone"}).Is(422)
	})
}

// TestHistoryKnowsItsPlace: a row per change and a row per case, also at a place that is out of use; one that there never was is
// an error of its line.
func TestHistoryKnowsItsPlace(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		tower(t, h)
		if _, err := h.Place.Retire(h.System(), "car"); err != nil {
			t.Fatal(err)
		}
		const changes = "case,event,at,by,service,asked_by,title,place\n" +
			"E1,open,2026-01-05 09:00,,finance.advance,3002,打印机的旧事,\n" +
			"E1,take,2026-01-05 10:00,2002,,,,hq-pr\n" +
			"E2,open,2026-01-06 09:00,,finance.advance,3002,车的旧事,CAR\n"
		const cases = "case,service,asked_by,title,opened_at,place\n" +
			"C1,finance.advance,3002,大厦的旧事,2026-01-07 09:00,hq\n" +
			"C2,finance.advance,3002,哪里也不是,2026-01-08 09:00,\n"
		take := func(file string, o importer.Options) importer.Result {
			t.Helper()
			got, err := h.Importer.Import(h.As("1001"), "requests", strings.NewReader(file), o)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		bad := take("case,service,asked_by,opened_at,place\nC3,finance.advance,3002,2026-01-07 09:00,nowhere\n", importer.Options{DryRun: true})
		if len(bad.Errors) != 1 || bad.Errors[0].Line != 2 || bad.Errors[0].Column != "place" {
			t.Fatalf("%+v", bad)
		}
		for _, file := range []string{changes, cases} {
			if got := take(file, importer.Options{}); got.Created != 2 || len(got.Errors) > 0 {
				t.Fatalf("%+v", got)
			}
			if got := take(file, importer.Options{}); got.Unchanged != 2 {
				t.Fatalf("again: %+v", got)
			}
		}
		for code, want := range map[string]string{"hq-pr": "打印机的旧事", "car": "车的旧事", "hq": "大厦的旧事 打印机的旧事"} {
			page, err := h.Request.List(h.As("3002"), request.Filter{Place: code, State: "any"})
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, l := range page.Items {
				titles = append(titles, l.Title)
			}
			if got := strings.Join(titles, " "); got != want {
				t.Errorf("at %s: %q, want %q", code, got, want)
			}
		}
	})
}
