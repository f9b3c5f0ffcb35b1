package proofs_test

import (
	"neike/internal/agreement"
	"strings"
	"time"

	"neike/internal/article"
	"neike/internal/calendar"
	"neike/internal/delivery"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/measure"
	"neike/internal/org"
	rooms "neike/internal/place"
	"neike/internal/problem"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/repeat"
	"neike/internal/signin"
)

// day is a date so many days from now, where the company is.
func (s *stage) day(n int) string {
	return time.Now().In(s.Org.Company(s.System()).Location()).AddDate(0, 0, n).Format(time.DateOnly)
}

// overTime makes what happens to people and units in the course of time: an absence, somebody who will act as head, a
// shift with its note, a change of a person and one of a unit.
func (s *stage) overTime() {
	s.T.Helper()
	keeper := s.As("1403")
	absence, err := s.Org.SetAbsence(keeper, "2009", org.AbsenceInput{From: s.day(0), Until: s.day(30), Kind: org.Leave})
	s.must(err)
	acting, err := s.Org.SetActing(keeper, "finance", org.ActingInput{Person: "2009", From: s.day(60), Until: s.day(90)})
	s.must(err)
	now := time.Now().In(s.Org.Company(s.System()).Location())
	shift, err := s.Org.AddShift(keeper, "finance", org.ShiftInput{Person: "2008", From: now.Add(-time.Hour).Format("2006-01-02T15:04"), Until: now.Add(time.Hour).Format("2006-01-02T15:04")})
	s.must(err)
	s.must(second(s.Org.WriteHandover(s.As("2008"), shift.ID, "交接", 0)))
	change, _, err := s.Org.PlanPerson(keeper, "2009", org.ChangeInput{Kind: org.Transfer, Date: s.day(60), Unit: "hr"}, false)
	s.must(err)
	units, _, err := s.Org.PlanUnits(keeper, org.ReorganiseInput{Kind: org.Rename, Date: s.day(60), From: []string{"legal"}, NameZh: "法务与合规部", NameEn: "Legal and compliance"}, false)
	s.must(err)
	s.made["absence"], s.made["acting"], s.made["shift"], s.made["change"], s.made["reorganisation"] = absence.ID, acting.ID, shift.ID, change.ID, units.ID
}

// unasked makes what finance brings to project without being asked, and an arrangement of the two.
func (s *stage) unasked() {
	s.T.Helper()
	d, err := s.Delivery.Push(s.As("2001"), delivery.Push{Customer: "project", Title: "费用月报"})
	s.must(err)
	st, err := s.Delivery.Arrange(s.As("2001"), delivery.Arrangement{Service: "finance.aging", Schedule: delivery.Schedule{Every: "week", On: "mon", At: "10:00"},
		Customers: []delivery.CustomerInput{{Unit: "project"}}})
	s.must(err)
	p, err := s.Promise.Make(s.As("2001"), promise.Word{Unit: "project", What: "周五前给出费用月报的口径", Due: s.day(20)})
	s.must(err)
	s.made["delivery"], s.made["standing"], s.made["promise"] = d.Number, st.Number, p.Number
	x, err := s.Relation.Expect(s.As("3001"), "finance", "project", relation.ExpectationInput{Text: "费用月报周五前给", Importance: 4})
	s.must(err)
	w, err := s.Relation.OpenWorkshop(s.As("1406"), relation.WorkshopInput{Name: "我的客户是谁", Until: s.day(20), Units: []string{"finance", "project"}})
	s.must(err)
	o, err := s.Agreement.Write(s.As("2001"), "finance", "project", agreement.Draft{From: relation.DayOf(time.Now()), Review: relation.DayOf(time.Now().AddDate(0, 3, 0)), Terms: agreement.Terms{Attainment: 0.95}}, web.IfMatch{})
	s.must(err)
	s.made["expectation"], s.made["workshop"], s.made["agreement"] = x.ID, w.ID, o.Number
	_, _, err = s.Place.Save(s.System(), rooms.Input{Code: "tower", NameZh: "大楼", Kind: "building", Unit: "finance", Services: []string{"finance.advance"}}, rooms.Fresh)
	s.must(err)
}

// written makes what the house tells before one asks, an article and a known problem, and what a customer asks for again
// and again.
func (s *stage) written() {
	s.T.Helper()
	head := s.As("2001")
	a, err := s.Article.Write(head, article.Input{Unit: "finance", Title: lang.Text{Zh: "发票怎么贴"}, Body: lang.Text{Zh: "平铺。"}, Services: []string{"finance.expense"}})
	s.must(err)
	_, err = s.Article.Publish(head, a.Number)
	s.must(err)
	ending, err := s.Article.Write(head, article.Input{Unit: "finance", Title: lang.Text{Zh: "旧办法"}, Body: lang.Text{Zh: "过时。"}, Services: []string{"finance.expense"}})
	s.must(err)
	_, err = s.Article.Publish(head, ending.Number)
	s.must(err)
	k, err := s.Problem.Open(head, problem.Input{Services: []string{"finance.advance"}, Title: lang.Text{Zh: "系统慢"}, Words: lang.Text{Zh: "正在修"}})
	s.must(err)
	over, err := s.Problem.Open(head, problem.Input{Services: []string{"finance.advance"}, Title: lang.Text{Zh: "打印慢"}, Words: lang.Text{Zh: "正在修"}})
	s.must(err)
	again, err := s.Repeat.Make(s.As("3002"), repeat.Wanted{Service: "finance.advance", Title: "{月}备用金", Confidential: true, Fields: advance("备用金")["fields"].(body),
		Schedule: calendar.Schedule{Every: "month", On: "day 10", At: "10:00"}, Named: []string{"2003"}, From: s.day(1)})
	s.must(err)
	_, err = s.Measure.Define(s.As("1406"), measure.Own{Code: "scrap", Name: lang.Text{Zh: "废品率"}, Formula: lang.Text{Zh: "报废 ÷ 投产"}, Kind: measure.Share, Unit: measure.Percent, Direction: measure.Less}, web.IfMatch{})
	s.must(err)
	s.made["article"], s.made["ending"], s.made["problem"], s.made["over"], s.made["repeat"] = a.Number, ending.Number, k.Number, over.Number, again.Number
}

// tried makes a dry run of the standards of the two services before which the crawl stands.
func (s *stage) tried() {
	s.T.Helper()
	sv, err := s.Catalog.Visible(s.System(), "finance.expense")
	s.must(err)
	for _, code := range []string{"finance.draft", "finance.expense"} {
		t, err := s.Catalog.Try(s.System(), code, sv.Standard, time.Now().AddDate(0, -1, 0), time.Now())
		s.must(err)
		s.made["trial of "+code] = t.ID
	}
}

// atTheDoor makes a poster of finance and somebody who has asked by it.
func (s *stage) atTheDoor() {
	s.T.Helper()
	poster, err := s.Signin.MakePoster(s.As("1403"), "finance", "14", "http://127.0.0.1")
	s.must(err)
	key := poster.URL[strings.LastIndex(poster.URL, "/")+1:]
	claim, err := s.Signin.Join(s.System(), key, signin.JoinIn{No: "2009", Name: "某2009", Password: "Neike-demo-2027", Again: "Neike-demo-2027"}, signin.In{Address: "127.0.0.9"})
	s.must(err)
	s.made["poster"], s.made["claim"] = poster.ID, claim.ID
}
