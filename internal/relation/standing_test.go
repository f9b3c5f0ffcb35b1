package relation_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// speak gives finance, sales and purchasing their heads, and the house its quality office.
func speak(h house) {
	h.Helper()
	for no, roles := range map[string][]string{"2001": {"head@finance"}, "3001": {"head@sales"}, "4001": {"head@purchasing"}, "1001": {"quality"}} {
		if err := h.org.SetRoles(h.ctx, no, roles, 0); err != nil {
			h.Fatal(err)
		}
	}
}

func (h house) say(no, provider, customer string, says relation.Says, note string) (relation.Stand, error) {
	return h.rel.Say(h.as(no), provider, customer, relation.Saying{Says: says, Note: note})
}

// owed lists who owes a word, by verb: "edge-confirm unit finance".
func (h house) owed() []string {
	h.Helper()
	var out []string
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
			var verb, kind, name string
			err := row.Scan(&verb, &kind, &name)
			return verb + " " + kind + " " + name, err
		}, `
			select t.verb, t.holder_kind, coalesce(u.code, p.no)
			from todo t
			left join org_unit_v u on t.holder_kind = 'unit' and u.id = t.holder
			left join org_person_v p on t.holder_kind = 'person' and p.id = t.holder
			order by 1, 2, 3`)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// TestBothSidesSpeakOfARelation: proposed by one, confirmed by the other; disputed, and ruled on; and whom it waits for meanwhile.
