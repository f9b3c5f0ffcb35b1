package article_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/article"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/todo"
)

// stage is a house with the services of finance and a clock that the test moves.
type stage struct {
	*house.House
	now *atomic.Int64
}

func each(t *testing.T, fn func(t *testing.T, s stage)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC).UnixMilli())
			c := app.Config{Data: t.TempDir(), Fast: true, Now: func() time.Time { return time.UnixMilli(now.Load()).UTC() }}
			if engine == "postgres" {
				c.DatabaseURL = dbtest.URL(t, app.Schemas()...)
			}
			s := stage{house.With(t, c), &now}
			s.Settle()
			data, _ := content.Pack("finance")
			_, err := s.Catalog.Import(s.System(), "finance", data, false)
			s.must(err)
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

func (s stage) wants(name string, err error, kind fault.Kind) {
	s.T.Helper()
	if err == nil || fault.KindOf(err) != kind {
		s.T.Errorf("%s: %v", name, err)
	}
}

// published is an article of finance that 2002 wrote and 2001 published.
func (s stage) published(title, body string, services ...string) article.Article {
	s.T.Helper()
	a, err := s.Article.Write(s.As("2002"), article.Input{Unit: "finance", Title: lang.Text{Zh: title}, Body: lang.Text{Zh: body}, Services: services, CheckBy: "2027-01-31"})
	s.must(err)
	_, err = s.Article.Propose(s.As("2002"), a.Number)
	s.must(err)
	a, err = s.Article.Publish(s.As("2001"), a.Number)
	s.must(err)
	return a
}

// owes are the verbs about articles that somebody owes.
func (s stage) owes(no string) string {
	s.T.Helper()
	page, err := s.Todo.Mine(s.As(no), todo.Filter{})
	s.must(err)
	var verbs []string
	for _, e := range page.Items {
		if e.Subject.Kind == article.Kind {
			verbs = append(verbs, e.Verb)
		}
	}
	return strings.Join(verbs, " ")
}

func input(title, body string) article.Input {
	return article.Input{Title: lang.Text{Zh: title}, Body: lang.Text{Zh: body}, Services: []string{"finance.expense"}, CheckBy: "2027-01-31"}
}

