package notice_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/webtest"
)

// forged sends JSON as whoever holds the token, with a Host of the sender's own.
func (h *tested) forged(no, method, path string, body any) *webtest.Answer {
	h.T.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.T.Fatal(err)
	}
	c := h.TokenOf(no, "read", "write", "admin")
	r, err := http.NewRequest(method, c.Base+path, bytes.NewReader(raw))
	if err != nil {
		h.T.Fatal(err)
	}
	r.Host = "evil.example"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	return c.Do(r)
}

// What somebody's request says of the house's address reaches nobody else: letters have the address that is set, and none
// when none is.
func TestAForgedHostIsInNoLetter(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		ask := func(title string) string {
			h.forged("3002", "POST", "/api/v1/requests", map[string]any{"service": "finance.advance", "title": title,
				"fields": map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}).Is(201)
			h.later(2 * time.Minute)
			letters := h.letters("2002")
			if len(letters) == 0 {
				t.Fatal("no letter")
			}
			last := letters[len(letters)-1]
			if all := string(last.Raw) + last.Text() + last.HTML(); strings.Contains(all, "evil") {
				t.Errorf("a letter leads elsewhere: %s", last.Text())
			}
			return last.HTML()
		}
		if got := ask("固定的地址"); !strings.Contains(got, `href="https://neike.test/`) {
			t.Errorf("the letter: %s", got)
		}
		h.Org.AddressBy("")
		if got := ask("没有地址"); strings.Contains(got, "http://") {
			t.Errorf("an address nobody has set: %s", got)
		}
		c := h.Org.Company(t.Context())
		c.URL = "https://in.example/"
		if err := h.Org.SetCompany(h.As("1001"), c); err != nil {
			t.Fatal(err)
		}
		if got := ask("设置的地址"); !strings.Contains(got, `href="https://in.example/`) {
			t.Errorf("the letter: %s", got)
		}
		var link struct {
			URL string `json:"url"`
		}
		h.forged("1001", "POST", "/api/v1/people/2002/activation-link", nil).Decode(&link)
		if !strings.HasPrefix(link.URL, "https://in.example/activate/") {
			t.Errorf("the link: %q", link.URL)
		}
	})
}

// Before something is printed the page says that nobody else reaches the address.
func TestAnAddressIsSetAndWarnedOf(t *testing.T) {
	h := quick(t)
	h.Org.AddressBy("")
	admin := h.SignedIn("1001")
	const note = "#address-note"
	admin.Get("/units/finance/poster").Is(200).Shows(note, "只有这台电脑自己能打开").Shows(note, "设置对外网址")
	page := admin.Get("/settings/company").Is(200).Page()
	form := map[string]string{}
	for _, in := range page.Find("#company-form input[type='text'], #company-form input:not([type]), #company-form input[type='hidden']").EachIter() {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		form[name] = value
	}
	send := func(address string) *webtest.Answer {
		fields := []string{"locale", "zh", "shared_in_unit", "true", "show_no", "true"}
		form["url"] = address
		for name, value := range form {
			fields = append(fields, name, value)
		}
		return admin.Form("/settings/company", fields...)
	}
	for _, wrong := range []string{"neike.example.com", "ftp://neike.example.com", "https://a@b.example", "https://neike.example.com/app", "https://neike.example.com?x=1", "https://", "javascript:alert(1)", "https://neike example"} {
		a := send(wrong)
		a.Is(422).Shows("#company-form", "请填完整网址")
		if got, _ := a.Page().Find("input[name='url']").Attr("value"); got != wrong {
			t.Errorf("what was typed is lost: %q", got)
		}
	}
	send("https://neike.example.com/").Is(303)
	if n := admin.Get("/units/finance/poster").Is(200).Page().Find(note).Length(); n != 0 {
		t.Error("still warned of")
	}
	admin.Get("/units/finance/poster").Shows("#ask-poster", "neike.example.com/requests/new")
	h.Org.AddressBy("https://fixed.example")
	admin.Get("/settings/company").Is(200).Shows("#company-form", "https://fixed.example")
	admin.Get("/units/finance/poster").Shows("#ask-poster", "fixed.example/requests/new")
}
