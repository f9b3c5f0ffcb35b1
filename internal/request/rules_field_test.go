package request

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"neike/internal/kit/form"
)

// TestEntriesStandInTheOrderOfWhatTheyMean: of any two numbers the texts compare as the numbers do.
func TestEntriesStandInTheOrderOfWhatTheyMean(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		x, y := ordered(form.Entry{Number: a, IsNumber: true}), ordered(form.Entry{Number: b, IsNumber: true})
		if got := strings.Compare(x, y); (a < b) != (got < 0) || (a == b) != (got == 0) {
			t.Fatalf("%d and %d: %s %s", a, b, x, y)
		}
	})
}

func TestAFieldHasItsEntries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		field form.Field
		value any
		want  []string
	}{
		{"a text is compared without case", form.Field{Type: form.Text}, " Oa-7 ", []string{"oa-7"}},
		{"each choice is an entry, once", form.Field{Type: form.MultiSelect}, []string{"oa", "erp", "oa"}, []string{"erp", "oa"}},
		{"no answer is an entry too", form.Field{Type: form.Currency}, nil, []string{""}},
		{"an answer to an older form that is no number counts as none", form.Field{Type: form.Date}, "about five", []string{""}},
		{"a number keeps its exact digits", form.Field{Type: form.Number}, json.Number("12.5"), []string{fmt.Sprintf("%016x", uint64(12_500_000)|1<<63)}},
		{"what is sensitive has none", form.Field{Type: form.Text, Sensitive: true}, "secret", nil},
		{"what is not marked has none", form.Field{Type: form.LongText}, "long", nil},
	} {
		c.field.Key, c.field.Indexed = "k", true
		v := form.Values{}
		if c.value != nil {
			v["k"] = c.value
		}
		if got := entriesOf(form.Form{Fields: []form.Field{c.field}}, v)["k"]; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}
