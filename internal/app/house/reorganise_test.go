package house

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/kit/fault"
	"neike/internal/org"
)

// reorganise is the page of changes of units.
const reorganise = "/settings/org/reorganise"

func TestASplitIsPutTogetherOnThePage(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		admin := h.SignedIn("1001")
		admin.Get(reorganise+"?kind=split").Is(200).Shows("#choose", "继续")
		page := admin.Get(reorganise + "?kind=split&from=finance").Is(200).Page()
		if got := page.Find("#units input[name=people]").First().AttrOr("data-picker", ""); got != "/people/find?unit=finance" {
			t.Errorf("people are offered from %q", got)
		}
		form := []string{"kind", "split", "from", "finance", "into", "", "into_code", "pay", "into_zh", "支付组", "into_en", "", "percent", "60", "people", "2002", "services", "", "units", "",
			"into", "", "into_code", "plan", "into_zh", "预算组", "into_en", "", "percent", "30", "people", "2003,2002", "services", "finance.advance", "units", ""}
		bad := admin.Form(reorganise, form...).Is(422)
		for _, words := range []string{"现在是 90", "“2002”只能去一个单位"} {
			bad.Shows("#parts", words)
		}
		more := admin.Form(reorganise, append(slices.Clone(form), "more", "true")...).Is(200).Page()
		if n := more.Find("fieldset.nk-each").Length(); n != 3 {
			t.Errorf("%d parts after one was added", n)
		}
		if got := more.Find("input[name=people]").Eq(1).AttrOr("value", ""); got != "2003,2002" {
			t.Errorf("what was typed became %q", got)
		}
		if got := more.Find("input[name=people]").Eq(1).AttrOr("data-items", ""); !strings.Contains(got, "2003") {
			t.Errorf("the picker does not know what it holds: %s", got)
		}
		fewer := admin.Form(reorganise, append(slices.Clone(form), "drop", "1")...).Is(200).Page()
		if got := fewer.Find("input[name=into_code]").First().AttrOr("value", ""); got != "plan" {
			t.Errorf("the first part is %q after the first was taken out", got)
		}
		form[slices.Index(form, "30")], form[slices.Index(form, "2003,2002")] = "40", "2003"
		seen := admin.Form(reorganise, form...).Is(200)
		seen.Shows("#forecast", "支付组")
		seal := seen.Page().Find("#units input[name=seen]").AttrOr("value", "")
		form = append(form, "seen", seal, "sure", "true")
		other := slices.Clone(form)
		other[slices.Index(other, "60")], other[slices.Index(other, "40")] = "70", "30"
		admin.Form(reorganise, other...).Is(200).Shows("#forecast", "内容改过了")
		admin.Form(reorganise, form...).Is(303)
	})
}

// TestADryRunSaysWhatASplitDoes: each unit gets of each kind what was said before.
func TestADryRunSaysWhatASplitDoes(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		assigned(t, h)
		timed(t, h)
		for _, u := range []org.UnitInput{{Code: "till", NameZh: "出纳组", Parent: "finance", Level: "team"}, {Code: "tax", NameZh: "税务组", Parent: "finance", Level: "team"}} {
			if _, err := h.Org.SaveUnit(h.System(), u); err != nil {
				t.Fatal(err)
			}
		}
		in := org.ReorganiseInput{Kind: org.Split, From: []string{"finance"},
			Into:   []org.IntoInput{{Code: "pay", NameZh: "支付组", Percent: 60}, {Code: "plan", NameZh: "预算组", Percent: 40}},
			People: map[string]string{"2003": "plan"}, Service: map[string]string{"finance.advance": "plan"}, Units: map[string]string{"tax": "plan"}}
		_, said, err := h.Org.PlanUnits(h.As("1001"), in, true)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := h.Org.PlanUnits(h.As("1001"), in, false)
		if err != nil {
			t.Fatal(err)
		}
		if c = over(t, h, c.ID); c.State != org.ChangeDone {
			t.Fatalf("%+v", c)
		}
		divided := 0
		for i, stage := range said.Stages {
			kind := h.Org.Holdings(org.ByUnit)[i]
			if kind.Ends || stage.Parts == nil || strings.HasPrefix(kind.Code, "catalog.customers") {
				continue
			}
			got := map[org.ID]int{}
			for _, x := range c.Plan.Into {
				if n := held(t, h, kind, x.Unit); n > 0 {
					got[x.Unit] = n
				}
			}
			sum := func(m map[org.ID]int) (n int) {
				for _, x := range m {
					n += x
				}
				return n
			}
			if len(stage.Parts) > 1 {
				divided++
			}
			// the ids of units that are made differ between the dry run and the change: compared is what each part gets
			if a, b := slices.Sorted(maps.Values(stage.Parts)), slices.Sorted(maps.Values(got)); !slices.Equal(a, b) || sum(got) == 0 {
				t.Errorf("%s: said %v, became %v", kind.Code, a, b)
			}
		}
		if divided < 3 {
			t.Errorf("only %d kinds were divided", divided)
		}
		sound(t, h)
	})
}

