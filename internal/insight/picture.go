package insight

import (
	"context"
	"time"

	"neike/internal/catalog"
	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/signin"
)

// The measures of people; the weeks follow, this one first.
const (
	canSignIn = iota
	in90
	in30
	in7
	weekly
	measures = weekly + signin.SeenWeeks
)

// windows are the days of in90, in30 and in7.
var windows = [...]int{in90: 90, in30: 30, in7: 7}

// traffic is requests, by week back from this one.
type traffic struct{ own, behalf, program, received, quiet [signin.SeenWeeks]int32 }

// row is one unit: itself with everything below, or the people directly in it.
type row struct {
	people   int
	units    int // valid ones, itself included
	services int
	cells    [measures]cell
	asks     mark // of requests: whether there are people enough
	traffic  traffic
}

func (r *row) add(o *row) {
	r.people, r.units, r.services = r.people+o.people, r.units+o.units, r.services+o.services
	for m := range r.cells {
		r.cells[m].x += o.cells[m].x
	}
	for w := range signin.SeenWeeks {
		r.traffic.own[w] += o.traffic.own[w]
		r.traffic.behalf[w] += o.traffic.behalf[w]
		r.traffic.program[w] += o.traffic.program[w]
		r.traffic.quiet[w] += o.traffic.quiet[w]
		r.traffic.received[w] += o.traffic.received[w]
	}
}

// picture is the whole company at a moment. It is not changed once it is taken.
type picture struct {
	at     time.Time
	monday time.Time // first moment of this week, in the company's zone
	tree   *org.Tree
	least  int         // people that a count is about at least
	whole  map[ID]*row // a unit with everything below
	direct map[ID]*row // the people directly in it
	done   map[ID]bool // units that delivered something lately
	states map[ID]unitState
}

// take reads everything and adds it up.
func (s *Service) take(ctx context.Context) (*picture, error) {
	tree, err := s.rooms.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	services, err := s.rooms.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	least, err := s.rooms.Disclose.Least(ctx)
	if err != nil {
		return nil, err
	}
	p := &picture{tree: tree, least: least, whole: make(map[ID]*row, tree.Len()), direct: make(map[ID]*row, tree.Len())}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p.at = rd.Instant()
		zone := s.rooms.Org.Company(ctx).Location()
		day := signin.DayOf(p.at, zone)
		y, m, d := p.at.In(zone).Date()
		p.monday = time.Date(y, m, d-(day+3)%7, 0, 0, 0, 0, zone)
		p.lay(services)
		people, err := presences(ctx, rd)
		if err != nil {
			return err
		}
		p.count(people, day)
		moves, err := s.past.between(ctx, rd, p.since(), p.at)
		if err != nil {
			return err
		}
		p.flow(moves)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.done != nil {
		if p.done, err = s.done(ctx, dayNumber(p.at.In(p.monday.Location()).AddDate(0, 0, 1-liveDays))); err != nil {
			return nil, err
		}
	}
	p.sum()
	p.hide()
	p.live(services)
	return p, nil
}

// since is the first moment of the first week that is known.
func (p *picture) since() time.Time { return p.monday.AddDate(0, 0, -7*(signin.SeenWeeks-1)) }

// lay makes a row for each unit, with the services it offers.
func (p *picture) lay(services *catalog.Snapshot) {
	for _, u := range p.tree.All() {
		r := &row{}
		if u.Valid(p.at) {
			r.units = 1
		}
		for _, x := range services.Of(u.ID) {
			if x.State == catalog.Live {
				r.services++
			}
		}
		p.direct[u.ID] = r
	}
}

func (p *picture) count(people []presence, today int) {
	this := signin.WeekOf(today)
	for _, one := range people {
		r, ok := p.direct[one.unit]
		if !ok {
			continue
		}
		r.people++
		if one.can {
			r.cells[canSignIn].x++
		}
		for m := in90; m <= in7; m++ {
			if within(one.day, today, windows[m]) {
				r.cells[m].x++
			}
		}
		for _, w := range came(one.day, one.weeks, this) {
			r.cells[weekly+w].x++
		}
	}
}

func (p *picture) flow(moves []request.Traffic) {
	for _, t := range moves {
		w := signin.SeenWeeks - 1 - t.Week
		if w < 0 || w >= signin.SeenWeeks {
			continue
		}
		if r, ok := p.direct[t.Customer]; ok {
			r.traffic.own[w] += int32(t.Own)
			r.traffic.behalf[w] += int32(t.Behalf)
			r.traffic.program[w] += int32(t.Program)
			r.traffic.quiet[w] += int32(t.Quiet)
		}
		if r, ok := p.direct[t.Provider]; ok {
			r.traffic.received[w] += int32(t.Own + t.Behalf + t.Program)
			r.traffic.quiet[w] += int32(t.Quiet)
		}
	}
}

// sum adds what is below to each unit. Units stand before what is below them.
func (p *picture) sum() {
	units := p.tree.All()
	for _, u := range units {
		whole := *p.direct[u.ID]
		p.whole[u.ID] = &whole
	}
	for i := len(units) - 1; i >= 0; i-- {
		if up, ok := p.whole[units[i].Parent]; ok {
			up.add(p.whole[units[i].ID])
		}
	}
	for _, u := range units {
		p.whole[u.ID].judge(p.least)
		p.direct[u.ID].judge(p.least)
	}
}

// judge marks what a row shows for itself.
func (r *row) judge(least int) {
	for m := range r.cells {
		c := &r.cells[m]
		c.rest = r.people - c.x
		c.mark = first(c.x, r.people, least)
		if m > canSignIn && m < weekly && c.mark == open && disclose.Cut(c.x, r.cells[m-1].x, least) && r.cells[m-1].mark == open {
			c.mark = withheld
		}
	}
	r.asks = first(r.people, r.people*2, least)
}

// hide withholds, from the top down, what could be had by subtraction.
func (p *picture) hide() {
	below := map[ID][]org.Unit{}
	for _, u := range p.tree.All() {
		below[u.Parent] = append(below[u.Parent], u)
	}
	for _, u := range p.tree.All() {
		kids := below[u.ID]
		if len(kids) == 0 {
			continue
		}
		rows := []*row{p.direct[u.ID]}
		for _, k := range kids {
			rows = append(rows, p.whole[k.ID])
		}
		total := p.whole[u.ID]
		for m := range total.cells {
			cells := make([]*cell, len(rows))
			for i, r := range rows {
				cells[i] = &r.cells[m]
			}
			veil(total.cells[m].mark, cells, p.least)
		}
		asks := make([]*cell, len(rows))
		for i, r := range rows { // a request is about the people who may have made it
			asks[i] = &cell{x: r.people, rest: r.people, mark: r.asks}
		}
		veil(total.asks, asks, p.least)
		for i, r := range rows {
			r.asks = asks[i].mark
		}
	}
}
