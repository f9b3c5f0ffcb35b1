package delivery

import (
	"context"
	"slices"
	"time"

	"neike/internal/access"
	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
	"neike/internal/todo"
)

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Relation.UsePending(s.openIn)
	s.home()
	s.Relation.AddPanel(relation.Panel{Place: relation.InDirection, Order: 40, Render: s.edgePanel})
	s.Todo.AddPanel(todo.Panel{Slot: todo.Waiting, Order: 20, Render: s.waitingPanel})
	for code, v := range map[string]todo.Verb{
		todoBring:  {Label: "delivery.todo.bring", Icon: "package-export", Serving: true},
		todoSettle: {Label: "delivery.todo.settle", Icon: "gavel", Serving: true},
		todoSkip:   {Label: "delivery.todo.skip", Icon: "message-question"},
		todoAgree:  {Label: "delivery.todo.agree", Icon: "checkbox"},
	} {
		s.Todo.AddVerb(code, v)
	}
	s.Todo.StandInBy(Kind, s.mayStandIn)
}

// mayStandIn picks the deliveries on which a deputy may act: all of them, none is confidential.
func (s *Service) mayStandIn(_ context.Context, _ sqldb.Reader, ids []int64) (map[int64]bool, error) {
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// openIn counts the deliveries that are due in the period and not decided yet, per edge.
func (s *Service) openIn(ctx context.Context, rd sqldb.Reader, p relation.Period) ([]relation.Open, error) {
	zone := s.Org.Company(ctx).Location()
	return pending(ctx, rd, dayStart(p.From, zone), dayStart(p.To, zone).AddDate(0, 0, 1))
}

// dayStart is the midnight at which a day of relation (20261121) begins.
func dayStart(day int64, zone *time.Location) time.Time {
	return time.Date(int(day/10000), time.Month(day/100%100), int(day%100), 0, 0, 0, 0, zone)
}

// policy is what talk asks about deliveries.
func (s *Service) policy() talk.Policy {
	return talk.Policy{About: s.talkAbout, See: s.sight, Mention: s.mayBeMentioned,
		Notes: func(context.Context, sqldb.Reader, int64, []int64) ([]int64, error) { return nil, nil }}
}

// talkAbout names the deliveries among the ids that the actor may see.
func (s *Service) talkAbout(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := byIDs(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	seen, err := s.among(ctx, rd, list)
	out := make(map[int64]talk.About, len(list))
	for _, d := range list {
		if seen[d.ID] {
			out[d.ID] = talk.About{Ref: d.Ref(), Title: d.Title, Link: link(d.Number)}
		}
	}
	return out, err
}

// among picks those of the deliveries that the actor may see.
func (s *Service) among(ctx context.Context, rd sqldb.Reader, list []Delivery) (map[int64]bool, error) {
	records := make([]access.Record, len(list))
	for i, d := range list {
		records[i] = access.Record{ID: d.ID}
	}
	return s.Access.Among(ctx, rd, "delivery.see", Kind, records)
}

// aboutStandings names arrangements: everybody may know of them.
func (s *Service) aboutStandings(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	list, err := standingsByIDs(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	out := make(map[int64]talk.About, len(list))
	for _, st := range list {
		a := talk.About{Ref: st.Ref(), Link: standingLink(st.Number)}
		if service, ok := snap.ByID(st.Service); ok {
			a.Title = service.Name.In(ctx)
		}
		out[st.ID] = a
	}
	return out, err
}

func (s *Service) sight(ctx context.Context, rd sqldb.Reader, id int64) (talk.Sight, error) {
	_, err := s.Access.Require(ctx, rd, "delivery.see", subject(id), false)
	return talk.Sight{Messages: err == nil}, err
}

// mayBeMentioned: anybody may be let in, as nothing of a delivery is confidential.
func (s *Service) mayBeMentioned(_ context.Context, _ sqldb.Reader, _ int64, kind string, people []org.Person) ([]int64, error) {
	if kind == talk.KindNote {
		return nil, nil
	}
	out := make([]int64, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	return out, nil
}

// histories gives clock the logs of deliveries in the order of ids.
func (s *Service) histories(ctx context.Context, rd sqldb.Reader, after int64, limit int) ([]clock.History, error) {
	ids, err := idsAfter(ctx, rd, after, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return historiesBetween(ctx, rd, ids[0], ids[len(ids)-1])
}

// historiesOf locks deliveries and gives their logs.
func (s *Service) historiesOf(ctx context.Context, tx *sqldb.Tx, ids []int64) ([]clock.History, error) {
	if err := tx.Lock(ctx, "delivery", ids...); err != nil {
		return nil, err
	}
	return historiesIn(ctx, tx, unique(slices.Clone(ids)))
}

func (s *Service) historiesRead(ctx context.Context, rd sqldb.Reader, ids []int64) ([]clock.History, error) {
	return historiesIn(ctx, rd, ids)
}

// deadlinesOf says what a list of deadlines shows of deliveries.
func (s *Service) deadlinesOf(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]clock.About, error) {
	services, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	list, err := byIDs(ctx, rd, ids)
	out := make(map[int64]clock.About, len(list))
	for _, d := range list {
		a := clock.About{Ref: d.Ref(), Link: link(d.Number), Unit: d.Provider}
		if sv, ok := services.ByID(d.Service); ok {
			a.Service = sv.Name
		}
		out[d.ID] = a
	}
	return out, err
}

// Tallies proves the tallies of relation from deliveries and their logs.
func (s *Service) Tallies() relation.Source { return tallies{s} }

type tallies struct{ *Service }

// Facts gives every fact that the tallies hold of deliveries.
func (t tallies) Facts(ctx context.Context, rd sqldb.Reader, fn func(relation.Fact) error) error {
	return eachWithLog(ctx, rd, t.give(ctx, fn))
}

// FactsOn gives the facts of [from, to), and others of the deliveries that it looks at.
func (t tallies) FactsOn(ctx context.Context, rd sqldb.Reader, from, to time.Time, fn func(relation.Fact) error) error {
	return eachNear(ctx, rd, from, to, t.give(ctx, fn))
}

// give passes on what of a delivery counts.
func (t tallies) give(ctx context.Context, fn func(relation.Fact) error) func(Delivery, []Event) error {
	zone := t.Org.Company(ctx).Location()
	return func(d Delivery, log []Event) error {
		for _, x := range counted(d, log) {
			if err := fn(relation.Fact{Provider: d.Provider, Customer: d.Customer, Day: x.day.In(zone), Delta: x.Delta}); err != nil {
				return err
			}
		}
		return nil
	}
}

// Flaw is a delivery whose row is not what its log says.
type Flaw struct {
	Number, Field, Row, Log string
}

// Check folds the log of every delivery anew, replays its clock, and compares both with the row. It only reads. At most 100 flaws are named;
// count is how many there are.
func (s *Service) Check(ctx context.Context) (flaws []Flaw, count int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		return eachWithLog(ctx, rd, func(d Delivery, log []Event) error {
			_, f, _, err := s.proven(ctx, rd, d, log)
			if err != nil || f.Field == "" {
				return err
			}
			if count++; count <= 100 {
				flaws = append(flaws, Flaw{d.Ref(), f.Field, f.Row, f.Log})
			}
			return nil
		})
	})
	return flaws, count, err
}

// Refs are the numbers of deliveries, for doctor.
func (s *Service) Refs(ctx context.Context, ids []int64) (map[int64]string, error) {
	refs := map[int64]string{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := byIDs(ctx, rd, ids)
		for _, d := range list {
			refs[d.ID] = d.Ref()
		}
		return err
	})
	return refs, err
}

// Party is who stands where on a delivery, for whoever tells people about it.
type Party struct {
	Title               string
	Number              int64
	Provider, Customer  int64
	Assignee            int64
	Receivers           []int64
	ProviderHeads, Asks []int64 // of the two units
}

// PartyOf reads one delivery with the house's rights.
func (s *Service) PartyOf(ctx context.Context, rd sqldb.Reader, id ID) (Party, error) {
	d, err := byID(ctx, rd, id)
	if err != nil {
		return Party{}, err
	}
	p := Party{Title: d.Title, Number: d.Number, Provider: d.Provider, Customer: d.Customer, Assignee: d.Assignee}
	if p.Receivers, err = s.receivers(ctx, rd, d); err != nil {
		return p, err
	}
	if p.ProviderHeads, _, err = s.Org.HeadsFrom(ctx, rd, d.Provider); err != nil {
		return p, err
	}
	p.Asks, _, err = s.Org.HeadsFrom(ctx, rd, d.Customer)
	return p, err
}

// one reads a delivery that the actor may see.
func (s *Service) one(ctx context.Context, rd sqldb.Reader, number int64) (Delivery, access.Set, error) {
	d, err := byNumber(ctx, rd, number)
	if err != nil {
		return d, 0, err
	}
	set, err := s.Access.Require(ctx, rd, "delivery.see", subject(d.ID), false)
	if err != nil {
		return Delivery{}, 0, fault.ErrNotFound
	}
	return d, set, nil
}