// From the draft to the second version: written by an agent, reviewed by the head, readable only as published.
func TestAnArticleFromDraftToItsSecondVersion(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		agent, head, reader := s.As("2002"), s.As("2001"), s.As("3002")
		_, err := s.Article.Write(agent, article.Input{Unit: "project", Services: []string{"finance.expense", "nowhere"}, Owner: "9999", CheckBy: "gestern"})
		f, _ := fault.As(err)
		var names []string
		if f != nil {
			for _, x := range f.Fields {
				names = append(names, x.Name)
			}
		}
		if got := strings.Join(names, " "); got != "services unit title.zh body.zh owner check_by" {
			t.Errorf("wrong at once: %s (%v)", got, err)
		}
		_, err = s.Article.Write(reader, article.Input{Unit: "finance", Title: lang.Text{Zh: "甲"}, Body: lang.Text{Zh: "乙"}, Services: []string{"finance.expense"}})
		s.wants("a customer writes for finance", err, fault.Invalid)

		in := input("报销要哪些发票", "电子发票即可。")
		in.Unit = "finance"
		a, err := s.Article.Write(agent, in)
		s.must(err)
		_, err = s.Article.ByNumber(reader, a.Number, 0)
		s.wants("a draft is read", err, fault.NotFound)
		_, err = s.Article.Publish(agent, a.Number)
		s.wants("an agent publishes", err, fault.NotFound)
		a, err = s.Article.Propose(agent, a.Number)
		s.must(err)
		if got := s.owes("2001"); got != "article-review" {
			t.Errorf("the head owes %q", got)
		}
		_, err = s.Article.Propose(agent, a.Number)
		s.wants("proposed twice", err, fault.Conflict)
		_, err = s.Article.SendBack(head, a.Number, " ")
		s.wants("sent back without a reason", err, fault.Invalid)
		a, err = s.Article.SendBack(head, a.Number, "写上时限")
		s.must(err)
		if s.owes("2001") != "" || s.owes("2002") != "article-revise" {
			t.Errorf("after sending back: %q, %q", s.owes("2001"), s.owes("2002"))
		}
		in.Body.Zh = "电子发票即可，**30 天内**提交。"
		a, err = s.Article.Edit(agent, a.Number, in, web.IfMatch{IfMatch: a.ETag()})
		s.must(err)
		_, err = s.Article.Edit(agent, a.Number, in, web.IfMatch{IfMatch: `"old"`})
		s.wants("an edit of another state", err, fault.Precondition)
		_, err = s.Article.Propose(agent, a.Number)
		s.must(err)
		a, err = s.Article.Publish(head, a.Number)
		s.must(err)
		if a.Version != 1 || a.State != article.Published || s.owes("2001")+s.owes("2002") != "" {
			t.Errorf("published: %+v, %q %q", a, s.owes("2001"), s.owes("2002"))
		}

		in.Body.Zh = "第二版"
		_, err = s.Article.Edit(agent, a.Number, in, web.IfMatch{})
		s.must(err)
		shown, err := s.Article.ByNumber(reader, a.Number, 0)
		s.must(err)
		if shown.Version.N != 1 || !strings.Contains(shown.Version.Body.Zh, "30 天内") || shown.Keeps {
			t.Errorf("a reader sees %+v", shown.Version)
		}
		var wg sync.WaitGroup
		var won atomic.Int64
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := s.Article.Publish(head, a.Number); err == nil {
					won.Add(1)
				} else if fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of four published", won.Load())
		}
		if list, err := s.Article.History(agent, a.Number); err != nil || len(list) != 2 || list[0].Body.Zh != "第二版" {
			t.Errorf("history %v %v", list, err)
		}
		_, err = s.Article.ByNumber(reader, a.Number, 1)
		s.wants("a reader opens an old version", err, fault.NotFound)
		_, err = s.Article.Retire(head, a.Number)
		s.must(err)
		_, err = s.Article.ByNumber(reader, a.Number, 0)
		s.wants("a retired one is read", err, fault.NotFound)
		a, err = s.Article.Publish(head, a.Number)
		s.must(err)
		if a.Version != 2 {
			t.Errorf("back as version %d", a.Version)
		}
	})
}

// Who may know of a service may read its articles; who may not, for them there are none.
func TestAnArticleHasTheAudienceOfItsServices(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		a := s.published("付款进度怎么查", "看系统首页", "finance.expense")
		free := s.published("财务部在哪里", "三楼")
		tree, err := s.Org.Tree(s.System())
		s.must(err)
		finance, _ := tree.ByCode("finance")
		_, err = s.Catalog.SetAudience(s.As("2001"), "finance.expense", catalog.Audience{In: []catalog.Whom{{Kind: catalog.InUnit, Unit: finance.ID}}}, 0)
		s.must(err)
		reader := s.SignedIn("3002")
		gone := reader.Get(fmt.Sprintf("/articles/A-%d", a.Number)).Is(404)
		nowhere := reader.Get("/articles/A-99999").Is(404)
		if gone.Text("main") != nowhere.Text("main") {
			t.Error("not found and not yours differ")
		}
		reader.Get("/articles/"+free.Ref()).Is(200).Shows("#words", "三楼")
		list := reader.Get("/articles").Is(200)
		if text := list.Text("#article-list"); strings.Contains(text, "付款进度") || !strings.Contains(text, "财务部在哪里") {
			t.Errorf("the list: %s", text)
		}
		s.SignedIn("2003").Get("/articles?q=fkjd").Is(200).Shows("#article-list", "付款进度")
		api := s.TokenOf("3002", "read", "write")
		api.Get("/api/v1/articles/" + a.Ref()).Is(404)
		api.Post("/api/v1/articles/"+a.Ref()+"/rate", map[string]any{"helpful": true}).Is(404)
		api.Post("/api/v1/articles/"+a.Ref()+"/count", map[string]any{"service": "finance.expense", "what": "solved"}).Is(404)
		var body struct {
			Items []struct{ Number string }
		}
		api.Get("/api/v1/articles").Is(200).Decode(&body)
		if len(body.Items) != 1 || body.Items[0].Number != free.Ref() {
			t.Errorf("%+v", body.Items)
		}
	})
}

