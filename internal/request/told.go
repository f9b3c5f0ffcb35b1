package request

import (
	"context"
	"hash/fnv"
	"strconv"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
)

// Party is who stands where on a request, for whoever tells people about it. It is read with the house's rights: what of it
// reaches whom is decided by who asks.
type Party struct {
	ID           ID
	Number       int64
	Title        string
	Customers    []int64 // who asked, and who is asked for
	Assignee     int64   // who works on it, or on the one that it goes along with; 0: nobody yet
	Unit         int64   // has it in hand
	Confidential bool
	Urgent       bool
	Duplicate    bool
	State        State
	Work         ID // the request whose work it is: that which it goes along with, or itself
	Delivered    time.Time
	ladder       catalog.Ladder
	Stage        int64 // another one after every turn that changes what somebody may do; words leave it as it is
}

// Climbs says whether the steps of its service's ladder are told of a kind of clock: then they say that it is late, too.
func (p Party) Climbs(kind string) bool { return p.ladder.Counts(kind) }

// Link is its page.
func (p Party) Link() string { return link(p.Number) }

// Parties reads several requests at once; what is not there is left out.
func (s *Service) Parties(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Party, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := requestsByID(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	var leads []ID
	for _, r := range rows {
		if r.MergedInto != 0 {
			leads = append(leads, r.MergedInto)
		}
	}
	lead := map[ID]Request{}
	if len(leads) > 0 {
		list, err := requestsByID(ctx, rd, unique(leads))
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			lead[r.ID] = r
		}
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[ID]Party, len(rows))
	for _, r := range rows {
		stage, work := stage(r), r.ID
		if r.MergedInto != 0 {
			work = r.MergedInto
		}
		if x, ok := lead[r.MergedInto]; ok {
			r = inHandsOf(r, x)
		}
		out[r.ID] = Party{ID: r.ID, Number: r.Number, Title: r.Title, Customers: r.customers(), Assignee: r.Assignee, Unit: r.Unit,
			Confidential: r.Confidential, Urgent: r.Priority == Urgent, Duplicate: r.Duplicate, State: r.State,
			Work: work, Delivered: r.DeliveredAt, Stage: stage, ladder: ladderOf(snap, r)}
	}
	return out, nil
}

// stage is a number made of what decides which verbs are open to whom.
func stage(r Request) int64 {
	h := fnv.New32a()
	for _, n := range []int64{int64(r.Returns), int64(r.Hops), r.Assignee, r.DeliveredAt.UnixMilli(), r.Proposed.UnixMilli(), int64(r.Reopens)} {
		_, _ = h.Write([]byte(strconv.FormatInt(n, 36) + " ")) // a hash takes all
	}
	_, _ = h.Write([]byte(r.State))
	return int64(h.Sum32())
}
