package proofs_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app/house"
	"neike/internal/kit/webtest"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
	"neike/internal/request"
)

// TestPersonalData takes a copy of what the house keeps about an agent, by the agent and by the security officer, erases the
// agent after leaving, and looks at what is left, on both engines.
func TestPersonalData(t *testing.T) {
	t.Parallel()
	onBoth(t, personalData)
}

func personalData(t *testing.T, h *house.House) {
	id := h.ID("2002")
	ask := advance("差旅")
	fields, _ := ask["fields"].(body)
	r, err := h.Request.Open(h.As("3002"), request.Ask{Service: ask["service"].(string), Title: "出差借款", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	ref := r.Ref()
	own := h.SignedIn("2002")
	api := h.TokenOf("2002", "read", "write")
	api.Post("/api/v1/requests/"+ref+"/take", body{}).Is(http.StatusOK)
	if _, err := h.Request.Deliver(h.As("2002"), r.Number, "已付款", nil, request.When{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "2002", Name: "陈思远", NameEn: "Siyuan Chen", Phone: "13800008888", Email: "csy@example.com", Unit: "finance", Position: "会计", Revision: person(t, h, "2002").Revision}); err != nil {
		t.Fatal(err)
	}
	if err := h.Catch(h.System()); err != nil {
		t.Fatal(err)
	}
	copies(t, h, own)
	officer := h.SignedIn("1001")
	leave(t, h, officer)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) { // a worker of the house may have the job
		if err := h.Catch(h.System()); err != nil {
			t.Fatal(err)
		}
		if rule, err := h.Org.Retention(h.System()); err != nil || rule.Erased == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the erasing does not end")
		}
	}
	ended(t, h, officer, id, ref)
}

