package request

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

func errOf[T any](_ T, err error) error { return err }

// headed sends with one header more.
func (d door) headed(no, method, target, contentType, body, header, value string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("X-No", no)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set(header, value)
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w
}

func TestWordsOfTwoAreJoined(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	theirs := AnswerDraft{Box: BoxReply, Text: "周四到货", Version: 7, Person: 2, Unit: 5, BeganAt: at}
	for _, c := range []struct {
		name string
		mine AnswerDraft
		text string
		note bool
	}{
		{"without words of the own they move as they are", AnswerDraft{Person: 1, Text: " \n"}, "周四到货", false},
		{"words of the own come first", AnswerDraft{Person: 1, Text: "您好\n", Version: 9}, "您好\n\n周四到货", false},
		{"what stands in the own already is not said twice", AnswerDraft{Person: 1, Text: "您好，周四到货。", Version: 9}, "您好，周四到货。", false},
		{"a note stays a note", AnswerDraft{Person: 1, Text: "内部", Note: true, Version: 3}, "内部\n\n周四到货", true},
	} {
		got := joinedDraft(c.mine, theirs)
		if got.Text != c.text || got.Note != c.note || got.Person != 1 || got.From != 2 || got.Version <= max(c.mine.Version, 7) || got.Unit != 5 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestAColleagueGoesOnWithADraft(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		chen, luo, head := h.as("2002"), h.as("2003"), h.as("2001")
		var told []AnswerDraftWasTaken
		event.Hear(h.bus, "test", func(_ context.Context, _ *sqldb.Tx, e AnswerDraftWasTaken) error { told = append(told, e); return nil })
		r := h.open("3002")
		must(t, second(h.Take(chen, r.Number, When{})))
		a, err := h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Text: "已与供应商确认"})
		must(t, err)
		a2, err := h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Text: "已与供应商确认，周四到货", Version: a.Version})
		must(t, err)

		list, err := h.AnswerDrafts(luo, r.Number)
		must(t, err)
		if len(list) != 1 || list[0].Text != a2.Text || list[0].Version != a2.Version {
			t.Fatalf("a colleague reads %+v", list)
		}
		for _, no := range []string{"3002", "3003", "1001"} { // its customer, the customer's unit, the quality office
			if list, err := h.AnswerDrafts(h.as(no), r.Number); err != nil || len(list) != 0 {
				t.Errorf("%s reads %v %v", no, list, err)
			}
		}
		fails(t, errOf(h.AnswerDrafts(h.as("2102"), r.Number)), fault.NotFound, "")
		fails(t, errOf(h.KeepAnswer(h.as("3002"), r.Number, AnswerDraft{Box: BoxReply, Text: "x"})), fault.NotFound, "")
		fails(t, errOf(h.TakeOverAnswer(h.as("3002"), r.Number, BoxReply, "2002", a2.Version)), fault.NotFound, "")

		_, err = h.TakeOverAnswer(luo, r.Number, BoxReply, "2002", a.Version)
		fails(t, err, fault.Conflict, "request.draft-moved-on") // its writer has gone on
		b, err := h.TakeOverAnswer(luo, r.Number, BoxReply, "2002", a2.Version)
		must(t, err)
		if b.Text != a2.Text || b.From != a2.Person || b.Version <= a2.Version {
			t.Errorf("%+v", b)
		}
		if len(told) != 1 || told[0].From != a2.Person || told[0].By != b.Person || !told[0].Note {
			t.Errorf("told %+v", told)
		}
		_, err = h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Text: "又写了", Version: a2.Version})
		fails(t, err, fault.Conflict, "request.draft-taken")
		_, err = h.Message(chen, r.Number, "又写了", nil, When{Draft: a2.Version})
		fails(t, err, fault.Conflict, "request.draft-taken")
		_, err = h.TakeOverAnswer(head, r.Number, BoxReply, "2002", a2.Version)
		fails(t, err, fault.Conflict, "request.draft-taken")
		_, err = h.TakeOverAnswer(luo, r.Number, BoxReply, "2002", a2.Version)
		fails(t, err, fault.Conflict, "request.draft-yours")

		must(t, second(h.Message(luo, r.Number, b.Text, nil, When{Draft: b.Version}))) // sent: the draft goes with it
		if list, err := h.AnswerDrafts(luo, r.Number); err != nil || len(list) != 0 {
			t.Errorf("what was sent stays %v %v", list, err)
		}
		_, err = h.KeepAnswer(luo, r.Number, AnswerDraft{Box: BoxReply, Text: "又", Version: b.Version})
		fails(t, err, fault.Conflict, "request.draft-gone")
	})
}

func TestOfTwoWindowsOneGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		chen := h.as("2002")
		r := h.open("3002")
		must(t, second(h.Take(chen, r.Number, When{})))
		a, err := h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxDeliver, Text: "办好了"})
		must(t, err)
		_, err = h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxDeliver, Text: "第二个窗口"})
		fails(t, err, fault.Conflict, "request.draft-elsewhere")
		for _, try := range []func(i int) error{
			func(i int) error {
				return errOf(h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxDeliver, Text: "窗口", Version: a.Version}))
			},
			func(i int) error {
				list, err := h.AnswerDrafts(chen, r.Number)
				must(t, err)
				return errOf(h.TakeOverAnswer(h.as([]string{"2001", "2003"}[i]), r.Number, BoxDeliver, "2002", list[0].Version))
			},
		} {
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = try(i) })
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("of two at once: %v, %v", errs[0], errs[1])
			}
		}
		_, err = h.Deliver(chen, r.Number, "办好了", nil, When{Draft: a.Version})
		fails(t, err, fault.Conflict, "request.draft-taken")
		must(t, second(h.Deliver(chen, r.Number, "办好了", nil, When{}))) // sent all the same; nobody's words are lost
		if list, err := h.AnswerDrafts(h.as("2001"), r.Number); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestADraftStaysInItsUnitAndGoesByItself(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		chen := h.as("2002")
		r := h.open("3002")
		must(t, second(h.Take(chen, r.Number, When{})))
		d, err := h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxAsk, Text: "还缺发票"})
		must(t, err)
		must(t, second(h.HandOver(chen, r.Number, "it", "要先开通权限", "", When{})))
		if list, err := h.AnswerDrafts(h.as("2102"), r.Number); err != nil || len(list) != 0 {
			t.Errorf("the next unit reads %v %v", list, err)
		}
		_, err = h.TakeOverAnswer(h.as("2102"), r.Number, BoxAsk, "2002", d.Version)
		fails(t, err, fault.Conflict, "request.draft-gone")
		if list, err := h.AnswerDrafts(chen, r.Number); err != nil || len(list) != 1 {
			t.Errorf("its writer reads %v %v", list, err)
		}
		h.later(29 * 24 * time.Hour)
		must(t, h.forgetAnswers(h.ctx))
		if list, err := h.AnswerDrafts(chen, r.Number); err != nil || len(list) != 1 {
			t.Errorf("after 29 days: %v %v", list, err)
		}
		for range 2 { // pressed twice
			must(t, h.DropAnswer(chen, r.Number, BoxAsk))
		}
		must(t, errOf(h.KeepAnswer(h.as("2102"), r.Number, AnswerDraft{Box: BoxReply, Text: "看看"})))
		h.later(31 * 24 * time.Hour)
		must(t, h.forgetAnswers(h.ctx))
		if list, err := h.AnswerDrafts(h.as("2102"), r.Number); err != nil || len(list) != 0 {
			t.Errorf("after a month: %v %v", list, err)
		}
	})
}

