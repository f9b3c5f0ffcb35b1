package e2e

// agreed are the stops at agreements of the demo: OLA-1 of finance and sales is in force, OLA-3 waits for a signature, OLA-4 was
// sent back.
func agreed() map[string][]stop {
	return map[string][]stop{
		"GET /agreements":                 {{name: "agreements", path: "/agreements", who: administrator}, {name: "no agreements", path: "/agreements?state=coming", who: customer}},
		"GET /agreements/new":             {{name: "agreement begun", path: "/agreements/new?provider=finance&customer=rd", who: head}},
		"GET /agreements/{number}":        {{name: "agreement", path: "/agreements/OLA-1?try=1", who: head}, {name: "agreement sent back", path: "/agreements/OLA-4", who: administrator}},
		"GET /agreements/{number}/edit":   {{name: "agreement edited", path: "/agreements/OLA-1/edit", who: head}},
		"GET /agreements/{number}/print":  {{name: "agreement to print", path: "/agreements/OLA-1/print", who: head}},
		"GET /agreements/{number}/review": {{name: "review of a quarter", path: "/agreements/OLA-1/review", who: head}, {name: "review without an agreement", path: "/agreements/OLA-3/review", who: administrator}},
	}
}
