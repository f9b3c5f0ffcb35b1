package delivery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"neike/internal/kit/fault"
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
			if r.Outcome != FeedUnchanged || r.Number != out[i].Number {
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
