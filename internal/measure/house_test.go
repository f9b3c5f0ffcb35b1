package measure_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/measure"
	"neike/internal/relation"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

type stage struct{ *house.House }

func each(t *testing.T, fn func(t *testing.T, s stage)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := app.Config{Data: t.TempDir(), Fast: true, Now: func() time.Time { return now }}
			if engine == "postgres" {
				c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
			}
			s := stage{house.With(t, c)}
			s.Settle()
			fn(t, s)
		})
	}
}

func (s stage) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func scrap() measure.Own {
	return measure.Own{Code: "scrap", Name: lang.Text{Zh: "废品率", En: "Scrap"}, Formula: lang.Text{Zh: "报废 ÷ 投产", En: "scrapped of begun"}, Kind: measure.Share, Unit: measure.Percent,
		Direction: measure.Less, ByUnit: true, Seen: measure.Concerned}
}

func (s stage) define(o measure.Own) measure.Own {
	s.T.Helper()
	o, err := s.Measure.Define(s.As("1001"), o, web.IfMatch{})
	s.must(err)
	return o
}

func share(unit string, month, hits, n int64) measure.Entry {
	return measure.Entry{Unit: unit, Month: month, Hits: &hits, N: &n}
}

// months are entries of finance for so many months up to October 2026.
func months(n int, hits, of int64) (out []measure.Entry) {
	for i := range n {
		out = append(out, share("finance", measure.After(202610, -i), hits, of))
	}
	return out
}

func fields(err error) (out []string) {
	f, ok := fault.As(err)
	if !ok {
		return []string{"no fault"}
	}
	for _, x := range f.Fields {
		out = append(out, x.Name)
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestTheQualityOfficeDefinesMeasures(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		for _, no := range []string{"2001", "3002", "4001"} {
			_, err := s.Measure.Define(s.As(no), scrap(), web.IfMatch{})
			same(t, no+" defines", fault.KindOf(err), fault.NotFound)
		}
		_, err := s.Measure.Define(s.As("1001"), measure.Own{Kind: measure.Share, Unit: measure.Days}, web.IfMatch{})
		same(t, "everything wrong at once", strings.Join(fields(err), " "), "code name_zh formula_zh measured_in direction")
		_, err = s.Measure.Define(s.As("1001"), measure.Own{Code: "attainment", Name: lang.Text{Zh: "x"}, Formula: lang.Text{Zh: "x"}, Kind: measure.Count, Unit: measure.Times, Direction: measure.More}, web.IfMatch{})
		same(t, "a code of the house", strings.Join(fields(err), " "), "code")

		first := s.define(scrap())
		same(t, "the same again", s.define(scrap()).Revision, first.Revision)
		changed := scrap()
		changed.Name.Zh = "报废率"
		_, err = s.Measure.Define(s.As("1001"), changed, web.IfMatch{IfMatch: `"other"`})
		same(t, "on another state", fault.KindOf(err), fault.Precondition)
		same(t, "changed", s.define(changed).Revision, 2)

		_, err = s.Measure.Record(s.As("1001"), "scrap", months(1, 1, 10), false)
		s.must(err)
		company := changed
		company.ByUnit = false
		_, err = s.Measure.Define(s.As("1001"), company, web.IfMatch{})
		same(t, "what values mean stays", strings.Join(fields(err), " "), "by_unit")
		changed.RetiredAt = now
		s.define(changed)
		_, err = s.Measure.Record(s.As("1001"), "scrap", months(2, 1, 10), false)
		same(t, "out of use", fault.KindOf(err), fault.Conflict)
	})
}

