package request

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// grow adds teams below the project unit and people into one of them.
func (h house) grow(teams, people int) {
	h.t.Helper()
	for i := range teams {
		_, err := h.Org.SaveUnit(h.ctx, org.UnitInput{Code: fmt.Sprintf("team-%03d", i), NameZh: fmt.Sprintf("第%d小组", i), Parent: "project", Level: "team"})
		must(h.t, err)
	}
	for i := range people {
		_, err := h.Org.SavePerson(h.ctx, org.PersonInput{No: fmt.Sprintf("7%03d", i), Name: fmt.Sprintf("组员%d", i), Unit: "it"})
		must(h.t, err)
	}
}

// TestNobodyChoosesFromAnEndlessList: neither 130 units nor 70 colleagues are put into a select; one finds them by
// typing, and a filter offers those that it may name.
func TestNobodyChoosesFromAnEndlessList(t *testing.T) {
	h := quick(t)
	h.grow(130, 70)
	d := h.open4()
	r := h.open("3002")
	r, err := h.Decline(h.as("2002"), r.Number, "it", "归信息部办", "", When{})
	must(t, err)

	page := d.page(d.get("2102", "/queue"), 200)
	if n := page.Find("select[name=person] option").Length(); n != 0 {
		t.Errorf("%d colleagues to choose from", n)
	}
	if source, _ := page.Find("input[name=person]").Attr("data-picker"); source != "/people/find?at-work&unit=it" {
		t.Errorf("colleagues are found at %q", source)
	}
	page = d.page(d.get("2102", "/queue?customer=team-120"), 200)
	if n := page.Find("select[name=customer] option").Length(); n > unitsOffered+2 {
		t.Errorf("%d units in the filter", n)
	}
	if chosen := page.Find("select[name=customer] option[selected]").Text(); chosen != "第120小组" {
		t.Errorf("chosen is %q", chosen)
	}
	list := d.page(d.get("1001", "/requests?view=all"), 200)
	var providers []string
	for _, o := range list.Find("select[name=provider] option").EachIter() {
		providers = append(providers, o.AttrOr("value", ""))
	}
	if !slices.Equal(providers, []string{"", "finance", "it"}) {
		t.Errorf("providers %v", providers)
	}
	for verb, source := range map[string]string{"assign": "/people/find?at-work&unit=it", "decline": "/units/find"} {
		form := d.page(d.get("2102", "/requests/"+r.Ref()+"/"+verb), 200)
		if form.Find("option").Length() > 10 {
			t.Errorf("%s: %d options", verb, form.Find("option").Length())
		}
		if got := form.Find("input[data-picker]").AttrOr("data-picker", ""); got != source {
			t.Errorf("%s asks %q", verb, got)
		}
	}
}

// TestTheHeadOfManyUnitsReadsFewRanges: a statement does not name each of hundreds of units, for those that hold
// nothing are left out of the queue, and who heads all sees all.
func TestTheHeadOfManyUnitsReadsFewRanges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.grow(60, 0)
		must(t, h.Org.SetRoles(h.ctx, "9001", []string{"head@hq"}, 0))
		must(t, h.Org.SetRoles(h.ctx, "3001", []string{"head@project"}, 0))
		late, soon := h.open("3002"), h.open("3003")
		for _, x := range []struct {
			r    Request
			unit string
		}{{late, "team-041"}, {soon, "team-007"}} {
			_, err := h.Decline(h.as("2002"), x.r.Number, x.unit, "归小组办", "", When{})
			must(t, err)
			h.later(time.Second)
		}
		for _, head := range []string{"9001", "3001"} {
			page, err := h.Queue(h.as(head), ViewUnit, Filter{})
			must(t, err)
			if len(page.Items) != 2 {
				t.Fatalf("%s: %d in the queue", head, len(page.Items))
			}
			if _, n, err := h.Counts(h.as(head)); err != nil || n != 2 {
				t.Errorf("%s counts %d, %v", head, n, err)
			}
			if page, err = h.List(h.as(head), Filter{}); err != nil || len(page.Items) != 2 {
				t.Errorf("%s lists %d, %v", head, len(page.Items), err)
			}
			if n, err := h.Late(h.as(head), Filter{}); err != nil || n.N != 0 {
				t.Errorf("%s: %+v late, %v", head, n, err)
			}
		}
		all, _, err := h.scopeOf(h.as("9001"), Filter{})
		must(t, err)
		if text, args := all.visible(sqldb.Select("select 1 from request r"), false).SQL(); !all.all || len(args) > 3 || strings.Contains(text, "r.unit") {
			t.Errorf("the head of all asks %s", text)
		}
		some, _, err := h.scopeOf(h.as("3001"), Filter{})
		must(t, err)
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			if some, err = some.busy(ctx, rd); len(some.serves) != 2 {
				t.Errorf("%d units hold something", len(some.serves))
			}
			return err
		}))
		if _, args := some.visible(sqldb.Select("select 1 from request r"), false).SQL(); len(args) != 2+2+64+3 { // what the units have in hand, what they owe, what they asked, and the own
			t.Errorf("%d arguments: as many statements as lengths", len(args))
		}
	})
}

// TestAnEdgeIsReadFromItsCustomersSide: few ask one unit, everybody asks the one that serves.
func TestAnEdgeIsReadFromItsCustomersSide(t *testing.T) {
	sc := scope{eye: eye{all: true}, units: []int64{1}, customers: []int64{2}}
	if parts := sc.newestParts(); len(parts) != 1 || parts[0].cond != "r.customer = ?" {
		t.Errorf("reads %+v", parts)
	}
	sc.customers = make([]int64, manyUnits+1)
	if parts := sc.newestParts(); len(parts) != 1 || parts[0].cond != "r.unit = ?" {
		t.Errorf("with many customers it reads %+v", parts)
	}
}

// TestALargeCatalogueIsNoSelect: of hundreds of services a filter offers those of the provider chosen, and the one chosen.
func TestALargeCatalogueIsNoSelect(t *testing.T) {
	h := quick(t)
	var pack strings.Builder
	pack.WriteString("schema: icm.template/v1\nlocale_order: [zh, en]\ndepartment:\n  code: sales\n  name: {zh: 销售部, en: Sales}\nservices:\n")
	for i := range 120 {
		fmt.Fprintf(&pack, "- code: sales.s%03d\n  name: {zh: 服务%d, en: Service %d}\n  kind: request\n  form:\n  - {key: what, type: text, label: {zh: 内容, en: What}, required: true}\n"+
			"  standards:\n    response: {value: 4, unit: working_hours}\n    completion: {value: 2, unit: workdays_eod}\n    response_target_pct: 90\n    completion_target_pct: 90\n", i, i, i)
	}
	out, err := h.Catalog.Import(h.ctx, "sales", []byte(pack.String()), false)
	must(t, err)
	if len(out.Problems) > 0 {
		t.Fatal(out.Problems)
	}
	d := h.open4()
	for query, want := range map[string]int{"": 0, "&provider=it": 9, "&service=sales.s007": 2, "&provider=it&service=sales.s007": 10} {
		n := d.page(d.get("1001", "/requests?view=all"+query), 200).Find("select[name=service] option").Length()
		if n != want {
			t.Errorf("%q offers %d", query, n)
		}
	}
}
