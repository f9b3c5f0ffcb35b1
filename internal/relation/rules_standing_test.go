package relation

import (
	"slices"
	"testing"
)

// TestANewWordReopens: what was ruled on before, and what both had ended.
func TestANewWordReopens(t *testing.T) {
	for _, c := range []struct {
		w    said
		side Side
		says Says
		was  Standing
		want []Side
	}{
		{said{Provider: Yes, Customer: No, Office: Yes}, Provider, No, Confirmed, []Side{Office}},
		{said{Provider: Yes, Customer: No, Office: Yes}, Customer, No, Confirmed, nil}, // said again: the ruling stands
		{said{Provider: Yes, Customer: No, Office: No}, Customer, Yes, Ended, []Side{Office}},
		{said{Provider: No, Customer: No}, Provider, Yes, Ended, []Side{Customer}},
		{said{Provider: No, Customer: No}, Customer, Yes, Ended, []Side{Provider}},
		{said{Customer: No}, Provider, Yes, Ended, []Side{Customer}},
		{said{Customer: No}, Provider, Yes, Disputed, nil},
		{said{Provider: No, Customer: No, Office: No}, Provider, Yes, Ended, []Side{Office}}, // ruled: the other's word stays
		{said{Office: Asks}, Provider, Yes, Proposed, nil},
		{said{Provider: Yes, Customer: No}, Office, Yes, Disputed, nil},
	} {
		if got := c.w.forgets(c.side, c.says, c.was); !slices.Equal(got, c.want) {
			t.Errorf("%+v: forgets %v", c, got)
		}
	}
}

func TestStandingOf(t *testing.T) {
	for _, c := range []struct {
		provider, customer, office Says
		there                      bool
		want                       Standing
		silent                     []Side
	}{
		{"", "", "", true, Unspoken, nil},
		{"", "", "", false, Unspoken, nil},
		{Yes, "", "", false, Proposed, []Side{Customer}},
		{"", Yes, "", true, Proposed, []Side{Provider}},
		{Yes, Yes, "", false, Confirmed, nil},
		{Yes, No, "", false, Disputed, nil},
		{No, Yes, "", true, Disputed, nil},
		{"", No, "", true, Disputed, []Side{Provider}},
		{"", No, "", false, Ended, nil},
		{No, No, "", true, Ended, nil},
		{"", "", Asks, true, Proposed, []Side{Provider, Customer}},
		{Yes, "", Asks, true, Proposed, []Side{Customer}},
		{Yes, No, Asks, true, Disputed, nil},
		{Yes, No, Yes, true, Confirmed, nil},
		{Yes, No, No, true, Ended, nil},
		{"", No, Yes, true, Confirmed, nil},
		{No, No, Yes, true, Ended, nil},
		{Yes, Yes, No, true, Confirmed, nil},
	} {
		w := said{Provider: c.provider, Customer: c.customer, Office: c.office}
		got := standingOf(w, c.there)
		if got != c.want || !slices.Equal(w.silent(got), c.silent) {
			t.Errorf("%+v: %q, waits for %v", c, got, w.silent(got))
		}
	}
}