func TestACorrectedValueKeepsWhatItWas(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.define(scrap())
		quality := s.As("1001")
		for _, no := range []string{"2001", "3002"} {
			_, err := s.Measure.Record(s.As(no), "scrap", months(1, 1, 10), false)
			same(t, no+" enters", fault.KindOf(err), fault.NotFound)
		}
		bad := []measure.Entry{share("finance", 202610, 1, 10), share("nobody", 202610, 11, 10), share("finance", 202610, 2, 10), share("project", 202612, 1, 10)}
		_, err := s.Measure.Record(quality, "scrap", bad, false)
		same(t, "all that is wrong", strings.Join(fields(err), " "), "items[1].hits items[1].unit items[2].month items[3].month")
		seen, err := s.Measure.Record(quality, "scrap", bad, true)
		s.must(err)
		same(t, "a dry run counts", [2]int{seen.Wrong, seen.Fresh}, [2]int{3, 1})

		done, err := s.Measure.Record(quality, "scrap", months(14, 5, 100), false)
		s.must(err)
		same(t, "new", done.Fresh, 14)
		done, err = s.Measure.Record(quality, "scrap", months(14, 5, 100), false)
		s.must(err)
		same(t, "again", [3]int{done.Fresh, done.Changed, done.Same}, [3]int{0, 0, 14})
		fix := share("finance", 202609, 7, 100)
		fix.Note = "漏计两件"
		_, err = s.Measure.Record(quality, "scrap", []measure.Entry{fix, {Unit: "finance", Month: 202608, Gone: true}}, false)
		s.must(err)

		m, err := s.Measure.ByCode(quality, "scrap")
		s.must(err)
		list, err := s.Measure.Values(quality, m, 0, measure.Span{From: 202608, To: 202609})
		s.must(err)
		if len(list) != 4 || list[0].Hits != 7 || list[0].Revision != 2 || list[0].Note != "漏计两件" || list[0].By != s.ID("1001") || list[1].Hits != 5 || !list[2].Gone || list[3].Gone {
			t.Errorf("what was said: %+v", list)
		}

		tree, err := s.Org.Tree(quality)
		s.must(err)
		finance, _ := tree.ByCode("finance")
		for _, c := range []struct {
			no    string
			at    measure.At
			shown bool
		}{{"1001", measure.At{Provider: finance}, true}, {"1001", measure.At{}, true}, {"4001", measure.At{Provider: finance}, true}, {"2001", measure.At{Provider: finance}, true},
			{"2002", measure.At{Provider: finance}, true}, {"2002", measure.At{}, false}, {"3002", measure.At{Provider: finance}, false}} {
			got, err := s.Measure.SeriesOf(s.As(c.no), m, c.at, measure.Span{From: 202607, To: 202610})
			s.must(err)
			same(t, c.no+" sees it", got.Shown, c.shown)
			if c.shown && (len(got.Points) != 4 || got.Points[1].Is() || got.Points[2].Value != 0.07 || got.Points[2].N != 100) {
				t.Errorf("%s: %+v", c.no, got.Points)
			}
		}
		none, err := s.Measure.Values(s.As("3002"), m, 0, measure.Span{From: 202601, To: 202611})
		s.must(err)
		same(t, "others read no values", len(none), 0)
	})
}

// traffic is what finance did for project: 30 requests due a month, hits of them in time.
func (s stage) traffic(months int, hits int64) {
	s.T.Helper()
	tree, err := s.Org.Tree(s.System())
	s.must(err)
	finance, _ := tree.ByCode("finance")
	project, _ := tree.ByCode("project")
	for i := range months {
		at := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC).AddDate(0, -i, 0)
		s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
			edge, err := s.Relation.Edge(ctx, tx, finance.ID, project.ID)
			if err != nil {
				return err
			}
			return s.Relation.Tally(ctx, tx, edge, at, relation.Delta{Opened: 30, Met: hits, Breached: 30 - hits, Accepted: 10, RightFirst: 9, Returned: 1})
		}))
	}
}

