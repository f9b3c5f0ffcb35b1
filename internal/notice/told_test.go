package notice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/web"
	"neike/internal/request"
)

var paging = web.Paging{}

func TestARequestIsToldToWhomItConcerns(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		r := h.ask("越南安装队备用金")
		h.later(2 * time.Minute)
		for _, no := range []string{"2002", "2003"} {
			if got := h.mailed(no); len(got) != 1 || got[0] != "林晓 提了新请求" {
				t.Errorf("%s was mailed %q", no, got)
			}
			if got := h.unread(no); len(got) != 0 {
				t.Errorf("the queue of %s shows it, and the inbox as well: %q", no, got)
			}
		}
		m := h.letters("2002")[0]
		for _, want := range []string{"R-1001 越南安装队备用金", "https://neike.test/requests/R-1001", "https://neike.test/n/", "我来受理"} {
			if !strings.Contains(m.Text(), want) || !strings.Contains(m.HTML(), want) {
				t.Errorf("%q is not in the mail:\n%s", want, m.Text())
			}
		}
		if got := h.mailed("3002"); len(got) != 0 {
			t.Errorf("the asker was told of the own deed: %q", got)
		}
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.catch()
		h.must(h.Request.Deliver(h.As("2002"), r.Number, "已办好，请查收。", nil, request.When{}))
		h.later(2 * time.Minute)
		got := h.letters("3002")
		if len(got) != 1 {
			t.Fatalf("the customer was mailed %q", h.mailed("3002"))
		}
		if text := got[0].Text(); !strings.Contains(text, "已办好，请查收。") || !strings.Contains(text, "请您验收") {
			t.Errorf("the delivery and its words did not go as one:\n%s", text)
		}
		h.must(h.Request.Accept(h.As("3002"), r.Number, request.When{}))
		h.must(h.Request.Rate(h.As("3002"), r.Number, request.Rating{Score: 5}, request.When{}))
		h.later(2 * time.Minute)
		if got := h.mailed("2002"); len(got) != 1 {
			t.Errorf("acceptance and rating did not wait for the digest: %q", got)
		}
		h.clock.set(monday.AddDate(0, 0, 1))
		h.catch()
		h.catch()
		got = h.letters("2002")
		if len(got) != 2 || !strings.Contains(got[1].Text(), "林晓 验收了交付") || strings.Contains(got[1].Text(), "评价") {
			t.Fatalf("the digest of the next morning: %q", h.mailed("2002"))
		}
	})
}

func TestEventsSeenAgainAreToldOnce(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.duty("2002")
		h.ask("一次")
		h.later(2 * time.Minute)
		for range 2 { // the cursor of the follower is lost; the room's own is not
			h.rewind()
			h.later(2 * time.Minute)
		}
		if got := h.mailed("2002"); len(got) != 1 {
			t.Errorf("mailed %q", got)
		}
		if got := h.unread("2002"); len(got) != 1 {
			t.Errorf("reads %q", got)
		}
	})
}

func TestWhoIsOnDutyIsToldAloneUntilSomebodyTakesIt(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.duty("2003")
		r := h.ask("值班的人知道")
		h.later(2 * time.Minute)
		if got := h.unread("2003"); len(got) != 1 {
			t.Errorf("on duty, and reads %q", got)
		}
		if got := h.mailed("2002"); len(got) != 0 {
			t.Errorf("not on duty, and was mailed %q", got)
		}
		h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
		h.catch()
		if got := h.unread("2003"); len(got) != 0 {
			t.Errorf("what somebody has taken is still new to the others: %q", got)
		}
	})
}

func TestLooksWithOnesEyesAndStrangeDevicesAreTold(t *testing.T) {
	h := quick(t)
	h.SignedIn("2002")
	h.catch()
	if got := h.unread("2002"); len(got) != 0 {
		t.Errorf("told of the first sign-in: %q", got)
	}
	h.SignedIn("2002") // another browser
	h.catch()
	if got := h.unread("2002"); len(got) != 1 || !strings.Contains(got[0], "在新设备上登录") {
		t.Errorf("a strange browser: %q", got)
	}
	h.SignedIn("1001").Form("/settings/access/view", "person", "2003", "reason", "核对菜单").Is(303)
	h.later(time.Minute)
	if got := h.unread("2003"); len(got) != 1 || !strings.Contains(got[0], "用您的视角查看了系统，事由：核对菜单") {
		t.Errorf("looked at with one's eyes: %q", got)
	}
	if got := h.mailed("2003"); len(got) != 1 {
		t.Errorf("mailed %q", got)
	}
	r := h.askAs(h.As("3002"), "保密的事", true)
	h.catch()
	h.SignedIn("1001").Form("/settings/access/glass", "record", "R-"+itoa(r.Number), "reason", "法务要求").Is(303)
	h.later(time.Minute)
	if got := strings.Join(h.unread("3002"), " "); !strings.Contains(got, "打开了您的保密请求，事由：法务要求") {
		t.Errorf("whose record was opened reads %q", got)
	}
}

