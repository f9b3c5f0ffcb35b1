package calendar

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"neike/internal/kit/actor"
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
	Rules  Rules
}

// Service is the room's use cases. It is safe for concurrent use.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	units  *org.Service

	book       atomic.Pointer[Book]
	generation atomic.Int64 // rises whenever what is known of calendars has changed
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
	s.generation.Add(1)
	s.book.Store(nil)
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
	generation := s.generation.Load()
	var b *Book
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := versions(ctx, rd)
		if err == nil {
			b, err = newBook(list)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	s.book.Store(b)
	if s.generation.Load() != generation { // published meanwhile: the next one reads again
		s.book.CompareAndSwap(b, nil)
	}
	return b, nil
}

// newBook arranges versions, ordered by code and number. Without a calendar of the company there is the built-in one.
func newBook(list []stored) (*Book, error) {
	b := &Book{calendars: map[string][]*edition{}}
	for _, v := range list {
		var err error
		if v.Rules, err = v.rules(); err != nil {
			return nil, err
		}
		b.calendars[v.Code] = append(b.calendars[v.Code], &edition{Version: v.Version, input: v.input})
	}
	if !b.Has(Default) {
		v, err := builtInDefault()
		if err != nil {
			return nil, err
		}
		b.calendars[Default] = []*edition{{Version: v.Version, input: v.input}}
	}
	return b, nil
}

// rules of a stored version, from what was given and the statutory days as they were known then.
func (s *stored) rules() (Rules, error) {
	var f fault.Fields
	in := s.input
	r, _ := in.check(&f, func(string) (*Statutory, bool) { return s.statutory, s.statutory != nil })
	if err := f.Err(); err != nil {
		return r, fmt.Errorf("calendar %s version %d: %w", s.Code, s.Number, err)
	}
	return r, nil
}

func builtInDefault() (stored, error) {
	in, ok := BuiltIn(Default)
	if !ok {
		return stored{}, fmt.Errorf("the built-in calendar %q is missing", Default)
	}
	var f fault.Fields
	return in.version(&f, 1), f.Err()
}

// version makes a version of an input; what is wrong is added to f.
func (in Input) version(f *fault.Fields, number int) stored {
	rules, from := in.check(f, knownStatutory)
	in.Replaces = 0
	v := stored{Version: Version{Code: in.Code, Number: number, Name: in.Name, From: from, Rules: rules}, input: in}
	v.statutory = rules.Statutory
	return v
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

// Publish makes the next version of a calendar, or the first. All that is wrong with the input comes at once. Who may
// publish is the gate's matter (calendar.change).
func (s *Service) Publish(ctx context.Context, in Input) (Version, error) {
	s.complete(ctx, &in)
	var f fault.Fields
	draft := in.version(&f, 0)
	if err := f.Err(); err != nil {
		return Version{}, err
	}
	var out Version
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		v := draft
		if err := s.publish(ctx, tx, &v, in.Replaces); err != nil {
			return err
		}
		out = v.Version
		return nil
	})
	if sqldb.IsUnique(err) {
		return out, fault.New(fault.Conflict, "calendar.published-meanwhile", "code", in.Code)
	}
	return out, err
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

// complete fills what the company decides: the zone.
func (s *Service) complete(ctx context.Context, in *Input) {
	if in.Zone == "" {
		in.Zone = s.units.Company(ctx).Zone
	}
}

func (s *Service) publish(ctx context.Context, tx *sqldb.Tx, v *stored, replaces int) error {
	last, err := newest(ctx, tx, v.Code)
	if err != nil {
		return err
	}
	if last.Number == 0 && v.Code == Default {
		if last, err = s.keepBuiltIn(ctx, tx); err != nil {
			return err
		}
	}
	if err := v.follows(last, replaces); err != nil {
		return err
	}
	v.ID, v.Number, v.At, v.By = tx.NewID(), last.Number+1, tx.Now, actor.From(ctx).Person
	if err := insert(ctx, tx, *v); err != nil {
		return err
	}
	e := WasPublished{Calendar: v.ID, Code: v.Code, Version: v.Number, ValidFrom: v.input.ValidFrom}
	return s.events.Emit(ctx, tx, e)
}

// keepBuiltIn stores the built-in calendar of the company, which clocks may have counted with, as version 1.
func (s *Service) keepBuiltIn(ctx context.Context, tx *sqldb.Tx) (stored, error) {
	v, err := builtInDefault()
	if err != nil {
		return v, err
	}
	v.ID, v.At = tx.NewID(), tx.Now
	return v, insert(ctx, tx, v)
}

// Prepare stores the company's calendar on a new database, and publishes anew every calendar whose statutory days the
// product has learnt more of since (the notice for the next year came out). It is called when the house opens.
func (s *Service) Prepare(ctx context.Context) error {
	var list []stored
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		list, err = versions(ctx, rd)
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare calendars: %w", err)
	}
	current := map[string]stored{}
	for _, v := range list {
		current[v.Code] = v
	}
	if _, ok := current[Default]; !ok {
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if last, err := newest(ctx, tx, Default); err != nil || last.Number > 0 {
				return err
			}
			tx.OnCommit(s.forget)
			_, err := s.keepBuiltIn(ctx, tx)
			return err
		})
		if err != nil && !sqldb.IsUnique(err) {
			return fmt.Errorf("prepare calendars: %w", err)
		}
	}
	for _, v := range current {
		if !v.outdated() {
			continue
		}
		in := v.input
		in.Replaces = v.Number
		if _, err := s.Publish(actor.System(ctx), in); err != nil && fault.KindOf(err) != fault.Conflict {
			return fmt.Errorf("publish calendar %s with newer statutory days: %w", v.Code, err)
		}
	}
	return nil
}

// outdated says whether more is known of the country's days than the version knew.
func (s *stored) outdated() bool {
	if s.statutory == nil {
		return false
	}
	now, ok := knownStatutory(s.statutory.Code)
	if !ok {
		return false
	}
	then := *s.statutory
	then.Makeup = now.Makeup
	a, err1 := json.Marshal(then)
	b, err2 := json.Marshal(now)
	return err1 == nil && err2 == nil && !reflect.DeepEqual(a, b)
}
