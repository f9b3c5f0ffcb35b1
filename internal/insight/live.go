package insight

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// liveDays is how lately a unit must have done something to be live.
const liveDays = 28

// How far a unit is.
const (
	unitLive  = "live"  // has a service on offer and delivered something in the last 28 days
	unitIdle  = "idle"  // has a service on offer, and nothing was delivered
	unitNone  = "none"  // offers nothing
	unitAsks  = "asks"  // its people asked for something; whatever else it is
	lackDone  = "done"  // nothing delivered in 28 days
	lackTerms = "terms" // no standard that its head confirmed
	lackOffer = "offer" // no service
	lackDoor  = "door"  // fewer can sign in than a number is about at least
	lackCame  = "came"  // fewer came in 30 days
)

// unitStates are what a list of units is asked by.
var unitStates = []string{unitLive, unitIdle, unitNone, unitAsks}

// unitState is how far one unit is, by itself and not with those below.
type unitState struct {
	counts bool // it stands for people
	state  string
	asks   bool
	lacks  []string
}

// dayNumber is a date as a number, 20261121.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// live says of each unit how far it is.
func (p *picture) live(services *catalog.Snapshot) {
	p.states = make(map[ID]unitState, p.tree.Len())
	for _, u := range p.tree.All() {
		r := p.direct[u.ID]
		terms := 0
		for _, x := range services.Of(u.ID) {
			if x.State == catalog.Live && !x.Standard.Starting {
				terms++
			}
		}
		p.states[u.ID] = stateOf(u.Valid(p.at) && u.Level != org.Entity && u.Level != org.Site, r, terms, p.done[u.ID], p.least)
	}
}

// stateOf judges a unit by its people, services and what it did.
func stateOf(valid bool, r *row, terms int, done bool, least int) unitState {
	x := unitState{counts: valid && (r.people > 0 || r.services > 0)}
	if !x.counts {
		return x
	}
	for w := range liveDays / 7 {
		x.asks = x.asks || r.traffic.own[w]+r.traffic.behalf[w] > 0
	}
	switch {
	case r.services == 0:
		x.state = unitNone
		x.lacks = append(x.lacks, lackOffer)
	case done:
		x.state = unitLive
	default:
		x.state = unitIdle
		x.lacks = append(x.lacks, lackDone)
	}
	if r.services > 0 && terms == 0 {
		x.lacks = append(x.lacks, lackTerms)
	}
	if r.people >= least {
		if r.cells[canSignIn].mark == fewer {
			x.lacks = append(x.lacks, lackDoor)
		} else if r.cells[in30].mark == fewer {
			x.lacks = append(x.lacks, lackCame)
		}
	}
	return x
}

// units are those of a branch that are so far; "" all that count.
func (p *picture) units(top ID, state string) (out []org.Unit) {
	for _, id := range p.tree.Descendants(top) {
		x := p.states[id]
		if u, ok := p.tree.ByID(id); ok && x.counts && (state == "" || x.state == state || state == unitAsks && x.asks) {
			out = append(out, u)
		}
	}
	return out
}

// lacking says what is missing in words.
func lacking(ctx context.Context, x unitState, least int) (out []string) {
	for _, name := range x.lacks {
		out = append(out, lang.T(ctx, "insight.lack-"+name, "least", least))
	}
	return out
}
