package relation

import (
	"strings"
	"testing"

	"neike/internal/kit/fault"
)

// TestWhatAnswersAnExpectation: what holds, what has changed, what is gone.
func TestWhatAnswersAnExpectation(t *testing.T) {
	for name, c := range map[string]struct {
		kept    ExpectState
		version int64
		now     Ground
		there   bool
		want    ExpectState
	}{
		"nobody has answered":     {ExpectOpen, 0, Ground{}, false, ExpectOpen},
		"as it was":               {ExpectAnswered, 3, Ground{Version: 3}, true, ExpectAnswered},
		"as it was, and not seen": {ExpectAnswered, 3, Ground{Version: 3, Hidden: true}, true, ExpectAnswered},
		"changed since":           {ExpectAnswered, 3, Ground{Version: 4}, true, ExpectLapsed},
		"gone":                    {ExpectAnswered, 3, Ground{}, false, ExpectLapsed},
		"refused":                 {ExpectRefused, 0, Ground{}, false, ExpectRefused},
		"withdrawn":               {ExpectWithdrawn, 3, Ground{Version: 4}, true, ExpectWithdrawn},
	} {
		if got := stateOf(c.kept, c.version, c.now, c.there); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestWordsOfAnExpectation: everything wrong is told at once, and what makes an answer void.
func TestWordsOfAnExpectation(t *testing.T) {
	for want, in := range map[string]ExpectationInput{
		"":                     {Text: " 三天付款 ", Importance: 5, Kano: MustBe},
		"text importance":      {Text: " \n"},
		"text kano":            {Text: strings.Repeat("长", 501), Importance: 1, Kano: "x"},
		"importance":           {Text: "三天", Importance: 6},
		"text importance kano": {Importance: -1, Kano: "y"},
	} {
		var bad fault.Fields
		in.check(&bad)
		var names []string
		for _, f := range bad.All() {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	x := Expectation{Text: "三天", Importance: 3, Service: 7}
	for name, c := range map[string]struct {
		in               ExpectationInput
		service          int64
		changes, reopens bool
	}{
		"the same":         {ExpectationInput{Text: "三天", Importance: 3}, 7, false, false},
		"more important":   {ExpectationInput{Text: "三天", Importance: 5}, 7, true, false},
		"a class":          {ExpectationInput{Text: "三天", Importance: 3, Kano: MustBe}, 7, true, false},
		"other words":      {ExpectationInput{Text: "两天", Importance: 3}, 7, true, true},
		"another service":  {ExpectationInput{Text: "三天", Importance: 3}, 8, true, true},
		"none in particul": {ExpectationInput{Text: "三天", Importance: 3}, 0, true, true},
	} {
		if c.in.changes(x, c.service) != c.changes || c.in.reopens(x, c.service) != c.reopens {
			t.Error(name)
		}
	}
}
