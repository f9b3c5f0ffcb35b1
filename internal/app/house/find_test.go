package house

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/content"
	"neike/internal/app"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

// asked makes a small company with the services of finance and three requests of project: R-1001 and R-1002, and the
// confidential R-1003, for whose sake 2002 is named.
func asked(t *testing.T, h *House) {
	t.Helper()
	h.Settle()
	if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: "3004", Name: "欧阳静", Unit: "project", Position: "项目经理"}); err != nil {
		t.Fatal(err)
	}
	pack, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
	for _, ask := range []request.Ask{
		{Title: "宁德产线差旅"}, {Title: "上海展会 travel claim"}, {Title: "离职补偿核算", Confidential: true, Named: []string{"2002"}},
	} {
		ask.Service, ask.Fields = "finance.budget", budgetAnswers(t, h)
		if _, err := h.Request.Open(h.As("3002"), ask); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// budgetAnswers fills what the form requires.
func budgetAnswers(t *testing.T, h *House) map[string]any {
	t.Helper()
	snap, err := h.Catalog.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := snap.ByCode("finance.budget")
	if !ok {
		t.Fatal("the pack has no finance.budget")
	}
	out := map[string]any{}
	for _, f := range s.Form.Fields {
		if !f.Required {
			continue
		}
		switch f.Type {
		case "text", "long_text":
			out[f.Key] = "样机追加"
		case "currency":
			out[f.Key] = "1200.00"
		case "number":
			out[f.Key] = 3
		case "date":
			out[f.Key] = "2030-01-07"
		case "month":
			out[f.Key] = "2030-01"
		case "department":
			out[f.Key] = "project"
		case "person":
			out[f.Key] = "3002"
		case "single_select":
			out[f.Key] = f.Options[0].Code
		case "multi_select":
			out[f.Key] = []string{f.Options[0].Code}
		default:
			t.Fatalf("no answer for a %s", f.Type)
		}
	}
	return out
}

type foundList struct {
	Items []struct{ Kind, Ref, Title, Path string }
	Next  string `json:"next_cursor"`
}

func (l foundList) refs() []string {
	var out []string
	for _, x := range l.Items {
		out = append(out, x.Ref)
	}
	return out
}

func find(h *House, no, query, kind string, more ...string) (l foundList) {
	q := url.Values{"q": {query}}
	if kind != "" {
		q.Set("kind", kind)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	h.TokenOf(no).Get("/api/v1/search?" + q.Encode()).Is(200).Decode(&l)
	return l
}

func TestSearchFindsWhatOneMaySee(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		asked(t, h)
		for _, c := range []struct {
			no, query, kind string
			want            []string
		}{
			{"3002", "宁德", "request", []string{"R-1001"}},
			{"3002", "宁", "request", []string{"R-1001"}},
			{"3002", "travel", "request", []string{"R-1002"}},
			{"3002", "R-1002", "request", []string{"R-1002"}},
			{"3002", "r1002", "request", []string{"R-1002"}},
			{"3002", "1002", "request", []string{"R-1002"}},
			{"3002", "财务部", "request", []string{"R-1003", "R-1002", "R-1001"}},
			{"2003", "差旅", "request", []string{"R-1001"}},
			{"3003", "差旅", "request", []string{"R-1001"}}, // a colleague of the customer: the unit shares
			{"3003", "离职", "request", nil},
			{"4001", "差旅", "request", nil}, // has nothing to do with it
			{"2003", "离职", "request", nil}, // serves, but is not named
			{"2001", "离职", "request", nil}, // heads the provider
			{"1001", "离职", "request", nil}, // sees all that is not confidential
			{"1001", "R-1003", "request", nil},
			{"3001", "离职补偿", "request", nil},
			{"3002", "离职", "request", []string{"R-1003"}},
			{"2002", "离职", "request", []string{"R-1003"}},
			{"2002", "离", "request", []string{"R-1003"}},
			{"2002", "不存在", "", nil},
			{"4001", "ouyangjing", "person", []string{"3004"}},
			{"4001", "oyj", "person", []string{"3004"}},
			{"4001", "阳静", "person", []string{"3004"}},
			{"4001", "caiwu", "unit", []string{"finance"}},
			{"4001", "财", "unit", []string{"finance"}},
		} {
			if c.no == "4001" && c.kind == "person" {
				l := find(h, c.no, c.query, c.kind)
				if len(l.Items) != 1 || l.Items[0].Title != "欧阳静" {
					t.Errorf("%s: %+v", c.query, l)
				}
				continue
			}
			if got := find(h, c.no, c.query, c.kind).refs(); !slices.Equal(got, c.want) {
				t.Errorf("%s looks for %q: found %v, want %v", c.no, c.query, got, c.want)
			}
		}
		if got := find(h, "4001", "费用报销", "service").refs(); len(got) == 0 || got[0] != "finance.expense" {
			t.Errorf("services: %v", got)
		}
		if got := find(h, "4001", "fybx", "").refs(); !slices.Contains(got, "finance.expense") {
			t.Errorf("services by initials: %v", got)
		}
		h.TokenOf("4001").Get("/api/v1/search?q=+").Is(422)
		h.TokenOf("4001").Get("/api/v1/search?q=a&cursor=x&kind=request").Is(422)
		h.Fresh().Get("/api/v1/search?q=a").Is(401)
	})
}