// Before a request is sent its articles are shown; what becomes of them is counted, of whom is not.
func TestReadingBeforeAskingIsCounted(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		a := s.published("差旅报销标准", "# 标准\n\n住宿 400 元\n\n<script>x</script>", "finance.expense")
		s.later(time.Hour)
		b := s.published("发票抬头怎么写", "写全称", "finance.expense")
		c := s.SignedIn("3002")
		page := c.Get("/requests/new/finance.expense").Is(200).Shows("#read-first li:first-child summary", "发票抬头")
		key, _ := page.Page().Find("#ask input[name=once]").Attr("value")
		c.Form("/services/finance.expense/articles", "title", "出差住宿标准", "key", key, "shown", a.Ref(), "shown", b.Ref()).Is(200).Shows("li:first-child summary", "差旅报销标准")
		read := c.Get("/services/finance.expense/articles/"+a.Ref()+"?key="+key, "HX-Request", "true").Is(200).Shows("h2", "标准").Shows("button", "已解决")
		if read.Page().Find("script").Length() > 0 || read.Page().Find("input[name=read][form=ask]").Length() != 1 {
			t.Error("the article within the form")
		}
		c.Form("/services/finance.expense/articles", "title", "x", "read", a.Ref()).Is(204)
		c.Form("/articles/"+a.Ref()+"/solved", "ask", "finance.expense", "key", key).Is(303).Leads("/")
		c.Form("/articles/"+a.Ref()+"/solved", "ask", "finance.expense", "key", key).Is(303) // pressed twice

		d := s.SignedIn("3003")
		d.Get("/requests/new/finance.expense").Is(200)
		d.Get("/articles/"+b.Ref()+"?ask=finance.expense&key=k2").Is(200).Shows("#asking", "已解决") // without a script
		d.Get("/requests/new/finance.expense?read="+b.Ref()).Is(200).Shows("#read-first", "发票抬头")
		ask := []string{"service", "finance.expense", "once", "k3", "read", b.Ref(), "title", "报销"}
		d.Form("/requests", ask...).Is(422).Shows("#read-first", "发票抬头")
		s.must(s.Article.WasSent(s.As("3003"), s.form("finance.expense", "k3", b.Number)))
		s.must(s.Article.WasSent(s.As("3003"), s.form("finance.expense", key, a.Number))) // solved, and sent after all

		rep, err := s.Article.Reported(s.As("2001"), 20261101, 20261130)
		s.must(err)
		got := fmt.Sprintf("%+v", rep.Services)
		if len(rep.Services) != 1 || rep.Services[0].Shown != 2 || rep.Services[0].Opened != 2 || rep.Services[0].Solved != 0 || rep.Services[0].Asked != 2 {
			t.Errorf("by service: %s", got)
		}
		for _, x := range rep.Articles {
			if x.Shown != 2 || x.Opened != 1 || x.Asked != 1 {
				t.Errorf("by article: %+v", rep.Articles)
			}
		}
		for range 6 {
			s.must(s.Article.Solved(s.As("3002"), s.form("finance.expense", ""), a.Number))
		}
		s.SignedIn("2001").Get("/articles/report").Is(200).Shows("#by-service", "75%").Shows("#by-article", "还说不准")
		s.SignedIn("2001").Get("/articles/report/export?format=csv").Is(200)
		s.SignedIn("2001").Get("/articles/report?from=x").Is(422)
		if text := s.SignedIn("3001").Get("/articles/report").Is(200).Text("#by-service"); strings.Contains(text, "费用报销") {
			t.Error("the head of another unit sees the counts")
		}
		s.later(72 * time.Hour)
		s.must(s.Article.ForgetForms(s.System()))
	})
}

