package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func TestATopicThatSuggestsItself(t *testing.T) {
	t.Parallel()
	without := func(codes ...string) topicList {
		return slices.DeleteFunc(slices.Clone(readyTopics), func(t Topic) bool { return slices.Contains(codes, t.Code) })
	}
	for _, c := range []struct {
		name string
		s    Service
		list topicList
		want string
	}{
		{"what was chosen goes before the name", Service{Name: lang.Text{Zh: "费用报销"}, Topic: "office"}, readyTopics, "office"},
		{"of what was chosen and is gone, the name says it", Service{Name: lang.Text{Zh: "费用报销"}, Topic: "canteen"}, readyTopics, "money"},
		{"a topic that the company does not keep is not suggested", Service{Name: lang.Text{Zh: "故障报告"}}, without("report"), "repair"},
		{"then what no other is about", Service{Name: lang.Text{Zh: "费用报销"}}, without("money"), "other"},
		{"then none", Service{Name: lang.Text{Zh: "费用报销"}}, without("money", "other"), ""},
		{"an empty list has none", Service{Name: lang.Text{Zh: "费用报销"}, Topic: "money"}, nil, ""},
	} {
		if got := c.list.of(&c.s); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheCodeOfANewTopic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zh, en, want string }{
		{"食堂", "Canteen & meals", "canteen-meals"}, {"食堂", "", "shitang"}, {"其他", "Other", "other-2"}, {"？", "", "topic"}, {"", "5S checks", "s-checks"},
	} {
		got := newTopicCode(lang.Text{Zh: c.zh, En: c.en}, readyTopics)
		if got != c.want || !topicCode.MatchString(got) {
			t.Errorf("%s %s: %s, want %s", c.zh, c.en, got, c.want)
		}
	}
}

func codesOfTopics(t *testing.T, h house) string {
	t.Helper()
	list, err := h.Topics(h.ctx)
	must(t, err)
	for i, x := range list {
		if x.Place != i+1 {
			t.Errorf("%s stands at %d, and says %d", x.Code, i+1, x.Place)
		}
	}
	return strings.Join(topicList(list).codes(), " ")
}

func TestTheListOfTopics(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		admin := h.as("1001")
		if got := codesOfTopics(t, h); got != "report repair money contract people account purchase quality customer work office other" {
			t.Fatalf("the ready list: %s", got)
		}
		_, err := h.MakeTopic(h.as("2001"), TopicInput{Name: lang.Text{Zh: "食堂"}})
		wants(t, err, fault.NotFound, "not-found")
		canteen, err := h.MakeTopic(admin, TopicInput{Name: lang.Text{Zh: "食堂", En: "Canteen"}, Icon: "tools-kitchen-2", Place: 2})
		must(t, err)
		if canteen.Code != "canteen" || canteen.Revision != 1 || !strings.HasPrefix(codesOfTopics(t, h), "report canteen repair ") {
			t.Errorf("%+v in %s", canteen, codesOfTopics(t, h))
		}
		_, err = h.MakeTopic(admin, TopicInput{Code: "Canteen 2", Name: lang.Text{Zh: "食堂", En: "canteen"}, Icon: strings.ToLower("NOTHING")})
		finds(t, err, "code catalog.topic-code", "icon catalog.choice-unknown", "name.zh catalog.topic-name-taken", "name.en catalog.topic-name-taken")
		_, err = h.SetTopic(admin, "canteen", TopicInput{Icon: "tag"}, 0)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a topic without a name: %v", err)
		}
		next, err := h.SetTopic(admin, "canteen", TopicInput{Name: lang.Text{Zh: "食堂与订餐"}, Icon: "tag", Place: 13}, 1)
		must(t, err)
		if next.Revision != 2 || next.Place != 13 || !strings.HasSuffix(codesOfTopics(t, h), " other canteen") {
			t.Errorf("%+v in %s", next, codesOfTopics(t, h))
		}
		_, err = h.SetTopic(admin, "canteen", TopicInput{Name: lang.Text{Zh: "食堂"}}, 1)
		wants(t, err, fault.Precondition, "catalog.topic-changed")
		same, err := h.SetTopic(admin, "canteen", TopicInput{Name: lang.Text{Zh: "食堂与订餐"}, Icon: "tag"}, 2)
		must(t, err)
		if same.Revision != 2 {
			t.Error("the same again is a change")
		}
	})
}

