package notice_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/request"
)

// suite is one connection to a platform of the test; the people's ids there are their 工号.
type suite struct {
	h      *tested
	fake   *chattest.Fake
	people map[org.ID]string
}

func (s *suite) Notifying(context.Context, sqldb.Reader) ([]notice.Suite, error) {
	return []notice.Suite{{ID: 7, Platform: s.fake.Platform, Name: lang.Text{Zh: "聊天", En: "Chat"}}}, nil
}

func (s *suite) Addresses(_ context.Context, _ sqldb.Reader, _ int64, people []org.ID) (map[org.ID]string, error) {
	out := map[org.ID]string{}
	for _, p := range people {
		if id := s.people[p]; id != "" {
			out[p] = id
		}
	}
	return out, nil
}

func (s *suite) Client(context.Context, int64) (chat.Client, string, error) {
	return s.fake.Client(), s.fake.Platform, nil
}

// connect gives people an account at a platform.
func (h *tested) connect(platform string, nos ...string) *suite {
	h.T.Helper()
	s := &suite{h: h, fake: chattest.New(h.T, platform), people: map[org.ID]string{}}
	for _, no := range nos {
		s.people[h.ID(no)] = "u" + no
		s.fake.AddUser(chat.User{ID: "u" + no, Union: "union" + no, No: no, Name: no, Departments: []string{"1"}})
	}
	h.Notice.SuitesBy(s)
	return s
}

// isCard: on some platforms every card could stand in a list; ours say what they are.
func isCard(m chattest.Sent) bool {
	return m.Todo && (strings.Contains(m.Text, "待办 ·") || strings.Contains(m.Text, "已办 ·"))
}

// said are the titles of what somebody got that is not in a to-do list; cards those that are, open ones alone when asked.
func (s *suite) said(no string) []string {
	var out []string
	for _, m := range s.fake.MessagesTo("u" + no) {
		if !isCard(m) {
			out = append(out, m.Text)
		}
	}
	return out
}

func (s *suite) cards(no string, open bool) []string {
	var out []string
	for _, m := range s.fake.MessagesTo("u" + no) {
		if isCard(m) && !(open && m.Closed) {
			out = append(out, m.Text)
		}
	}
	return out
}

func TestChatSuitesTellAndListWhatIsOwed(t *testing.T) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			h := quick(t)
			s := h.connect(platform, "2002", "3002")
			r := h.ask("聊天里看到")
			h.later(2 * time.Minute)
			if got := s.said("2002"); len(got) != 1 || !strings.Contains(got[0], "聊天里看到") {
				list, err := h.Notice.Healths(h.System())
				t.Fatalf("2002 was told %q; health %+v %v, dead %q", got, list, err, h.dead())
			}
			if got := h.mailed("2002"); len(got) != 0 {
				t.Errorf("and mailed beside: %q", got)
			}
			if got := h.mailed("2003"); len(got) != 1 {
				t.Errorf("whom chat does not reach was mailed %q", got)
			}
			h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
			h.later(2 * time.Minute)
			if got := s.cards("2002", true); len(got) != 1 || !strings.Contains(got[0], "聊天里看到") {
				t.Fatalf("cards of the agent: %q", got)
			}
			h.must(h.Request.Deliver(h.As("2002"), r.Number, "好了", nil, request.When{}))
			h.later(2 * time.Minute)
			if got := s.cards("2002", true); len(got) != 0 {
				t.Errorf("the card stands though the todo is done: %q", got)
			}
			if got := s.cards("3002", true); len(got) != 1 {
				t.Errorf("cards of the customer: %q", got)
			}
			h.must(h.Request.Accept(h.As("3002"), r.Number, request.When{}))
			h.later(2 * time.Minute)
			if got := s.cards("3002", true); len(got) != 0 {
				t.Errorf("the customer's card stands: %q", got)
			}
		})
	}
}

