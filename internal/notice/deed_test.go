package notice_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/mail/mailtest"
	"neike/internal/request"
)

var deedPath = regexp.MustCompile(`https://neike\.test(/n/\S+)`)

// tap is the path of the one-time link in a mail.
func tap(t *testing.T, m mailtest.Mail) string {
	t.Helper()
	found := deedPath.FindStringSubmatch(m.Text())
	if found == nil {
		t.Fatalf("no one-time link in\n%s", m.Text())
	}
	return found[1]
}

// delivered is a request that 2002 has delivered to 3002, and the link in the mail about it.
func delivered(t *testing.T, h *tested) (request.Request, string) {
	t.Helper()
	r := h.ask("一键验收")
	h.must(h.Request.Take(h.As("2002"), r.Number, request.When{}))
	h.must(h.Request.Deliver(h.As("2002"), r.Number, "好了", nil, request.When{}))
	h.later(2 * time.Minute)
	got := h.letters("3002")
	return r, tap(t, got[len(got)-1])
}

func (h *tested) state(r request.Request) request.State {
	h.T.Helper()
	v, err := h.Request.ByNumber(h.As("3002"), r.Number)
	if err != nil {
		h.T.Fatal(err)
	}
	return v.State
}

func TestALinkShowsByGetAndActsByPost(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		r, link := delivered(t, h)
		nobody := h.Fresh()
		for range 5 { // a scanner of mails fetches it again and again
			nobody.Get(link).Is(200).Shows("body", "一键验收")
		}
		if h.state(r) != request.StateDelivered {
			t.Fatal("looking at it accepted it")
		}
		answer := nobody.Form(link).Is(200).Shows("body", "已验收")
		if h.state(r) != request.StateDone {
			t.Fatal("it was not accepted")
		}
		if nobody.Get("/").Status == 200 || nobody.Cookie("session") != "" {
			t.Error("the link opened a session")
		}
		nobody.Form(link).Is(409).Shows("body", "已经用过")
		nobody.Get(link).Is(200).Shows("body", "已经用过")
		rate, _ := answer.Page().Find("form#deed").Attr("action")
		nobody.Form(rate).Is(422)
		nobody.Form(rate, "score", "9").Is(422)
		nobody.Form(rate, "score", "5").Is(200).Shows("body", "谢谢")
		nobody.Form(rate, "score", "1").Is(409)
	})
}

func TestALinkIsBoundToThePersonTheRecordAndItsState(t *testing.T) {
	h := quick(t)
	r, link := delivered(t, h)
	other := h.SignedIn("3003")
	other.Get(link).Is(200).Shows("body", "这个链接是给林晓的")
	other.Form(link).Is(409)
	for _, bad := range []string{link + "x", link[:len(link)-2], "/n/" + strings.Repeat("A", 60), "/n/x"} {
		h.Fresh().Get(bad).Is(404)
		h.Fresh().Form(bad).Is(404)
	}
	h.must(h.Request.Message(h.As("2002"), r.Number, "补一句", nil, request.When{}))
	h.Fresh().Get(link).Is(200).Shows("form#deed", "验收") // words change nothing
	h.must(h.Request.Return(h.As("3002"), r.Number, "不对", request.When{}))
	h.must(h.Request.Deliver(h.As("2002"), r.Number, "再看看", nil, request.When{}))
	h.Fresh().Form(link).Is(409).Shows("body", "后来变了") // another delivery is another thing to accept
	if h.state(r) != request.StateDelivered {
		t.Error("an old link accepted a new delivery")
	}
	h.later(2 * time.Minute)
	got := h.letters("3002")
	fresh := tap(t, got[len(got)-1])
	h.clock.set(h.clock.Now().AddDate(0, 0, 15))
	h.Fresh().Get(fresh).Is(200).Shows("body", "过期")
	h.Fresh().Form(fresh).Is(409)
	if err := h.Org.Deactivate(h.As("1001"), "3002"); err != nil {
		t.Fatal(err)
	}
	h.Fresh().Get(fresh).Is(404)
}

func TestTwoTapsAtOnceHaveOneWinner(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		_, link := delivered(t, h)
		got := make(chan int, 6)
		for range cap(got) {
			go func() {
				_, err := h.Notice.Do(h.System(), strings.TrimPrefix(link, "/n/"), 0)
				if err == nil {
					got <- 1
				} else {
					got <- 0
				}
			}()
		}
		won := 0
		for range cap(got) {
			won += <-got
		}
		if won != 1 {
			t.Errorf("%d taps accepted it", won)
		}
	})
}