func TestADraftOnAConfidentialRequest(t *testing.T) {
	h := quick(t)
	ask := advance()
	ask.Confidential, ask.Named = true, []string{"2002"}
	r, err := h.Open(h.as("3002"), ask)
	must(t, err)
	must(t, errOf(h.KeepAnswer(h.as("2002"), r.Number, AnswerDraft{Box: BoxReply, Text: "只有被点名的人"})))
	fails(t, errOf(h.AnswerDrafts(h.as("2003"), r.Number)), fault.NotFound, "")
	fails(t, errOf(h.TakeOverAnswer(h.as("2003"), r.Number, BoxReply, "2002", 1)), fault.NotFound, "")
	if list, err := h.AnswerDrafts(h.as("3002"), r.Number); err != nil || len(list) != 0 {
		t.Errorf("its customer reads %v %v", list, err)
	}
}

func TestDraftsOfAnswersOnPages(t *testing.T) {
	d := quick(t).open4()
	r := d.open("3002")
	at := "/requests/R-1001"
	must(t, second(d.Take(d.as("2002"), r.Number, When{})))
	if w := d.post("2002", at+"/message", url.Values{"kind": {"note"}, "text": {"先问仓库"}, "draft": {"0"}, "save": {"1"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	own := d.page(d.get("2002", at), 200)
	if text := has(t, own, "#reply textarea").Text(); text != "先问仓库" {
		t.Errorf("the box holds %q", text)
	}
	has(t, own, `#reply [name=kind][value=note][checked]`)
	has(t, own, `#reply [data-hold="`+at+`/message"]`)
	version := has(t, own, `#reply [name=draft]`).AttrOr("value", "")
	lacks(t, d.page(d.get("3002", at), 200), "#drafts")
	lacks(t, d.page(d.get("3002", at), 200), "[data-hold]")

	theirs := d.page(d.get("2003", at), 200)
	line := has(t, theirs, "#drafts")
	if !strings.Contains(line.Text(), "先问仓库") || !strings.Contains(line.Text(), "陈思远") {
		t.Error(line.Text())
	}
	if v := has(t, theirs, `#drafts [name=version]`).AttrOr("value", ""); v != version {
		t.Errorf("version %s, its writer has %s", v, version)
	}
	take := url.Values{"box": {"reply"}, "from": {"2002"}, "version": {version}}
	if w := d.post("2003", at+"/drafts", take); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if text := has(t, d.page(d.get("2003", at), 200), "#reply textarea").Text(); text != "先问仓库" {
		t.Errorf("who took it writes on %q", text)
	}
	d.page(d.post("2001", at+"/drafts", take), http.StatusConflict)

	lost := d.page(d.post("2002", at+"/message", url.Values{"kind": {"note"}, "text": {"先问仓库再说"}, "draft": {version}}), http.StatusConflict)
	if text := has(t, lost, "#reply textarea").Text(); text != "先问仓库再说" {
		t.Errorf("the words of who lost it: %q", text)
	}
	if v := has(t, lost, "#reply [name=draft]").AttrOr("value", ""); v != "0" {
		t.Errorf("they would be refused again: %s", v)
	}
	if w := d.post("2002", at+"/message", url.Values{"kind": {"note"}, "text": {"先问仓库再说"}, "draft": {"0"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}

	if w := d.post("2002", at+"/deliver", url.Values{"text": {"都办好了"}, "save": {"1"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	form := d.page(d.get("2002", at+"/deliver"), 200)
	if text := has(t, form, "#f-deliver textarea[name=text]").Text(); text != "都办好了" {
		t.Errorf("the delivery's form holds %q", text)
	}
	stale := d.page(d.post("2002", at+"/deliver", url.Values{"text": {"另一个窗口"}, "draft": {"5"}}), http.StatusConflict)
	if text := has(t, stale, "#f-deliver textarea[name=text]").Text(); text != "另一个窗口" {
		t.Errorf("%q", text)
	}
	for range 2 { // pressed twice
		if w := d.post("2002", at+"/drafts", url.Values{"box": {"deliver"}, "drop": {"1"}}); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
	}
	long := d.page(d.post("2002", at+"/message", url.Values{"kind": {"message"}, "text": {strings.Repeat("长", 20_001)}, "save": {"1"}}), http.StatusUnprocessableEntity)
	has(t, long, "#reply .is-bad")
}

func TestAPageKeepsWordsWhileTheyAreWritten(t *testing.T) {
	d := quick(t).open4()
	r := d.open("3002")
	must(t, second(d.Take(d.as("2002"), r.Number, When{})))
	keep := func(form url.Values) (int, string) {
		w := d.headed("2002", http.MethodPost, "/requests/R-1001/ask", "application/x-www-form-urlencoded", form.Encode(), "Accept", "application/json")
		return w.Code, w.Body.String()
	}
	code, body := keep(url.Values{"text": {"还缺"}, "save": {"1"}, "draft": {"0"}})
	if code != http.StatusOK || !strings.Contains(body, `"version":`) {
		t.Fatal(code, body)
	}
	if code, body = keep(url.Values{"text": {"另一个窗口"}, "save": {"1"}, "draft": {"0"}}); code != http.StatusConflict || !strings.Contains(body, "另一个窗口") {
		t.Fatal(code, body)
	}
}

func TestDraftsOfAnswersByAPI(t *testing.T) {
	d := quick(t).open4()
	d.open("3002")
	at := "/api/v1/requests/R-1001/drafts"
	w := d.call("2002", http.MethodPut, at+"/reply", `{"text":"已确认"}`)
	if w.Code != http.StatusOK || w.Header().Get("ETag") == "" || !strings.Contains(w.Body.String(), `"person":"2002"`) {
		t.Fatal(w.Code, w.Body)
	}
	etag := w.Header().Get("ETag")
	put := func(body, etag string) int {
		return d.headed("2002", http.MethodPut, at+"/reply", "application/json", body, "If-Match", etag).Code
	}
	if code := put(`{"text":"已确认，周四"}`, etag); code != http.StatusOK {
		t.Fatal(code)
	}
	if code := put(`{"text":"又"}`, etag); code != http.StatusPreconditionFailed {
		t.Errorf("an old ETag: %d", code)
	}
	if w := d.call("2002", http.MethodPut, at+"/reply", `{"text":"又"}`); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "request.draft-elsewhere") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	must(t, second(d.Take(d.as("2002"), 1001, When{})))
	file, err := d.Talk.Upload(d.as("2002"), "a.pdf", strings.NewReader("%PDF-1.4 a"))
	must(t, err)
	if w := d.call("2002", http.MethodPut, at+"/ask", `{"text":"","files":["`+strconv.FormatInt(file.ID, 10)+`"]}`); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"name":"a.pdf"`) {
		t.Error(w.Code, w.Body)
	}
	has(t, d.page(d.get("2002", "/requests/R-1001/ask"), 200), `[name=files][value="`+strconv.FormatInt(file.ID, 10)+`"]`)
	has(t, d.page(d.get("2003", "/requests/R-1001"), 200), `#drafts a[href*="/files/"]`)
	if w := d.call("2002", http.MethodPut, at+"/ask", `{"text":"","files":[],"version":1}`); w.Code != http.StatusConflict {
		t.Error(w.Code, w.Body)
	}
	must(t, d.DropAnswer(d.as("2002"), 1001, BoxAsk))
	list := d.get("2003", at)
	var out struct {
		Items []struct {
			Text    string
			Version int64
		}
	}
	must(t, json.Unmarshal(list.Body.Bytes(), &out))
	if len(out.Items) != 1 || out.Items[0].Text != "已确认，周四" {
		t.Fatal(list.Body)
	}
	take := `{"person":"2002","version":` + versionText(out.Items[0].Version) + `}`
	if w := d.call("2003", http.MethodPost, at+"/reply/take-over", take); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"taken_from":"2002"`) {
		t.Fatal(w.Code, w.Body)
	}
	if w := d.call("2001", http.MethodPost, at+"/reply/take-over", take); w.Code != http.StatusConflict {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, no := range []string{"3002", "2102"} { // its customer, somebody else
		if w := d.call(no, http.MethodPost, at+"/reply/take-over", take); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", no, w.Code)
		}
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNoContent} {
		if w := d.call("2003", http.MethodDelete, at+"/reply", ""); w.Code != want {
			t.Errorf("%d, want %d", w.Code, want)
		}
	}
}

// TestADraftKeepsItsFiles: they wait as long as the words, the unit reads them, they move with the words, and go when it is given up.
func TestADraftKeepsItsFiles(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		chen, luo := h.as("2002"), h.as("2003")
		r := h.open("3002")
		must(t, second(h.Take(chen, r.Number, When{})))
		load := func(ctx context.Context, name string) talk.File {
			t.Helper()
			f, err := h.Talk.Upload(ctx, name, strings.NewReader("%PDF-1.4 "+name))
			must(t, err)
			return f
		}
		quote, stray, own := load(chen, "报价.pdf"), load(chen, "别的.pdf"), load(luo, "图纸.pdf")
		fails(t, errOf(h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Text: "x", Files: []int64{own.ID}})), fault.Invalid, "")
		a, err := h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Files: []int64{quote.ID}})
		must(t, err)
		a, err = h.KeepAnswer(chen, r.Number, AnswerDraft{Box: BoxReply, Text: "见报价", Version: a.Version})
		must(t, err)
		if len(a.Files) != 1 {
			t.Fatalf("words alone change no files: %+v", a)
		}
		may := func(no string, f talk.File) bool {
			t.Helper()
			ok := false
			must(t, h.db.Read(h.ctx, func(_ context.Context, rd sqldb.Reader) (err error) {
				ok, err = h.readsWaiting(h.as(no), rd, f.ID)
				return err
			}))
			return ok
		}
		for no, want := range map[string]bool{"2003": true, "2001": true, "3002": false, "3001": false, "1001": false, "2102": false} {
			if may(no, quote) != want || may(no, stray) {
				t.Errorf("%s reads the draft's file: %t", no, !want)
			}
		}
		clock := dbtest.Clock(h.db)
		clock.Advance(48 * time.Hour)
		must(t, h.Talk.Sweep(h.ctx))
		there := func(f talk.File) (out talk.File) {
			t.Helper()
			must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
				list, err := h.Talk.Files(ctx, rd, []int64{f.ID})
				if len(list) > 0 {
					out = list[0]
				}
				return err
			}))
			return out
		}
		if there(quote).ID == 0 || there(stray).ID != 0 {
			t.Error("the sweep leaves what a draft holds, and nothing else")
		}
		own = load(luo, "图纸.pdf")
		must(t, errOf(h.KeepAnswer(luo, r.Number, AnswerDraft{Box: BoxReply, Text: "您好", Files: []int64{own.ID}})))
		b, err := h.TakeOverAnswer(luo, r.Number, BoxReply, "2002", a.Version)
		must(t, err)
		if len(b.Files) != 2 || b.Files[0] != own.ID || there(quote).Person != own.Person {
			t.Fatalf("taken over with %+v", b)
		}
		must(t, second(h.Message(luo, r.Number, b.Text, b.Files, When{Draft: b.Version})))
		if f := there(quote); f.Subject != subject(r.ID) || f.Internal {
			t.Errorf("sent: %+v", f)
		}
		given := load(luo, "草稿.pdf")
		must(t, errOf(h.KeepAnswer(luo, r.Number, AnswerDraft{Box: BoxAsk, Text: "请问", Files: []int64{given.ID}})))
		must(t, h.DropAnswer(luo, r.Number, BoxAsk))
		clock.Advance(48 * time.Hour)
		must(t, h.Talk.Sweep(h.ctx))
		if there(given).ID != 0 || there(quote).ID == 0 {
			t.Error("what was given up goes, what was sent stays")
		}
	})
}
