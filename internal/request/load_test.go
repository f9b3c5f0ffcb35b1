package request

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// bounded sets the limit of a service.
func (h house) bounded(code string, most int, full catalog.WhenFull) {
	h.t.Helper()
	p := catalog.DefaultPolicy()
	p.WorkLimit, p.WhenFull = most, full
	_, err := h.Catalog.SetPolicy(h.as("2001"), code, p, 0)
	must(h.t, err)
}

// loadNow is what whoever thinks of asking for the service is told.
func (h house) loadNow(code string) catalog.Load {
	h.t.Helper()
	x, err := h.Catalog.Visible(h.as("3002"), code)
	must(h.t, err)
	loads, err := h.loads(h.as("3002"), []*catalog.Service{x})
	must(h.t, err)
	return loads[x.ID]
}

// place is the place in line of a request.
func (h house) placeOf(number int64) (n int) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err := byNumber(ctx, rd, number)
		if err == nil {
			n, err = h.PlaceInLine(ctx, rd, r)
		}
		return err
	}))
	return n
}

// loadTrue fails when what is kept is not what the requests say.
func (h house) loadTrue() {
	h.t.Helper()
	flaws, err := h.CheckLoad(h.ctx)
	must(h.t, err)
	if len(flaws) > 0 {
		h.t.Fatalf("kept load: %+v", flaws)
	}
}

func hands(_ InHand, err error) error { return err }

func TestWhoAsksBeyondTheLimitWaitsInLine(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.bounded("finance.advance", 2, catalog.FullLine)
		first, _, third := h.open("3002"), h.open("3002"), h.open("3003")
		if l := h.loadNow("finance.advance"); l.Open != 3 || l.Waiting != 3 || !l.Full || l.Refuses || l.Place != 2 {
			t.Fatalf("three asked of two: %+v", l)
		}
		if n := h.placeOf(first.Number); n != 0 {
			t.Errorf("the first waits at %d", n)
		}
		if n := h.placeOf(third.Number); n != 1 {
			t.Errorf("the third stands at %d", n)
		}
		if third.Due.IsZero() {
			t.Error("the clock of who waits in line stands still")
		}
		_, err := h.Take(h.as("2002"), first.Number, When{})
		must(t, err)
		if n := h.placeOf(third.Number); n != 1 {
			t.Errorf("taking moved the line to %d", n)
		}
		_, err = h.Deliver(h.as("2002"), first.Number, "已付", nil, When{})
		must(t, err)
		if n := h.placeOf(third.Number); n != 0 {
			t.Errorf("a free hand, and still at %d", n)
		}
		h.loadTrue()
		_, err = h.Return(h.as("3002"), first.Number, "金额不对", When{})
		must(t, err)
		if n := h.placeOf(third.Number); n != 1 {
			t.Errorf("the return took the hand again: %d", n)
		}
		h.loadTrue()
	})
}

func TestOfThirtyTwoAtOnceTheFullServiceTakesWhatFits(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.bounded("finance.advance", 5, catalog.FullRefuse)
		h.open("3002")
		people := []string{"3001", "3002", "3003", "4001"}
		var wg sync.WaitGroup
		errs := make([]error, 32)
		for i := range errs {
			who := h.as(people[i%len(people)])
			wg.Go(func() { _, errs[i] = h.Open(who, advance()) })
		}
		wg.Wait()
		sent := 0
		for _, err := range errs {
			if err == nil {
				sent++
				continue
			}
			if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || f.Fields[0].Name != "service" || f.Fields[0].Key != "request.full" {
				t.Fatalf("refused as %v", err)
			}
		}
		if sent != 4 {
			t.Fatalf("%d of 32 were sent where 4 fit", sent)
		}
		if l := h.loadNow("finance.advance"); l.Open != 5 || !l.Refuses {
			t.Errorf("load: %+v", l)
		}
		h.loadTrue()
		if r := h.urgent("4001"); r.Priority != Urgent {
			t.Error("an urgent one within the share was not taken as urgent")
		}
		_, err := h.Open(h.as("1001"), advance())
		must(t, err) // the quality office
		h.loadTrue()
	})
}

