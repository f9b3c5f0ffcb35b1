package request

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// atHour is an hour of one long day without breaks.
func atHour(h float64) time.Time {
	return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).Add(time.Duration(h * float64(time.Hour)))
}

// logged makes a log of what happened hour by hour; the first is the opening at 0 with unit 1.
func logged(list ...Event) []Event {
	out := []Event{{Request: 9, N: 1, At: atHour(0), Kind: VerbOpen, Unit: 1}}
	unit := int64(1)
	for i, e := range list {
		if e.Unit == 0 {
			e.Unit = unit
		}
		unit = e.Unit
		e.Request, e.N = 9, i+2
		out = append(out, e)
	}
	return out
}

func did(h float64, kind Verb) Event { return Event{At: atHour(h), Kind: kind} }

func took(h float64, person int64) Event { return Event{At: atHour(h), Kind: VerbTake, Person: person} }

func went(h float64, kind Verb, unit int64) Event {
	return Event{At: atHour(h), Kind: kind, Unit: unit}
}

func concerning(h float64, kind Verb, id int64) Event {
	return Event{At: atHour(h), Kind: kind, Other: id}
}

// spelled writes spells as "unit:word hours".
func spelled(list []spell) string {
	words := [spentKinds]string{"waiting", "hand", "along", "parts", "paused"}
	var out []string
	for _, s := range list {
		text := fmt.Sprintf("%d:%s %g", s.unit, words[s.on], s.to.Sub(s.from).Hours())
		for _, p := range s.parts {
			text += fmt.Sprintf("/%d", p)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestWhereTheTimeOfARequestGoes(t *testing.T) {
	const a, b = 71, 72 // parts, of units 5 and 6
	for _, c := range []struct {
		name    string
		log     []Event
		now     float64
		spells  string
		passes  int
		back    int
		quality bool
	}{
		{"nobody has taken it yet", logged(), 3, "1:waiting 3", 0, 0, false},
		{"taken after an hour and delivered after four", logged(took(1, 7), did(4, VerbDeliver), did(9, VerbAccept)), 20, "1:waiting 1, 1:hand 3", 0, 0, false},
		{"what its customer sends back goes on in the same hands", logged(took(1, 7), did(4, VerbDeliver), did(6, VerbReturn), did(8, VerbDeliver)), 20,
			"1:waiting 1, 1:hand 3, 1:hand 2", 0, 0, false},
		{"a question is the customer's time", logged(took(1, 7), did(2, VerbAsk), did(5, VerbAnswer), did(6, VerbDeliver)), 20, "1:waiting 1, 1:hand 1, 1:paused 3, 1:hand 1", 0, 0, false},
		{"a question that was not needed is the unit's", logged(took(1, 7), did(2, VerbAsk), did(5, VerbAnswer), concerning(5, VerbContest, 3), concerning(5.5, VerbVoid, 3), did(6, VerbDeliver)), 20,
			"1:waiting 1, 1:hand 1, 1:hand 3, 1:hand 0.5, 1:hand 0.5", 0, 0, false},
		{"handed over it waits with the next unit", logged(took(1, 7), went(2, VerbHandOver, 2), took(5, 8), did(6, VerbDeliver)), 20, "1:waiting 1, 1:hand 1, 2:waiting 3, 2:hand 1", 1, 0, false},
		{"declined it was not theirs", logged(went(1, VerbDecline, 2), took(2, 8), did(3, VerbDeliver)), 20, "1:waiting 1, 2:waiting 1, 2:hand 1", 1, 0, false},
		{"to and fro, and the third time to the quality office", logged(took(1, 7), went(2, VerbHandOver, 2), took(3, 8), went(4, VerbHandOver, 1), took(5, 7), went(6, VerbHandOver, 3)), 7,
			"1:waiting 1, 1:hand 1, 2:waiting 1, 2:hand 1, 1:waiting 1, 1:hand 1, 3:waiting 1", 3, 1, true},
		{"a rule that gives it to a team is no hand-over", logged(went(0, VerbRoute, 2), took(1, 8)), 2, "2:waiting 1, 2:hand 1", 0, 0, false},
		{"while a part is open it waits for the other unit", logged(took(1, 7), concerning(2, VerbSplit, a), concerning(5, VerbPart, a), did(6, VerbDeliver)), 20,
			"1:waiting 1, 1:hand 1, 1:parts 3/5, 1:hand 1", 0, 0, false},
		{"and for two while two are", logged(took(1, 7), concerning(2, VerbSplit, a), concerning(2, VerbSplit, b), concerning(4, VerbPart, b), concerning(5, VerbPart, a)), 6,
			"1:waiting 1, 1:hand 1, 1:parts 2/5/6, 1:parts 1/5, 1:hand 1", 0, 0, false},
		{"along with another it is worked on there", logged(concerning(1, VerbMerge, 50), did(4, VerbDeliver)), 20, "1:waiting 1, 1:along 3", 0, 0, false},
		{"called off it is nobody's", logged(took(1, 7), did(2, VerbCancel)), 20, "1:waiting 1, 1:hand 1", 0, 0, false},
	} {
		h, err := handledOf(c.log, map[ID]int64{a: 5, b: 6}, atHour(c.now))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		back := 0
		for _, p := range h.passes {
			if p.back {
				back++
			}
		}
		if got := spelled(h.spells); got != c.spells || len(h.passes) != c.passes || back != c.back || h.quality != c.quality {
			t.Errorf("%s:\n got %s, %d passes, %d back, %v\nwant %s, %d, %d, %v", c.name, got, len(h.passes), back, h.quality, c.spells, c.passes, c.back, c.quality)
		}
	}
}

func TestWhoseLatenessItIs(t *testing.T) {
	hold := func(unit int64, on int, from, to float64, parts ...int64) spell {
		return spell{unit: unit, on: on, from: atHour(from), to: atHour(to), parts: parts}
	}
	hours := func(_ int64, from, to time.Time) int64 { return int64(to.Sub(from).Seconds()) }
	for _, c := range []struct {
		name   string
		spells []spell
		due    float64
		want   map[int64]float64
		after  float64 // hours
	}{
		{"of one unit it is all its own", []spell{hold(1, spentWaiting, 0, 4), hold(1, spentInHand, 4, 10)}, 8, map[int64]float64{1: 1}, 2},
		{"who got it in the last hour does not answer for the nine before", []spell{hold(1, spentInHand, 0, 9), hold(2, spentInHand, 9, 12)}, 10, map[int64]float64{1: .75, 2: .25}, 2},
		{"the customer's time is nobody's", []spell{hold(1, spentInHand, 0, 1), hold(1, spentPaused, 1, 9), hold(2, spentInHand, 9, 12)}, 10, map[int64]float64{1: .25, 2: .75}, 2},
		{"a part is its unit's", []spell{hold(1, spentInHand, 0, 1), hold(1, spentParts, 1, 4, 5)}, 3, map[int64]float64{1: .25, 5: .75}, 1},
		{"two parts at once share it", []spell{hold(1, spentParts, 0, 4, 5, 6), hold(1, spentParts, 4, 8, 5)}, 6, map[int64]float64{5: .75, 6: .25}, 2},
		{"what goes along waits with its unit", []spell{hold(1, spentAlong, 0, 4)}, 1, map[int64]float64{1: 1}, 3},
		{"where no time was counted it is the last one's", nil, 1, map[int64]float64{9: 1}, 0},
	} {
		list := portions(handled{last: 9, spells: c.spells}, atHour(c.due), hours)
		got, total := delays(list, 9), 0.0
		for unit, share := range got {
			total += share
			if c.want[unit] != share {
				t.Errorf("%s: %d has %g, want %g", c.name, unit, share, c.want[unit])
			}
		}
		if len(got) != len(c.want) || total != 1 || afterOf(list) != c.after*3600 {
			t.Errorf("%s: %v, together %g, late by %g s", c.name, got, total, afterOf(list))
		}
	}
}

func TestTooFewToTell(t *testing.T) {
	h := Handled{Late: 4, Owed: 2}
	if _, ok := h.OwnShare(); ok {
		t.Error("four late ones are too few")
	}
	h.Late, h.Owed = 5, 2
	if share, ok := h.OwnShare(); !ok || share != .4 {
		t.Errorf("of five it is %g", share)
	}
	for range 9 {
		h.inHand = append(h.inHand, 60)
	}
	if _, ok := h.Median(); ok {
		t.Error("nine are too few for a median")
	}
	h.inHand = append(h.inHand, 30)
	if m, ok := h.Median(); !ok || m != 60 {
		t.Errorf("the median is %d", m)
	}
	if v, _ := quantile([]int64{3, 1, 2, 1, 1, 1, 1, 1, 1, 1}, .9); v != 2 {
		t.Errorf("nine in ten: %d", v)
	}
}

// TestNobodyReadsWhatIsNotTheirs: a request counts for a reader when a unit had it whose numbers are shown to the reader.
func TestNobodyReadsWhatIsNotTheirs(t *testing.T) {
	x := &handlingSum{by: ByUnit, seen: func(u int64) bool { return u == 2 }, rows: map[int64]*Handled{}, ways: map[[2]int64]*Way{}}
	x.add(handledCase{hops: 1, log: handled{last: 1}, shares: []portion{{unit: 1}}})
	x.add(handledCase{hops: 2, log: handled{last: 2, passes: []passed{{from: 1, to: 2}}}, shares: []portion{{unit: 1}, {unit: 2}}})
	x.add(handledCase{hops: 3, log: handled{last: 3, passes: []passed{{from: 1, to: 3}}}, shares: []portion{{unit: 1}, {unit: 3}}})
	if got := x.total(); got.Requests != 1 || got.Most != 2 || got.Passed != 1 {
		t.Errorf("over all: %+v", got)
	}
	if rows := x.list(x.seen); len(rows) != 1 || rows[0].Key != 2 || rows[0].Got != 1 {
		t.Errorf("rows %+v", rows)
	}
	if ways := x.between(9); len(ways) != 1 || ways[0].From != 1 || ways[0].To != 2 {
		t.Errorf("ways %+v", ways)
	}
}