// TestTooManyTopics: a full list says so at the name that a new one needs, in the main language of the company, on the page
// and to programs.
func TestTooManyTopics(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	for n := len(readyTopics); n < mostTopics; n++ {
		_, err := h.MakeTopic(h.as("1001"), TopicInput{Code: fmt.Sprintf("t%d", n), Name: lang.Text{Zh: fmt.Sprintf("主题%d", n), En: fmt.Sprintf("Topic %d", n)}})
		must(t, err)
	}
	for _, main := range []string{"zh", "en"} {
		company := h.org.Company(t.Context())
		company.Locale = main
		must(t, h.org.SetCompany(h.ctx, company))
		admin := door(t, h).With("1001")
		page := admin.Form("/settings/topics", "name.zh", "食堂", "name.en", "Canteen", "icon", "tag").Is(422).Page()
		other := map[string]string{"zh": "en", "en": "zh"}[main]
		if page.Find(`[name="name.`+main+`"][aria-invalid=true]`).Length() != 1 || page.Find(`[name="name.`+other+`"][aria-invalid=true]`).Length() != 0 {
			t.Errorf("%s: it is not told at the name that is needed", main)
		}
		if text := page.Find("main").Text(); !strings.Contains(text, "60") {
			t.Errorf("%s: %s", main, text)
		}
		var said struct {
			Fields []struct{ Name, Key string }
		}
		admin.JSON("POST", "/api/v1/topics", json.RawMessage(`{"name": {"zh": "食堂", "en": "Canteen"}}`)).Is(422).Decode(&said)
		if len(said.Fields) != 1 || said.Fields[0].Name != "name."+main || said.Fields[0].Key != "catalog.topics-many" {
			t.Errorf("%s: %+v", main, said)
		}
	}
}

func TestATopicIsRemoved(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		admin := h.as("1001")
		_, err := h.RemoveTopic(admin, "money", "", 0)
		finds(t, err, "to catalog.topic-in-use")
		_, err = h.RemoveTopic(admin, "money", "money", 0)
		finds(t, err, "to catalog.topic-unknown")
		before := h.service("finance.expense")
		moved, err := h.RemoveTopic(admin, "money", "office", 1)
		must(t, err)
		after := h.service("finance.expense")
		if moved < 3 || after.Topic != "office" || after.Revision != before.Revision+1 || after.Version != before.Version {
			t.Errorf("%d moved, %q, revision %d after %d", moved, after.Topic, after.Revision, before.Revision)
		}
		if strings.Contains(codesOfTopics(t, h), "money") {
			t.Error("it is there still")
		}
		_, err = h.RemoveTopic(admin, "money", "office", 0)
		wants(t, err, fault.NotFound, "not-found")
		moved, err = h.RemoveTopic(admin, "customer", "", 0) // nothing of finance is about it
		must(t, err)
		if moved != 0 {
			t.Errorf("%d moved", moved)
		}
		_, err = h.RemoveTopic(h.as("2001"), "people", "office", 0)
		wants(t, err, fault.NotFound, "not-found")
	})
}

