package delivery

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const hour = time.Hour

func (h house) items(n int) []Item {
	now := h.db.Now()
	var out []Item
	for i := range n {
		due := now.Add(-time.Duration(i+1) * 3 * hour)
		out = append(out, Item{Service: "finance.aging", Customer: []string{"project", "sales"}[i%2], DueAt: due, DeliveredAt: due.Add(-hour + time.Duration(i%5)*30*time.Minute),
			Quantity: fmt.Sprint(i), External: fmt.Sprintf("ERP-%d", i)})
	}
	return out
}

func TestASystemTellsOfDeliveriesOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		items := h.items(40)
		out, err := h.Feed(h.as("2002"), items)
		must(t, err)
		if len(out) != 40 || slices.ContainsFunc(out, func(r Result) bool { return r.Outcome != FeedCreated || r.Number == 0 }) {
			t.Fatalf("%+v", out)
		}
		before := h.figures("finance", "project")
		again, err := h.Feed(h.as("2002"), items)
		must(t, err)
		for i, r := range again {
			if r.Outcome != FeedUnchanged || r.Number != out[i].Number || len(r.Differs) > 0 {
				t.Fatalf("told again: %+v", r)
			}
		}
		if after := h.figures("finance", "project"); after.Delta != before.Delta || after.Opened != 20 || after.Delivered != 20 {
			t.Errorf("told again it counts as %+v", after.Delta)
		}
		for _, r := range out[:10] {
			d := h.byRef(r.Number)
			receiver := map[bool]string{true: "3001", false: "1001"}[d.Customer == h.unit("project")]
			if receiver == "3001" {
				_, err := h.Accept(h.as(receiver), r.Number, When{})
				must(t, err)
			}
		}
		if f := h.figures("finance", "project"); f.Accepted != 5 || f.RightFirst != 5 || f.Met != 3 || f.Breached != 8 { // late is late before anybody accepts it
			t.Errorf("five accepted: %+v", f.Delta)
		}
		h.sound()
	})
}

// TestWhatIsToldOtherwiseIsNamed: a known number with other content changes nothing, and the answer says what is other.
func TestWhatIsToldOtherwiseIsNamed(t *testing.T) {
	t.Parallel()
	h := quick(t)
	due := h.db.Now().Add(24 * hour)
	was := Item{Service: "finance.aging", Customer: "project", Title: "账龄表", DueAt: due, DeliveredAt: h.db.Now().Add(-hour), Quantity: "12.50", External: "ERP-7"}
	_, err := h.Feed(h.as("2002"), []Item{was})
	must(t, err)
	for _, c := range []struct {
		name   string
		change func(x *Item)
		want   []string
	}{
		{"nothing", func(*Item) {}, nil},
		{"the same amount", func(x *Item) { x.Quantity = "12.5" }, nil},
		{"less is said", func(x *Item) { x.Title, x.Quantity, x.DueAt = "", "", noTime }, nil},
		{"the customer", func(x *Item) { x.Customer = "sales" }, []string{"customer_unit"}},
		{"all of it", func(x *Item) {
			x.Title, x.Quantity, x.DueAt, x.DeliveredAt, x.Receiver = "库龄表", "13", due.Add(hour), x.DeliveredAt.Add(-hour), "3002"
		}, []string{"receiver", "title", "due_at", "delivered_at", "quantity"}},
	} {
		x := was
		c.change(&x)
		before := h.deliveries()
		out, err := h.Feed(h.as("2002"), []Item{x})
		must(t, err)
		if out[0].Outcome != FeedUnchanged || !slices.Equal(out[0].Differs, c.want) {
			t.Errorf("%s: %+v, want %v", c.name, out[0], c.want)
		}
		if !slices.Equal(h.deliveries(), before) {
			t.Errorf("%s: something was changed", c.name)
		}
	}
}

func (h house) byRef(number int64) Delivery {
	for _, d := range h.deliveries() {
		if d.Number == number {
			return d
		}
	}
	h.t.Fatal("no such delivery")
	return Delivery{}
}

func (h house) unit(code string) int64 {
	tree, err := h.Org.Tree(h.ctx)
	must(h.t, err)
	u, _ := tree.ByCode(code)
	return u.ID
}