func TestOutsideWorkingTimeMessagesWait(t *testing.T) {
	h := quick(t)
	friday := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC) // eight in the evening
	h.clock.set(friday)
	h.ask("周五晚上")
	h.later(10 * time.Minute)
	h.later(30 * time.Hour)
	if got := h.mailed("2002"); len(got) != 0 {
		t.Fatalf("mailed at the weekend: %q", got)
	}
	h.clock.set(time.Date(2026, 11, 30, 1, 10, 0, 0, time.UTC)) // Monday, ten past nine
	h.catch()
	h.catch()
	if got := h.mailed("2002"); len(got) == 0 || !slices.Contains(got, "林晓 提了新请求") && !strings.Contains(strings.Join(got, " "), "新消息") {
		t.Errorf("mailed on Monday: %q", got)
	}
}

func TestWhatIsUrgentDoesNotWait(t *testing.T) {
	h := quick(t)
	h.clock.set(time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)) // Saturday evening
	if err := h.Notice.SetHabits(h.As("2001"), habits("hours", 9*60, 10*60)); err != nil {
		t.Fatal(err)
	}
	in := h.Fresh()
	for range 12 {
		in.Form("/signin", "login", "2001", "password", "falsch")
	}
	h.later(time.Minute)
	if got := h.mailed("2001"); len(got) != 1 || !strings.Contains(got[0], "您的账号暂时锁住") {
		t.Errorf("mailed %q", got)
	}
}

func TestMutedMessagesDoNotMuteMentions(t *testing.T) {
	h := quick(t)
	r := h.ask("有人说话")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.later(2 * time.Minute)
	if err := h.Notice.SetChoices(h.As("2002"), h.ID("2002"), choose("talk.message", "mail", "off")); err != nil {
		t.Fatal(err)
	}
	before := len(h.mailed("2002"))
	h.must(h.Request.Message(h.As("3002"), r.Number, "在吗？", nil, request.When{}))
	h.later(2 * time.Minute)
	if got := h.mailed("2002"); len(got) != before {
		t.Errorf("a muted message was mailed: %q", got[before:])
	}
	h.must(h.Request.Message(h.As("3002"), r.Number, "@[2002] 请看一下", nil, request.When{}))
	h.later(2 * time.Minute)
	got := h.letters("2002")
	if len(got) != before+1 || !strings.Contains(got[before].Text(), "林晓 提到您") || !strings.Contains(got[before].Text(), "请看一下") {
		t.Errorf("a mention was not mailed: %q", h.mailed("2002"))
	}
}

func TestSeveralEventsOnOneThingAreOneMessage(t *testing.T) {
	h := quick(t)
	r := h.ask("一起说")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.later(2 * time.Minute)
	before := len(h.mailed("3002"))
	for _, text := range []string{"第一句", "第二句", "第三句"} {
		h.must(h.Request.Message(h.As("2002"), r.Number, text, nil, request.When{}))
		h.catch()
	}
	h.later(2 * time.Minute)
	got := h.letters("3002")
	if len(got) != before+1 {
		t.Fatalf("three words were %d mails", len(got)-before)
	}
	for _, text := range []string{"第一句", "第二句", "第三句"} {
		if !strings.Contains(got[before].Text(), text) {
			t.Errorf("%s is missing:\n%s", text, got[before].Text())
		}
	}
}

func TestWhatWasReadMeanwhileIsNotMailed(t *testing.T) {
	h := quick(t)
	r := h.ask("读过了")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.later(2 * time.Minute)
	before := len(h.mailed("3002"))
	h.must(h.Request.Message(h.As("2002"), r.Number, "您好", nil, request.When{}))
	h.catch()
	h.SignedIn("3002").Get("/requests/R-1001").Is(200)
	h.later(2 * time.Minute)
	if got := h.mailed("3002"); len(got) != before {
		t.Errorf("mailed what was read: %q", got[before:])
	}
}

func TestOfAConfidentialRequestNothingLeavesTheHouse(t *testing.T) {
	h := quick(t)
	ctx := h.As("3002")
	r := h.askAs(ctx, "绝密的题目", true)
	h.must(h.Request.Name(ctx, r.Number, "2002", request.When{}))
	h.later(2 * time.Minute)
	got := h.letters("2002")
	if len(got) != 1 || !strings.Contains(got[0].Text(), "您有一个保密请求的新消息") {
		t.Fatalf("mailed %q", h.mailed("2002"))
	}
	if raw := got[0].Text() + got[0].HTML() + got[0].Header("Subject"); strings.Contains(raw, "绝密") || strings.Contains(raw, "R-1001") || strings.Contains(raw, "林晓") {
		t.Errorf("something of it left the house:\n%s", raw)
	}
	if got := h.mailed("2003"); len(got) != 0 {
		t.Errorf("somebody who is not named was told: %q", got)
	}
}

