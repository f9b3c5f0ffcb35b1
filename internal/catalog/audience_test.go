package catalog

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/org"
)

func TestWhoBelongsToAnAudience(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		must(t, save(h, "sales-east", "华东组", "team", "sales", ""))
		must(t, save(h, "plant", "苏州工厂", "site", "hq", ""))
		must(t, save(h, "line-a", "A 线", "team", "plant", ""))
		tree, err := h.org.Tree(h.ctx)
		must(t, err)
		id := func(code string) org.ID { u, _ := tree.ByCode(code); return u.ID }
		person := func(unit string, groups ...actor.Group) actor.Actor {
			return actor.Actor{Person: 1, Unit: id(unit), Groups: append(groups, actor.Group{ID: id(unit), Role: "member"})}
		}
		for _, c := range []struct {
			name string
			a    Audience
			who  actor.Actor
			want bool
		}{
			{"everybody", Audience{}, person("sales"), true},
			{"a unit alone is not the one below", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales")}}}, person("sales-east"), false},
			{"a unit with those below", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales"), Below: true}}}, person("sales-east"), true},
			{"the unit above is not below", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales-east"), Below: true}}}, person("sales"), false},
			{"any membership counts", Audience{In: []Whom{{Kind: InUnit, Unit: id("hr")}}}, person("sales", actor.Group{ID: id("hr"), Role: "member"}), true},
			{"a deputy does not belong", Audience{In: []Whom{{Kind: InUnit, Unit: id("hr")}}}, person("sales", actor.Group{ID: id("hr"), Role: "head", For: 7}), false},
			{"two units add up", Audience{In: []Whom{{Kind: InUnit, Unit: id("hr")}, {Kind: InUnit, Unit: id("sales")}}}, person("sales"), true},
			{"a role narrows a unit", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales")}, {Kind: InRole, Role: "head"}}}, person("sales"), false},
			{"the head of the unit", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales")}, {Kind: InRole, Role: "head"}}}, person("sales", actor.Group{ID: id("sales"), Role: "head"}), true},
			{"a role alone", Audience{In: []Whom{{Kind: InRole, Role: "head"}}}, person("hr", actor.Group{ID: id("hr"), Role: "head"}), true},
			{"a site has its units", Audience{In: []Whom{{Kind: AtSite, Unit: id("plant")}}}, person("line-a"), true},
			{"and no others", Audience{In: []Whom{{Kind: AtSite, Unit: id("plant")}}}, person("sales"), false},
			{"leaving out wins", Audience{In: []Whom{{Kind: InUnit, Unit: id("sales"), Below: true}}, Out: []Whom{{Kind: InUnit, Unit: id("sales-east")}}}, person("sales-east"), false},
			{"leaving out alone leaves the rest", Audience{Out: []Whom{{Kind: InUnit, Unit: id("sales"), Below: true}}}, person("hr"), true},
			{"nobody belongs to no audience", Audience{In: []Whom{{Kind: InRole, Role: "head"}}}, actor.Actor{}, false},
		} {
			if got := compile(c.a, tree).admits(c.who); got != c.want {
				t.Errorf("%s: %v", c.name, got)
			}
		}
	})
}

// TestWhoIsNotEntitledSeesNothing: every door answers as if the service did not exist.
func TestWhoIsNotEntitledSeesNothing(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		h.load("hr")
		c := door(t, h)
		head, hr, stranger := c.With("2001"), c.With("3001"), c.With("4001")
		head.JSON(http.MethodPut, "/api/v1/services/finance.pay/audience", map[string]any{"include": []any{map[string]any{"unit": "hr", "below": true}}}).Is(200)

		hr.Get("/services/finance.pay").Is(200)
		hidden, absent := stranger.Get("/services/finance.pay").Is(404), stranger.Get("/services/finance.nil").Is(404)
		if !bytes.Equal(hidden.Body, bytes.ReplaceAll(absent.Body, []byte("finance.nil"), []byte("finance.pay"))) {
			t.Error("a hidden page reads otherwise than one that is not there")
		}
		for _, path := range []string{"/api/v1/services/finance.pay", "/api/v1/services/finance.pay/audience", "/services/finance.pay/audience"} {
			stranger.Get(path).Is(404)
		}
		for _, path := range []string{"/services?unit=finance", "/services?q=finance.pay", "/services/find?q=finance.pay", "/services/export?format=csv&unit=finance", "/standards/export?format=csv&unit=finance", "/api/v1/services?unit=finance"} {
			if body := string(stranger.Get(path).Is(200).Body); strings.Contains(body, "/services/finance.pay\"") || strings.Contains(body, "付款申请") {
				t.Errorf("%s names it", path)
			}
			if body := string(hr.Get(path).Is(200).Body); !strings.Contains(body, "finance.pay") && !strings.Contains(body, "付款") {
				t.Errorf("%s hides it from whom it is for", path)
			}
		}
		var got struct {
			People, Units int
			Entitled      bool `json:"entitled"`
			Sees          bool `json:"sees"`
			Because       []struct{ Matches bool }
		}
		head.Get("/api/v1/services/finance.pay/audience").Is(200).Decode(&got)
		if got.People != 1 || got.Units != 1 {
			t.Errorf("%+v", got)
		}
		head.Get("/api/v1/services/finance.pay/audience/4001").Is(200).Decode(&got)
		if got.Entitled || got.Sees || len(got.Because) != 1 || got.Because[0].Matches {
			t.Errorf("%+v", got)
		}
		head.Get("/api/v1/services/finance.pay/audience/9999").Is(422)
		page := head.Get("/services/finance.pay/audience?person=3001").Is(200)
		page.Shows("#check", "王芳 看得到")
		page.Shows("#reach", "1 人")
		if head.Get("/services/finance.pay/audience?in.below=hq&out.below=hr").Is(200).Text("#reach") == page.Text("#reach") {
			t.Error("the count does not follow what is typed")
		}
		head.Form("/services/finance.pay/audience", "in.below", "hq", "in.roles", "king").Is(422)
		head.Form("/services/finance.pay/audience", "in.below", "", "in.only", "").Is(303)
		if !h.service("finance.pay").Audience.Everybody() {
			t.Error("it is not there for everybody again")
		}
		stranger.Get("/services/finance.pay").Is(200)
	})
}

func TestADraftIsReviewed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		d := repair()
		d.State = Draft
		agent, head := h.as("2002"), h.as("2001")
		_, _, err := h.Write(agent, d, 0)
		must(t, err)
		_, err = h.Visible(h.as("4001"), d.Code)
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees a draft: %v", err)
		}
		_, err = h.SendBack(head, d.Code, "too early")
		wants(t, err, fault.Conflict, "catalog.only-review")
		s, err := h.Propose(agent, d.Code)
		must(t, err)
		if s.State != Review || s.ProposedBy == 0 {
			t.Errorf("%+v", s)
		}
		_, err = h.Propose(agent, d.Code)
		wants(t, err, fault.Conflict, "catalog.only-drafts")
		_, err = h.SendBack(head, d.Code, " ")
		finds(t, err, "reason catalog.reason-missing")
		s, err = h.SendBack(head, d.Code, "时限太短")
		must(t, err)
		if s.State != Draft || s.SentBack != "时限太短" {
			t.Errorf("%+v", s)
		}
		_, err = h.Propose(agent, d.Code)
		must(t, err)
		s, err = h.Publish(head, d.Code)
		must(t, err)
		if s.State != Live || s.Offered.IsZero() || s.SentBack != "" {
			t.Errorf("%+v", s)
		}
		must(t, h.org.SetRoles(h.ctx, "4001", []string{"owner@finance.repair"}, 0))
		owner := h.as("4001")
		_, err = h.Retire(owner, d.Code, "finance.nil")
		finds(t, err, "successor catalog.successor-unknown")
		_, err = h.Retire(owner, d.Code, "finance.pay")
		must(t, err)
		c := door(t, h).With("3001")
		c.Get("/services/finance.repair").Leads("/services/finance.pay")
		next, err := h.SuccessorOf(h.as("3001"), d.Code)
		must(t, err)
		if next.Code != "finance.pay" {
			t.Error(next.Code)
		}
	})
}

func TestADraftIsBegunOnAPage(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		c := door(t, h)
		head := c.With("2001")
		head.Get("/services/new").Is(200)
		head.Form("/services/new", "unit", "finance", "word", "Bad Word", "kind", "request").Is(422).Shows(".nk-field.is-bad", "代码")
		empty := head.Form("/services/new", "unit", "finance", "word", " ", "kind", "request", "name.zh", "工牌").Is(422).Shows(".nk-field.is-bad", "请填写")
		if n := empty.Page().Find("[data-errors] a").Length(); n != 1 {
			t.Errorf("one thing is missing, %d are told", n)
		}
		head.Form("/services/new", "unit", "finance", "word", "badge", "kind", "request", "name.zh", "工牌").Leads("/services/finance.badge/edit")
		head.Form("/services/new", "unit", "finance", "word", "badge", "kind", "request", "name.zh", "工牌").Is(422)
		head.Form("/services/finance.badge/propose").Is(422) // no standard yet
		if s := h.service("finance.badge"); s.State != Draft || !s.Policy.same(DefaultPolicy()) {
			t.Errorf("%+v", s)
		}
		c.With("4001").Form("/services/new", "unit", "finance", "word", "other", "kind", "request", "name.zh", "工牌").Is(403)
	})
}