func TestOnlyWhatIsTheUnitsOwnGoes(t *testing.T) {
	h := Start(t).Settle()
	_, _, err := h.Org.PlanUnits(h.As("1001"), org.ReorganiseInput{Kind: org.Split, From: []string{"finance"},
		Into:   []org.IntoInput{{Code: "pay", NameZh: "支付组", Percent: 60}, {Code: "plan", NameZh: "预算组", Percent: 40}},
		People: map[string]string{"3002": "plan"}, Service: map[string]string{"it.account": "plan"}, Units: map[string]string{"project": "plan"}}, true)
	f, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	var names []string
	for _, x := range f.Fields {
		if x.Key == "org.not-of-unit" {
			names = append(names, x.Name)
		}
	}
	if !slices.Equal(names, []string{"people", "services", "units"}) {
		t.Errorf("wrong are %v", names)
	}
}

func TestANewUnitStandsWhereItWasSaid(t *testing.T) {
	h := Start(t).Settle()
	admin := h.SignedIn("1001")
	form := []string{"kind", "merge", "from", "finance", "into", "", "into_code", "centre", "into_zh", "共享中心", "into_parent", "project"}
	page := admin.Form(reorganise, form...).Is(200).Shows("#forecast", "共享中心”会新建在").Page()
	admin.Form(reorganise, append(form, "seen", page.Find("#units input[name=seen]").AttrOr("value", ""), "sure", "true")...).Is(303)
	admin.Form(reorganise, "kind", "merge", "from", "finance", "into_code", "other", "into_zh", "别的", "into_parent", "finance").Is(422).Shows("#parts", "不能作新单位的上级")
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		tree, err := h.Org.Tree(h.System())
		if err != nil || time.Now().After(end) {
			t.Fatal("was not made", err)
		}
		if u, ok := tree.ByCode("centre"); ok {
			if u.Parent != unitID(t, h, "project") {
				t.Errorf("stands below %d", u.Parent)
			}
			return
		}
	}
}

func TestUnitsAreFoundByTheirNamesWithoutAScript(t *testing.T) {
	h := Start(t).Settle()
	if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: "twin", NameZh: "财务部", Parent: "project", Level: "team"}); err != nil {
		t.Fatal(err)
	}
	tree, err := h.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one, _ := tree.ByCode("finance")
	admin := h.SignedIn("1001")
	if one.Name.Zh == "财务部" {
		admin.Form(reorganise, "kind", "move", "from", "财务部", "parent", "project").Is(422).Shows("#units", "finance, twin")
	}
	project, _ := tree.ByCode("project")
	admin.Form(reorganise, "kind", "move", "from", project.Name.Zh, "parent", "finance").Is(200).Shows("#forecast", "上级单位")
}

// TestChangesThatMeet: what a planned change ends is not there for a later one, and who planned one that could not take
// place is told.
func TestChangesThatMeet(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: "till", NameZh: "出纳组", Parent: "finance", Level: "team"}); err != nil {
			t.Fatal(err)
		}
		plan := func(in org.ReorganiseInput) error {
			_, _, err := h.Org.PlanUnits(h.As("1001"), in, false)
			return err
		}
		if err := plan(org.ReorganiseInput{Kind: org.Merge, Date: day(h, 5), From: []string{"finance"}, Into: []org.IntoInput{{Code: "project"}}}); err != nil {
			t.Fatal(err)
		}
		for _, in := range []org.ReorganiseInput{
			{Kind: org.Rename, Date: day(h, 9), From: []string{"finance"}, NameZh: "资金部"},
			{Kind: org.Move, Date: day(h, 9), From: []string{"till"}, Parent: "finance"},
			{Kind: org.Merge, Date: day(h, 9), From: []string{"till"}, Into: []org.IntoInput{{Code: "finance"}}},
		} {
			if in.Kind == org.Move { // it is there already; from elsewhere it goes under a unit that ends
				if _, err := h.Org.SaveUnit(h.System(), org.UnitInput{Code: "stray", NameZh: "外组", Parent: "project", Level: "team"}); err != nil {
					t.Fatal(err)
				}
				in.From = []string{"stray"}
			}
			if f, ok := fault.As(plan(in)); !ok || f.Key != "org.change-after-end" {
				t.Errorf("%s after the end: %v", in.Kind, f)
			}
		}
		if err := plan(org.ReorganiseInput{Kind: org.Rename, Date: day(h, 3), From: []string{"finance"}, NameZh: "资金部"}); err != nil {
			t.Errorf("before the end: %v", err)
		}
	})
}