func (s stage) later(d time.Duration) { s.now.Add(d.Milliseconds()) }

func (s stage) form(code, key string, read ...int64) article.Form {
	sv, err := s.Catalog.Visible(s.As("3002"), code)
	s.must(err)
	return article.Form{Service: sv.ID, Key: key, Read: read}
}

// 'Outdated' is owed to the owner, without a name; the next version settles it. A day to look again is owed when it comes.
func TestReadersDoubtAndDaysComeAgain(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		a := s.published("差旅报销标准", "住宿 400 元", "finance.expense")
		reader := s.As("3002")
		s.wants("no reason", s.Article.Rate(reader, a.Number, false, "", ""), fault.Invalid)
		s.wants("the own", s.Article.Rate(s.As("2002"), a.Number, true, "", ""), fault.Conflict)
		s.must(s.Article.Rate(reader, a.Number, false, "unclear", "哪一步"))
		if got := s.owes("2002"); got != "" {
			t.Errorf("'unclear' is owed: %q", got)
		}
		s.must(s.Article.Rate(reader, a.Number, false, "outdated", "标准是 450"))
		if got := s.owes("2002"); got != "article-doubt" {
			t.Errorf("the owner owes %q", got)
		}
		page := s.SignedIn("2002").Get("/articles/"+a.Ref()).Is(200).Shows("#opinions", "过时").Shows("#opinions", "标准是 450").Shows("#opinions", "1 人评过")
		if strings.Contains(page.Text("#opinions"), "林晓") {
			t.Error("who rated is shown")
		}
		s.SignedIn("3002").Get("/articles/"+a.Ref()).Is(200).Shows("#rated", "过时")
		if s.SignedIn("3003").Get("/articles/"+a.Ref()).Is(200).Page().Find("#opinions").Length() > 0 {
			t.Error("readers see what others say")
		}
		s.SignedIn("3003").Form("/articles/"+a.Ref()+"/rate", "helpful", "no", "reason", "", "words", "那一句").Is(422).Shows("#not-helpful .nk-err", "请").Shows("#not-helpful textarea", "那一句")
		s.must(s.Bus.Drain(s.System()))
		_, err := s.Article.Edit(s.As("2002"), a.Number, input("差旅报销标准", "住宿 450 元"), web.IfMatch{})
		s.must(err)
		_, err = s.Article.Publish(s.As("2001"), a.Number)
		s.must(err)
		if got := s.owes("2002"); got != "" {
			t.Errorf("after the next version the owner owes %q", got)
		}
		s.later(90 * 24 * time.Hour)
		s.must(s.Article.CheckDue(s.System()))
		s.must(s.Article.CheckDue(s.System()))
		if got := s.owes("2002"); got != "article-check" {
			t.Errorf("its day has come and the owner owes %q", got)
		}
		_, err = s.Article.Confirm(s.As("2002"), a.Number, "2020-01-01")
		s.wants("a day that is over", err, fault.Invalid)
		_, err = s.Article.Confirm(s.As("2002"), a.Number, "2027-12-31")
		s.must(err)
		if got := s.owes("2002"); got != "" {
			t.Errorf("confirmed, and the owner owes %q", got)
		}
	})
}

