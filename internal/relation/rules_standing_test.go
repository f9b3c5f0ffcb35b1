package relation

import (
	"slices"
	"testing"
)

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
