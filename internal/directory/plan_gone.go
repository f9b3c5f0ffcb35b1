package directory

import (
	"context"
	"strings"

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// planMissing makes the items of accounts that are somebody here and that the run has not seen.
func (p *planner) planMissing(ctx context.Context) error {
	after := ID(0)
	for {
		var list []Identity
		var items []Item
		err := p.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			if list, err = missingAfter(ctx, rd, p.c.ID, p.run.ID, after, 500); err != nil {
				return err
			}
			items, err = p.missing(ctx, rd, list)
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		after = list[len(list)-1].ID
		if err := p.put(ctx, items); err != nil {
			return err
		}
	}
}

func (p *planner) missing(ctx context.Context, rd sqldb.Reader, list []Identity) ([]Item, error) {
	var ids []org.ID
	for _, i := range list {
		ids = append(ids, i.Person)
	}
	people, err := p.s.org.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	elsewhere, err := p.elsewhere(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, i := range list {
		person := people[i.Person]
		if !person.Active || p.renamed[i.ID] {
			continue
		}
		item := Item{Sort: "stop", Label: strings.TrimSpace(person.No + " " + person.Name), itemBody: itemBody{Subject: i.Subject, Person: person.ID, Code: person.No}}
		if other := elsewhere[i.Person]; other != "" {
			item.Plan, item.Why = "kept", why("directory.why-elsewhere", "name", other)
			p.counts.Kept++
			out = append(out, item)
			continue
		}
		reason := why("directory.why-missing")
		if !p.run.Whole {
			reason = why("directory.why-out-of-sight")
		}
		out = append(out, p.leave(item, person, reason))
	}
	return out, nil
}

// elsewhere names, for people, another connection whose directory decides who is active and in which they are.
func (p *planner) elsewhere(ctx context.Context, rd sqldb.Reader, people []org.ID) (map[org.ID]string, error) {
	all, err := p.s.Connections(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := map[org.ID]string{}
	for _, c := range all {
		if c.ID == p.c.ID || !c.Sync || !c.Rules.owns("active") {
			continue
		}
		held, err := p.s.identitiesOf(ctx, rd, c.ID, people)
		if err != nil {
			return nil, err
		}
		for person, i := range held {
			if !i.Stopped {
				out[person] = c.Name.Zh
			}
		}
	}
	return out, nil
}

// planClosing makes the items of units whose department is gone. What is not in sight is not gone.
func (p *planner) planClosing(ctx context.Context) error {
	if !p.run.Whole {
		return nil
	}
	var items []Item
	for department, d := range p.decided {
		u, ok := p.tree.ByID(d.Unit)
		_, there := p.places[department]
		if there || !ok || !u.ValidTo.IsZero() || p.seen[u.ID] {
			continue
		}
		i := Item{N: p.tree.Depth(u.ID), Sort: "close", Label: strings.TrimSpace(u.Code + " " + u.Name.Zh), itemBody: itemBody{Code: u.Code, Department: department, Why: why("directory.why-unit-gone")}}
		i.Plan = "kept"
		if p.c.Rules.Close {
			i.Plan, i.State = "close", Planned
			p.counts.UnitsClosed++
		} else {
			p.counts.Kept++
		}
		items = append(items, i)
	}
	sorting.By(items, func(a, b Item) int { // what is below first
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Label, b.Label)
	})
	return p.put(ctx, items)
}
