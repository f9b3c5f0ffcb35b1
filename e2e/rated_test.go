package e2e

// rated are the stops at satisfaction: what it is made of, and the rule of releasing.
func rated() map[string][]stop {
	return map[string][]stop{
		"GET /relations/{provider}/{customer}/ratings": {{name: "ratings released", path: "/relations/finance/proj1/ratings", who: administrator},
			{name: "no ratings released", path: "/relations/legal/equipment/ratings", who: administrator}},
		"GET /settings/disclosure": {{name: "the rule of releasing", path: "/settings/disclosure", who: administrator}, {name: "the rule, to read", path: "/settings/disclosure", who: customer}},
	}
}