func TestAServiceHasATopic(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := h.as("2001")
		d := repair()
		d.State, d.Topic = Draft, "nowhere"
		_, _, err := h.Write(head, d, 0)
		finds(t, err, "topic catalog.topic-unknown")
		d.Topic = "account"
		_, _, err = h.Write(head, d, 0)
		must(t, err)
		w := wordsOf(h.service(d.Code))
		w.Topic = "office"
		_, err = h.Describe(head, w.definition(d.Code), 0)
		must(t, err)
		if got := h.service(d.Code); got.Topic != "office" {
			t.Errorf("%q", got.Topic)
		}
		w = wordsOf(h.service("finance.expense"))
		w.Topic = "people"
		_, _, err = h.Reword(head, "finance.expense", w, 0)
		must(t, err)
		if got := h.service("finance.expense"); got.Topic != "" {
			t.Error("it is live before it is reviewed")
		}
		_, err = h.PublishWords(head, "finance.expense", anyStamp)
		must(t, err)
		if got := h.service("finance.expense"); got.Topic != "people" || got.Version != 1 {
			t.Errorf("%q, version %d", got.Topic, got.Version)
		}
		w.Topic = "repair"
		_, _, err = h.Reword(head, "finance.expense", w, 0)
		must(t, err)
		_, err = h.RemoveTopic(h.as("1001"), "repair", "office", 0)
		must(t, err)
		_, err = h.PublishWords(head, "finance.expense", anyStamp)
		finds(t, err, "topic catalog.topic-unknown")
	})
}

const withTopic = `schema: icm.template/v1
department: {code: finance, name: {zh: 财务部, en: Finance}, mission: {zh: 管好钱, en: Keep the money}}
services:
  - code: finance.lunch
    name: {zh: 工作餐补贴, en: Lunch allowance}
    description: {zh: 申请补贴, en: Ask for it}
    kind: request
    topic: TOPIC
    form: [{key: reason, type: text, label: {zh: 事由, en: Reason}, required: true}]
    standards: {completion: {value: 2, unit: workdays_eod}, completion_target_pct: 90, quality: {metric: {zh: 准确率, en: Accuracy}, target_pct: 98}}
`

func TestAPackSaysTheTopic(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		take := func(topic string) Outcome {
			t.Helper()
			out, err := h.Import(h.ctx, "finance", []byte(strings.Replace(withTopic, "TOPIC", topic, 1)), false)
			must(t, err)
			return out
		}
		if out := take("nowhere"); len(out.Problems) != 1 || out.Problems[0].Key != "catalog.topic-unknown" || out.Problems[0].Column != "topic" {
			t.Fatalf("%+v", out.Problems)
		}
		if out := take("money"); len(out.Problems) > 0 || h.service("finance.lunch").Topic != "money" {
			t.Fatalf("%+v", out)
		}
		take(`""`)
		if got := h.service("finance.lunch").Topic; got != "money" {
			t.Errorf("a pack that says nothing made it %q", got)
		}
		take("people")
		if got := h.service("finance.lunch").Topic; got != "people" {
			t.Errorf("nobody changed it here, and it is %q", got)
		}
		w := wordsOf(h.service("finance.lunch"))
		w.Topic = "office"
		_, _, err := h.Reword(h.as("2001"), "finance.lunch", w, 0)
		must(t, err)
		_, err = h.PublishWords(h.as("2001"), "finance.lunch", anyStamp)
		must(t, err)
		if out := take("money"); h.service("finance.lunch").Topic != "office" || len(out.Verdicts) != 1 || len(out.Verdicts[0].Kept) != 1 || out.Verdicts[0].Kept[0].Key != "catalog.kept-both-topic" {
			t.Errorf("%+v, topic %q", out.Verdicts, h.service("finance.lunch").Topic)
		}
	})
}

