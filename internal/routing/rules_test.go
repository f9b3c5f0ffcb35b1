package routing

import (
	"slices"
	"testing"

	"neike/internal/kit/form"
)

func TestWhetherARuleHolds(t *testing.T) {
	f := form.Form{Fields: []form.Field{{Key: "amount", Type: form.Number}}}
	under := func(unit, top int64) bool { return unit == top || top == 1 }
	within := func(place, top int64) bool { return place == top || top == 30 }
	c := Case{Unit: 10, Service: 5, Customer: 20, Place: 31, Form: f, Values: form.Values{"amount": "5000"}}
	large := &form.Condition{All: []form.Rule{{Field: "amount", Op: form.Above, Value: form.Operand{"4000"}}}}
	small := &form.Condition{All: []form.Rule{{Field: "amount", Op: form.AtMost, Value: form.Operand{"4000"}}}}
	for _, x := range []struct {
		name string
		rule Rule
		m    moment
		want bool
	}{
		{"without conditions it always holds", Rule{}, moment{}, true},
		{"one of its services", Rule{Services: []int64{4, 5}}, moment{}, true},
		{"another service", Rule{Services: []int64{4}}, moment{}, false},
		{"a customer below a unit named", Rule{Customers: []int64{1}}, moment{}, true},
		{"another customer", Rule{Customers: []int64{21}}, moment{}, false},
		{"at a place named", Rule{Places: []int64{40, 31}}, moment{}, true},
		{"at a place under one named", Rule{Places: []int64{30}}, moment{}, true},
		{"at another place", Rule{Places: []int64{40}}, moment{}, false},
		{"only urgent ones", Rule{Priority: "urgent"}, moment{}, false},
		{"only usual ones", Rule{Priority: "usual"}, moment{}, true},
		{"in working time, at night", Rule{Time: AtWork}, moment{}, false},
		{"outside working time, at night", Rule{Time: OffWork}, moment{}, true},
		{"somebody is on duty", Rule{Time: OnDuty}, moment{duty: true}, true},
		{"an answer above", Rule{When: large}, moment{}, true},
		{"an answer that is not", Rule{When: small}, moment{}, false},
		{"all have to hold", Rule{Services: []int64{5}, When: small}, moment{}, false},
	} {
		if got := x.rule.holds(c, x.m, under, within); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
	if c.Place = 0; (Rule{Places: []int64{30}}).holds(c, moment{}, under, within) {
		t.Error("asked from nowhere, a rule of a place holds")
	}
}

func TestWhoseTurnItIs(t *testing.T) {
	people := []int64{7, 8, 9}
	for _, x := range []struct {
		name string
		last int64
		away []int64
		want int64
	}{
		{"at first the first", 0, nil, 7},
		{"after the first the second", 7, nil, 8},
		{"after the last the first", 9, nil, 7},
		{"who is away is passed over", 7, []int64{8}, 9},
		{"and does not come before the others have", 9, []int64{7, 8}, 9},
		{"everybody is away", 7, people, 0},
		{"who had the turn is not among them any more", 5, nil, 7},
	} {
		there := func(p int64) bool { return !slices.Contains(x.away, p) }
		if got := next(people, x.last, there); got != x.want {
			t.Errorf("%s: %d", x.name, got)
		}
	}
}

func TestWhoHasLeastInHand(t *testing.T) {
	people := []int64{7, 8, 9}
	all := func(int64) bool { return true }
	for _, x := range []struct {
		name string
		last int64
		hand map[int64]int
		want int64
	}{
		{"the one with the fewest", 0, map[int64]int{7: 2, 8: 1, 9: 2}, 8},
		{"of several the next after the last", 7, map[int64]int{7: 1, 8: 2, 9: 1}, 9},
		{"nobody has anything", 8, nil, 9},
	} {
		if got := least(people, x.last, x.hand, all); got != x.want {
			t.Errorf("%s: %d", x.name, got)
		}
	}
}

func TestWhatIsWrongWithARule(t *testing.T) {
	k := known{services: map[int64]form.Form{5: {Fields: []form.Field{{Key: "amount", Type: form.Number}}}}, below: map[int64]bool{11: true},
		units: func(id int64) bool { return id < 30 }, agents: map[int64]bool{7: true, 8: true}}
	cond := func(key string) *form.Condition {
		return &form.Condition{All: []form.Rule{{Field: key, Op: form.Above, Value: form.Operand{"1"}}}}
	}
	for _, x := range []struct {
		name string
		rule Rule
		want []string
	}{
		{"nothing", Rule{Name: "a", Way: InTurn, People: []int64{7, 8}, Services: []int64{5}, When: cond("amount")}, nil},
		{"everything at once", Rule{Services: []int64{6}, Customers: []int64{40}, Priority: "x", Time: "y"}, []string{"name", "services", "customers", "priority", "time", "way"}},
		{"a condition on two services", Rule{Name: "a", Way: ToQueue, When: cond("amount")}, []string{"when"}},
		{"a condition on a field that is not there", Rule{Name: "a", Way: ToQueue, Services: []int64{5}, When: cond("size")}, []string{"when"}},
		{"a turn of one", Rule{Name: "a", Way: InTurn, People: []int64{7}}, []string{"people"}},
		{"a stranger", Rule{Name: "a", Way: ToPerson, People: []int64{9}}, []string{"people"}},
		{"a unit that is not below", Rule{Name: "a", Way: ToUnit, Unit: 12}, []string{"unit"}},
		{"a skill without a name", Rule{Name: "a", Way: BySkill}, []string{"skill"}},
	} {
		f := x.rule.check(k)
		var got []string
		for _, e := range f.All() {
			got = append(got, e.Name)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

func TestSkillsAsTheyAreTyped(t *testing.T) {
	got, err := skillsOf(" SAP，合同; sap、 税  务 ")
	if err != nil || !slices.Equal(got, []string{"sap", "合同", "税 务"}) {
		t.Errorf("%q %v", got, err)
	}
	if _, err := skillsOf("这是一项长得没有道理的技能名字写了又写写了又写写了又写写了又写"); err == nil {
		t.Error("a skill without end")
	}
}