// The pages: written, looked at before it is kept, reviewed; pictures are seen by whoever reads.
func TestWritingInTheBrowser(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		agent := s.SignedIn("2002")
		agent.Get("/articles/new?service=finance.expense").Is(200).Shows("select[name=unit] option[selected]", "财务部")
		agent.Form("/articles/preview", "unit", "finance", "title.zh", "甲", "body.zh", "## 乙\n\n- 丙", "services", "finance.expense").Is(200).Shows("#preview h3", "乙").Shows("textarea[name='body.zh']", "丙")
		agent.Form("/articles/new", "unit", "finance", "title.zh", "", "body.zh", "留着的话").Is(422).Shows(".nk-err", "请填写").Shows("textarea[name='body.zh']", "留着的话")
		agent.Form("/articles/new", "unit", "finance", "title.zh", "报销流程", "body.zh", "先贴票", "services", "finance.expense", "then", "propose").Is(303).Leads("/articles/A-101")
		s.SignedIn("3002").Get("/articles/A-101").Is(404)
		s.SignedIn("3002").Get("/articles/new").Is(200)
		head := s.SignedIn("2001")
		head.Get("/articles/A-101").Is(200).Shows("#keep", "退回修改")
		head.Form("/articles/A-101/send-back", "why", "").Is(422).Shows("#keep .nk-err", "请填写")
		head.Form("/articles/A-101/publish").Is(303)
		head.Form("/articles/A-101/publish").Is(409).Shows("#article", "没有新的内容")
		s.SignedIn("3002").Get("/articles/A-101").Is(200).Shows("h1", "报销流程")
		s.SignedIn("3002").Get("/services/finance.expense").Is(200).Shows("#articles", "报销流程")
		agent.Form("/articles/A-101/edit", "unit", "finance", "title.zh", "报销流程", "body.zh", "![别人的](/files/1/x.png)", "services", "finance.expense").Is(422).Shows(".nk-err", "图片")
		api := s.TokenOf("2002", "read", "write")
		api.Post("/api/v1/articles", map[string]any{"unit": "finance", "title": map[string]string{"zh": "甲", "en": "A"}, "body": map[string]string{"zh": "乙", "en": "B"}, "services": []string{"finance.expense"}}).Is(201)
		api.Post("/api/v1/articles/A-102/propose", nil).Is(200)
		api.Post("/api/v1/articles/A-102/publish", nil).Is(404)
		api.Get("/api/v1/articles?mine=true").Is(200)
		api.Get("/api/v1/articles/A-101/versions").Is(200)
		api.Get("/api/v1/reports/articles").Is(200)
		s.TokenOf("2001", "read", "write").Post("/api/v1/articles/A-102/send-back", map[string]any{"why": ""}).Is(422)
		s.TokenOf("3002", "read", "write").Post("/api/v1/services/finance.expense/articles", map[string]any{"text": "报销"}).Is(200)
	})
}

// Whoever leaves hands the articles on; the unit that follows gets those of the unit before.
func TestArticlesFollow(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		a := s.published("差旅报销标准", "住宿 400 元", "finance.expense")
		s.must(s.Article.Rate(s.As("3002"), a.Number, false, "wrong", ""))
		for _, h := range s.Article.Holdings() {
			from, to := s.ID("2002"), s.ID("2003")
			if h.By == org.ByUnit {
				tree, err := s.Org.Tree(s.System())
				s.must(err)
				finance, _ := tree.ByCode("finance")
				project, _ := tree.ByCode("project")
				from, to = finance.ID, project.ID
			}
			s.handed(h, from, to)
		}
		after, err := s.Article.ByNumber(s.As("1001"), a.Number, 0)
		s.must(err)
		if after.Owner != s.ID("2003") || s.owes("2003") != "article-doubt" || s.owes("2002") != "" {
			t.Errorf("owner %d, owed %q %q", after.Owner, s.owes("2003"), s.owes("2002"))
		}
		if _, err := s.Article.ByNumber(s.As("3001"), a.Number, 0); err != nil {
			t.Error(err)
		}
	})
}

func (s stage) handed(h org.Holding, from, to int64) {
	s.T.Helper()
	s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
		if n, err := h.Count(ctx, tx, from); err != nil || n != 1 {
			return fmt.Errorf("%s holds %d: %w", h.Code, n, err)
		}
		out, err := h.Hand(ctx, tx, org.Handing{From: from, To: to, Limit: 10})
		if err == nil && out.Moved != 1 {
			err = fmt.Errorf("%s moved %d", h.Code, out.Moved)
		}
		return err
	}))
}