func TestTopicsForPeopleAndPrograms(t *testing.T) {
	h := build(t, dbtest.Open(t, sqldb.SQLite, schemas))
	h.load("finance")
	h.KeptBy(func(context.Context, []ID) (string, map[ID]Kept, error) { return "", nil, nil })
	admin, head, other := door(t, h).With("1001"), door(t, h).With("2001"), door(t, h).With("4001")
	other.Get("/settings/topics").Is(404)
	if n := admin.Get("/settings/topics").Is(200).Page().Find("li[data-topic]").Length(); n != 12 {
		t.Errorf("%d topics", n)
	}
	page := admin.Form("/settings/topics", "name.zh", "食堂", "name.en", "Money", "icon", "nothing").Is(422).Page()
	if page.Find(`[name="name.zh"]`).AttrOr("value", "") != "食堂" || !strings.Contains(page.Text(), "只能是") {
		t.Error("what was typed, or what is wrong with it, is lost")
	}
	admin.Form("/settings/topics", "name.zh", "食堂", "name.en", "Canteen", "icon", "tools-kitchen-2").Is(303)
	admin.Form("/settings/topics/canteen/move", "do", "up").Is(303)
	if got := codesOfTopics(t, h); !strings.HasSuffix(got, "office canteen other") {
		t.Error(got)
	}
	form := admin.Get("/settings/topics?edit=canteen").Is(200).Page()
	if form.Find(`[name="name.zh"]`).AttrOr("value", "") != "食堂" || form.Find(`[name=icon][value="tools-kitchen-2"][checked]`).Length() != 1 {
		t.Error("the form does not say what is there")
	}
	admin.Form("/settings/topics", "code", "canteen", "revision", "1", "name.zh", "食堂与订餐", "icon", "tag").Is(412)

	edit := head.Get("/services/finance.expense/edit").Is(200).Page()
	if text := edit.Find(`select[name=topic] option`).First().Text(); !strings.Contains(text, "费用与付款") {
		t.Errorf("what is suggested: %q", text)
	}
	if edit.Find(`select[name=topic] option[value=canteen]`).Length() != 1 || head.Get("/services/new").Is(200).Page().Find("select[name=topic] option").Length() != 14 {
		t.Error("the topics are not offered")
	}
	head.Form("/services/new", "unit", "finance", "word", "lunch", "name.zh", "工作餐补贴", "kind", "request", "topic", "canteen").Is(303)
	if got := h.service("finance.lunch").Topic; got != "canteen" {
		t.Errorf("%q", got)
	}
	text := admin.Get("/settings/topics/canteen/remove").Is(200).Page().Find("main").Text()
	if !strings.Contains(text, "1 项服务") {
		t.Error(text)
	}
	if !strings.Contains(admin.Form("/settings/topics/canteen/remove", "to", "").Is(422).Page().Text(), "请先选择") {
		t.Error("it does not ask where the services go")
	}
	admin.Form("/settings/topics/canteen/remove", "to", "office").Is(303)
	if got := h.service("finance.lunch").Topic; got != "office" {
		t.Errorf("%q", got)
	}

	var list struct {
		Items []topicJSON
	}
	other.Get("/api/v1/topics").Is(200).Decode(&list)
	if len(list.Items) != 12 || list.Items[2].Code != "money" || list.Items[2].Services == 0 {
		t.Errorf("%+v", list.Items)
	}
	other.JSON("POST", "/api/v1/topics", json.RawMessage(`{"name": {"zh": "食堂"}}`)).Is(404)
	made := admin.JSON("POST", "/api/v1/topics", json.RawMessage(`{"name": {"zh": "食堂"}, "place": 1}`)).Is(201)
	tag := made.Header.Get("ETag")
	other.Get("/api/v1/topics/shitang").Is(200)
	admin.JSON("PUT", "/api/v1/topics/shitang", json.RawMessage(`{"name": {"zh": "食堂", "en": "Canteen"}}`), "If-Match", tag).Is(200)
	admin.JSON("PUT", "/api/v1/topics/shitang", json.RawMessage(`{"name": {"zh": "饭堂"}}`), "If-Match", tag).Is(412)
	head.JSON("POST", "/api/v1/services", json.RawMessage(`{"code": "finance.lunch", "topic": "shitang"}`)).Is(200)
	head.JSON("POST", "/api/v1/services", json.RawMessage(`{"code": "finance.lunch", "topic": "没有"}`)).Is(422)
	var s serviceJSON
	head.Get("/api/v1/services/finance.lunch").Is(200).Decode(&s)
	if s.Topic != "shitang" || s.TopicSuggested {
		t.Errorf("%+v", s)
	}
	head.Get("/api/v1/services/finance.expense").Is(200).Decode(&s)
	if s.Topic != "money" || !s.TopicSuggested {
		t.Errorf("%+v", s)
	}
	other.Get("/api/v1/services?topic=nowhere").Is(422)
	admin.JSON("DELETE", "/api/v1/topics/shitang", nil).Is(422)
	admin.JSON("DELETE", "/api/v1/topics/shitang?to=money", nil).Is(200)
}