func TestEverythingWrongInAFeedComesAtOnce(t *testing.T) {
	t.Parallel()
	h := quick(t)
	items := h.items(3)
	items[0].Service = "finance.expense"                  // asked for
	items[1].Customer, items[1].Quantity = "nowhere", "x" // unknown, no number
	items[2].AcceptedAt = h.db.Now()                      // not theirs to say
	_, err := h.Feed(h.as("2002"), items)
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Invalid {
		t.Fatal(err)
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if want := []string{"items[0].service", "items[1].customer_unit", "items[1].quantity", "items[2].accepted_at"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	if len(h.deliveries()) != 0 {
		t.Error("something was written")
	}
	_, err = h.Feed(h.as("4001"), h.items(1))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("somebody else's service: %v", err)
	}
	_, err = h.Feed(h.as("2002"), h.items(MaxItems+1))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("too many: %v", err)
	}
}

func TestAFeedFulfilsWhatIsArranged(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	h.later(st.NextAt.Sub(h.db.Now()))
	h.work()
	open := h.deliveries()
	h.later(26 * hour)
	out, err := h.Feed(h.as("2002"), []Item{{Service: "finance.aging", Customer: "project", DueAt: open[0].Due, DeliveredAt: h.db.Now().Add(-hour), External: "ERP-1"}})
	must(t, err)
	if out[0].Outcome != FeedUpdated || out[0].Number != open[0].Number || len(h.deliveries()) != 2 {
		t.Errorf("%+v", out)
	}
	out, err = h.Feed(h.importing("2002"), []Item{{Service: "finance.aging", Customer: "project", DueAt: open[0].Due, DeliveredAt: h.db.Now().Add(-hour), AcceptedAt: h.db.Now(), AcceptedBy: "3002", External: "ERP-1"}})
	must(t, err)
	if d := h.byRef(open[0].Number); out[0].Outcome != FeedUpdated || d.State != StateAccepted || d.CompletionIs != Met {
		t.Errorf("%+v %s %s", out, d.State, d.CompletionIs)
	}
	h.sound()
}

// TestAFeedNeedsItsNumbers: without a number of the other system nobody could tell a repeated call from a new delivery.
func TestAFeedNeedsItsNumbers(t *testing.T) {
	t.Parallel()
	h := quick(t)
	items := h.items(2)
	items[1].External = " "
	_, err := h.Feed(h.as("2002"), items)
	if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Name != "items[1].external" || e.Fields[0].Key != "form.required" {
		t.Errorf("%v", err)
	}
}

// TestFeedsMayOverlap: calls that tell of the same at the same time, in other orders, make one delivery of each, and none
// of the calls fails. An open one of an arrangement among them is delivered once.
func TestFeedsMayOverlap(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		st := h.arrange()
		h.later(st.NextAt.Sub(h.db.Now()))
		h.work()
		open := h.deliveries()
		h.later(26 * hour)
		items := append(h.items(30), Item{Service: "finance.aging", Customer: "project", DueAt: open[0].Due, DeliveredAt: h.db.Now().Add(-hour), External: "ERP-OPEN"})
		ctx, before := h.as("2002"), len(h.deliveries())
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			told := slices.Clone(items)
			if i%2 == 1 {
				slices.Reverse(told)
			}
			wg.Go(func() {
				for part := range slices.Chunk(told[i:], 9) {
					if _, err := h.Feed(ctx, part); err != nil {
						errs[i] = err
					}
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			must(t, err)
		}
		numbers := map[string]int{}
		for _, d := range h.deliveries() {
			numbers[d.External]++
			if d.External == "ERP-OPEN" && (d.Number != open[0].Number || d.State != StateDelivered) {
				t.Errorf("what was arranged is %+v", d)
			}
		}
		for _, it := range items {
			if numbers[it.External] != 1 {
				t.Errorf("%s: %d deliveries", it.External, numbers[it.External])
			}
		}
		if n := len(h.deliveries()); n != before+30 {
			t.Errorf("%d deliveries, want %d", n, before+30)
		}
		h.sound()
	})
}

