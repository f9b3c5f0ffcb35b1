package e2e

// looked are the stops at what executives, the quality office and heads look at: the wall screen, and work against capacity.
func looked() map[string][]stop {
	return map[string][]stop{
		"GET /wall":            {{name: "wall", path: "/wall", who: administrator}},
		"GET /capacity":        {{name: "capacity", path: "/capacity", who: administrator}},
		"GET /capacity/{unit}": {{name: "capacity of a unit", path: "/capacity/finance", who: head}, {name: "capacity of a unit that only asks", path: "/capacity/proj1", who: administrator}},
	}
}
