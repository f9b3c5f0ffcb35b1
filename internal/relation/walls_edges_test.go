package relation_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neike/internal/kit/fault"
	"neike/internal/org"
	"neike/internal/relation"
)

// itemsOf reads all pages of a list.
func (h house) itemsOf(path string) (out []map[string]any) {
	h.Helper()
	at, err := url.Parse(path)
	if err != nil {
		h.Fatal(err)
	}
	for range 200 {
		page := h.json(at.String())
		for _, x := range page["items"].([]any) {
			out = append(out, x.(map[string]any))
		}
		next, _ := page["next_cursor"].(string)
		if next == "" {
			return out
		}
		q := at.Query()
		q.Set("cursor", next)
		q.Set("limit", "3")
		at.RawQuery = q.Encode()
	}
	h.Fatal(path, "does not end")
	return nil
}

// TestANumberOfTheWallsIsItsList: on random networks, in groups, every number is what its list comes to, for the office and for a head.
func TestANumberOfTheWallsIsItsList(t *testing.T) {
	each(t, func(h house) {
		seed := uint64(h.db.Now().UnixNano())
		draw := rand.New(rand.NewPCG(seed, 5))
		staffed(h)
		for site := range 2 {
			if _, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: fmt.Sprintf("s%d", site), NameZh: fmt.Sprintf("%d地", site), Parent: "hq", Level: org.Site}); err != nil {
				h.Fatal(err)
			}
		}
		codes := []string{"finance", "sales"}
		for n := range 6 {
			code := fmt.Sprintf("d%d", n)
			if _, err := h.org.SaveUnit(h.ctx, org.UnitInput{Code: code, NameZh: fmt.Sprintf("%d部", n), Parent: fmt.Sprintf("s%d", n%2)}); err != nil {
				h.Fatal(err)
			}
			for i := range 5 {
				if _, err := h.org.SavePerson(h.ctx, org.PersonInput{No: fmt.Sprintf("8%d%02d", n, i), Name: "员工", Unit: code}); err != nil {
					h.Fatal(err)
				}
			}
			codes = append(codes, code)
		}
		for _, from := range codes {
			for _, to := range codes {
				if from != to && draw.IntN(3) > 0 {
					n := int64(draw.IntN(4)) * int64(draw.IntN(12))
					h.tally(from, to, h.daysAgo(3), relation.Delta{Opened: n, Met: n / 3, Breached: n - n/3})
				}
			}
		}
		h.as("1001", "quality")
		all := h.json("/api/v1/relation-walls")
		for _, x := range all["walls"].([]any) {
			w := x.(map[string]any)
			sum := 0.0
			for _, e := range h.itemsOf(w["list"].(string)) {
				sum += e["cases"].(float64)
			}
			if sum != w["cases"] {
				h.Errorf("seed %d: the wall %v: its list has %v", seed, w, sum)
			}
		}
		net := all["network"].(map[string]any)
		ties, mutual := h.itemsOf(net["ties_list"].(string)), h.itemsOf(net["mutual_list"].(string))
		if float64(len(ties)) != net["ties"] || len(ties) > 0 && float64(len(mutual))/float64(len(ties)) != net["reciprocity"] {
			h.Errorf("seed %d: %d ties, %d mutual: %v", seed, len(ties), len(mutual), net)
		}
		if doc := h.page("/relations/walls/edges?of=ties"); doc.Find("#wall-edges tbody tr").Length() != min(len(ties), 100) || !strings.Contains(doc.Find("h1").Text(), fmt.Sprint(len(ties))) {
			h.Errorf("seed %d: the page has another number than %d: %s", seed, len(ties), doc.Find("h1").Text())
		}
		if len(net["insular"].([]any)) == 0 {
			h.Error("there are no groups")
		}
		for _, x := range net["insular"].([]any) {
			i := x.(map[string]any)
			across, within := h.itemsOf(i["external_list"].(string)), h.itemsOf(i["internal_list"].(string))
			if float64(len(across)) != i["external"] || float64(len(within)) != i["internal"] {
				h.Errorf("seed %d: %v: %d and %d", seed, i, len(across), len(within))
			}
		}
		h.as("2001", "head")
		part := h.json("/api/v1/relation-walls")
		for _, x := range part["walls"].([]any) {
			w := x.(map[string]any)
			sum := 0.0
			for _, e := range h.itemsOf(w["list"].(string)) {
				sum += e["cases"].(float64)
			}
			if sum != w["cases"] {
				h.Errorf("seed %d: of a head, the wall %v: its list has %v", seed, w, sum)
			}
		}
		for _, e := range h.itemsOf("/api/v1/relation-walls/edges") {
			if e["provider"] != "finance" && e["customer"] != "finance" {
				h.Errorf("the head of finance sees %v", e)
			}
		}
	})
}

func TestTheEdgesOfTheWallsAreAskedForRightly(t *testing.T) {
	h := quick(t)
	staffed(h)
	ctx := h.as("1001", "quality")
	for name, f := range map[string]relation.WallFilter{
		"level": {Level: "floor"}, "of": {Of: "weak"}, "groups": {Of: relation.WithinOnly}, "groups of all": {Group: org.Site}, "groups below": {Of: relation.AcrossOnly, Group: org.Team},
		"a unit that is not there": {A: "nowhere", B: "finance"}, "one unit alone": {A: "finance"},
	} {
		if _, _, err := h.rel.WallEdges(ctx, f); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w := h.get("/api/v1/relation-walls/edges?of=weak"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	h.page("/relations/walls/edges?of=weak") // pages are forgiving
	h.as("2002")
	for _, path := range []string{"/relations/walls/edges", "/api/v1/relation-walls/edges", "/api/v1/relation-walls/edges?of=weak"} {
		if w := h.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s is %d for an agent", path, w.Code)
		}
	}
}
