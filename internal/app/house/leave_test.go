package house

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/app"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/request"
)

// told is what somebody was told of, the latest first.
func (h *House) told(t *testing.T, no string) []string {
	t.Helper()
	if err := h.Bus.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := h.Notice.List(h.As(no), false, web.Paging{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range page.Items {
		out = append(out, n.Kind)
	}
	return out
}

// moving runs fn once per engine with a clock of the test's own.
func moving(t *testing.T, now func() time.Time, fn func(t *testing.T, h *House)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, With(t, app.Config{Data: t.TempDir(), Now: now})) })
	t.Run("postgres", func(t *testing.T) {
		fn(t, With(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...), Now: now}))
	})
}

func TestALongLeaveHandsOverAndComesBack(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	moving(t, now, func(t *testing.T, h *House) {
		ahead.Store(0)
		numbers := assigned(t, h)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		in := org.ChangeInput{Kind: org.LongLeave, Until: h.DB.Now().AddDate(0, 0, 30).Format("2006-01-02"), Receiver: "2003", Deputy: "2001", Back: []string{"request.assigned"}}
		c, f, err := h.Org.PlanPerson(h.As("2001"), "2002", in, true)
		must(err)
		if n := stageOf(f.Stages, "request.assigned").Total; n != 3 || c.ID != 0 {
			t.Fatalf("forecast: %d requests", n)
		}
		c, _, err = h.Org.PlanPerson(h.As("2001"), "2002", in, false)
		must(err)
		if c = over(t, h, c.ID); c.State != org.ChangeDone {
			t.Fatalf("%+v", c)
		}
		for _, n := range numbers {
			if r, err := h.Request.ByNumber(h.System(), n); err != nil || r.Assignee != h.ID("2003") {
				t.Errorf("R-%d is with %d: %v", n, r.Assignee, err)
			}
		}
		person, err := h.Org.Person(h.System(), h.ID("2002"))
		must(err)
		if !person.Active || !person.OnLeave {
			t.Errorf("here and on leave: %+v", person)
		}
		browser := map[string]*webtest.Client{"2001": h.SignedIn("2001"), "2002": h.SignedIn("2002"), "2003": h.SignedIn("2003")} // signing in stays possible
		page := func(no, path string) *goquery.Document { return browser[no].Get(path).Is(200).Page() }

		t.Run("is given no work", func(t *testing.T) {
			_, err := h.Request.Assign(h.As("2001"), 1001, "2002", request.When{})
			e, _ := fault.As(err)
			if e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "request.person-on-leave" {
				t.Errorf("assigned: %v", err)
			}
			for _, path := range []string{"/requests/R-1001/assign", "/queue"} {
				if text := page("2001", path).Find(`select[name="person"]`).Text(); strings.Contains(text, person.Name) {
					t.Errorf("%s offers %s", path, text)
				}
			}
			_, _, err = h.Org.PlanPerson(h.As("1001"), "2003", org.ChangeInput{Kind: org.HandOver, Receiver: "2002"}, true)
			if e, _ = fault.As(err); e == nil || e.Fields[0].Key != "org.person-on-leave" {
				t.Errorf("receives: %v", err)
			}
		})
		t.Run("is named as on leave and sees what went", func(t *testing.T) {
			if text := page("2003", "/people/2002").Text(); !strings.Contains(text, "长假") {
				t.Error("the page of the person does not say so")
			}
			href := "/changes/" + strconv.FormatInt(c.ID, 10)
			if n := page("2002", href).Find("#gave li").Length(); n < 3 {
				t.Errorf("sees %d things", n)
			}
			if n := page("2001", href).Find("#gave").Length(); n != 0 {
				t.Error("others read what was handed over")
			}
			if _, err := h.Org.WantBack(h.As("3003"), c.ID, nil); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a stranger decides: %v", err)
			}
			if _, err := h.Org.WantBack(h.As("2002"), c.ID, []string{"nonsense"}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("nonsense is wanted: %v", err)
			}
		})
		t.Run("hears of no work but of being back", func(t *testing.T) {
			before := len(h.told(t, "2002"))
			_, err := h.Request.Open(h.As("3002"), request.Ask{Title: "再问一件", Confidential: true, Named: []string{"2002"}, Service: "finance.budget", Fields: budgetAnswers(t, h)})
			must(err)
			if got := h.told(t, "2002"); len(got) != before {
				t.Errorf("was told %v", got)
			}
			must(h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) error {
				list, err := h.Org.DeputiesOf(ctx, rd, []int64{h.ID("2002")})
				if !slices.Equal(list[h.ID("2002")], []int64{h.ID("2001")}) {
					t.Errorf("deputies %v", list)
				}
				return err
			}))
			ahead.Store(int64(31 * 24 * time.Hour))
			must(h.Org.Pass(h.System()))
			for _, no := range []string{"2002", "2003"} {
				if got := h.told(t, no); !slices.Contains(got, "org.back") {
					t.Errorf("%s was told %v", no, got)
				}
			}
			if p, _ := h.Org.Person(h.System(), person.ID); p.OnLeave {
				t.Error("is still on leave")
			}
			if n := h.SignedIn("2002").Get("/changes/" + strconv.FormatInt(c.ID, 10)).Is(200).Page().Find("#gave li:first-child .nk-tag").Length(); n != 1 {
				t.Error("what is wanted back does not come first")
			}
		})
	})
}