func TestAPlatformThatAnswers200WithAnErrorHasFailed(t *testing.T) {
	h := quick(t)
	s := h.connect(chat.WeCom, "2002", "2003")
	s.fake.Invalid("u2002")
	h.ask("一个收不到")
	h.later(2 * time.Minute)
	if dead := h.dead(); len(dead) != 1 || !strings.Contains(dead[0], "陈思远") {
		t.Errorf("dead letters: %q", dead)
	}
	if got := s.said("2003"); len(got) != 1 {
		t.Errorf("the other one was told %q", got)
	}
	s.fake.Fail("/cgi-bin/message/send", 60020, 1000)
	h.ask("全都发不出")
	h.later(2 * time.Minute)
	list, err := h.Notice.Healths(h.System())
	i := slices.IndexFunc(list, func(x notice.Health) bool { return x.Channel == "chat" })
	if err != nil || i < 0 || list[i].Failures == 0 || !strings.Contains(list[i].Error, "60020") {
		t.Errorf("health: %+v, %v", list, err)
	}
	s.fake.Heal()
	h.later(time.Hour)
	if got := s.said("2003"); len(got) != 2 || len(h.dead()) != 2 { // one for each that has no such account
		t.Errorf("after the platform healed: told %q, dead %q", got, h.dead())
	}
}

func TestAGroupIsToldInOneMessageWhenThereIsMuch(t *testing.T) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			h := quick(t)
			fake := chattest.New(t, platform)
			robot := fake.Robot()
			admin := h.As("1001")
			tree, err := h.Org.Tree(admin)
			if err != nil {
				t.Fatal(err)
			}
			unit, _ := tree.ByCode("finance")
			made, err := h.Notice.SaveRobot(admin, notice.Robot{Unit: unit.ID, Platform: platform, Name: "财务群", Address: robot.URL, Secret: robot.Secret,
				Locale: "zh", Kinds: []string{"request.opened"}, Inside: true, Active: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Notice.TestRobot(admin, made.ID); err != nil {
				t.Fatal(err)
			}
			fake.Forget()
			h.askAs(h.As("3002"), "保密的不说", true)
			for range 30 {
				h.ask("群里说")
			}
			h.clock.set(h.clock.Now().Add(20 * time.Second))
			for range 8 {
				h.catch()
				h.clock.set(h.clock.Now().Add(15 * time.Second))
			}
			said := fake.Messages()
			all := ""
			for _, m := range said {
				all += m.Text
			}
			if len(said) == 0 || len(said) >= 30 || !strings.Contains(all, "另有") || strings.Contains(all, "保密的不说") {
				t.Errorf("%d messages:\n%s", len(said), all)
			}
			if len(h.dead()) != 0 {
				t.Errorf("dead: %q", h.dead())
			}
		})
	}
}

func TestTheGroupOfAUnitThatBecameAnotherHearsOfThatOne(t *testing.T) {
	h := quick(t)
	fake := chattest.New(t, chat.DingTalk)
	robot := fake.Robot()
	admin := h.As("1001")
	old, err := h.Org.SaveUnit(admin, org.UnitInput{Code: "cash", NameZh: "出纳组", Parent: "finance"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Notice.SaveRobot(admin, notice.Robot{Unit: old.ID, Platform: chat.DingTalk, Name: "出纳群", Address: robot.URL, Secret: robot.Secret,
		Locale: "zh", Kinds: []string{"request.opened"}, Inside: true, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	fake.Forget()
	h.ask("合并之前")
	h.later(time.Minute)
	if got := fake.Messages(); len(got) != 0 {
		t.Errorf("the group of another unit heard %v", got)
	}
	if err := h.Org.CloseUnit(admin, "cash", map[string]float64{"finance": 1}); err != nil {
		t.Fatal(err)
	}
	h.ask("合并之后")
	h.later(time.Minute)
	if got := fake.Messages(); len(got) != 1 || !strings.Contains(got[0].Text, "合并之后") {
		t.Errorf("heard %v", got)
	}
}