// TestAMonthOfFeeds tells PostgreSQL of five thousand deliveries, with bad ones among them: everything wrong comes at once,
// and after it is put right nothing is lost or double.
func TestAMonthOfFeeds(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.Open(t, sqldb.Postgres, schemas))
	ctx, now := h.as("2002"), h.db.Now()
	const all = 5 * MaxItems
	items := make([]Item, all)
	for i := range items {
		due := now.Add(-time.Duration(i%700+1) * hour)
		items[i] = Item{Service: "finance.aging", Customer: []string{"project", "sales"}[i%2], DueAt: due, DeliveredAt: due.Add(-hour), Quantity: fmt.Sprint(i), External: fmt.Sprint("MES-", i)}
	}
	wrong := 0
	for n, part := range slices.Collect(slices.Chunk(items, MaxItems)) {
		bad := slices.Clone(part)
		for i := n; i < len(bad); i += 50 {
			bad[i].Customer, bad[i].Quantity = "nowhere", "much"
			wrong += 2
		}
		_, err := h.Feed(ctx, bad)
		e, ok := fault.As(err)
		if !ok || len(e.Fields) != 2*MaxItems/50 {
			t.Fatalf("call %d: %v", n, fault.KindOf(err))
		}
		began := time.Now()
		out, err := h.Feed(ctx, part)
		must(t, err)
		t.Logf("%d deliveries in %v", len(out), time.Since(began).Round(time.Millisecond))
	}
	if n := len(h.deliveries()); n != all {
		t.Errorf("%d deliveries after %d wrong places, want %d", n, wrong, all)
	}
	again, err := h.Feed(ctx, items[2*MaxItems:3*MaxItems])
	must(t, err)
	if slices.ContainsFunc(again, func(r Result) bool { return r.Outcome != FeedUnchanged }) {
		t.Error("told again something changed")
	}
	if f, g := h.figures("finance", "project"), h.figures("finance", "sales"); f.Opened+g.Opened != all || f.Delivered+g.Delivered != all {
		t.Errorf("the days count %d and %d opened", f.Opened, g.Opened)
	}
}

// TestAFeedFindsTheOpenOneAmongMany: however many of a service are open, what is told of is the one that is due that day, and
// looking for it takes no longer.
func TestAFeedFindsTheOpenOneAmongMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h house) {
		st := h.arrange()
		h.later(st.NextAt.Sub(h.db.Now()))
		h.work()
		open := h.deliveries()
		h.later(26 * hour)
		item := func(d Delivery, external string) Item {
			u, _ := h.tree().ByID(d.Customer)
			return Item{Service: "finance.aging", Customer: u.Code, DueAt: d.Due, DeliveredAt: h.db.Now().Add(-hour), External: external}
		}
		h.copies(open[0], 0, 6000)
		items := []Item{item(open[0], "ERP-1"), item(open[1], "ERP-2")}
		few := h.judging(items)
		h.copies(open[0], 6000, 30000)
		if many := h.judging(items); many > 3*few+20*time.Millisecond {
			t.Errorf("among 6 000 it is found in %s, among 30 000 in %s", few, many)
		}
		out, err := h.Feed(h.as("2002"), items)
		must(t, err)
		for i, r := range out {
			if r.Outcome != FeedUpdated || r.Number != open[i].Number {
				t.Errorf("told of %d: %+v", open[i].Number, r)
			}
		}
	})
}

func (h house) tree() *org.Tree {
	tree, err := h.Org.Tree(h.ctx)
	must(h.t, err)
	return tree
}

// judging is how long a call is judged at best.
func (h house) judging(items []Item) time.Duration {
	best := time.Hour
	for range 5 {
		begun := time.Now()
		must(h.t, h.db.Read(h.as("2002"), func(ctx context.Context, rd sqldb.Reader) error {
			_, problems, err := h.judge(ctx, rd, items)
			for _, p := range problems {
				if len(p) > 0 {
					h.t.Error(p)
				}
			}
			return err
		}))
		best = min(best, time.Since(begun))
	}
	return best
}

// copies puts deliveries like one beside it that were due on the days before.
func (h house) copies(d Delivery, from, to int) {
	h.t.Helper()
	for ; from < to; from += 1000 {
		must(h.t, h.db.Write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			var list []Delivery
			for i := from; i < from+1000; i++ {
				c := d
				c.ID, c.Number, c.Slot = tx.NewID(), 1_000_000+int64(i), fmt.Sprint("copy ", i)
				c.Due = d.Due.AddDate(0, 0, -1-i%400)
				c.NextDue = c.Due
				list = append(list, c)
			}
			return insertDeliveries(ctx, tx, list...)
		}))
	}
}