// Pages of requests follow each other; what one may not see makes no difference to them.
func TestSearchPages(t *testing.T) {
	h := Start(t)
	asked(t, h)
	for range 5 {
		if _, err := h.Request.Open(h.As("3002"), request.Ask{Service: "finance.budget", Title: "展台布置", Fields: budgetAnswers(t, h)}); err != nil {
			t.Fatal(err)
		}
		ask := request.Ask{Service: "finance.budget", Title: "展台布置", Fields: budgetAnswers(t, h), Confidential: true}
		if _, err := h.Request.Open(h.As("3003"), ask); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	cursor := ""
	for range 3 {
		l := find(h, "3002", "展台", "request", "limit", "2", "cursor", cursor)
		got, cursor = append(got, l.refs()...), l.Next
	}
	if want := []string{"R-1012", "R-1010", "R-1008", "R-1006", "R-1004"}; !slices.Equal(got, want) || cursor != "" {
		t.Errorf("pages %v then %q, want %v", got, cursor, want)
	}
	none, hidden := h.SignedIn("4001"), find(h, "4001", "展台", "request")
	if len(hidden.Items) > 0 || hidden.Next != "" {
		t.Errorf("somebody else finds %+v", hidden)
	}
	a := none.Get("/search?q=" + url.QueryEscape("展台布置")).Is(200).Page().Find("main").Text()
	b := none.Get("/search?q=" + url.QueryEscape("展台布景")).Is(200).Page().Find("main").Text()
	if strings.ReplaceAll(a, "展台布置", "…") != strings.ReplaceAll(b, "展台布景", "…") {
		t.Errorf("the page tells that there is something:\n%s\n%s", a, b)
	}
}

func TestSearchField(t *testing.T) {
	h := Start(t)
	asked(t, h)
	fragment := func(no, query string, headers ...string) *goquery.Document {
		return h.SignedIn(no).Get("/search?q="+url.QueryEscape(query), append([]string{"HX-Request", "true", "HX-Target", "nk-found"}, headers...)...).Is(200).Page()
	}
	doc := fragment("3002", "退出")
	if b := doc.Find(`button.nk-hit[role=option][formmethod=post]`); b.AttrOr("formaction", "") != "/signout" || !strings.Contains(b.Text(), "退出登录") {
		t.Errorf("退出: %s", doc.Text())
	}
	for query, href := range map[string]string{"提请求": "/requests/new", "tqq": "/requests/new", "我的请求": "/requests", "待办队列": "/queue", "gzrl": "/settings/calendars", "sign out": "", "calendar": "/settings/calendars", "队": "/queue"} {
		doc := fragment("2002", query)
		if href != "" && doc.Find(`a.nk-hit[href="`+href+`"]`).Length() != 1 {
			t.Errorf("%s: %s", query, doc.Text())
		}
		if href == "" && doc.Find(`button[formaction="/signout"]`).Length() != 1 {
			t.Errorf("%s: %s", query, doc.Text())
		}
	}
	if doc := fragment("3002", "导入"); doc.Find(`a[href="/settings/import"]`).Length() != 0 {
		t.Error("a command is offered to somebody who may not use it")
	}
	if doc := fragment("1001", "import"); doc.Find(`a[href="/settings/import"]`).Length() != 1 {
		t.Error("a command is not offered to who may use it")
	}
	if first := fragment("3002", "R-1001").Find("a.nk-hit").First(); first.AttrOr("href", "") != "/requests/R-1001" {
		t.Errorf("a number does not lead: %s", first.Text())
	}
	// The number typed and sent leads to the request, and to nothing that one may not see or that is not there.
	h.SignedIn("3002").Get("/search?q=r-1001").Is(303).Leads("/requests/R-1001")
	for _, c := range []struct{ no, query string }{{"2001", "R-1003"}, {"2001", "R-9999"}} {
		h.SignedIn(c.no).Get("/search?q="+c.query).Is(200).Shows("main", "没有找到")
	}
	page := h.SignedIn("3002").Get("/search?q=" + url.QueryEscape("费用")).Is(200).Page()
	if page.Find(`#found-service a[href="/requests/new/finance.expense"]`).Length() != 1 || page.Find("nav.nk-rail").Length() != 1 {
		t.Error("the page shows no service to ask for")
	}
	h.SignedIn("3002").Get("/search").Is(200).Shows("#found-command", "提请求")
}

// A lost index is made anew, and what happened meanwhile is in it.
func TestLostSearchIndex(t *testing.T) {
	dir := t.TempDir()
	h := With(t, app.Config{Data: dir})
	asked(t, h)
	if h.DB.Engine() != sqldb.SQLite {
		t.Fatal("this is about the file")
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(dir, "search.db"+end)) // -wal and -shm may be gone already
	}
	again := With(t, app.Config{Data: dir})
	if err := again.Search.Rebuild(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := find(again, "3002", "宁德", "request").refs(); !slices.Equal(got, []string{"R-1001"}) {
		t.Errorf("found %v", got)
	}
}
