package notice_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/mail/mailtest"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/request"
)

func (h *tested) dead() []string {
	h.T.Helper()
	page, err := h.Notice.DeadPosts(h.System(), web.Paging{})
	if err != nil {
		h.T.Fatal(err)
	}
	var out []string
	for _, p := range page.Items {
		out = append(out, p.Name+": "+p.Error)
	}
	return out
}

func TestAWrongAddressIsADeadLetterAndStopsNobody(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.mail.Script(mailtest.Script{Rcpt: func(to string) error {
			if strings.HasPrefix(to, "2002@") {
				return mailtest.Reply(550, "no such user")
			}
			return nil
		}})
		h.ask("地址写错")
		h.later(2 * time.Minute)
		if got := h.mailed("2003"); len(got) != 1 {
			t.Errorf("the other one was mailed %q", got)
		}
		dead := h.dead()
		if len(dead) != 1 || !strings.Contains(dead[0], "陈思远") || !strings.Contains(dead[0], "550") {
			t.Fatalf("dead letters: %q", dead)
		}
		h.mail.Script(mailtest.Script{})
		page := h.SignedIn("1001").Get("/settings/notices/dead").Is(200)
		if file := string(h.SignedIn("1001").Get("/settings/notices/dead/export?format=csv").Is(200).Body); !strings.Contains(file, "陈思远") || !strings.Contains(file, "550") || !strings.Contains(file, "已试次数") {
			t.Errorf("the file holds %s", file)
		}
		h.SignedIn("2002").Get("/settings/notices/dead/export?format=csv").Is(404)
		page.Shows("#dead-posts", "陈思远").Shows("#dead-posts", "no such user").Shows("#dead-posts", "R-1001")
		if strings.Contains(page.Text("#dead"), "地址写错") {
			t.Error("whoever keeps the channels reads titles of requests")
		}
		h.SignedIn("1001").Form("/settings/notices/dead/replay").Leads("/settings/notices/dead")
		h.catch()
		if got := h.mailed("2002"); len(got) != 1 || len(h.dead()) != 0 {
			t.Errorf("replayed: %q, still dead %q", got, h.dead())
		}
		h.SignedIn("2002").Get("/settings/notices/dead").Is(404)
	})
}

func TestAGreylistedLetterIsTriedAgain(t *testing.T) {
	h := quick(t)
	tries := 0
	h.mail.Script(mailtest.Script{Rcpt: func(to string) error {
		if strings.HasPrefix(to, "2002@") {
			if tries++; tries < 3 {
				return mailtest.Reply(451, "greylisted")
			}
		}
		return nil
	}})
	h.ask("灰名单")
	h.later(2 * time.Minute)
	if len(h.mailed("2002")) != 0 {
		t.Fatal("it was refused")
	}
	for range 3 {
		h.later(5 * time.Minute)
	}
	if got := h.mailed("2002"); len(got) != 1 || tries != 3 || len(h.dead()) != 0 {
		t.Errorf("mailed %q after %d tries, dead %q", got, tries, h.dead())
	}
}

// A server that takes a letter and never says so would get it again for ever: it may have arrived each time.
func TestALetterWhoseAnswerIsLostGoesTwiceAtMost(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.mail.Script(mailtest.Script{Lost: func(m mailtest.Mail) bool { return strings.HasPrefix(m.To, "2002@") }})
		h.ask("没有回音")
		for range 24 {
			h.later(10 * time.Minute)
		}
		if got := h.mailed("2002"); len(got) != 2 {
			t.Errorf("it went %d times", len(got))
		}
		if got := h.mailed("2003"); len(got) != 1 {
			t.Errorf("the other one was mailed %q", got)
		}
		if dead := h.dead(); len(dead) != 1 || !strings.Contains(dead[0], "陈思远") {
			t.Fatalf("dead letters: %q", dead)
		}
		h.SignedIn("1001").Get("/settings/notices/dead").Is(200).Shows("#dead-posts", "可能已经送到")
		h.mail.Script(mailtest.Script{})
		h.SignedIn("1001").Form("/settings/notices/dead/replay").Leads("/settings/notices/dead")
		h.later(10 * time.Minute)
		if got := h.mailed("2002"); len(got) != 3 || len(h.dead()) != 0 {
			t.Errorf("replayed: %d, still dead %q", len(got), h.dead())
		}
	})
}

