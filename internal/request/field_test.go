package request

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// indexedForm is a form with a field of each sort that lists filter by.
func indexedForm(on bool) *form.Form {
	two := func(s string) lang.Text { return lang.Text{Zh: s, En: s} }
	return &form.Form{Fields: []form.Field{
		{Key: "cost", Type: form.Currency, Label: two("金额"), Required: true, Indexed: on},
		{Key: "kind", Type: form.SingleSelect, Label: two("类别"), Indexed: on, Options: []form.Option{{Code: "travel", Label: two("差旅")}, {Code: "office", Label: two("办公")}}},
		{Key: "day", Type: form.Date, Label: two("日期"), Indexed: on},
		{Key: "asset", Type: form.Text, Label: two("资产号"), Indexed: on},
		{Key: "more", Type: form.LongText, Label: two("说明")},
	}}
}

// withFields adds the service finance.claim, with its fields indexed or not.
func (h house) withFields(on bool) {
	h.t.Helper()
	std := catalog.Standard{Response: calendar.Duration{Value: 4, Unit: "working_hours"}, Completion: calendar.Duration{Value: 2, Unit: "workdays_eod"}, ResponseTarget: .9, CompletionTarget: .9}
	_, _, err := h.Catalog.Write(h.ctx, catalog.Definition{Code: "finance.claim", Unit: "finance", Name: lang.Text{Zh: "理赔", En: "Claim"}, Kind: catalog.OnRequest, Form: indexedForm(on), Standard: &std}, 0)
	must(h.t, err)
}

func (h house) claim(no, title string, fields map[string]any) Request {
	h.t.Helper()
	r, err := h.Open(h.as(no), Ask{Service: "finance.claim", Title: title, Fields: fields})
	must(h.t, err)
	h.later(time.Second)
	return r
}

func titles(lines []Line) string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Title)
	}
	return strings.Join(out, " ")
}

// TestListsFilterAndSortByFormFields: the queue and the lists choose by what was answered, on both engines, and show it.
func TestListsFilterAndSortByFormFields(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		h.withFields(true)
		h.claim("3002", "甲", map[string]any{"cost": "900.00", "kind": "travel", "day": "2026-10-01", "asset": "PC-001"})
		h.claim("3002", "乙", map[string]any{"cost": "1200.50", "kind": "office", "day": "2026-11-05", "asset": "pc-002"})
		third := h.claim("4001", "丙", map[string]any{"cost": "-3", "kind": "travel"})
		h.open("3002")
		queue := func(f Filter) string {
			t.Helper()
			page, err := h.Queue(h.as("2002"), ViewUnit, f)
			must(t, err)
			return titles(page.Items)
		}
		for query, want := range map[string]string{
			"cost.min=900&cost.max=1200":         "甲",
			"cost.max=0":                         "丙",
			"kind=travel":                        "甲 丙",
			"kind=travel&kind=office":            "甲 乙 丙",
			"day.min=2026-11-01":                 "乙",
			"day.max=2026-12-01":                 "甲 乙",
			"asset=PC-00":                        "甲 乙",
			"asset=PC-00&kind=office&cost.min=1": "乙",
			"kind=office&cost.max=0":             "",
			"cost.min=1,000":                     "乙",
			"cost.min=900&cost.max=1200.5&kind=travel&day.max=2026-10-01": "甲",
		} {
			named, err := url.ParseQuery(query)
			must(t, err)
			for _, service := range []string{"", "finance.claim"} {
				if got := queue(Filter{Service: service, Fields: named}); got != want {
					t.Errorf("%q of %q: %q, not %q", query, service, got, want)
				}
			}
			list, err := h.List(h.as("1001"), Filter{Service: "finance.claim", Fields: named})
			must(t, err)
			back := strings.Fields(want)
			slices.Reverse(back)
			if got := titles(list.Items); got != strings.Join(back, " ") {
				t.Errorf("list %q: %q", query, got)
			}
		}
		for sort, want := range map[string]string{"field.cost": "丙 甲 乙", "-field.cost": "乙 甲 丙", "field.day": "丙 甲 乙"} {
			if got := queue(Filter{Sort: sort}); got != want {
				t.Errorf("by %s: %q", sort, got)
			}
			var walked []string
			for f := (Filter{Service: "finance.claim", Sort: sort, Limit: 1}); ; {
				page, err := h.List(h.as("1001"), f)
				must(t, err)
				walked = append(walked, titles(page.Items))
				if f.Cursor = page.NextCursor; f.Cursor == "" {
					break
				}
			}
			if got := strings.Join(walked, " "); got != want {
				t.Errorf("page by page by %s: %q", sort, got)
			}
		}
		page, err := h.Queue(h.as("2002"), ViewUnit, Filter{Fields: map[string][]string{"cost.min": {"1000"}}, Columns: []string{"cost", "kind"}})
		must(t, err)
		if a := page.Items[0].Answers; len(a) != 2 || a[0].Text != "1,200.50" || a[1].Text != "办公" {
			t.Errorf("shows %+v", a)
		}

		// what moves on or is over leaves the queue of the unit, also by its fields
		_, err = h.Decline(h.as("2002"), third.Number, "it", "归信息部", "", When{})
		must(t, err)
		if got := queue(Filter{Fields: map[string][]string{"kind": {"travel"}}}); got != "甲" {
			t.Errorf("after it was passed on: %q", got)
		}
		its, err := h.Queue(h.as("2102"), ViewUnit, Filter{Service: "finance.claim", Fields: map[string][]string{"kind": {"travel"}}})
		must(t, err)
		if got := titles(its.Items); got != "丙" {
			t.Errorf("where it went: %q", got)
		}
		must(t, second(h.Withdraw(h.as("4001"), third.Number, When{})))
		if its, err = h.Queue(h.as("2102"), ViewUnit, Filter{Service: "finance.claim", Fields: map[string][]string{"kind": {"travel"}}}); err != nil || len(its.Items) != 0 {
			t.Errorf("withdrawn, and still queued: %v %v", titles(its.Items), err)
		}
		h.refused(h.as("2002"), Filter{Fields: map[string][]string{"cost.min": {"viel"}, "more": {"x"}, "kind.min": {"a"}}, Sort: "title", Columns: []string{"more"}},
			"field.cost.min", "field.more", "field.kind.min", "sort", "columns")
	})
}

