package notice_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
)

// connected connects a platform on which 2002 and 2003 have accounts.
func (h *tested) connected(platform string) (*chattest.Fake, directory.Connection) {
	h.T.Helper()
	f := chattest.New(h.T, platform)
	f.AddUser(chat.User{ID: "u2002", Name: "甲"}, chat.User{ID: "u2003", Name: "乙"}, chat.User{ID: "u3002", Name: "丙"})
	s := f.Settings()
	c, err := h.Directory.SaveConnection(h.System(), 0, directory.ConnectionInput{Kind: platform, NameZh: "通讯", Notify: true,
		Settings: map[string]string{"corp": s.Corp, "app": s.App, "agent": s.Agent, "api": s.API, "private": "true"},
		Secrets:  map[string]string{"secret": s.Secret}, Rules: directory.DefaultRules()})
	if err != nil {
		h.T.Fatal(err)
	}
	err = h.DB.Write(h.System(), func(ctx context.Context, tx *sqldb.Tx) error {
		for _, no := range []string{"2002", "2003"} {
			if err := h.Directory.Link(ctx, tx, c.ID, "u"+no, h.ID(no)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return f, c
}

// cards are the to-do cards that somebody has at a platform: open ones, and closed ones.
func cards(f *chattest.Fake, who string) (open, closed int) {
	for _, s := range f.MessagesTo(who) {
		switch {
		case !s.Todo || !strings.Contains(s.Text, "越南安装队备用金"):
		case s.Closed:
			closed++
		default:
			open++
		}
	}
	return open, closed
}

func platforms(t *testing.T, fn func(t *testing.T, h *tested, f *chattest.Fake, c directory.Connection)) {
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			h := quick(t)
			f, c := h.connected(platform)
			fn(t, h, f, c)
		})
	}
}

// A new request is told to those who may take it; what somebody then owes is a card at the platform, and is closed when it
// is done.
func TestCardsStandAtThePlatformUntilDone(t *testing.T) {
	platforms(t, func(t *testing.T, h *tested, f *chattest.Fake, _ directory.Connection) {
		r := h.ask("越南安装队备用金")
		h.later(2 * time.Minute)
		h.later(time.Minute)
		for _, who := range []string{"u2002", "u2003"} {
			got := f.MessagesTo(who)
			if len(got) != 1 || !strings.Contains(got[0].Text, "越南安装队备用金") ||
				!slices.ContainsFunc(got[0].Links, func(l string) bool { return strings.HasPrefix(l, "https://neike.test/") }) {
				t.Errorf("%s was told %+v", who, got)
			}
		}
		f.Forget()
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.later(2 * time.Minute)
		h.later(time.Minute)
		if open, _ := cards(f, "u2002"); open != 1 {
			t.Fatalf("2002 has %d cards: %+v", open, f.MessagesTo("u2002"))
		}
		h.must(h.Request.Deliver(h.As("2002"), r.Number, "已办好，请查收。", nil, request.When{}))
		h.later(2 * time.Minute)
		h.later(time.Minute)
		if open, closed := cards(f, "u2002"); open != 0 || closed != 1 {
			t.Errorf("delivered, and %d cards are open, %d closed: %+v", open, closed, f.MessagesTo("u2002"))
		}
		if len(f.MessagesTo("u3002")) != 0 {
			t.Error("who has no account was told there")
		}
	})
}

// The platform answers 200 and a failure: nobody of those who can be told is forgotten, and nothing comes twice.
func TestPlatformsFailAndComeBack(t *testing.T) {
	send := map[string]string{chat.WeCom: "/cgi-bin/message/send", chat.Feishu: "/open-apis/im/v1/messages",
		chat.DingTalk: "/topapi/message/corpconversation/asyncsend_v2"}
	failures := map[string][]any{chat.WeCom: {60020, 45009, -1, 42001, 40058}, chat.Feishu: {99991400, 99991672, 99991663, 1234567},
		chat.DingTalk: {90018, 90020, 40014, 400002}}
	platforms(t, func(t *testing.T, h *tested, f *chattest.Fake, _ directory.Connection) {
		for day, code := range failures[f.Platform] {
			h.clock.set(monday.AddDate(0, 0, day)) // in working hours
			h.catch()
			f.Forget()
			f.Fail(send[f.Platform], code, 2)
			r := h.ask("请求")
			for range 20 {
				h.later(15 * time.Minute)
			}
			for _, who := range []string{"u2002", "u2003"} {
				kinds := map[string]int{}
				for _, m := range f.MessagesTo(who) {
					kinds[m.Kind]++
				}
				if len(kinds) == 0 {
					t.Errorf("after %v %s was never told", code, who)
				}
				for kind, n := range kinds {
					if n != 1 {
						t.Errorf("after %v %s has %d × %s", code, who, n, kind)
					}
				}
			}
			f.Heal()
			h.must(h.Request.Withdraw(h.As("3002"), r.Number, request.When{})) // or the ladder tells of it the day after
		}
	})
}

// A platform that is away for a whole day, or a proxy before it, is no fault of any message: what waits, waits.
func TestAPlatformThatIsAwayKillsNothing(t *testing.T) {
	send := map[string]string{chat.WeCom: "/cgi-bin/message/send", chat.Feishu: "/open-apis/im/v1/messages",
		chat.DingTalk: "/topapi/message/corpconversation/asyncsend_v2"}
	platforms(t, func(t *testing.T, h *tested, f *chattest.Fake, _ directory.Connection) {
		f.FailHTTP(send[f.Platform], 502, -1)
		h.ask("请求")
		for range 40 {
			h.later(20 * time.Minute)
		}
		page, err := h.Notice.DeadPosts(h.As("1001"), paging)
		if err != nil || len(page.Items) != 0 {
			t.Fatalf("%d were given up, %v", len(page.Items), err)
		}
		f.Heal()
		h.clock.set(monday.AddDate(0, 0, 1))
		for range 4 {
			h.later(20 * time.Minute)
		}
		for _, who := range []string{"u2002", "u2003"} {
			if n := len(f.MessagesTo(who)); n != 1 {
				t.Errorf("%s has %d messages", who, n)
			}
		}
	})
}

// Somebody whom the platform does not know (any more) is a message that was given up, and hinders nobody.
func TestWhoIsUnknownThereHindersNobody(t *testing.T) {
	for _, platform := range []string{chat.WeCom, chat.Feishu} {
		t.Run(platform, func(t *testing.T) {
			h := quick(t)
			f, _ := h.connected(platform)
			f.Invalid("u2002")
			h.ask("请求")
			for range 3 {
				h.later(10 * time.Minute)
			}
			if n := len(f.MessagesTo("u2003")); n != 1 {
				t.Errorf("2003 has %d messages", n)
			}
			page, err := h.Notice.DeadPosts(h.As("1001"), paging)
			if err != nil || len(page.Items) == 0 {
				t.Errorf("nothing was given up: %v", err)
			}
		})
	}
}

// DingTalk takes a message and says later that it did not arrive.
func TestWhatDidNotArriveIsADeadLetter(t *testing.T) {
	h := quick(t)
	f, _ := h.connected(chat.DingTalk)
	f.Invalid("u2002")
	h.ask("没送到")
	for range 3 {
		h.later(2 * time.Minute)
	}
	dead, err := h.Notice.DeadPosts(h.As("1001"), paging)
	if err != nil || len(dead.Items) != 1 || dead.Items[0].Person != h.ID("2002") || !strings.Contains(dead.Items[0].Error, "does not know this person") {
		t.Errorf("dead letters: %+v %v", dead.Items, err)
	}
	if got := f.MessagesTo("u2003"); len(got) != 1 {
		t.Errorf("the other one was told %+v", got)
	}
}
