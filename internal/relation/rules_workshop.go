package relation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/sorting"
	"neike/internal/org"
)

// SheetState is how far a unit is with its sheet.
type SheetState string

// The states.
const (
	SheetWaiting  SheetState = "waiting" // nobody has begun
	SheetDraft    SheetState = "draft"
	SheetHandedIn SheetState = "handed_in"
)

// SheetStates lists them in the order of counts.
var SheetStates = []SheetState{SheetHandedIn, SheetDraft, SheetWaiting}

// Frequencies are how often something is handed over; empty is not said.
var Frequencies = []string{"", "per_case", "on_demand", "daily", "weekly", "monthly", "quarterly", "yearly"}

// The limits of a sheet: characters of its texts, lines of it.
const (
	deliverableLongest = 100
	criterionLongest   = 200
	linesMost          = 200
)

// SheetLine is one thing that goes from one unit to another. Side is what the other unit is to the one whose sheet it stands on:
// Customer takes it, Provider brings it.
type SheetLine struct {
	Side        Side
	Other       org.ID
	Deliverable string
	Frequency   string
	Criterion   string
	Expects     string // what the customer expects of it: believed of a Customer, meant of a Provider
	Importance  int    // 1 … 5 of what is expected; 0: not said
}

func (l SheetLine) empty() bool {
	return l.Deliverable == "" && l.Frequency == "" && l.Criterion == "" && l.Expects == "" && l.Importance == 0
}

// check finds what is wrong with a line that is kept as a draft; at names it in the errors.
func (l *SheetLine) check(at string, unit org.ID, bad *fault.Fields) {
	l.Deliverable, l.Criterion, l.Expects = strings.TrimSpace(l.Deliverable), strings.TrimSpace(l.Criterion), strings.TrimSpace(l.Expects)
	for _, f := range []struct {
		name, text string
		most       int
	}{{"deliverable.", l.Deliverable, deliverableLongest}, {"criterion.", l.Criterion, criterionLongest}, {"expects.", l.Expects, expectLongest}} {
		if n := utf8.RuneCountInString(f.text); n > f.most {
			bad.Add(f.name+at, "web.too-long", "most", f.most, "count", n)
		}
	}
	if !slices.Contains(Frequencies, l.Frequency) {
		bad.Add("frequency."+at, "relation.sheet.frequency-unknown")
	}
	if l.Importance < 0 || l.Importance > importanceMost {
		bad.Add("importance."+at, "relation.expect.importance-missing")
	}
	if l.Other == unit {
		bad.Add("other."+at, "relation.word.itself")
	}
}

// tidied leaves one line at least of each unit, and of the others those that say something.
func tidied(lines []SheetLine) []SheetLine {
	said := map[org.ID]bool{}
	for _, l := range lines {
		said[l.Other] = said[l.Other] || !l.empty()
	}
	var out []SheetLine
	for _, l := range lines {
		if !l.empty() || !said[l.Other] {
			said[l.Other] = true
			out = append(out, l)
		}
	}
	return out
}

// ready finds what a sheet lacks to be handed in: a unit at least, and of each line what is handed over; how important it is that
// something is expected.
func ready(lines []SheetLine) error {
	var bad fault.Fields
	if len(lines) == 0 {
		bad.Add("lines", "relation.sheet.nothing")
	}
	for i, l := range lines {
		at := strconv.Itoa(i)
		if l.Deliverable == "" {
			bad.Add("deliverable."+at, "relation.sheet.deliverable-missing")
		}
		if l.Expects != "" && l.Importance == 0 {
			bad.Add("importance."+at, "relation.expect.importance-missing")
		}
	}
	return bad.Err()
}

// Agreement is how what two units say of a hand-over fits together.
type Agreement string

// In the order of lists: what has to be settled first.
const (
	OnlyProvider Agreement = "only_provider" // the provider lists the customer, which does not list it
	OnlyCustomer Agreement = "only_customer" // the customer lists the provider, which does not list it
	Differs      Agreement = "differs"       // both do, in different words
	Waits        Agreement = "waits"         // the other has not handed in its sheet
	Agrees       Agreement = "agrees"
)

// Agreements lists them.
var Agreements = []Agreement{OnlyProvider, OnlyCustomer, Differs, Waits, Agrees}

// Conflict says that one side knows of the relation and the other does not.
func (a Agreement) Conflict() bool { return a == OnlyProvider || a == OnlyCustomer }

// Facing is what two units say of what goes from the one to the other.
type Facing struct {
	Provider, Customer org.ID
	Agreement          Agreement
	Given              []SheetLine // in the provider's words; Expects is what it believes
	Taken              []SheetLine // in the customer's words; Expects is what it means
}

// faced puts the sheets that were handed in face to face.
func faced(sheets []Sheet) []Facing {
	handed, at := map[org.ID]bool{}, map[[2]org.ID]int{}
	var out []Facing
	of := func(provider, customer org.ID) *Facing {
		i, known := at[[2]org.ID{provider, customer}]
		if !known {
			i = len(out)
			at[[2]org.ID{provider, customer}] = i
			out = append(out, Facing{Provider: provider, Customer: customer})
		}
		return &out[i]
	}
	for _, s := range sheets {
		if s.State != SheetHandedIn {
			continue
		}
		handed[s.Unit] = true
		for _, l := range s.Lines {
			if l.Side == Customer {
				f := of(s.Unit, l.Other)
				f.Given = append(f.Given, l)
			} else {
				f := of(l.Other, s.Unit)
				f.Taken = append(f.Taken, l)
			}
		}
	}
	for i := range out {
		out[i].Agreement = out[i].judge(handed)
	}
	sorting.Stable(out, func(a, b Facing) int {
		return cmp.Compare(slices.Index(Agreements, a.Agreement), slices.Index(Agreements, b.Agreement))
	})
	return out
}

func (f Facing) judge(handed map[org.ID]bool) Agreement {
	switch {
	case len(f.Taken) == 0 && handed[f.Customer]:
		return OnlyProvider
	case len(f.Given) == 0 && handed[f.Provider]:
		return OnlyCustomer
	case len(f.Taken) == 0 || len(f.Given) == 0:
		return Waits
	case wording(f.Given) == wording(f.Taken):
		return Agrees
	}
	return Differs
}

// wording is what goes over, how often and by which criterion, without the order of lines, blanks and capitals.
func wording(lines []SheetLine) string {
	var all []string
	for _, l := range lines {
		all = append(all, strings.ToLower(strings.Join(strings.Fields(l.Deliverable), " ")+"\x00"+l.Frequency+"\x00"+strings.Join(strings.Fields(l.Criterion), " ")))
	}
	slices.Sort(all)
	return strings.Join(all, "\x01")
}
