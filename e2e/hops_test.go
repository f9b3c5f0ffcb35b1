package e2e

import (
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// TestTheChartOfHops: beside the facts the whole of it is seen; on a phone it opens at the present moment.
func TestTheChartOfHops(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "几经转手")
	s.does(t, agent, "take", n, "")
	page := "/requests/" + ref(n)
	r := s.visit(t, agent, look{})
	if err := (proto.EmulationSetDeviceMetricsOverride{Width: 1280, Height: 900, DeviceScaleFactor: 1}).Call(r.p); err != nil {
		t.Fatal(err)
	}
	r.opens(page).until("the whole chart", `() => { const card = document.querySelector('.nk-hops').parentElement; return card.scrollWidth <= card.clientWidth }`)
	f := s.visit(t, agent, look{phone: true}).opens(page)
	f.until("the present moment", `() => {
		const now = document.querySelector('.nk-hops line.now').getBoundingClientRect(), card = document.querySelector('.nk-hops').parentElement.getBoundingClientRect()
		return now.left > card.left && now.right < card.right
	}`)
}