func TestBothSidesSpeakOfARelation(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		for i, c := range []struct {
			who, provider, customer string
			says                    relation.Says
			note                    string
			want                    relation.Standing
			owed                    []string
		}{
			{"2001", "finance", "sales", relation.Yes, "月度经营数据", relation.Proposed, []string{"edge-confirm unit sales"}},
			{"3001", "finance", "sales", relation.Yes, "", relation.Confirmed, nil},
			{"3001", "finance", "sales", relation.No, "改由薪酬组提供", relation.Disputed, []string{"edge-rule person 1001"}},
			{"1001", "finance", "sales", relation.Yes, "经营数据仍由财务部提供", relation.Confirmed, nil},
			{"2001", "finance", "sales", relation.No, "十月起不再提供", relation.Ended, nil},                                // a side that changes its word reopens a ruling
			{"2001", "finance", "sales", relation.Yes, "恢复", relation.Proposed, []string{"edge-confirm unit sales"}}, // and proposes anew what both had ended
			{"3001", "finance", "sales", relation.Yes, "", relation.Confirmed, nil},
			{"4001", "purchasing", "pay", relation.Yes, "", relation.Proposed, []string{"edge-confirm unit finance"}}, // payroll has no head: finance's answers
			{"2001", "purchasing", "pay", relation.No, "不用", relation.Disputed, []string{"edge-rule person 1001"}},
			{"4001", "purchasing", "pay", relation.No, "记错了", relation.Ended, nil},
			{"1001", "sales", "purchasing", relation.Asks, "", relation.Proposed, []string{"edge-confirm unit purchasing", "edge-confirm unit sales"}},
			{"3001", "sales", "purchasing", relation.Yes, "", relation.Proposed, []string{"edge-confirm unit purchasing"}},
			{"4001", "sales", "purchasing", relation.Yes, "", relation.Confirmed, nil},
		} {
			dbtest.Clock(h.db).Advance(time.Hour)
			v, err := h.say(c.who, c.provider, c.customer, c.says, c.note)
			if err != nil || v.Standing != c.want || !slices.Equal(h.owed(), c.owed) {
				t.Fatalf("%d: %q, %v; owed %v", i, v.Standing, err, h.owed())
			}
		}
		v, err := h.rel.Stand(h.as("2002"), "finance", "sales")
		if err != nil || len(v.Log) != 7 || v.Log[3].Side != relation.Office || len(v.MaySay) != 0 || len(v.Words) != 2 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestWordsFollowTheirUnits: what was said of a unit that ends is said of the one that follows it; the later word of a side counts;
// of units that became one nothing is left to say. Both histories tell.
func TestWordsFollowTheirUnits(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		hand := func(from, to string, want int) {
			t.Helper()
			for _, hold := range h.rel.Holdings() {
				if hold.Code != "relation.words" {
					continue
				}
				err := h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					if n, err := hold.Count(ctx, tx, h.unit(from).ID); err != nil || n != want {
						t.Errorf("%s holds %d, %v", from, n, err)
					}
					list, err := hold.List(h.ctx, tx, h.unit(from).ID, 0, 10)
					if err != nil || len(list) != want {
						t.Errorf("%s lists %v, %v", from, list, err)
					}
					for at := (org.Handing{From: h.unit(from).ID, To: h.unit(to).ID, Limit: 1}); ; {
						out, err := hold.Hand(ctx, tx, at)
						if err != nil || out.Next == 0 {
							return err
						}
						at.After = out.Next
					}
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		say := func(who, provider, customer string, says relation.Says, note string) {
			t.Helper()
			dbtest.Clock(h.db).Advance(time.Hour)
			if _, err := h.say(who, provider, customer, says, note); err != nil {
				t.Fatal(err)
			}
		}
		stands := func(provider, customer string, want relation.Standing, words int, last string) {
			t.Helper()
			v, err := h.rel.Stand(h.as("1001"), provider, customer)
			if err != nil || v.Standing != want || len(v.Words) != words || len(v.Log) == 0 || v.Log[0].What != last {
				t.Errorf("%s → %s: %q with %d words, %+v, %v", provider, customer, v.Standing, len(v.Words), v.Log, err)
			}
		}
		say("2001", "finance", "sales", relation.Yes, "月度经营数据")
		say("3001", "finance", "sales", relation.Yes, "")
		say("4001", "purchasing", "sales", relation.No, "不再供应")
		say("3001", "sales", "finance", relation.Yes, "")
		hand("finance", "purchasing", 2)
		stands("finance", "sales", relation.Unspoken, 0, "passed")
		stands("purchasing", "sales", relation.Disputed, 2, "taken") // its own later no counts, and sales says yes
		stands("sales", "purchasing", relation.Proposed, 1, "taken")
		if got := h.owed(); !slices.Equal(got, []string{"edge-confirm unit purchasing", "edge-rule person 1001"}) {
			t.Errorf("owed %v", got)
		}
		hand("finance", "purchasing", 0)
		hand("purchasing", "sales", 2) // both become one
		stands("purchasing", "sales", relation.Unspoken, 0, "passed")
		if got := h.owed(); len(got) != 0 {
			t.Errorf("owed %v", got)
		}
	})
}

// TestWhoMaySpeak: heads of either side and those above, and the office; what has been said is not said again; bad words are told at once.
func TestWhoMaySpeak(t *testing.T) {
	h := quick(t)
	speak(h)
	for _, no := range []string{"2002", "4001"} {
		if _, err := h.say(no, "finance", "sales", relation.Yes, ""); err == nil || fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s speaks: %v", no, err)
		}
	}
	if _, err := h.say("2001", "finance", "nowhere", relation.Yes, ""); err == nil || fault.KindOf(err) != fault.NotFound {
		t.Errorf("of a unit that is not there: %v", err)
	}
	for name, x := range map[string]struct {
		who, provider, customer string
		says                    relation.Says
		note                    string
		fields                  string
	}{
		"nothing":                      {"2001", "finance", "sales", "maybe", "", "says"},
		"no, and why":                  {"2001", "finance", "sales", relation.No, " ", "note"},
		"a novel":                      {"2001", "finance", "sales", relation.Yes, strings.Repeat("长", 501), "note"},
		"itself":                       {"2001", "finance", "finance", relation.Yes, "", "customer"},
		"both":                         {"2001", "finance", "sales", "x", strings.Repeat("长", 501), "says note"},
		"asked by who is not asked to": {"2001", "finance", "sales", relation.Asks, "", "says"},
	} {
		_, err := h.say(x.who, x.provider, x.customer, x.says, x.note)
		f, ok := fault.As(err)
		var names []string
		if ok {
			for _, field := range f.Fields {
				names = append(names, field.Name)
			}
		}
		if strings.Join(names, " ") != x.fields {
			t.Errorf("%s: %v, %v", name, names, err)
		}
	}
	if _, err := h.say("1001", "finance", "sales", relation.Yes, "裁定"); err == nil || fault.KindOf(err) != fault.Conflict {
		t.Errorf("nothing to rule on: %v", err)
	}
	if _, err := h.say("2001", "finance", "sales", relation.Yes, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.say("2001", "finance", "sales", relation.Yes, ""); err == nil || fault.KindOf(err) != fault.Conflict {
		t.Errorf("said again: %v", err)
	}
	if _, err := h.say("1001", "finance", "sales", relation.Asks, ""); err == nil || fault.KindOf(err) != fault.Conflict {
		t.Errorf("asked after all: %v", err)
	}
	if err := h.org.SetRoles(h.ctx, "2001", []string{"head@finance", "head@sales"}, 0); err != nil {
		t.Fatal(err)
	}
	if v, err := h.rel.Say(h.as("2001"), "sales", "finance", relation.Saying{Says: relation.Yes}); err != nil || v.Standing != relation.Confirmed {
		t.Errorf("who heads both: %q, %v", v.Standing, err)
	}
}

// TestTwoHeadsAtOnce: both confirm at the same moment, and both words count.
func TestTwoHeadsAtOnce(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		var group sync.WaitGroup
		for _, no := range []string{"2001", "3001"} {
			ctx := h.as(no)
			group.Go(func() {
				if _, err := h.rel.Say(ctx, "finance", "sales", relation.Saying{Says: relation.Yes}); err != nil {
					t.Error(no, err)
				}
			})
		}
		group.Wait()
		v, err := h.rel.Stand(h.ctx, "finance", "sales")
		if err != nil || v.Standing != relation.Confirmed || len(v.Log) != 2 || v.Log[0].N != 2 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestTheMapSuggestsAndForgets: what work brings up, what waits for the reader, and what has gone quiet.
func TestTheMapSuggestsAndForgets(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		today := h.db.Now().In(h.zone)
		day := today.Format(time.DateOnly)
		h.tally("finance", "sales", day, relation.Delta{Opened: 2})
		h.tally("finance", "purchasing", day, relation.Delta{Opened: 1})
		h.tally("purchasing", "sales", today.AddDate(0, -5, 0).Format(time.DateOnly), relation.Delta{Opened: 40})
		if _, err := h.say("4001", "purchasing", "sales", relation.Yes, ""); err != nil {
			t.Fatal(err)
		}
		list := func(no string, f relation.MapFilter) []string {
			t.Helper()
			stands, _, err := h.rel.Map(h.as(no), f)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, s := range stands {
				out = append(out, s.Provider.Code+" "+s.Customer.Code)
			}
			return out
		}
		for name, c := range map[string]struct {
			who  string
			f    relation.MapFilter
			want []string
		}{
			"all":                       {"2002", relation.MapFilter{}, []string{"purchasing sales", "finance sales", "finance purchasing"}},
			"suggested":                 {"1001", relation.MapFilter{View: relation.ViewSuggested}, []string{"finance sales"}},
			"waits for sales":           {"3001", relation.MapFilter{View: relation.ViewMine}, []string{"purchasing sales"}},
			"waits for nobody else":     {"4001", relation.MapFilter{View: relation.ViewMine}, nil},
			"of finance":                {"1001", relation.MapFilter{Unit: "finance"}, []string{"finance sales", "finance purchasing"}},
			"nobody has spoken of them": {"1001", relation.MapFilter{Standing: "unspoken"}, []string{"finance sales", "finance purchasing"}},
			"the second":                {"1001", relation.MapFilter{Limit: 1, Offset: 1}, []string{"finance sales"}},
			"beyond the end":            {"1001", relation.MapFilter{Offset: 9}, nil},
		} {
			if got := list(c.who, c.f); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		if _, err := h.say("3001", "purchasing", "sales", relation.Yes, ""); err != nil {
			t.Fatal(err)
		}
		if got := list("2002", relation.MapFilter{View: relation.ViewQuiet}); !slices.Equal(got, []string{"purchasing sales"}) {
			t.Errorf("quiet: %v", got)
		}
		_, _, err := h.rel.Map(h.ctx, relation.MapFilter{View: "x", Standing: "y", Unit: "z"})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 3 {
			t.Errorf("rubbish: %v", err)
		}
		stands, _, _ := h.rel.Map(h.as("4001"), relation.MapFilter{Unit: "finance"})
		for _, s := range stands { // of two other units the numbers are not shown
			if s.Shown != (s.Customer.Code == "purchasing") || !s.Shown && s.Requests != 0 {
				t.Errorf("%s → %s: %+v", s.Provider.Code, s.Customer.Code, s)
			}
		}
	})
}

// TestTheMapOfTwoDays: what came, what went, and what stands otherwise, with who said what.
func TestTheMapOfTwoDays(t *testing.T) {
	each(t, func(h house) {
		t := h.T
		speak(h)
		clock := dbtest.Clock(h.db)
		must := func(_ relation.Stand, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		h.tally("finance", "sales", h.db.Now().In(h.zone).Format(time.DateOnly), relation.Delta{Opened: 1})
		must(h.say("4001", "purchasing", "sales", relation.Yes, ""))
		first := relation.DayOf(h.db.Now().In(h.zone).AddDate(0, 0, 1))
		clock.Advance(48 * time.Hour)
		must(h.say("2001", "finance", "sales", relation.Yes, "每月"))
		must(h.say("2001", "finance", "purchasing", relation.Yes, ""))
		must(h.say("3001", "purchasing", "sales", relation.No, "没有这回事"))
		must(h.say("4001", "purchasing", "sales", relation.No, "同意取消"))
		last := relation.DayOf(h.db.Now().In(h.zone))
		clock.Advance(48 * time.Hour)
		must(h.say("3001", "finance", "sales", relation.Yes, "")) // after the last day
		d, err := h.rel.Diff(h.ctx, relation.Period{From: first, To: last})
		if err != nil || d.Then != 2 || d.Now != 2 || d.Came != 1 || d.Went != 1 || len(d.Turns) != 3 {
			t.Fatalf("%+v, %v", d, err)
		}
		for _, x := range d.Turns {
			switch x.Provider.Code + " " + x.Customer.Code {
			case "finance sales":
				if x.Came() || x.Went() || x.Before.Standing != relation.Unspoken || x.After.Standing != relation.Proposed || len(x.Lines) != 1 || x.Lines[0].Note != "每月" {
					t.Errorf("%+v", x)
				}
			case "finance purchasing":
				if !x.Came() {
					t.Errorf("%+v", x)
				}
			case "purchasing sales":
				if !x.Went() || len(x.Lines) != 2 || d.People[x.Lines[0].Person].No != "3001" {
					t.Errorf("%+v", x)
				}
			default:
				t.Errorf("%+v", x)
			}
		}
		if none, err := h.rel.Diff(h.ctx, relation.Period{From: first - 10000, To: first - 10000}); err != nil || none.Then+none.Now+len(none.Turns) != 0 {
			t.Errorf("a year before: %+v, %v", none, err)
		}
	})
}

func (h house) post(path string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	h.door.ServeHTTP(w, r)
	return w
}

// TestARelationIsProposedOnAPage: the form, what is wrong with it, the page of the relation, the list and the changes.
func TestARelationIsProposedOnAPage(t *testing.T) {
	h := quick(t)
	speak(h)
	h.as("2001")
	for _, x := range []struct {
		form url.Values
		want []string
	}{
		{url.Values{}, []string{"没有这个部门", "服务方", "客户方"}},
		{url.Values{"provider": {"sales"}, "customer": {"purchasing"}, "note": {"保留我"}}, []string{"都不是您负责的", "保留我"}},
		{url.Values{"provider": {"finance"}, "customer": {"finance"}}, []string{"不能是自己的客户"}},
	} {
		w := h.post("/relations/new", x.form)
		for _, want := range x.want {
			if w.Code != 422 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%v: %d lacks %s", x.form, w.Code, want)
			}
		}
	}
	if w := h.post("/relations/new", url.Values{"provider": {"finance"}, "customer": {"sales"}, "note": {"月度经营数据"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/relations/finance/sales" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := h.page("/relations/finance/sales").Find("#edge").Text()
	for _, want := range []string{"待对方确认", "财务部（许慧", "月度经营数据"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the relation lacks %s", want)
		}
	}
	h.as("3001")
	doc := h.page("/relations/finance/sales")
	if doc.Find(`form[action="/relations/finance/sales/standing"] button[name=says]`).Length() != 2 {
		t.Error("the other side cannot answer")
	}
	if w := h.post("/relations/finance/sales/standing", url.Values{"says": {"no"}, "note": {" "}}); w.Code != 422 || !strings.Contains(w.Body.String(), "请写明原因") {
		t.Errorf("disputed without a reason: %d", w.Code)
	}
	if w := h.post("/relations/finance/sales/standing", url.Values{"says": {"yes"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.post("/relations/finance/sales/standing", url.Values{"says": {"yes"}, "note": {"再说一遍"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "再说一遍") || !strings.Contains(w.Body.String(), "已经这样表过态") {
		t.Errorf("pressed twice: %d", w.Code)
	}
	h.as("2002")
	if w := h.post("/relations/finance/sales/standing", url.Values{"says": {"no"}, "note": {"x"}}); w.Code != http.StatusNotFound {
		t.Errorf("a member speaks: %d", w.Code)
	}
	if row := h.page("/relations/map").Find("#edges tbody tr").Text(); !strings.Contains(row, "财务部 → 销售部") || !strings.Contains(row, "双方已确认") {
		t.Errorf("the list: %s", row)
	}
	if text := h.page("/relations/map?view=mine").Find("#map").Text(); !strings.Contains(text, "没有等您表态的关系") {
		t.Error(text)
	}
	if text := h.page("/relations/map?standing=xx&unit=yy").Find("#map").Text(); !strings.Contains(text, "没有这种认定情况") || !strings.Contains(text, "没有这个部门") {
		t.Error(text)
	}
	if text := h.page("/relations/changes?from=rubbish&to=2026-13-45").Find("#changes .nk-note, #changes [role=alert]").Text(); text == "" {
		t.Error("days that are none are not spoken of")
	}
	changes := h.page("/relations/changes")
	if title := changes.Find("h1").Text(); title != "新增 1 段，减少 0 段，0 段认定情况有变" {
		t.Error(title)
	}
	if text := changes.Find("#turns").Text(); !strings.Contains(text, "不在清单上") || !strings.Contains(text, "双方已确认") {
		t.Error(text)
	}
	got := h.json("/api/v1/relations/finance/sales/standing")
	if got["standing"] != "confirmed" || len(got["words"].([]any)) != 2 || len(got["log"].([]any)) != 2 {
		t.Errorf("%v", got)
	}
	if got := h.json("/api/v1/relation-map?limit=1"); len(got["items"].([]any)) != 1 || got["next_cursor"] != nil {
		t.Errorf("%v", got)
	}
	if got := h.json("/api/v1/relation-map/changes"); got["came"] != 1.0 {
		t.Errorf("%v", got)
	}
}
