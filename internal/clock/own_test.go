package clock

import "testing"

// TestEachClockCountsInItsOwnCalendar: response and completion may count in different calendars, the hop in its unit's.
func TestEachClockCountsInItsOwnCalendar(t *testing.T) {
	plain, own := asked(), asked()
	own.CompletionIn = In{Calendar: "plant-3shift", Version: 1}
	other := asked()
	other.ResponseIn = In{Calendar: "plant-3shift", Version: 1}
	retarget := Mark{At: at("09-30 10:00"), Kind: Retarget, Completion: hoursOf(24), Policy: FromStart, CompletionIn: In{Calendar: "plant-3shift", Version: 1}}
	cases := []struct {
		name                 string
		marks                []Mark
		response, completion string
		calendar             string // of the completion
	}{
		{"both in the unit's", []Mark{plain}, "09-30 11:10", "10-09 16:40", "default"},
		{"the completion in another", []Mark{own}, "09-30 11:10", "09-30 16:40", "plant-3shift"},
		{"the response in another", []Mark{other}, "09-29 20:40", "10-09 16:40", "default"},
		{"a change of the completion's calendar leaves the response alone", []Mark{plain, retarget}, "09-30 11:10", "09-30 16:40", "plant-3shift"},
	}
	tables := company(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			states, err := Replay(tables, c.marks, at("09-30 10:30"))
			if err != nil {
				t.Fatal(err)
			}
			if !states[0].DueAt.Equal(at(c.response)) || !states[1].DueAt.Equal(at(c.completion)) || states[1].Calendar != c.calendar {
				t.Errorf("response due %s, completion due %s in %s", states[0].DueAt, states[1].DueAt, states[1].Calendar)
			}
			if states[2].Scope != HopScope || states[2].Calendar != "default" {
				t.Errorf("the hop counts in %s", states[2].Calendar)
			}
			lines, err := Explain(tables, c.marks, at("09-30 10:30"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range lines {
				var counted int64
				for _, in := range lines[i].Intervals {
					if in.Kind == "counted" {
						counted += in.Seconds
					}
				}
				if counted != states[i].ElapsedSeconds() {
					t.Errorf("the intervals of clock %d add up to %d, it counted %d", i, counted, states[i].ElapsedSeconds())
				}
			}
		})
	}
}
