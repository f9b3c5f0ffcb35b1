package house

import (
	"strings"
	"testing"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/org"
	"neike/internal/request"
)

// TestAUnitThatOthersWaitForCannotEnd: when its people have left, its services and its open requests would be nobody's.
func TestAUnitThatOthersWaitForCannotEnd(t *testing.T) {
	h := Start(t)
	asked(t, h)
	for _, no := range []string{"2001", "2002", "2003"} {
		p, err := h.Org.PersonByNo(h.System(), no)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Org.SavePerson(h.System(), org.PersonInput{No: no, Name: p.Name, Unit: "project", Revision: p.Revision}); err != nil {
			t.Fatal(err)
		}
	}
	busy := func(when string) {
		t.Helper()
		if err := h.Org.CloseUnit(h.System(), "finance", nil); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "unit-busy") {
			t.Fatalf("%s: %v", when, err)
		}
	}
	busy("with services")
	services, err := h.Catalog.Snapshot(h.System())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := h.Org.Tree(h.System())
	if err != nil {
		t.Fatal(err)
	}
	finance, _ := tree.ByCode("finance")
	for _, s := range services.Of(finance.ID) {
		if s.State == catalog.Live {
			if _, err := h.Catalog.Retire(h.System(), s.Code, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	busy("with requests")
	for _, no := range []int64{1001, 1002, 1003} {
		if _, err := h.Request.Withdraw(h.As("3002"), no, request.When{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Org.CloseUnit(h.System(), "finance", map[string]float64{"finance": 1}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("it succeeds itself: %v", err)
	}
	if err := h.Org.CloseUnit(h.System(), "finance", nil); err != nil {
		t.Errorf("with nothing left: %v", err)
	}
}
