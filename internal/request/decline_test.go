package request

import (
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/org"
)

// saidWrong says that a field is named as wrong, as "name key".
func saidWrong(t *testing.T, err error, want string) {
	t.Helper()
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDeclinedInConfidence: who names the right unit for a confidential request names who there goes on with it, and that
// person is asked for it and may take it; nobody else of the unit learns of it.
func TestDeclinedInConfidence(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		ask := advance()
		ask.Confidential, ask.Named = true, []string{"2002"}
		r, err := h.Open(h.as("3002"), ask)
		must(t, err)
		saidWrong(t, second(h.Decline(h.as("2002"), r.Number, "it", "归信息技术部", "", When{})), "person request.need-confidant")
		saidWrong(t, second(h.Decline(h.as("2002"), r.Number, "it", "归信息技术部", "4001", When{})), "person request.person-not-agent")
		must(t, second(h.Decline(h.as("2002"), r.Number, "it", "归信息技术部", "2102", When{})))
		if _, err := h.ByNumber(h.as("2101"), r.Number); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the head of the unit sees it: %v", err)
		}
		h.mustOwe(t, "2102", r.Number, "take")
		must(t, second(h.Take(h.as("2102"), r.Number, When{})))
		h.prove(t)
	})
}

// TestDeclinedToNobody: the unit that asks, and one in which nobody could take it, are no right units.
func TestDeclinedToNobody(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		_, err := h.Org.SaveUnit(h.ctx, org.UnitInput{Code: "spare", NameZh: "空部门", NameEn: "Spare", Parent: "hq"})
		must(t, err)
		r := h.open("3002")
		for unit, key := range map[string]string{"project": "request.unit-asks-it", "finance": "request.unit-has-it", "spare": "request.unit-empty"} {
			saidWrong(t, second(h.Decline(h.as("2002"), r.Number, unit, "不归我们", "", When{})), "unit "+key)
		}
	})
}

// TestSettledWhereItIs: that the unit which has it does it may be said by its name, too.
func TestSettledWhereItIs(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		for _, to := range []struct{ by, unit string }{{"2002", "it"}, {"2102", "finance"}, {"2002", "it"}} {
			must(t, second(h.HandOver(h.as(to.by), n, to.unit, "请接着办", "", When{})))
		}
		got, err := h.Settle(h.as("1001"), n, "it", "归口信息技术部", "", When{})
		must(t, err)
		if got.Unsettled() || got.HandOvers != 3 || got.Hops != 4 {
			t.Errorf("%+v", got)
		}
	})
}

// TestWhatNobodyCanSeeIsSaid: a confidential request that names nobody tells its customer so until somebody is named.
func TestWhatNobodyCanSeeIsSaid(t *testing.T) {
	h := quick(t)
	d := h.open4()
	w := d.call("3002", "POST", "/api/v1/requests", `{"service":"finance.advance","title":"保密","fields":{"amount":"5","due":"2026-12-01","reason":"r"},"confidential":true}`)
	if w.Code != 201 {
		t.Fatal(w.Body.String())
	}
	const at = "/requests/R-1001"
	const told = `#state .nk-note-line a[href="` + at + `/name"]`
	has(t, d.page(d.get("3002", at), 200), told)
	d.post("3002", at+"/name", url.Values{"person": {"2002"}})
	lacks(t, d.page(d.get("3002", at), 200), told)
	lacks(t, d.page(d.get("2002", at), 200), told)
}
