package request

import "testing"

// TestAQuestionThatWasNotNeededIsDrawnAsCounted: the clock goes on in it, so the picture does not say that it stood still.
func TestAQuestionThatWasNotNeededIsDrawnAsCounted(t *testing.T) {
	asked := []Event{took(1, 7), did(2, VerbAsk), did(5, VerbAnswer), did(6, VerbAsk), did(7, VerbAnswer)}
	for name, c := range map[string]struct {
		log  []Event
		want []string
	}{
		"both pauses stand":     {logged(asked...), []string{"held", "paused", "held", "paused", "held"}},
		"the first was voided":  {logged(append(asked, concerning(8, VerbContest, 3), concerning(9, VerbVoid, 3))...), []string{"held", "waiting", "held", "paused", "held"}},
		"the second was upheld": {logged(append(asked, concerning(8, VerbContest, 5), concerning(9, VerbKeep, 5))...), []string{"held", "paused", "held", "paused", "held"}},
	} {
		list := stretches(Request{Customer: 2}, c.log)
		if len(list) != len(c.want) {
			t.Fatalf("%s: %+v", name, list)
		}
		for i, s := range list {
			if s.kind != c.want[i] || s.counts != (s.kind == "waiting") {
				t.Errorf("%s: bar %d is %+v, want %s", name, i, s, c.want[i])
			}
		}
	}
}
