package calendar

import (
	"context"
	"embed"
	"fmt"
	"sync/atomic"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of calendar.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of calendar.
//
//go:embed locale/*.toml
var Locale embed.FS

// Version is one published version of a calendar.
type Version struct {
	ID     int64
	Code   string
	Number int
	Name   lang.Text
	From   Date // the first day on which it holds; Always: from the beginning, it replaces all older versions
	At     time.Time
	By     int64 // person; 0: the product itself
	// Cause of a version that follows what lies beneath, nothing of its own being changed: see Follows. "" when it was
	// published for its own sake.
	Cause string
	Rules Rules // of the newest version: what it comes to over its base
}

// Service is the room's use cases. It is safe for concurrent use.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	units  *org.Service

	movesBy func(ctx context.Context, next *Book, codes []string) (Moves, error)

	book       atomic.Pointer[Book]
	generation sqldb.Generation
}

// New makes the room and tells org which calendars there are.
func New(db *sqldb.DB, bus *event.Bus, units *org.Service) *Service {
	s := &Service{db: db, events: bus, units: units}
	s.listen(bus)
	units.CalendarsBy(func(ctx context.Context, rd sqldb.Reader, code string) (bool, error) {
		if code == Default {
			return true, nil
		}
		return exists(ctx, rd, code)
	})
	units.OfferCalendarsBy(s.offers, s.CodeFor)
	return s
}

func (s *Service) forget() {
	s.generation.Next(func() { s.book.Store(nil) })
}

// offers names the calendars for a unit's form.
func (s *Service) offers(ctx context.Context) ([]org.CalendarOffer, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	var out []org.CalendarOffer
	for _, code := range b.Codes() {
		v, _ := b.Current(code)
		out = append(out, org.CalendarOffer{Code: code, Name: v.Name.In(ctx)})
	}
	return out, nil
}

// Book is every calendar as known now. It costs nothing when nothing was published since it was last asked for.
func (s *Service) Book(ctx context.Context) (*Book, error) {
	if b := s.book.Load(); b != nil {
		return b, nil
	}
	var b *Book
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if b, err = readBook(ctx, rd); err == nil {
			s.generation.Keep(rd, func() { s.book.Store(b) })
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	return b, nil
}

func builtInDefault() (stored, error) {
	in, ok := BuiltIn(Default)
	if !ok {
		return stored{}, fmt.Errorf("the built-in calendar %q is missing", Default)
	}
	var f fault.Fields
	v := in.version(&f, embedded)
	v.Number = 1
	return v, f.Err()
}

// Table is the newest version of a calendar, compiled.
func (s *Service) Table(ctx context.Context, code string) (*Table, error) {
	b, err := s.Book(ctx)
	if err != nil {
		return nil, err
	}
	return b.Table(code, 0)
}

// CodeFor is the calendar of a unit: its own, else its nearest parent's, else the company's. A unit that names a
// calendar which was never published has the next one up.
func (s *Service) CodeFor(ctx context.Context, unit int64) (string, error) {
	tree, err := s.units.Tree(ctx)
	if err != nil {
		return "", err
	}
	b, err := s.Book(ctx)
	if err != nil {
		return "", err
	}
	path := tree.Path(unit)
	for i := len(path) - 1; i >= 0; i-- {
		if u, ok := tree.ByID(path[i]); ok && u.Calendar != "" && b.Has(u.Calendar) {
			return u.Calendar, nil
		}
	}
	return Default, nil
}

// TableFor is the compiled calendar of a unit (see CodeFor).
func (s *Service) TableFor(ctx context.Context, unit int64) (*Table, error) {
	code, err := s.CodeFor(ctx, unit)
	if err != nil {
		return nil, err
	}
	return s.Table(ctx, code)
}

// Install publishes calendars that Neike brings along ("plant-2shift", "plant-3shift") unless they are there already.
func (s *Service) Install(ctx context.Context, codes ...string) error {
	b, err := s.Book(ctx)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if b.Has(code) {
			continue
		}
		in, ok := BuiltIn(code)
		if !ok {
			return fault.New(fault.NotFound, "calendar.unknown", "code", code)
		}
		if _, err := s.Publish(ctx, in); err != nil {
			return fmt.Errorf("install calendar %s: %w", code, err)
		}
	}
	return nil
}

// complete fills what the company decides: the zone of a calendar without a base.
func (s *Service) complete(ctx context.Context, in *Input) {
	if in.Zone == "" && in.Base == "" {
		in.Zone = s.units.Company(ctx).Zone
	}
}