func TestAServerThatIsAwayLosesNothingAndKillsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.mail.Script(mailtest.Script{Rcpt: func(string) error { return mailtest.Reply(421, "closing") }})
		h.ask("服务器停了")
		for range 11 {
			h.later(5 * time.Minute)
		}
		early, err := h.Notice.Healths(h.System())
		if err != nil || len(early) != 1 || early[0].Failures < 3 {
			t.Fatalf("health within the hour: %+v, %v", early, err)
		}
		if late, _, err := h.Notice.Stuck(h.System()); err != nil || late != 0 {
			t.Errorf("doctor sees %d that lie for an hour, %v", late, err)
		}
		for range 20 {
			h.later(20 * time.Minute)
		}
		if len(h.mail.Taken()) != 0 || len(h.dead()) != 0 {
			t.Fatalf("taken %d, dead %q", len(h.mail.Taken()), h.dead())
		}
		list, err := h.Notice.Healths(h.System())
		if err != nil || len(list) != 1 || list[0].Failures < 5 || !strings.Contains(list[0].Error, "421") || list[0].Waiting == 0 {
			t.Errorf("health: %+v, %v", list, err)
		}
		late, _, err := h.Notice.Stuck(h.System())
		if err != nil || late == 0 {
			t.Errorf("doctor sees %d late, %v", late, err)
		}
		h.SignedIn("1001").Get("/settings/notices").Is(200).Shows("#channels", "发不出去").Shows("#channels", "421")
		h.mail.Script(mailtest.Script{})
		h.SignedIn("1001").Form("/settings/notices/channels/try", "channel", "mail", "target", "0").Leads("/settings/notices")
		h.catch()
		if got := h.mailed("2002"); len(got) < 1 {
			t.Errorf("mailed %q", got)
		}
		h.SignedIn("1001").Get("/settings/notices").Is(200).Shows("#channels", "正常")
	})
}

func TestWithoutAMailServerNothingIsWaitedFor(t *testing.T) {
	h := quick(t)
	h.server(false)
	h.duty("2002")
	h.ask("没有邮件")
	h.later(2 * time.Minute)
	if list, err := h.Notice.Healths(h.System()); err != nil || len(list) != 0 {
		t.Errorf("posts were written for a channel that is not there: %+v %v", list, err)
	}
	if got := h.unread("2002"); len(got) != 1 {
		t.Errorf("the house shows %q", got)
	}
}

func TestARatingIsNeverToldByItself(t *testing.T) {
	h := quick(t)
	rate := func(n int) {
		for range n {
			r := h.ask("评一评")
			h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
			h.must(h.Request.Deliver(h.As("2002"), r.Number, "好了", nil, request.When{}))
			h.must(h.Request.Accept(h.As("3002"), r.Number, request.When{}))
			h.must(h.Request.Rate(h.As("3002"), r.Number, request.Rating{Score: 1}, request.When{}))
		}
		h.later(2 * time.Minute)
	}
	if err := h.Notice.SetChoices(h.As("2002"), h.ID("2002"), choose("request.rated", "mail", "now")); err == nil {
		t.Error("single ratings can be asked for")
	}
	next := func() string {
		h.clock.set(h.clock.Now().AddDate(0, 0, 1))
		h.catch()
		h.catch()
		got := h.letters("2002")
		return got[len(got)-1].Text()
	}
	rate(4)
	if text := next(); strings.Contains(text, "评价") {
		t.Errorf("four ratings were told:\n%s", text)
	}
	rate(5)
	if text := next(); !strings.Contains(text, "5 位客户评价了") || strings.Contains(text, "1 分") {
		t.Errorf("five ratings:\n%s", text)
	}
}

// A message that was due while no house was up is nobody's neglect; one that lies for an hour beside a house at work is.
func TestWhatWaitedForTheHouseIsNotStuck(t *testing.T) {
	h := quick(t)
	err := h.DB.Write(h.System(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
insert into notice_post (id, channel, target, person, form, subject_kind, subject, verb, state, urgent, due, tries, unsure, error, receipt, created, done)
values (1, 'fax', 0, 0, 'now', '', 0, '', 'waiting', false, $1, 0, 0, '', '', $1, 0)`, tx.Now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stuck := func() int {
		t.Helper()
		late, _, err := h.Notice.Stuck(h.System())
		if err != nil {
			t.Fatal(err)
		}
		return late
	}
	h.clock.set(h.clock.Now().Add(3 * time.Hour))
	if n := stuck(); n != 0 {
		t.Errorf("no house is up: %d stuck", n)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Jobs.Run(ctx) }()
	defer func() {
		stop()
		<-done
	}()
	for h.Jobs.Since().IsZero() {
		time.Sleep(time.Millisecond)
	}
	if n := stuck(); n != 0 {
		t.Errorf("the house is just up: %d stuck", n)
	}
	h.clock.set(h.clock.Now().Add(2 * time.Hour))
	if n := stuck(); n != 1 {
		t.Errorf("after two hours of work: %d stuck, want the one by a channel that is not there", n)
	}
}
