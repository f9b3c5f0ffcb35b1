package request

import (
	"testing"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

func TestMayAskFor(t *testing.T) {
	tree := org.NewTree([]org.Unit{{ID: 1, Code: "hq"}, {ID: 2, Code: "sales", Parent: 1}, {ID: 3, Code: "team", Parent: 2}, {ID: 4, Code: "it", Parent: 1}}, nil)
	in := func(unit int64, role string) actor.Actor {
		return actor.Actor{Person: 10, Unit: 4, Groups: []actor.Group{{ID: unit, Role: role}}}
	}
	other := actor.Actor{Person: 11, Unit: 3, Groups: []actor.Group{{ID: 3, Role: "member"}, {ID: 2, Role: "member"}}}
	const serves = 4
	for name, x := range map[string]struct {
		who  actor.Actor
		want bool
	}{
		"a colleague of the main unit":            {in(3, "member"), true},
		"a colleague of another unit they are in": {in(2, "member"), true},
		"somebody of elsewhere":                   {in(1, "member"), false},
		"an agent of the unit that serves":        {in(4, "agent"), true},
		"an agent of another unit":                {in(2, "agent"), false},
		"whoever heads a unit above":              {in(1, "head"), true},
		"whoever heads another unit":              {in(4, "head"), false},
		"the secretary of a unit above":           {in(2, "secretary"), true},
		"the secretary of another unit":           {in(4, "secretary"), false},
		"nobody in particular":                    {actor.Actor{Person: 10}, false},
		"the house itself":                        {actor.Actor{System: true}, true},
	} {
		if got := mayAskFor(x.who, other, serves, tree); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