func TestASeriesIsThatOfThePageOfTheRelation(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.traffic(14, 27)
		quality := s.TokenOf("1001")
		var direct struct {
			Months []struct {
				Month      string
				Attainment struct {
					Value *float64
					N     *int64
				}
			}
		}
		quality.Get("/api/v1/relations/finance/project").Is(http.StatusOK).Decode(&direct)
		type series struct {
			Items []struct {
				Month string
				Value *float64
				N     *int64
			}
			Chart *struct {
				Method, Step string
				Points       []any
			}
			Difference *struct{ Says *string }
		}
		var edge, unit, company, withheld, nothing series
		quality.Get("/api/v1/measures/attainment/series?provider=finance&customer=project&from=2025-10").Is(http.StatusOK).Decode(&edge)
		quality.Get("/api/v1/measures/attainment/series?unit=finance&from=2025-10").Is(http.StatusOK).Decode(&unit)
		quality.Get("/api/v1/measures/attainment/series?from=2025-10").Is(http.StatusOK).Decode(&company)
		if len(edge.Items) != 14 || edge.Chart == nil || edge.Chart.Method != "p" || len(edge.Chart.Points) != 14 || *edge.Difference.Says != "cannot_tell" {
			t.Fatalf("%+v", edge)
		}
		byMonth := map[string]float64{}
		for _, p := range edge.Items {
			byMonth[p.Month] = *p.Value
		}
		for _, m := range direct.Months {
			same(t, m.Month, byMonth[m.Month], *m.Attainment.Value)
		}
		for i := range edge.Items {
			same(t, "the unit", *unit.Items[i].Value, *edge.Items[i].Value)
			same(t, "the company", *company.Items[i].N, *edge.Items[i].N)
		}
		if len(direct.Months) == 0 {
			t.Error("the relation has no months")
		}
		agent := s.TokenOf("3002")
		agent.Get("/api/v1/measures/attainment/series?provider=finance&customer=project").Is(http.StatusOK).Decode(&edge)
		same(t, "the customer sees the relation", len(edge.Items) > 0, true)
		s.TokenOf("3002").Get("/api/v1/measures/attainment/series?unit=spare").Is(http.StatusUnprocessableEntity)
		agent.Get("/api/v1/measures/attainment/series?from=2026-01").Is(http.StatusOK).Decode(&withheld)
		agent.Get("/api/v1/measures/attainment/series?unit=project&from=2026-01").Is(http.StatusOK).Decode(&nothing)
		same(t, "withheld looks as nothing there", [3]bool{len(withheld.Items) == 0, withheld.Chart == nil, withheld.Difference == nil}, [3]bool{len(nothing.Items) == 0, nothing.Chart == nil, nothing.Difference == nil})
		quality.Get("/api/v1/measures/attainment/series?provider=finance").Is(http.StatusUnprocessableEntity)
		quality.Get("/api/v1/measures/attainment/series?from=2026-12&to=2026-01").Is(http.StatusUnprocessableEntity)
		quality.Get("/api/v1/measures/attainment/series?form=2026-01").Is(http.StatusUnprocessableEntity)
		quality.Get("/api/v1/measures/nothing/series").Is(http.StatusNotFound)

		page := s.SignedIn("1001")
		page.Get("/relations/finance/project").Is(http.StatusOK).Shows("#courses figure", "%").Shows("#courses", "项目")
		page.Get("/measures").Is(http.StatusOK).Shows("#measures tr", "办结准时率").Shows("#measures svg.nk-plot", "")
		page.Get("/measures/attainment?provider=finance&customer=project").Is(http.StatusOK).Shows("#course figure", "上下限").Shows("#months td", "27").Shows("#difference", "不能确定").Shows("#words", "逾期")
		file := page.Get("/measures/attainment/export?unit=finance&format=csv").Is(http.StatusOK)
		if lines := strings.Count(strings.TrimSpace(string(file.Body)), "\n"); lines != 14 {
			t.Errorf("%d lines: %s", lines, file.Body)
		}
	})
}

func TestPagesLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		page := s.SignedIn("1001")
		page.Get("/measures/new").Is(http.StatusOK)
		page.Form("/measures/new", "code", "Scrap!", "name_zh", "废品率", "kind", "share", "direction", "less", "target", "viel").Is(http.StatusUnprocessableEntity).
			Shows("[data-errors], .is-bad", "").Shows("#f-measure", "不是数字")
		if got, _ := page.Form("/measures/new", "code", "Scrap!", "name_zh", "废品率").Page().Find("input[name=name_zh]").Attr("value"); got != "废品率" {
			t.Errorf("typed and lost: %q", got)
		}
		page.Form("/measures/new", "code", "scrap", "name_zh", "废品率", "formula_zh", "报废 ÷ 投产", "kind", "share", "direction", "less", "seen", "concerned", "by_unit", "true").Leads("/measures/scrap")
		page.Get("/measures/scrap").Is(http.StatusOK).Shows("#course", "没有可看的数字")
		page.Get("/measures/scrap/edit").Is(http.StatusOK).Shows("#f-measure textarea", "报废")
		page.Form("/measures/scrap/values", "do", "one", "unit", "finance", "month", "2026-10", "hits", "12", "n", "10").Is(http.StatusUnprocessableEntity).Shows("#f-value", "不能超过")
		page.Form("/measures/scrap/values", "do", "one", "unit", "finance", "month", "2026-10", "hits", "3", "n", "100").Leads("/measures/scrap?unit=finance")
		lines := "部门\t月份\t达到\t总数\nfinance\t2026-10\t4\t100\t漏计一件\nfinance\t2026-09\t2\t100\nnobody\t2026-09\t2\tzwei\n"
		page.Form("/measures/scrap/values", "do", "save", "lines", lines).Is(http.StatusUnprocessableEntity).Shows("#preview", "有误 1").Shows("#preview td", "没有编码").Shows("#f-lines textarea", "漏计一件")
		lines = strings.Replace(lines, "nobody\t2026-09\t2\tzwei\n", "", 1)
		page.Form("/measures/scrap/values", "do", "check", "lines", lines).Is(http.StatusOK).Shows("#preview", "更正 1").Shows("#f-lines button[value=save]", "确认")
		page.Form("/measures/scrap/values", "do", "save", "lines", lines).Leads("/measures/scrap")
		page.Get("/measures/scrap?unit=finance").Is(http.StatusOK).Shows("#corrections", "漏计一件").Shows("#corrections", "3.00%")
		page.Form("/measures/scrap/values", "do", "check", "lines", " ").Is(http.StatusUnprocessableEntity).Shows("#f-lines", "请粘贴")
		for _, path := range []string{"/measures/new", "/measures/scrap/edit", "/measures/scrap/values"} {
			s.SignedIn("2001").Get(path).Is(http.StatusNotFound)
		}
		page.Get("/measures/attainment/edit").Is(http.StatusNotFound)
		page.Get("/measures/attainment/values").Is(http.StatusNotFound)
		page.Get("/measures/nothing").Is(http.StatusNotFound)
	})
}

func TestValuesByFileAndByProgram(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		s.define(scrap())
		ctx := s.As("1001")
		file := "指标编码,部门编码,月份,符合件数,总件数,说明\nscrap,finance,2026-10,3,100,\nscrap,finance,2026-09,2,100,\nscrap,project,2026/9,120,100,\nnothing,project,2026-09,1,2,\n"
		result, err := s.Importer.Import(ctx, "measure-values", strings.NewReader(file), importer.Options{DryRun: true, Name: "v.csv"})
		s.must(err)
		if len(result.Errors) != 2 || result.Created != 2 {
			t.Errorf("a dry run: %+v", result)
		}
		result, err = s.Importer.Import(ctx, "measure-values", strings.NewReader(file), importer.Options{SkipBad: true, Name: "v.csv"})
		s.must(err)
		same(t, "taken in", result.Created, 2)

		program := s.TokenOf("1001")
		body := `{"items":[{"unit":"finance","month":"2026-10","hits":3,"n":100},{"unit":"finance","month":"2026-09","hits":4,"n":100,"note":"x"},{"unit":"project","month":"2026-09","hits":1,"n":50}]}`
		var done struct{ Created, Updated, Unchanged int }
		program.JSON(http.MethodPut, "/api/v1/measures/scrap/values?dry_run=true", body).Is(http.StatusOK).Decode(&done)
		same(t, "a dry run", [3]int{done.Created, done.Updated, done.Unchanged}, [3]int{1, 1, 1})
		for _, want := range [][3]int{{1, 1, 1}, {0, 0, 3}} {
			program.JSON(http.MethodPut, "/api/v1/measures/scrap/values", body).Is(http.StatusOK).Decode(&done)
			same(t, "by program", [3]int{done.Created, done.Updated, done.Unchanged}, want)
		}
		program.JSON(http.MethodPut, "/api/v1/measures/scrap/values", `{"items":[]}`).Is(http.StatusUnprocessableEntity)
		var values struct{ Items []struct{ Counts bool } }
		program.Get("/api/v1/measures/scrap/values?unit=finance").Is(http.StatusOK).Decode(&values)
		same(t, "with what was corrected", len(values.Items), 3)
		program.Get("/api/v1/measures/attainment/values").Is(http.StatusNotFound)
		program.JSON(http.MethodPut, "/api/v1/measures/mail", `{"name":{"zh":"邮件","en":"Mail"},"formula":{"zh":"件数","en":"count"},"kind":"count","direction":"neither"}`).Is(http.StatusOK)
		program.Get("/api/v1/measures/mail").Is(http.StatusOK)
		s.TokenOf("2001").JSON(http.MethodPut, "/api/v1/measures/mail", `{"name":{"zh":"x"},"formula":{"zh":"x"},"kind":"count","direction":"neither"}`).Is(http.StatusNotFound)
	})
}

