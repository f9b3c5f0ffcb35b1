package request

import (
	"strings"
	"testing"
)

// TestPagesSayThatSomebodyHasLeft: the assignee of a list, the facts and the timeline; what programs read is the name alone.
func TestPagesSayThatSomebodyHasLeft(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.scene(StateDelivered)
		d := h.open4()
		const left = "（已离职）"
		for _, path := range []string{"/queue?view=unit", "/requests/R-1001"} {
			if strings.Contains(d.page(d.get("2001", path), 200).Text(), left) {
				t.Errorf("%s says it of somebody who is here", path)
			}
		}
		must(t, h.Org.Deactivate(h.ctx, "2002"))
		p, err := h.Org.PersonByNo(h.ctx, "2002")
		must(t, err)
		for path, where := range map[string]string{"/queue?view=unit": "table#requests", "/requests/R-1001": "main, .nk-rows, body"} {
			text := has(t, d.page(d.get("2001", path), 200), where).Text()
			if !strings.Contains(text, p.Name+left) {
				t.Errorf("%s does not say that %s has left", path, p.Name)
			}
		}
		for _, path := range []string{"/api/v1/queue?view=unit", "/api/v1/requests/R-1001"} {
			body := d.get("2001", path).Body.String()
			if !strings.Contains(body, p.Name) || strings.Contains(body, left) {
				t.Errorf("%s: %s", path, body)
			}
		}
	})
}
