package calendar

import (
	"context"
	"slices"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
)

// Move is an open deadline that would be another under calendars that are not published yet.
type Move struct {
	Subject  int64
	Ref      string // R-1024; "" when the reader may not know of it
	Link     string
	Service  lang.Text
	Unit     int64  // that has it in hand
	Kind     string // clock.FirstResponse, clock.Completion, clock.NextResponse
	Scope    string // clock.Customer, clock.HopScope
	Calendar string
	From, To time.Time
	Late     bool // To has passed: it would be late by the change alone
}

// Moves are the open deadlines that would be others.
type Moves struct {
	Looked  int // open clocks with a target
	Moved   int
	Later   int // of the moved ones
	Earlier int
	Late    int           // of the earlier ones: late by the change alone
	By      []ServiceMove // by service, most first
	List    []Move        // by the new due time; at most MaxMoves
}

// ServiceMove is the deadlines of one service that would move.
type ServiceMove struct {
	Service     lang.Text
	Moved, Late int
}

// MaxMoves is the most deadlines that Moves lists one by one.
const MaxMoves = 20_000

// Add counts a clock that was looked at; a move that does not move counts as nothing more.
func (m *Moves) Add(x Move) {
	m.Looked++
	if x.From.Equal(x.To) {
		return
	}
	m.Moved++
	if x.To.After(x.From) {
		m.Later++
	} else {
		m.Earlier++
	}
	if x.Late {
		m.Late++
	}
	if len(m.List) < MaxMoves {
		m.List = append(m.List, x)
	}
	i := slices.IndexFunc(m.By, func(s ServiceMove) bool { return s.Service == x.Service })
	if i < 0 {
		i = len(m.By)
		m.By = append(m.By, ServiceMove{Service: x.Service})
	}
	m.By[i].Moved++
	if x.Late {
		m.By[i].Late++
	}
}

// Sort puts the lists in order.
func (m *Moves) Sort() {
	sorting.Stable(m.By, func(a, b ServiceMove) int { return b.Moved - a.Moved })
	sorting.Stable(m.List, func(a, b Move) int { return a.To.Compare(b.To) })
}

// MovesBy fills the slot for what counts in calendars: fn says which open deadlines of the calendars with these codes
// would be others in a book.
func (s *Service) MovesBy(fn func(ctx context.Context, next *Book, codes []string) (Moves, error)) {
	s.movesBy = fn
}

func (s *Service) moves(ctx context.Context, next *Book, codes []string) (Moves, error) {
	if s.movesBy == nil || len(codes) == 0 {
		return Moves{}, nil
	}
	return s.movesBy(ctx, next, codes)
}

// Plan is what publishing a calendar would change.
type Plan struct {
	Before, After *Table // Before is nil for a new calendar
	Heirs         []VersionMade
	Moves         Moves
}

// PlanCalendar says what publishing a calendar would change: its days, the calendars that stand on it, open deadlines.
// It writes nothing. All that is wrong with the input comes at once.
func (s *Service) PlanCalendar(ctx context.Context, in Input) (Plan, error) {
	before, after, next, err := s.Draft(ctx, in)
	if err != nil {
		return Plan{}, err
	}
	return s.planOf(ctx, in.Code, before, after, next)
}

func (s *Service) planOf(ctx context.Context, code string, before, after *Table, next *Book) (Plan, error) {
	plan := Plan{Before: before, After: after}
	now, err := s.Book(ctx)
	if err != nil {
		return plan, err
	}
	codes := []string{code}
	for _, heir := range next.Codes() {
		e := next.newest(heir)
		if was := now.newest(heir); heir != code && was != nil && e.Number > was.Number {
			codes = append(codes, heir)
			plan.Heirs = append(plan.Heirs, VersionMade{heir, e.Name, e.Number})
		}
	}
	plan.Moves, err = s.moves(ctx, next, codes)
	return plan, err
}
