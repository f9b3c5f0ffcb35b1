package routing

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
)

// The most of everything.
const (
	mostRules  = 50
	mostPeople = 50
	mostName   = 60
	mostPlaces = 50
	mostSkills = 20 // of one person
	mostSkill  = 30 // characters
)

// moment is what the conditions of time ask for.
type moment struct{ atWork, duty bool }

// holds says whether all conditions of a rule are true of a case. under says whether a unit lies in or below another, within
// the same of places.
func (r Rule) holds(c Case, m moment, under, within func(one, top int64) bool) bool {
	switch {
	case len(r.Services) > 0 && !slices.Contains(r.Services, c.Service),
		len(r.Customers) > 0 && !slices.ContainsFunc(r.Customers, func(top int64) bool { return under(c.Customer, top) }),
		len(r.Places) > 0 && (c.Place == 0 || !slices.ContainsFunc(r.Places, func(top int64) bool { return within(c.Place, top) })),
		r.Priority == "urgent" && !c.Urgent, r.Priority == "usual" && c.Urgent,
		r.Time == AtWork && !m.atWork, r.Time == OffWork && m.atWork, r.Time == OnDuty && !m.duty:
		return false
	}
	return r.When == nil || c.Form.Holds(r.When, c.Values)
}

// next is whose turn it is after last among people in their order; those whom there is no reaching are passed over. 0: nobody.
func next(people []int64, last int64, there func(int64) bool) int64 {
	begin := slices.Index(people, last) + 1 // not among them: from the first
	for i := range people {
		if p := people[(begin+i)%len(people)]; there(p) {
			return p
		}
	}
	return 0
}

// least is who has least in hand; of several the next after last. 0: nobody.
func least(people []int64, last int64, inHand map[int64]int, there func(int64) bool) int64 {
	fewest := -1
	for _, p := range people {
		if there(p) && (fewest < 0 || inHand[p] < fewest) {
			fewest = inHand[p]
		}
	}
	return next(people, last, func(p int64) bool { return there(p) && inHand[p] == fewest })
}

// turns says whether a rule remembers whose turn it was.
func (r Rule) turns() bool { return r.Way == InTurn || r.Way == ByLoad || r.Way == BySkill }

// known is what a set of rules may name.
type known struct {
	services map[int64]form.Form // of the unit: forms in force
	below    map[int64]bool      // units below
	units    func(int64) bool
	agents   map[int64]bool // who may be given something
}

// check finds what is wrong with a rule, under the names of its fields.
func (r Rule) check(k known) fault.Fields {
	var f fault.Fields
	if n := utf8.RuneCountInString(r.Name); n == 0 {
		f.Add("name", "form.required")
	} else if n > mostName {
		f.Add("name", "form.too-long", "max", mostName, "count", n)
	}
	for _, id := range r.Services {
		if _, ok := k.services[id]; !ok {
			f.Add("services", "routing.service-unknown")
			break
		}
	}
	if slices.ContainsFunc(r.Customers, func(u int64) bool { return !k.units(u) }) {
		f.Add("customers", "routing.unit-unknown")
	}
	if len(r.Places) > mostPlaces {
		f.Add("places", "routing.too-many-places", "max", mostPlaces)
	}
	if !slices.Contains([]string{"", "urgent", "usual"}, r.Priority) {
		f.Add("priority", "routing.choice-unknown")
	}
	if !slices.Contains(Times, r.Time) {
		f.Add("time", "routing.choice-unknown")
	}
	if r.When != nil {
		if len(r.Services) != 1 {
			f.Add("when", "routing.when-one-service")
		} else if bad := k.services[r.Services[0]].CheckCondition(r.When); bad.Len() > 0 {
			f.Add("when", "routing.when-wrong")
		}
	}
	r.checkWay(&f, k)
	return f
}

func (r Rule) checkWay(f *fault.Fields, k known) {
	strangers := slices.ContainsFunc(r.People, func(p int64) bool { return !k.agents[p] })
	switch r.Way {
	case ToPerson:
		if len(r.People) != 1 {
			f.Add("people", "routing.one-person")
		} else if strangers {
			f.Add("people", "routing.not-agent")
		}
	case InTurn:
		if len(r.People) < 2 {
			f.Add("people", "routing.two-people")
		} else if strangers {
			f.Add("people", "routing.not-agent")
		}
	case ByLoad:
		if strangers {
			f.Add("people", "routing.not-agent")
		}
	case BySkill:
		if r.Skill == "" {
			f.Add("skill", "form.required")
		}
	case ToUnit:
		if !k.below[r.Unit] {
			f.Add("unit", "routing.unit-below")
		}
	case ToDuty, ToQueue:
	default:
		f.Add("way", "form.required")
	}
	if len(r.People) > mostPeople {
		f.Add("people", "routing.too-many", "max", mostPeople)
	}
}

// settled is a rule without what its way does not need.
func (r Rule) settled() Rule {
	r.Name, r.Skill = strings.TrimSpace(r.Name), skillOf(r.Skill)
	if r.Way != ToPerson && r.Way != InTurn && r.Way != ByLoad {
		r.People = nil
	}
	if r.Way != ToUnit {
		r.Unit = 0
	}
	if r.Way != BySkill {
		r.Skill = ""
	}
	return r
}

// skillOf is a skill as it is compared: without spaces around, Latin letters small.
func skillOf(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// skillsOf reads what somebody typed for a person: parted by commas, each once.
func skillsOf(text string) ([]string, error) {
	var out []string
	for _, x := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		if x = skillOf(x); x == "" || slices.Contains(out, x) {
			continue
		}
		if utf8.RuneCountInString(x) > mostSkill {
			return nil, fmt.Errorf("too long")
		}
		out = append(out, x)
	}
	if len(out) > mostSkills {
		return nil, fmt.Errorf("too many")
	}
	return out, nil
}

// moved is a set with one rule a place higher or lower.
func moved(list []Rule, id int64, by int) []Rule {
	list = slices.Clone(list)
	i := slices.IndexFunc(list, func(r Rule) bool { return r.ID == id })
	if j := i + by; i >= 0 && j >= 0 && j < len(list) {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
