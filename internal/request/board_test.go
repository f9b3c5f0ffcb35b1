package request

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

func TestMovingACardMeansAVerb(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		from, to State
		verb     Verb
		key      string
	}{
		{"what is new is taken", StateNew, StateWorking, VerbTake, ""},
		{"what is taken is put back", StateWorking, StateNew, VerbPutBack, ""},
		{"waiting for the customer takes a question", StateWorking, StateWaiting, VerbAsk, ""},
		{"it is delivered while the customer owes an answer", StateWaiting, StateDelivered, VerbDeliver, ""},
		{"the customer answers, not the card", StateWaiting, StateWorking, "", "request.board.customer-answers"},
		{"the customer returns, not the card", StateDelivered, StateWorking, "", "request.board.customer-accepts"},
		{"what nobody has taken is not delivered", StateNew, StateDelivered, "", "request.not-taken"},
		{"a card dropped where it was stays", StateWorking, StateWorking, "", ""},
	} {
		verb, err := cardMoved(c.from, c.to)
		f, _ := fault.As(err)
		if verb != c.verb || c.key == "" && err != nil || c.key != "" && (f == nil || f.Key != c.key) {
			t.Errorf("%s: %s, %v", c.name, verb, err)
		}
	}
}

// TestTheBoardMovesCards: by its form, with or without a script; what is refused says why, what takes words leads there.
func TestTheBoardMovesCards(t *testing.T) {
	t.Parallel()
	h := quick(t)
	a, b := h.open("3002"), h.open("3003")
	d := h.open4()
	page := d.page(d.get("2002", "/queue?look=board"), 200)
	if n := page.Find("[data-column=new] [data-card]").Length(); n != 2 || page.Find("[data-column]").Length() != 4 {
		t.Fatalf("%d new", n)
	}
	move := func(no, ref, to, group, want string) string {
		t.Helper()
		w := d.post(no, "/queue/move", url.Values{"n": {ref}, "to": {to}, "group": {group}, "back": {"/queue?look=board"}})
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Fatalf("%s to %s: %d %s", ref, to, w.Code, w.Header().Get("Location"))
		}
		return w.Header().Get("Set-Cookie")
	}
	const back = "/queue?look=board"
	move("2002", a.Ref(), "working", "", back)
	move("2002", a.Ref(), "waiting", "", "/requests/"+a.Ref()+"/ask")
	if said := move("2002", b.Ref(), "delivered", "", back); said == "" {
		t.Error("a refusal is not said")
	}
	move("2002", b.Ref(), "2003", "assignee", back)
	page = d.page(d.get("2002", "/queue?look=board&group=assignee"), 200)
	if page.Find("[data-column='2002'] [data-card]").Length() != 1 || page.Find("[data-column='2003'] [data-card]").Length() != 1 {
		t.Error("not in the columns of who has them")
	}
	if w := d.post("4001", "/queue/move", url.Values{"n": {b.Ref()}, "to": {"working"}}); w.Code != 404 {
		t.Errorf("a stranger moves a card: %d", w.Code)
	}
	d.page(d.get("2002", "/queue?look=board&group=day"), 200)
}

// TestAUnitSeesWhatItWaitsFor: what waits for it first, then what is late, then by supplier; who may not see a request has
// it on no board.
func TestAUnitSeesWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		ours, late := h.open("3002"), h.open("3003")
		_, err := h.Take(h.as("2002"), ours.Number, When{})
		must(t, err)
		must(t, second(h.Deliver(h.as("2002"), ours.Number, "好了", nil, When{})))
		h.later(9 * 24 * time.Hour)
		fresh := h.open("3002")
		secret := advance()
		secret.Confidential, secret.Named = true, []string{"2002"}
		_, err = h.Open(h.as("3003"), secret)
		must(t, err)
		d := h.open4()
		page := d.page(d.get("3001", "/requests/board"), 200)
		var order []string
		for _, part := range page.Find("#supply .nk-card").EachIter() {
			order = append(order, part.AttrOr("id", "")+":"+part.Find("tbody tr").AttrOr("id", ""))
		}
		want := []string{"part-ours:" + ours.Ref(), "part-late:" + late.Ref(), "part-" + idText(fresh.Unit) + ":" + fresh.Ref()}
		if strings.Join(order, " ") != strings.Join(want, " ") {
			t.Errorf("in order %v, not %v", order, want)
		}
		if n := d.page(d.get("4001", "/requests/board?unit=project"), 200).Find("#supply tbody tr").Length(); n != 0 {
			t.Errorf("another unit sees %d", n)
		}
	})
}

// TestSlipsArePrinted: several at once, with the answers, a code and places to sign; not what the reader may not see.
func TestSlipsArePrinted(t *testing.T) {
	t.Parallel()
	h := quick(t)
	a, b := h.open("3002"), h.open("3003")
	d := h.open4()
	w := d.post("2002", "/queue/slips", url.Values{"n": {a.Ref(), b.Ref(), "R-99999"}})
	page := d.page(d.get("2002", w.Header().Get("Location")), 200)
	if page.Find(".nk-paper").Length() != 2 || page.Find(".nk-paper .nk-qr svg").Length() != 2 || page.Find(".nk-sign").Length() != 6 || !strings.Contains(page.Find("#"+a.Ref()).Text(), "5,000.00") {
		t.Error(page.Find(".nk-papers").Text())
	}
	if n := d.page(d.get("4001", "/slips?n="+a.Ref()), 200).Find(".nk-paper").Length(); n != 0 {
		t.Error("a stranger prints it")
	}
	if d.page(d.get("3002", "/slips?size=a5&n="+a.Ref()), 200).Find(".nk-papers.is-a5 .nk-paper").Length() != 1 {
		t.Error("its customer does not")
	}
}

// TestWhoIsOnDutySeesWhatCame: since the day began, where no shift is kept, and what nobody has.
func TestWhoIsOnDutySeesWhatCame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		old, left := h.open("3002"), h.open("3002")
		_, err := h.Take(h.as("2003"), old.Number, When{})
		must(t, err)
		h.later(48 * time.Hour)
		came := h.open("3003")
		_, err = h.Take(h.as("2003"), came.Number, When{})
		must(t, err)
		page, err := h.Queue(h.as("2002"), ViewDuty, Filter{})
		must(t, err)
		var refs []string
		for _, l := range page.Items {
			refs = append(refs, l.Ref())
		}
		if strings.Join(refs, " ") != left.Ref()+" "+came.Ref() {
			t.Errorf("shows %v", refs)
		}
		if text := h.open4().page(h.open4().get("2002", "/queue?view=duty"), 200).Text(); !strings.Contains(text, "没有人值班") {
			t.Error("does not say that nobody is on duty")
		}
	})
}