func TestBeyondTheShareUrgentIsNoWayIn(t *testing.T) {
	h := quick(t)
	h.bounded("finance.advance", 3, catalog.FullRefuse)
	for range 3 { // the share of the month
		h.urgent("3002")
	}
	ask := advance()
	ask.Urgent = "还是很急"
	fails(t, second(h.Open(h.as("3002"), ask)), fault.Invalid, "")
	h.loadTrue()
}

func TestTheLimitOfTheUnitCountsAllOfItsServices(t *testing.T) {
	h := quick(t)
	_, err := h.SetLimits(h.as("2001"), "finance", Limits{Work: 2, WhenFull: catalog.FullRefuse, Beyond: BeyondWarn})
	must(t, err)
	h.open("3002")
	_, err = h.Open(h.as("3002"), h.expense(h.as("3002")))
	must(t, err)
	fails(t, second(h.Open(h.as("3002"), advance())), fault.Invalid, "")
	if l := h.loadNow("finance.advance"); !l.Refuses || l.Limit != 0 {
		t.Errorf("load: %+v", l)
	}
	fails(t, hands(h.SetLimits(h.as("3001"), "finance", Limits{WhenFull: catalog.FullLine, Beyond: BeyondWarn})), fault.NotFound, "")
	fails(t, hands(h.SetLimits(h.as("2002"), "finance", Limits{WhenFull: catalog.FullLine, Beyond: BeyondWarn})), fault.NotFound, "")
	_, err = h.SetLimits(h.as("2001"), "finance", Limits{Work: -1, Hands: 5000, WhenFull: "?", Beyond: "?"})
	if f, ok := fault.As(err); !ok || len(f.Fields) != 4 {
		t.Errorf("not everything at once: %v", err)
	}
}

func TestNobodyTakesMoreThanTheUnitAllows(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		_, err := h.SetLimits(h.as("2001"), "finance", Limits{Hands: 2, Beyond: BeyondBlock, WhenFull: catalog.FullLine})
		must(t, err)
		var list []Request
		for range 5 {
			list = append(list, h.open("3002"))
		}
		_, err = h.Take(h.as("2002"), list[0].Number, When{})
		must(t, err)
		var wg sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs { // the last place, taken and given at once
			wg.Go(func() {
				if i == 0 {
					_, errs[i] = h.Assign(h.as("2003"), list[1].Number, "2002", When{})
					return
				}
				_, errs[i] = h.Take(h.as("2002"), list[1+i].Number, When{})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			fails(t, err, fault.Conflict, "request.hands-full")
		}
		if won != 1 {
			t.Fatalf("%d got the last place", won)
		}
		fails(t, second(h.Assign(h.as("2003"), list[4].Number, "2002", When{Beyond: "客户等着"})), fault.Conflict, "request.hands-full")
		r, err := h.Assign(h.as("2001"), list[4].Number, "2002", When{Beyond: "客户等着"})
		must(t, err)
		v, err := h.ByNumber(h.as("2001"), r.Number)
		must(t, err)
		if last := v.Log[len(v.Log)-1]; last.Why != "客户等着" {
			t.Errorf("the reason is not in the log: %+v", last)
		}
		in, err := h.Hands(h.as("2003"), "finance")
		must(t, err)
		for _, p := range in.People {
			if p.No == "2002" && p.Has != 3 {
				t.Errorf("2002 has %d", p.Has)
			}
		}
		fails(t, hands(h.Hands(h.as("3001"), "finance")), fault.NotFound, "")
		fails(t, hands(h.Hands(h.as("1001"), "finance")), fault.NotFound, "") // the quality office neither
	})
}