// TestALongLeaveThatIsTakenBackLeavesNothing: until it begins, the absence goes with the change, and only with it.
func TestALongLeaveThatIsTakenBackLeavesNothing(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		day := h.DB.Now().AddDate(0, 0, 7).Format("2006-01-02")
		in := org.ChangeInput{Kind: org.LongLeave, Date: day, Receiver: "2003"}
		c, _, err := h.Org.PlanPerson(h.As("1001"), "2002", in, false)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = h.Org.PlanPerson(h.As("1001"), "2002", in, false)
		if e, _ := fault.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Name != "date" || e.Fields[0].Key != "org.absence-overlaps" {
			t.Errorf("twice at the same time: %v", err)
		}
		list, err := h.Org.Absences(h.As("2002"), "2002")
		if err != nil || len(list) != 1 || list[0].Change != c.ID {
			t.Fatalf("%+v %v", list, err)
		}
		if _, err := h.Org.EndAbsence(h.As("2002"), list[0].ID, list[0].Revision); fault.KindOf(err) != fault.Conflict {
			t.Errorf("ended apart from its change: %v", err)
		}
		if _, err := h.Org.Cancel(h.As("1001"), c.ID); err != nil {
			t.Fatal(err)
		}
		list, _ = h.Org.Absences(h.As("2002"), "2002")
		if !list[0].Over(h.DB.Now()) {
			t.Errorf("the absence stays: %+v", list[0])
		}
		_, _, err = h.Org.PlanPerson(h.As("1001"), "2002", org.ChangeInput{Kind: org.LongLeave, Date: "soon", Until: "2020-01-01", Deputy: "nobody", Receiver: "2002", Back: []string{"x"}}, true)
		e, _ := fault.As(err)
		var names []string
		for _, f := range e.Fields {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, []string{"date", "deputy", "back", "receiver"}) {
			t.Errorf("wrong all at once: %v", names)
		}
	})
}

// TestALongLeaveIsSaidInEveryList: rooms read names themselves, and all of them say it in the one way there is.
func TestALongLeaveIsSaidInEveryList(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		number := assigned(t, h)[0]
		_, err := h.Request.Message(h.As("2002"), number, "先看去年的数。", nil, request.When{})
		if err == nil {
			_, err = h.Org.SetAbsence(h.As("2002"), "2002", org.AbsenceInput{From: h.DB.Now().Add(-time.Second).Format(time.RFC3339Nano), Kind: org.Leave, Anyway: true})
		}
		if err == nil {
			err = h.Bus.Drain(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		const mark = "陈思远（长假）"
		for no, paths := range map[string][]string{"2001": {"/queue"}, "3002": {"/", "/requests", "/requests/R-1001", "/relations/finance/project"}} {
			browser := h.SignedIn(no)
			for _, path := range paths {
				if text := browser.Get(path).Is(200).Text("main"); !strings.Contains(text, mark) {
					t.Errorf("%s at %s: %s", no, path, text)
				}
			}
		}
		var list struct {
			Items []struct {
				Name string `json:"assignee_name"`
			}
		}
		h.TokenOf("2001").Get("/api/v1/requests").Is(200).Decode(&list)
		if len(list.Items) == 0 || list.Items[0].Name != "陈思远" {
			t.Errorf("programs read %+v", list)
		}
	})
}

// TestTheLanguageGoesWithTheForm: on a page at which somebody types before signing in, the switch brings the form along.
func TestTheLanguageGoesWithTheForm(t *testing.T) {
	h := With(t, app.Config{Data: t.TempDir()})
	h.Settle()
	page := h.Fresh().Get("/activate").Is(200).Page()
	if page.Find("header button[name=locale][form=code-form][formnovalidate]").Length() != 1 || page.Find("form#code-form").Length() != 1 {
		t.Error("the switch does not go with the form")
	}
}

// TestMeLeadsToAllThatIsOnesOwn: who looks for something of the own begins at /me.
func TestMeLeadsToAllThatIsOnesOwn(t *testing.T) {
	h := With(t, app.Config{Data: t.TempDir()})
	h.Settle()
	browser := h.SignedIn("3002")
	page := browser.Get("/me").Is(200).Page()
	for _, href := range []string{"/me/absence", "/me/notices", "/me/accounts", "/me/activity", "/me/access", "/me/data"} {
		if page.Find("#own a[href='"+href+"']").Length() != 1 {
			t.Errorf("no way to %s", href)
		}
		browser.Get(href).Is(200)
	}
}