// TestHowLongRequestsWaitAndThroughHowManyHands: quotients of sums over the requests that were accepted, in the same figures for edge, unit and
// company, on the page of the relation and in its list of measures; months add up by time and by cases, not by months.
func TestHowLongRequestsWaitAndThroughHowManyHands(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		tree, err := s.Org.Tree(s.System())
		s.must(err)
		finance, _ := tree.ByCode("finance")
		project, _ := tree.ByCode("project")
		for i, d := range []relation.Delta{
			{Opened: 4, Accepted: 4, Ended: 4, Paused: 900, Worked: 2700, Hops: 6}, // October: 25 %, 1.5
			{Opened: 1, Accepted: 1, Ended: 1, Paused: 0, Worked: 900, Hops: 1},    // September: 0 %, 1
			{Opened: 3, Accepted: 3}, // August: before it was counted
			{Opened: 5, Accepted: 5, Ended: 5, Paused: 3600, Worked: 3600, Hops: 5}, // July: 50 %, 1
		} {
			at := time.Date(2026, 10, 12, 4, 0, 0, 0, time.UTC).AddDate(0, -i, 0)
			s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
				edge, err := s.Relation.Edge(ctx, tx, finance.ID, project.ID)
				if err != nil {
					return err
				}
				return s.Relation.Tally(ctx, tx, edge, at, d)
			}))
		}
		type series struct {
			Items []struct {
				Month string
				Value *float64
				N     *int64
			}
			Difference *struct{ Now, Before *float64 }
		}
		for code, want := range map[string][]float64{"paused_share": {50, -1, 0, 25}, "hops": {1, -1, 1, 1.5}} {
			for _, of := range []string{"provider=finance&customer=project&", "unit=finance&", ""} {
				var got series
				s.TokenOf("1001").Get("/api/v1/measures/" + code + "/series?" + of + "from=2026-07&to=2026-10").Is(http.StatusOK).Decode(&got)
				if len(got.Items) != 4 {
					t.Fatalf("%s of %s: %+v", code, of, got)
				}
				for i, v := range want {
					x := got.Items[i]
					if v < 0 && x.Value != nil || v >= 0 && (x.Value == nil || *x.Value != v || x.N == nil) {
						t.Errorf("%s of %s: month %s is %v, want %v", code, of, x.Month, x.Value, v)
					}
				}
			}
			var withheld series
			s.TokenOf("3002").Get("/api/v1/measures/" + code + "/series?unit=project&from=2026-07").Is(http.StatusOK).Decode(&withheld)
			same(t, "withheld", len(withheld.Items), 0)
		}
		m, err := s.Measure.ByCode(s.As("1001"), "paused_share")
		s.must(err)
		got, err := s.Measure.SeriesOf(s.As("1001"), m, measure.At{Provider: finance, Customer: project}, measure.Span{From: 202607, To: 202610})
		s.must(err)
		d := measure.Differ(m.Kind, m.Direction, got.Points, 0, 2)
		same(t, "two months are as long as they took", [2]float64{d.Now.Value, d.Before.Value}, [2]float64{20, 50})

		page := s.SignedIn("1001")
		page.Get("/relations/finance/project").Is(http.StatusOK).Shows("#courses [data-measure=paused_share]", "25.0%").Shows("#courses [data-measure=hops]", "1.50")
		page.Get("/measures?provider=finance&customer=project").Is(http.StatusOK).Shows("#measures tr", "暂停占比").Shows("#measures tr", "平均经手次数")
		s.SignedIn("1001").Get("/measures/paused_share?provider=finance&customer=project").Is(http.StatusOK).Shows("#words", "30%")
	})
}