func TestHowLongItTakesIsCountedFromWhatIsDone(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.on("2026-11-23 09:00")
		for i := range tellMedian {
			if l := h.loadNow("finance.advance"); l.N != int64(i) || l.Median != 0 {
				t.Fatalf("%d done: %+v", i, l)
			}
			r := h.open("3002")
			_, err := h.Take(h.as("2002"), r.Number, When{})
			must(t, err)
			h.later(10 * time.Minute)
			_, err = h.Deliver(h.as("2002"), r.Number, "已付", nil, When{})
			must(t, err)
			_, err = h.Accept(h.as("3002"), r.Number, When{})
			must(t, err)
			h.later(tookFor - 10*time.Minute)
			h.times.list = nil // as after the time it is remembered for
		}
		if l := h.loadNow("finance.advance"); l.N != tellMedian || l.Median != 900 || l.P90 != 0 {
			t.Errorf("ten done in ten minutes each: %+v", l)
		}
		h.loadTrue()
		must(t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update request_load set fresh = fresh + 7 where kind = 1")
			return err
		}))
		if flaws, err := h.CheckLoad(h.ctx); err != nil || len(flaws) == 0 {
			t.Fatalf("a spoilt figure is not found: %v", err)
		}
		if n, err := h.RepairLoad(h.ctx); err != nil || n == 0 {
			t.Fatalf("repaired %d: %v", n, err)
		}
		h.loadTrue()
	})
}

func TestTheLineOnPagesAndByAPI(t *testing.T) {
	h := quick(t)
	h.bounded("finance.advance", 1, catalog.FullLine)
	h.open("3002")
	last := h.open("3003")
	d := h.open4()
	ask := d.page(d.get("3003", "/requests/new/finance.advance"), 200)
	if ask.Find("#load").Length() != 1 || !strings.Contains(ask.Find("#full").Text(), "排在第 2 位") {
		t.Errorf("the page where one asks: %s", ask.Find("#full, #load").Text())
	}
	if page := d.page(d.get("3003", link(last.Number)), 200); !strings.Contains(page.Find("#in-line").Text(), "第 1 位") {
		t.Errorf("the page of the request: %s", page.Find("#in-line").Text())
	}
	h.bounded("finance.advance", 1, catalog.FullRefuse)
	w := d.send("3003", "POST", "/requests", "application/x-www-form-urlencoded", "service=finance.advance&fields.amount=5000&fields.reason=%E5%A4%87%E7%94%A8%E9%87%91&fields.due=2026-12-01")
	if w.Code != 422 || !strings.Contains(w.Body.String(), "已排满") || !strings.Contains(w.Body.String(), `value="5000"`) {
		t.Errorf("refused with %d, and what was typed is lost", w.Code)
	}
	if w := d.send("2001", "PUT", "/api/v1/units/finance/limits", "application/json", `{"work":10,"hands":1,"beyond":"block"}`); w.Code != 200 || !strings.Contains(w.Body.String(), `"hands":1`) {
		t.Fatalf("limits by API: %d %s", w.Code, w.Body)
	}
	if w := d.send("3002", "GET", "/api/v1/units/finance/load", "", ""); w.Code != 404 {
		t.Errorf("a stranger reads what people have in hand: %d", w.Code)
	}
	number := Ref(last.Number)
	if w := d.send("2002", "POST", "/api/v1/requests/"+number+"/take", "application/json", "{}"); w.Code != 200 {
		t.Fatalf("take: %d %s", w.Code, w.Body)
	}
	if page := d.page(d.get("2001", "/queue/load?unit=finance"), 200); page.Find("#hands tbody tr").Length() != 3 || page.Find("#f-limits").Length() != 1 {
		t.Errorf("the page of the work in hand: %s", page.Find("main").Text())
	}
	if page := d.page(d.get("2002", "/queue/load"), 200); page.Find("#f-limits").Length() != 0 {
		t.Error("an agent is offered to set the limits")
	}
	if w := d.send("2001", "POST", "/queue/load", "application/x-www-form-urlencoded", "unit=finance&work=x&hands=9999&when_full=line&beyond=block&revision=1"); w.Code != 422 || !strings.Contains(w.Body.String(), `value="9999"`) {
		t.Errorf("bad limits: %d", w.Code)
	}
}

// TestFewAreLookedAtAgainSoon: what is told of few cases, such as that there are none, is not old after an import.
func TestFewAreLookedAtAgainSoon(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		n     int64
		after time.Duration
		want  bool
	}{
		{"few, at once", 0, time.Second, true},
		{"few, soon", tellMost - 1, 20 * time.Second, false},
		{"many, soon", tellMost, 20 * time.Second, true},
		{"many, late", 5000, 11 * time.Minute, false},
		{"a clock that was put back", 5000, -time.Minute, false},
	} {
		if got := (tookTime{n: c.n, at: at}).fresh(at.Add(c.after)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
