package insight

import (
	"context"
	"embed"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/disclose"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Locale holds the words of insight.
//
//go:embed locale
var Locale embed.FS

// ID of a unit.
type ID = int64

// Rooms are those it reads.
type Rooms struct {
	Org      *org.Service
	Access   *access.Service
	Disclose *disclose.Service
	Catalog  *catalog.Catalog
}

// Schema holds the tables of the room.
//
//go:embed schema
var Schema embed.FS

// Service of the room.
type Service struct {
	db     *sqldb.DB
	bus    *event.Bus
	jobs   *job.Queue
	acts   []Act
	done   func(ctx context.Context, since int64) (map[ID]bool, error) // slot: who delivered something lately
	adding sync.Mutex
	sums   *costs // guarded by adding
	past   pastTraffic
	rooms  Rooms
	log    *slog.Logger
	mu     sync.Mutex // held while a picture is taken for somebody who waits
	last   atomic.Pointer[picture]
	taking atomic.Bool
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, jobs *job.Queue, rooms Rooms, log *slog.Logger) *Service {
	s := &Service{db: db, bus: bus, jobs: jobs, rooms: rooms, log: log}
	jobs.Every("insight.count", 24*time.Hour, s.Count)
	job.Handle(jobs, recountJob, func(ctx context.Context, _ struct{}) error { return s.Recount(ctx) })
	return s
}

const (
	fresh = time.Minute      // older ones are taken again behind the reader's back
	stale = 10 * time.Minute // older ones are not shown
)

// picture is the company as it was a minute ago, or up to ten when nobody has looked in between.
func (s *Service) picture(ctx context.Context) (*picture, error) {
	if p := s.last.Load(); p != nil {
		age := s.db.Now().Sub(p.at)
		if age < fresh {
			return p, nil
		}
		if age < stale {
			s.refresh(context.WithoutCancel(ctx))
			return p, nil
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.last.Load(); p != nil && s.db.Now().Sub(p.at) < stale {
		return p, nil
	}
	p, err := s.take(ctx)
	if err == nil {
		s.last.Store(p)
	}
	return p, err
}

// refresh takes the picture again, unless somebody does already.
func (s *Service) refresh(ctx context.Context) {
	if !s.taking.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer s.taking.Store(false)
		p, err := s.take(ctx)
		if err != nil {
			s.log.WarnContext(ctx, "look at adoption", "error", err)
			return
		}
		s.last.Store(p)
	}()
}

// mayLook says of which units the actor may see the numbers.
func (s *Service) mayLook(ctx context.Context) func(ID) bool {
	who := actor.From(ctx)
	return func(unit ID) bool {
		if who.System {
			return true
		}
		set, err := s.rooms.Access.Towards(ctx, who, unit)
		return err == nil && access.May("insight.adoption", set, false)
	}
}

// look finds the unit that is asked about; "" is the first that the actor may see. NotFound when there is none, or it is
// not theirs.
func (s *Service) look(ctx context.Context, code string) (*picture, org.Unit, []org.Unit, error) {
	p, err := s.picture(ctx)
	if err != nil {
		return nil, org.Unit{}, nil, err
	}
	may := s.mayLook(ctx)
	if code == "" {
		mine := tops(p.tree, p.at, may)
		if len(mine) == 0 {
			return nil, org.Unit{}, nil, fault.ErrNotFound
		}
		return p, mine[0], mine, nil
	}
	u, ok := p.tree.ByCode(code)
	if !ok || !may(u.ID) {
		return nil, org.Unit{}, nil, fault.ErrNotFound
	}
	return p, u, tops(p.tree, p.at, may), nil
}