func TestNothingForClosedAccounts(t *testing.T) {
	h := quick(t)
	r := h.ask("走了的人")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.later(2 * time.Minute)
	before := len(h.mailed("2002"))
	h.must(h.Request.Message(h.As("3002"), r.Number, "在吗", nil, request.When{}))
	h.catch()
	if err := h.Org.Deactivate(h.As("1001"), "2002"); err != nil {
		t.Fatal(err)
	}
	h.later(2 * time.Minute)
	h.must(h.Request.Message(h.As("3002"), r.Number, "还在吗", nil, request.When{}))
	h.later(2 * time.Minute)
	if got := h.mailed("2002"); len(got) != before {
		t.Errorf("a closed account was mailed %q", got[before:])
	}
}

func TestAReaderGetsTheOwnLanguage(t *testing.T) {
	h := quick(t)
	if err := h.Org.SetLocale(h.As("2002"), h.ID("2002"), "en"); err != nil {
		t.Fatal(err)
	}
	h.ask("两种语言")
	h.later(2 * time.Minute)
	if got := h.mailed("2002"); len(got) != 1 || !strings.Contains(got[0], "asked for something new") {
		t.Errorf("mailed %q", got)
	}
	if got := h.mailed("2003"); len(got) != 1 || !strings.Contains(got[0], "提了新请求") {
		t.Errorf("mailed %q", got)
	}
}

// TestWhoAskedTwiceHearsOnceOfWhatGoesAlong: the delivery of both is one message to who asked for both, and one to each of
// two customers.
func TestWhoAskedTwiceHearsOnceOfWhatGoesAlong(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		a, b := h.ask("备用金"), h.ask("备用金，再提一次")
		c := h.askAs(h.As("3003"), "我也要备用金", false)
		for _, r := range []request.Request{b, c} {
			h.must(h.Request.Merge(h.As("2002"), r.Number, a.Ref(), "", request.When{}))
		}
		h.must(h.Request.Take(h.As("2003"), a.Number, request.When{}))
		h.later(2 * time.Minute)
		before, other, worker := len(h.mailed("3002")), len(h.mailed("3003")), len(h.mailed("2003"))
		h.must(h.Request.DeliverAll(h.As("2003"), a.Number, "已办好", "已办好", nil, request.When{}))
		h.later(2 * time.Minute)
		if got := h.mailed("3002")[before:]; len(got) != 1 {
			t.Errorf("who asked twice was mailed %q", got)
		}
		if got := h.mailed("3003")[other:]; len(got) != 1 {
			t.Errorf("the other customer was mailed %q", got)
		}
		h.must(h.Request.Return(h.As("3003"), c.Number, "没有收到", request.When{}))
		h.later(2 * time.Minute)
		if got := h.mailed("2003")[worker:]; len(got) != 1 {
			t.Errorf("whoever did the work was mailed %q", got)
		}
		h.must(h.Request.Return(h.As("3002"), a.Number, "金额不对", request.When{})) // and with it the one that was asked twice
		h.later(2 * time.Minute)
		if got := h.mailed("2003")[worker:]; len(got) != 2 {
			t.Errorf("of one return more whoever did the work was mailed %q", got[1:])
		}
	})
}

// TestWhoAskedTwiceHearsOnceOfTheAcceptance: that the house will accept both, and that it did, is one message each to who
// asked for both and to who did the work. Another customer hears of the own one.
func TestWhoAskedTwiceHearsOnceOfTheAcceptance(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		b, a := h.ask("备用金"), h.ask("备用金，再提一次")
		c := h.askAs(h.As("3003"), "我也要备用金", false)
		for _, r := range []request.Request{b, c} {
			h.must(h.Request.Merge(h.As("2002"), r.Number, a.Ref(), "", request.When{}))
		}
		h.must(h.Request.Take(h.As("2003"), a.Number, request.When{}))
		h.later(2 * time.Minute)
		h.must(h.Request.Deliver(h.As("2003"), a.Number, "已办好", nil, request.When{}))
		h.later(2 * time.Minute)
		told := map[string]int{}
		for range 14 {
			if err := h.Request.AcceptSilent(h.System()); err != nil {
				t.Fatal(err)
			}
			before := map[string]int{}
			for _, p := range []string{"3002", "3003", "2003"} {
				before[p] = len(h.mailed(p))
			}
			h.later(24 * time.Hour)
			for p, n := range before {
				for _, m := range h.mailed(p)[n:] {
					told[p] += strings.Count(m, "系统会自动验收") + strings.Count(m, "系统已自动验收")
				}
			}
		}
		if told["3002"] != 2 || told["3003"] != 2 || told["2003"] > 1 {
			t.Errorf("told of the acceptance: %v", told)
		}
	})
}
