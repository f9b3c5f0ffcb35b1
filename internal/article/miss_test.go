package article_test

import (
	"strings"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// Words that find nothing are listed from the third day on, without who; attached, they find what people mean.
func TestWordsThatMissAreAttached(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		reader, head := s.SignedIn("3002"), s.SignedIn("2001")
		a := s.published("差旅报销标准", "住宿 400 元", "finance.expense")
		reader.Get("/search?q=贴票").Is(200).Shows("#instead", "顾清和")
		reader.Get("/search?q=%20贴票%20").Is(200)
		if list, err := s.Article.Misses(s.As("2001")); err != nil || len(list) != 0 {
			t.Errorf("listed on the first day: %v %v", list, err)
		}
		s.later(24 * time.Hour)
		reader.Get("/search?q=贴票").Is(200)
		s.later(24 * time.Hour)
		reader.Get("/search?q=贴票&kind=service").Is(200) // one kind alone is no miss
		if list, err := s.Article.Misses(s.As("2001")); err != nil || len(list) != 0 {
			t.Errorf("listed on the second day: %v %v", list, err)
		}
		reader.Get("/search?q=贴票").Is(200)
		list, err := s.Article.Misses(s.As("2001"))
		if err != nil || len(list) != 1 || list[0].Words != "贴票" || list[0].Days != 3 || list[0].Times != 4 {
			t.Fatalf("on the third day: %+v %v", list, err)
		}
		reader.Get("/search/misses").Is(404)
		reader.Form("/search/misses", "do", "attach", "words", "贴票", "to", "finance.expense").Is(404)
		head.Get("/search/misses").Is(200).Shows("#missed", "贴票")
		found := func(q string) string { return string(head.Get("/search/misses/find?q=" + q).Is(200).Body) }
		if text := found("feiyong"); !strings.Contains(text, `"finance.expense"`) {
			t.Errorf("by pinyin the picker finds %s", text)
		}
		if text := found("差旅"); !strings.Contains(text, a.Ref()) {
			t.Errorf("of articles the picker finds %s", text)
		}
		reader.Get("/search/misses/find?q=feiyong").Is(404)
		if page := head.Get("/search/misses").Is(200).Page(); page.Find(`#missed input[name="to"][data-picker="/search/misses/find"], #attach input[name="to"][data-picker]`).Length() != 2 {
			t.Error("the page has no pickers")
		}
		head.Form("/search/misses", "do", "attach", "words", "贴票", "to", "nowhere").Is(422).Shows("#attach .nk-err", "nowhere")
		head.Form("/search/misses", "do", "attach", "words", "贴票", "to", "finance.expense").Is(303)
		head.Form("/search/misses", "do", "attach", "words", "出差住哪", "to", a.Ref()).Is(303)
		head.Get("/search/misses").Is(200).Shows("#called", "贴票").Shows("#called", "出差住哪").Shows("#missed", "没有")
		for query, want := range map[string]string{"贴票": "费用报销", "tiepiao": "费用报销", "tp": "费用报销", "出差住哪": "差旅报销标准"} {
			text := reader.Get("/search?q=" + query).Is(200).Text("#found")
			if !strings.Contains(text, want) {
				t.Errorf("%s finds %s", query, text)
			}
		}
		reader.Get("/services?q=贴票").Is(200).Shows("#catalog", "费用报销")
		head.Form("/search/misses", "do", "detach", "words", "贴票", "to", "finance.expense").Is(303)
		reader.Get("/search?q=贴票").Is(200).Shows("#instead", "看全部服务")
		if err := s.Article.Dismiss(s.As("3002"), "贴票"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a reader dismisses: %v", err)
		}
	})
}

// The front desk is a service that everybody can ask for; from a search that finds nothing one asks there with its words.
func TestTheFrontDesk(t *testing.T) {
	each(t, func(t *testing.T, s stage) {
		head, office := s.As("2001"), s.As("1001")
		if err := s.Article.SetDesk(head, "finance.expense"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a head names the desk: %v", err)
		}
		if err := s.Article.SetDesk(office, "nowhere"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a desk that is none: %v", err)
		}
		_, _, err := s.Catalog.Write(head, catalog.Definition{Code: "finance.ask", Unit: "finance", Kind: catalog.OnRequest, State: catalog.Draft, Name: lang.Text{Zh: "问一问"},
			Description: lang.Text{Zh: "不知道找谁"}, Form: &form.Form{Fields: []form.Field{{Key: "what", Type: form.LongText, Label: lang.Text{Zh: "想问什么"}}}}}, 0)
		s.must(err)
		if err := s.Article.SetDesk(office, "finance.ask"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a draft as desk: %v", err)
		}
		s.must(s.Article.SetDesk(office, "finance.expense"))
		href, _ := s.SignedIn("3002").Get("/search?q=食堂几点开门").Is(200).Page().Find("#instead a.btn-primary").Attr("href")
		if !strings.HasPrefix(href, "/requests/new/finance.expense?title=") {
			t.Errorf("asks at %q", href)
		}
		if v, _ := s.SignedIn("3002").Get(href).Is(200).Page().Find("input[name=title]").Attr("value"); v != "食堂几点开门" {
			t.Errorf("with the words %q", v)
		}
		s.SignedIn("1001").Form("/search/misses", "do", "desk", "desk", "").Is(303)
		s.SignedIn("3002").Get("/search?q=食堂几点开门").Is(200).Shows("#instead", "质量办")
		s.TokenOf("1001", "read", "write").JSON("PUT", "/api/v1/search/desk", map[string]any{"service": "finance.expense"}).Is(204)
		s.TokenOf("2001", "read", "write").Get("/api/v1/search/misses").Is(200)
		s.TokenOf("2001", "read", "write").Post("/api/v1/search/words", map[string]any{"words": "贴票", "to": "finance.expense"}).Is(204)
		var found struct{ Items []struct{ Kind, Ref string } }
		s.TokenOf("3002", "read").Get("/api/v1/search?q=贴票").Is(200).Decode(&found)
		if len(found.Items) != 1 || found.Items[0].Ref != "finance.expense" {
			t.Errorf("%+v", found)
		}
	})
}