// refused checks that a filter is refused with findings on all these inputs.
func (h house) refused(ctx context.Context, f Filter, names ...string) {
	h.t.Helper()
	_, err := h.Queue(ctx, ViewUnit, f)
	text := fmt.Sprintf("%+v", err)
	for _, name := range names {
		if !strings.Contains(text, name) {
			h.t.Errorf("nothing on %s: %s", name, text)
		}
	}
}

// TestAFormThatNewlyIndexesAFieldFillsInThePast: by a job, which may run twice.
func TestAFormThatNewlyIndexesAFieldFillsInThePast(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		h.withFields(false)
		h.claim("3002", "旧", map[string]any{"cost": "900.00", "kind": "travel"})
		h.claim("3002", "完", map[string]any{"cost": "800.00", "kind": "travel"})
		h.open("3002") // the job goes past what is asked of other services
		h.withFields(true)
		for range 2 {
			for n := 1; n > 0; {
				var err error
				n, err = h.jobs.RunDue(h.ctx)
				must(t, err)
			}
			list, err := h.List(h.as("1001"), Filter{Service: "finance.claim", Fields: map[string][]string{"cost.min": {"850"}}})
			must(t, err)
			if got := titles(list.Items); got != "旧" {
				t.Errorf("lists %q", got)
			}
			must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
				return h.jobs.Enqueue(ctx, tx, indexJob, indexing{Service: h.service("finance.claim")})
			}))
		}
	})
}

func (h house) service(code string) int64 {
	h.t.Helper()
	id, err := h.Catalog.IDByCode(h.ctx, code)
	must(h.t, err)
	return id
}

// TestPagesAndCallsNameFieldsAlike: the same parameters in the address of a page and of a call, offered when the service
// is chosen, kept by links.
func TestPagesAndCallsNameFieldsAlike(t *testing.T) {
	t.Parallel()
	h := quick(t)
	h.withFields(true)
	h.claim("3002", "甲", map[string]any{"cost": "900.00", "kind": "travel", "day": "2026-10-01"})
	h.claim("3002", "乙", map[string]any{"cost": "1200.50", "kind": "office"})
	d := h.open4()
	const query = "service=finance.claim&field.cost.min=1000&field.kind=office&columns=cost&sort=-field.cost"
	page := d.page(d.get("2002", "/queue?"+query), 200)
	if rows := page.Find("#requests tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "1,200.50") {
		t.Errorf("the page shows %q", rows.Text())
	}
	if v, _ := page.Find("input[name='field.cost.min']").Attr("value"); v != "1000" {
		t.Errorf("the filter shows %q", v)
	}
	if page.Find("select[name='field.kind'] option[selected]").AttrOr("value", "") != "office" || page.Find("th[aria-sort=descending]").Length() != 1 {
		t.Error("choice or order is not shown")
	}
	for _, path := range []string{"/api/v1/queue?", "/api/v1/requests?"} {
		var got struct {
			Items []struct {
				Title  string
				Fields map[string]any
			}
		}
		must(t, json.Unmarshal(d.call("2002", "GET", path+query, "").Body.Bytes(), &got))
		if len(got.Items) != 1 || got.Items[0].Title != "乙" || got.Items[0].Fields["cost"] != "1200.50" {
			t.Errorf("%s gives %+v", path, got)
		}
	}
	if code := d.call("2002", "GET", "/api/v1/queue?field.cost.min=x", "").Code; code != 422 {
		t.Errorf("nonsense gives %d", code)
	}
	if n := d.page(d.get("3002", "/requests"), 200).Find("[name^='field.']").Length(); n != 0 {
		t.Errorf("%d field filters without a service", n)
	}
}
