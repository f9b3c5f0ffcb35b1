package delivery

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// TestTheRowsOfCustomersStayApart: a customer without a receiver leaves the next one its own.
func TestTheRowsOfCustomersStayApart(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"unit": {"project", "", "sales"}, "receiver": {"", "", "4001"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var in editForm
	must(t, web.Decode(r, &in))
	if got := in.arrangement().Customers; !slices.Equal(got, []CustomerInput{{Unit: "project"}, {Unit: "sales", Receiver: "4001"}}) {
		t.Errorf("%+v", got)
	}
}

func TestAHeadSpeaksForTheOwnUnitWithoutNamingIt(t *testing.T) {
	t.Parallel()
	h := quick(t)
	st := h.arrange()
	again, err := h.Say(h.as("3001"), st.Number, "", true, "")
	must(t, err)
	for _, c := range again.Customers {
		if want := map[bool]string{true: Agreed, false: Told}[c.Unit == h.unit("project")]; c.State != want {
			t.Errorf("unit %d says %s, want %s", c.Unit, c.State, want)
		}
	}
	must(t, h.Org.SetRoles(h.ctx, "9001", []string{"executive", "head@hq"}, 0))
	_, err = h.Say(h.as("9001"), st.Number, "", true, "")
	if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || e.Fields[0].Name != "unit" {
		t.Errorf("who heads both has to say for which: %v", err)
	}
	_, err = h.Say(h.as("2002"), st.Number, "project", true, "")
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else's customer: %v", err)
	}
	_, err = h.End(h.as("2001"), st.Number)
	must(t, err)
	_, err = h.Say(h.as("3001"), st.Number, "project", true, "")
	conflicts(t, err, "delivery.standing-ended")
}
