package e2e

// drawn are the stops at the pictures of the map, and at what keeps units apart: Procurement was late for Production until summer, and
// nothing goes between Marketing and Production.
func pictured() map[string][]stop {
	return map[string][]stop{
		"GET /relations/graph": {{name: "graph", path: "/relations/graph?unit=production&period=2026", who: administrator}, {name: "graph of three steps", path: "/relations/graph?unit=legal&depth=3", who: head},
			{name: "graph of nothing", path: "/relations/graph?unit=legal&standing=disputed&service=it.device", who: customer}},
		"GET /relations/chain":       {{name: "chain", path: "/relations/chain?unit=production&period=2026", who: administrator}, {name: "chain of others", path: "/relations/chain?unit=hr", who: customer}},
		"GET /relations/flow":        {{name: "flow", path: "/relations/flow?period=2026", who: administrator}, {name: "flow that is withheld", path: "/relations/flow", who: customer}},
		"GET /relations/walls/edges": {{name: "edges of the network", path: "/relations/walls/edges?of=ties", who: administrator}, {name: "pairs across sites", path: "/relations/walls/edges?of=across&groups=site", who: executive}, {name: "edges of a head", path: "/relations/walls/edges", who: head}},
		"GET /relations/walls":       {{name: "walls", path: "/relations/walls", who: administrator}, {name: "walls of a head", path: "/relations/walls", who: head}, {name: "walls between teams", path: "/relations/walls?level=team", who: executive}},
	}
}