// TestWhatWasPlannedForAUnitThatEndedOrPeopleWhoLeft: a transfer goes where the unit went, a last day does not wait for another
// receiver, and whoever planned what cannot take place is told.
func TestWhatWasPlannedForAUnitThatEndedOrPeopleWhoLeft(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	moving(t, now, func(t *testing.T, h *House) {
		ahead.Store(0)
		assigned(t, h)
		person := func(no string, in org.ChangeInput) org.ID {
			t.Helper()
			c, _, err := h.Org.PlanPerson(h.As("1001"), no, in, false)
			if err != nil {
				t.Fatal(err)
			}
			return c.ID
		}
		moves := person("3002", org.ChangeInput{Kind: org.Transfer, Unit: "finance", Date: day(h, 2)})
		leaves := person("2002", org.ChangeInput{Kind: org.Leaving, Date: day(h, 2), Receiver: "2003"})
		c, _, err := h.Org.PlanUnits(h.As("1001"), org.ReorganiseInput{Kind: org.Rename, From: []string{"finance"}, NameZh: "资金部", Date: day(h, 2)}, false)
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := h.Org.PlanUnits(h.As("1001"), org.ReorganiseInput{Kind: org.Merge, From: []string{"finance"}, Into: []org.IntoInput{{Code: "centre", NameZh: "共享中心"}}}, false)
		if err != nil {
			t.Fatal(err)
		}
		over(t, h, m.ID)
		over(t, h, person("2003", org.ChangeInput{Kind: org.Leaving}))
		ahead.Store(int64(4 * 24 * time.Hour))
		for id, want := range map[org.ID]string{moves: org.ChangeDone, leaves: org.ChangeDone, c.ID: org.ChangeRefused} {
			if c := over(t, h, id); c.State != want {
				t.Errorf("%s became %s: %s", c.Kind, c.State, c.Trouble)
			}
		}
		if p, err := h.Org.PersonByNo(h.System(), "3002"); err != nil || p.Unit != unitID(t, h, "centre") {
			t.Errorf("was to come to a unit that became another, and is in %d: %v", p.Unit, err)
		}
		if p, err := h.Org.PersonByNo(h.System(), "2002"); err != nil || p.Active {
			t.Errorf("the last day has passed, and the account is open: %v", err)
		}
		if got := h.told(t, "1001"); !slices.Contains(got, "org.change-refused") {
			t.Errorf("who planned it was told %v", got)
		}
	})
}

// TestARefusedNewUnitSaysWhatItNeeds: once a part is a unit that is not there yet, its code and its name in the company's main
// language are marked as required and the other name as optional; of a unit that is there, and of a part nobody has touched,
// nothing is.
func TestARefusedNewUnitSaysWhatItNeeds(t *testing.T) {
	for _, main := range []string{"zh", "en"} {
		t.Run(main, func(t *testing.T) {
			h := Start(t).Settle()
			c := h.Org.Company(t.Context())
			c.Locale = main
			if err := h.Org.SetCompany(h.System(), c); err != nil {
				t.Fatal(err)
			}
			other := map[string]string{"zh": "en", "en": "zh"}[main]
			admin := h.SignedIn("1001")
			needs := func(page *goquery.Document, part, want string) {
				t.Helper()
				var got []string
				page.Find(part + " input[required]").Each(func(_ int, x *goquery.Selection) { got = append(got, x.AttrOr("name", "")) })
				if strings.Join(got, " ") != want {
					t.Errorf("%s needs %v, want %q", part, got, want)
				}
				optional := page.Find(part + ` .nk-field:has([name="into_` + other + `"]) .nk-opt`).Length()
				if optional != map[bool]int{true: 1, false: 0}[want != ""] {
					t.Errorf("%s: the other name is marked optional %d times", part, optional)
				}
			}
			fresh := admin.Get(reorganise + "?kind=merge").Is(200).Page()
			needs(fresh, "#part-1", "")
			refused := admin.Form(reorganise, "kind", "merge", "from", "finance", "into", "", "into_code", "centre", "into_zh", "", "into_en", "").Is(422).Page()
			needs(refused, "#part-1", "into_code into_"+main)
			refused = admin.Form(reorganise, "kind", "merge", "from", "finance", "into_"+main, "共享中心").Is(422).Page()
			needs(refused, "#part-1", "into_code into_"+main)
			there := admin.Form(reorganise, "kind", "merge", "from", "finance", "into", "finance").Is(422).Page()
			needs(there, "#part-1", "")
			split := admin.Form(reorganise, "kind", "split", "from", "finance", "into", "it", "into_code", "", "into_zh", "", "into_en", "", "percent", "50",
				"into", "", "into_code", "", "into_zh", "", "into_en", "Payments", "percent", "40").Is(422).Page()
			if got := split.Find(`#part-2 [name="into_en"]`).AttrOr("value", ""); got != "Payments" { // what a row leaves empty moves no other row's words
				t.Errorf("the second part's name is %q", got)
			}
			needs(split, "#part-1", "")
			needs(split, "#part-2", "into_code into_"+main)
			admin.Form(reorganise, "kind", "merge", "from", "finance", "into_code", "centre", "into_"+main, "Centre").Is(200).Shows("#forecast", "Centre")
		})
	}
}
