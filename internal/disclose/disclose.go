package disclose

import (
	"context"
	"embed"
	"sync"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of disclose.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of disclose.
//
//go:embed locale
var Locale embed.FS

// ID of a unit, a person, a case or a batch.
type ID = int64

// Rooms are the neighbours that disclose calls.
type Rooms struct {
	Org    *org.Service
	Access *access.Service
}

// Source is a room that keeps ratings.
type Source struct {
	Name string // of the room, as in Rating.Source
	// Waiting lists the ratings that are in no batch: none of confidential cases.
	Waiting func(ctx context.Context, rd sqldb.Reader) ([]Rating, error)
	// Mark notes that ratings are in a batch now, and says how many of them were in none before.
	Mark func(ctx context.Context, tx *sqldb.Tx, list []Rating) (int64, error)
	// Marked counts the ratings that are in a batch, for doctor.
	Marked func(ctx context.Context, rd sqldb.Reader) (int64, error)
}

// Service holds the use cases.
type Service struct {
	db      *sqldb.DB
	events  *event.Bus
	sources []Source
	sums    sums
	Rooms
}

// New makes the room. Sources are added before the first release.
func New(db *sqldb.DB, bus *event.Bus, rooms Rooms) *Service {
	return &Service{db: db, events: bus, Rooms: rooms}
}

// AddSource adds a room that keeps ratings. Call it while wiring.
func (s *Service) AddSource(x Source) { s.sources = append(s.sources, x) }

// Days is a range of local days, both ends in it, as numbers: 20260701 to 20260930.
type Days struct{ From, To int64 }

// In is what was released in some days, one row for each pair of units and level: one range of an index, read once until something more is released. Who
// may see what is the caller's to ask. The slice is shared: do not change it.
func (s *Service) In(ctx context.Context, days Days) ([]Released, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Released, error) {
		last, err := lastBatch(ctx, rd)
		if err != nil {
			return nil, err
		}
		if list, known := s.sums.at(last, days); known {
			return list, nil
		}
		list, err := released(ctx, rd, days)
		if err == nil {
			s.sums.keep(last, days, list)
		}
		return list, err
	})
}

// sums keeps what was read of a ledger up to its last batch. Batches are never changed, and one process writes them one after another: with the last one
// all are known.
type sums struct {
	mu   sync.Mutex
	last ID
	have map[Days][]Released
}

// sumsKept is how many ranges of days are kept.
const sumsKept = 16

func (k *sums) at(last ID, days Days) ([]Released, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last != last {
		return nil, false
	}
	list, known := k.have[days]
	return list, known
}

func (k *sums) keep(last ID, days Days, list []Released) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.have == nil || k.last != last || len(k.have) >= sumsKept {
		k.last, k.have = last, map[Days][]Released{}
	}
	k.have[days] = list
}

// Between is the score of two units of any level in some days: all batches that belong to both of them whole. was: to the units of the time.
func (s *Service) Between(ctx context.Context, provider, customer ID, days Days, was bool) (Score, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Score{}, err
	}
	list, err := s.of(ctx, tree, provider, days, false)
	if err != nil {
		return Score{}, err
	}
	var sum Sum
	for _, r := range list {
		if r.within(tree, provider, customer, was) {
			sum = sum.Plus(r.Sum)
		}
	}
	return Of(sum), nil
}

// Months is Between month by month of release, the oldest first; months without a batch are left out.
func (s *Service) Months(ctx context.Context, provider, customer ID, days Days) ([]Monthly, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.of(ctx, tree, provider, days, true)
	if err != nil {
		return nil, err
	}
	var out []Monthly
	for _, r := range list { // by month
		if !r.within(tree, provider, customer, false) {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Month != r.Month {
			out = append(out, Monthly{Month: r.Month})
		}
		last := &out[len(out)-1]
		last.Sum = last.Plus(r.Sum)
	}
	for i := range out {
		out[i].Score = Of(out[i].Sum)
	}
	return out, nil
}

// Monthly is the score of what was released in a month.
type Monthly struct {
	Month int64 // 202611
	Score
}

// namedAtMost is how many units a statement names; for more, all is read.
const namedAtMost = 500

// of reads what was released of a provider and everything below it, what became of it included.
func (s *Service) of(ctx context.Context, tree *org.Tree, provider ID, days Days, byMonth bool) ([]Released, error) {
	units := tree.WithForebears(tree.Descendants(provider))
	if len(units) > namedAtMost {
		units = nil
	}
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Released, error) {
		return releasedOf(ctx, rd, units, days, byMonth)
	})
}

// Ledger lists the batches that a number is made of, the newest first. Errors: ErrNotFound for units that are not there and for who may not see the
// scores of the pair.
func (s *Service) Ledger(ctx context.Context, provider, customer string) (Ledger, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return Ledger{}, err
	}
	from, ok := tree.ByCode(provider)
	to, known := tree.ByCode(customer)
	if !ok || !known {
		return Ledger{}, fault.ErrNotFound
	}
	if may, err := s.Sees(ctx, from.ID, to.ID); err != nil || !may {
		if err == nil {
			err = fault.ErrNotFound
		}
		return Ledger{}, err
	}
	l := Ledger{Provider: from, Customer: to}
	units := tree.WithForebears(tree.Descendants(from.ID))
	if len(units) > namedAtMost {
		units = nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := batchesOf(ctx, rd, units)
		if err != nil {
			return err
		}
		var sum Sum
		for _, b := range list {
			if b.within(tree, from.ID, to.ID, false) {
				sum, l.List = sum.Plus(b.Sum), append(l.List, b)
			}
		}
		l.Score = Of(sum)
		l.Least, err = LeastIn(ctx, rd)
		return err
	})
	return l, err
}

// Ledger is what was released of a pair of units.
type Ledger struct {
	Provider, Customer org.Unit
	Score              // of all of it
	List               []Batch
	Least              int
}

// Batch is one release.
type Batch struct {
	ID    ID
	Day   int64
	Least int
	Released
}

const (
	doSee    = "satisfaction.see"
	doPolicy = "disclose.see"
	doSet    = "disclose.set"
)

// Sees says whether the actor sees the scores of a pair of units: the heads of either side and above, the quality office, executives.
func (s *Service) Sees(ctx context.Context, provider, customer ID) (bool, error) {
	a := actor.From(ctx)
	set := access.Set(0)
	for _, unit := range []ID{provider, customer} {
		is, err := s.Access.Towards(ctx, a, unit)
		if err != nil {
			return false, err
		}
		set |= is & (access.Head | access.Quality | access.Executive)
	}
	err := access.Allowed(ctx, doSee, set)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

func read[T any](ctx context.Context, db *sqldb.DB, f func(ctx context.Context, rd sqldb.Reader) (T, error)) (out T, err error) {
	err = db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		out, err = f(ctx, rd)
		return err
	})
	return out, err
}
