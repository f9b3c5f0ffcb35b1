package agreement

import (
	"context"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/disclose"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
)

// Pack is what both sides look at in a review: a quarter of what they agreed on.
type Pack struct {
	View
	Quarter  Quarter
	Version  Version // in force at the end of the quarter, or now where it still runs; N 0: none was
	Edge     relation.Direction
	Trend    []Share // of the last four quarters, the oldest first; nil where the reader may not see numbers
	Services []ServedAs
	Kept     []Kept
	Comments []Word
	Shown    bool // the reader may see the numbers of the edge
	Rated    bool // the reader may see satisfaction
	Score    disclose.Score
	Least    int // of how many people it is at least
}

// Share is the share in time of a quarter: a fact.
type Share struct {
	Quarter Quarter
	Hits, N int64
}

// ServedAs is a service that the version sets a target for.
type ServedAs struct {
	Target   Target
	Standard catalog.Standard // with the target over it
	Served
}

// Verdict judges the share in time against what is agreed.
func (s ServedAs) Verdict() string { return verdict(s.Met, s.N(), s.Standard.CompletionTarget) }

// quarterTrend is how many quarters a pack looks back.
const quarterTrend = 4

// Review puts the pack of a quarter together. Errors: ErrNotFound for who may not see the agreement.
func (s *Service) Review(ctx context.Context, number int64, q Quarter) (Pack, error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return Pack{}, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Pack{}, err
	}
	p := Pack{View: v, Quarter: q}
	zone, now := s.Org.Company(ctx).Location(), s.db.Now()
	from, to := q.Period().Begin(zone), q.Period().End(zone)
	at := to.Add(-time.Second)
	if at.After(now) {
		at = now
	}
	p.Version, _ = v.InForce(at, zone)
	provider, _ := tree.ByID(v.Provider)
	customer, _ := tree.ByID(v.Customer)
	for back := quarterTrend - 1; back >= 0; back-- {
		d, err := s.Relation.Direction(ctx, provider.Code, customer.Code, q.back(back).Period())
		if err != nil {
			return p, err
		}
		p.Edge, p.Shown = d, d.Shown
		if d.Shown {
			p.Trend = append(p.Trend, Share{q.back(back), d.InTime.Hits, d.InTime.N})
		}
	}
	if p.Rated, err = s.Disclose.Sees(ctx, v.Provider, v.Customer); err != nil {
		return p, err
	}
	if p.Rated {
		if p.Score, err = s.Disclose.Between(ctx, v.Provider, v.Customer, disclose.Days(q.Period()), false); err != nil {
			return p, err
		}
		if p.Least, err = s.Disclose.Least(ctx); err != nil {
			return p, err
		}
	}
	return p, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if p.Comments, err = wordsOf(ctx, rd, v.ID, q); err != nil {
			return err
		}
		people := make([]org.ID, 0, len(p.Comments))
		for _, w := range p.Comments {
			people = append(people, w.Person)
		}
		names, err := s.Org.Names(ctx, rd, people)
		for id, x := range names {
			p.People[id] = x
		}
		if err != nil || !p.Shown || p.Version.N == 0 {
			return err
		}
		return s.measure(ctx, rd, tree, &p, from, to)
	})
}

// measure counts what became of each service and duty of the version.
func (s *Service) measure(ctx context.Context, rd sqldb.Reader, tree *org.Tree, p *Pack, from, to time.Time) error {
	customers := tree.WithForebears(tree.Descendants(p.Customer))
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	p.Services, p.Kept = nil, nil
	for _, t := range p.Version.Terms.Targets {
		x := ServedAs{Target: t}
		if service, ok := snap.ByID(t.Service); ok {
			x.Standard = t.over(service.Standard)
		}
		if x.Served, err = s.past.Served(ctx, rd, t.Service, customers, from, to); err != nil {
			return err
		}
		p.Services = append(p.Services, x)
	}
	if len(p.Version.Terms.Duties) == 0 {
		return nil
	}
	h, err := s.past.Happened(ctx, rd, tree.WithForebears(tree.Descendants(p.Provider)), customers, from, to)
	if err != nil {
		return err
	}
	table, err := s.Calendar.TableFor(ctx, p.Provider)
	if err != nil {
		return err
	}
	due := func(since time.Time, d calendar.Duration) (time.Time, bool) {
		at, err := table.Due(since, d)
		return at, err == nil
	}
	for _, d := range p.Version.Terms.Duties {
		p.Kept = append(p.Kept, d.counted(h, rd.Instant(), due))
	}
	return nil
}

// TriedAs is what a draft would have made of the last whole quarter of a service.
type TriedAs struct {
	Target Target
	Tried
}

// Try runs the targets of the draft, or of what is in force, over what was due in the last three months. It changes nothing.
func (s *Service) Try(ctx context.Context, number int64) ([]TriedAs, error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil || len(v.Versions) == 0 {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []TriedAs
	now := s.db.Now()
	for _, t := range v.Versions[0].Terms.Targets {
		service, ok := snap.ByID(t.Service)
		if !ok || t.Completion.IsZero() {
			continue
		}
		x := TriedAs{Target: t}
		if x.Tried, err = s.past.Try(ctx, t.Service, t.over(service.Standard), tree.WithForebears(tree.Descendants(v.Customer)), now.AddDate(0, -3, 0), now); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