func person(t *testing.T, h *house.House, no string) org.Person {
	t.Helper()
	p, err := h.Org.PersonByNo(h.System(), no)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type copied struct {
	Name  string `json:"name"`
	Kinds []struct {
		Kind    string           `json:"kind"`
		Erased  bool             `json:"erased"`
		Count   int              `json:"count"`
		Columns []string         `json:"columns"`
		Hidden  []string         `json:"hidden"`
		Rows    []map[string]any `json:"rows"`
	} `json:"kinds"`
}

func (c copied) rows(kind string) []map[string]any {
	for _, k := range c.Kinds {
		if k.Kind == kind {
			return k.Rows
		}
	}
	return nil
}

func copies(t *testing.T, h *house.House, own *webtest.Client) {
	t.Helper()
	var mine, officers copied
	raw := own.Get("/api/v1/people/2002/data").Is(http.StatusOK)
	raw.Decode(&mine)
	if len(mine.Kinds) < 25 || len(mine.rows("signin.sessions")) == 0 || len(mine.rows("request.requests")) != 1 || len(mine.rows("audit.entries")) == 0 {
		t.Errorf("%d kinds: %+v", len(mine.Kinds), mine)
	}
	if got := mine.rows("request.requests")[0]; got["title"] != "出差借款" || got["as"] != "assigned" {
		t.Errorf("%v", got)
	}
	if got := mine.rows("org.person")[0]; got["phone"] != "13800008888" || got["active"] != true {
		t.Errorf("%v", got)
	}
	for _, secret := range []string{"$argon2", "print", "hash", "sealed"} {
		if strings.Contains(string(raw.Body), secret) {
			t.Errorf("the copy has a %s in it", secret)
		}
	}
	officer := h.SignedIn("1001")
	officer.Get("/api/v1/people/2002/data").Is(http.StatusOK).Decode(&officers)
	if got := officers.rows("request.requests")[0]; got["title"] != nil || got["number"] == "" {
		t.Errorf("the officer has words: %v", got)
	}
	own.Get("/me").Is(http.StatusOK).Shows("main", "顾清和下载了内客保存的您的个人数据")
	own.Get("/me/data").Is(http.StatusOK).Shows("#kinds", "人员档案")
	officer.Get("/people/2002/data").Is(http.StatusOK).Shows("#personal", "您下载时会通知本人")
	if officer.Get("/people/2002/data").Page().Find("#erase-form").Length() != 0 {
		t.Error("somebody who works here may be erased")
	}
	file := own.Form("/people/2002/data/copy", "format", "xlsx").Is(http.StatusOK)
	book, err := xlsx.Open(bytes.NewReader(file.Body), int64(len(file.Body)), xlsx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	others := h.SignedIn("3002")
	nobody := others.Get("/people/9999/data").Is(http.StatusNotFound)
	got := others.Get("/people/2002/data").Is(http.StatusNotFound).Body
	if !bytes.Equal(bytes.ReplaceAll(got, []byte("2002/data"), []byte("9999/data")), nobody.Body) {
		t.Error("somebody's data is not as if there were nobody")
	}
	others.Form("/people/2002/data/copy", "format", "json").Is(http.StatusNotFound)
	own.Get("/people/2002/data/copy?format=xlsx").Is(http.StatusMethodNotAllowed) // looking notes nothing and tells nobody
	others.Get("/api/v1/people/2002/data").Is(http.StatusNotFound)
}

func leave(t *testing.T, h *house.House, officer *webtest.Client) {
	t.Helper()
	api := h.TokenOf("1001", "read", "write", "admin")
	api.Post("/api/v1/people/2002/erase", body{"employee_no": "2002"}).Is(http.StatusConflict)
	h.TokenOf("4001", "read", "write", "admin").Post("/api/v1/people/2002/erase", body{"employee_no": "2002"}).Is(http.StatusNotFound)
	if err := h.Org.Deactivate(h.System(), "2002"); err != nil {
		t.Fatal(err)
	}
	officer.Form("/people/2002/data/hold", "held", "true", "reason", "").Is(http.StatusUnprocessableEntity).Shows("#hold", "请写明为什么要保留")
	officer.Form("/people/2002/data/hold", "held", "true", "reason", "劳动仲裁")
	officer.Get("/people/2002/data").Is(http.StatusOK).Shows("#personal", "劳动仲裁")
	officer.Get("/settings/privacy?state=held").Is(http.StatusOK).Shows("#leavers", "劳动仲裁")
	api.JSON(http.MethodPut, "/api/v1/people/2002/hold", body{"held": false}).Is(http.StatusOK)
	officer.Form("/settings/privacy", "months", "1000").Is(http.StatusUnprocessableEntity).Shows("#rule", "0 到 240")
	officer.Form("/settings/privacy", "months", "24").Leads("/settings/privacy")
	officer.Get("/company").Is(http.StatusOK).Shows("#switches", "离职 24 个月后自动删除")
	officer.Get("/company").Shows("#company-log", "不自动删除 → 24 个月")
	api.JSON(http.MethodPut, "/api/v1/retention", body{"erase_after_months": 0}).Is(http.StatusOK)
	officer.Form("/people/2002/data/erase", "employee_no", "2001").Is(http.StatusUnprocessableEntity).Shows("#erase", "与此人的工号不一致")
	officer.Form("/people/2002/data/erase", "employee_no", "2002").Is(http.StatusSeeOther)
}

// ended looks at the house after the erasing.
func ended(t *testing.T, h *house.House, officer *webtest.Client, id org.ID, ref string) {
	t.Helper()
	address := "/people/~" + strconv.FormatInt(id, 10)
	officer.Get(address+"/data").Is(http.StatusOK).Shows("#personal", "个人数据已于")
	var left copied
	officer.Get("/api/v1" + address + "/data").Is(http.StatusOK).Decode(&left)
	for _, k := range left.Kinds {
		if k.Erased && k.Count > 0 && k.Kind != "org.membership" && k.Kind != "signin.news" {
			t.Errorf("%s: %d rows stay: %v", k.Kind, k.Count, k.Rows)
		}
	}
	customer := h.SignedIn("3002")
	for who, c := range map[string]*webtest.Client{"the customer": customer, "the head": h.SignedIn("2001")} {
		for _, path := range []string{"/requests/" + ref, address, "/api/v1" + address, "/api/v1/requests/" + ref, "/org/units/finance", "/requests"} {
			got := c.Get(path).Is(http.StatusOK)
			for _, name := range []string{"陈思远", "Siyuan", "13800008888", "csy@example.com"} {
				if strings.Contains(string(got.Body), name) {
					t.Errorf("%s reads %s at %s", who, name, path)
				}
			}
		}
	}
	customer.Get("/requests/"+ref).Shows("main", "已删除的人员")
	customer.Get(address).Shows("#person", "已删除的人员")
	officer.Get("/settings/privacy?state=erased").Shows("#leavers", "已删除的人员").Shows("#leavers", "顾清和")
	if got := string(officer.Get("/settings/privacy/export?format=csv&state=erased").Is(http.StatusOK).Body); !strings.Contains(got, "人员档案 1") {
		t.Errorf("the report: %s", got)
	}
	for _, q := range []string{"陈思远", "chensiyuan", "2002"} {
		if got := string(customer.Get("/api/v1/people?inactive=true&q=" + q).Is(http.StatusOK).Body); strings.Contains(got, "~"+strconv.FormatInt(id, 10)) {
			t.Errorf("%s finds %s", q, got)
		}
	}
	sound(t, h)
}
