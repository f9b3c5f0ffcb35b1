package problem

import (
	"context"
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/talk"
)

// Schema holds the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the room's words.
//
//go:embed locale
var Locale embed.FS

// ID of a problem.
type ID = int64

// Kind is the subject kind of problems in events and notices.
const Kind = "problem"

// State is where a problem stands.
type State string

// The states.
const (
	Open      State = "open"
	Solved    State = "solved"
	Withdrawn State = "withdrawn"
)

// Problem is a known problem.
type Problem struct {
	ID        ID
	Number    int64 // K-12
	Unit      int64
	Title     lang.Text
	Words     lang.Text // what is done about it
	Expected  time.Time // zero: nobody knows
	State     State
	Request   int64 // number of the request that it was marked from; 0: none
	Revision  int
	By        int64
	OpenedAt  time.Time
	ChangedAt time.Time
	EndedAt   time.Time
	Services  []int64
}

// Ref is the number as people write it.
func (p Problem) Ref() string { return Ref(p.Number) }

// Ref writes a number as people do: K-12.
func Ref(n int64) string { return "K-" + strconv.FormatInt(n, 10) }

// ParseRef reads K-12 or 12; anything else is not found.
func ParseRef(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimPrefix(s, "K-"), "k-"), 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.ErrNotFound
	}
	return n, nil
}

// Step is a change of a problem, with its words as they then were.
type Step struct {
	N        int
	Kind     string // opened, updated, solved, withdrawn
	Words    lang.Text
	Expected time.Time
	By       int64
	At       time.Time
}

// MeToo is somebody who has it, too.
type MeToo struct {
	Person, Unit int64
	Words        string
	At           time.Time
	LeftAt       time.Time
	Answer       string // "", yes, no
	Request      int64  // number of what was asked because it was not solved
}

// There says that it still counts.
func (m MeToo) There() bool { return !m.At.IsZero() && m.LeftAt.IsZero() }

// Counted is how many have it, and how many that is public of.
type Counted struct{ People, Units, Least int }

// Public is the count as everybody may know it: -1 says 'several'.
func (c Counted) Public() int {
	switch {
	case c.People == 0, c.People >= c.Least:
		return c.People
	}
	return -1
}

// Rooms are the rooms that this one calls.
type Rooms struct {
	Org     *org.Service
	Access  *access.Service
	Talk    *talk.Service
	Catalog *catalog.Catalog
	Request *request.Service
}

// Service keeps known problems.
type Service struct {
	Rooms
	db     *sqldb.DB
	events *event.Bus
}

// New makes the room and fills the slots that lower rooms leave for it.
func New(db *sqldb.DB, bus *event.Bus, rooms Rooms) *Service {
	s := &Service{Rooms: rooms, db: db, events: bus}
	s.fillSlots()
	return s
}

// Input is what somebody says of a problem.
type Input struct {
	Services []string // codes, of one unit; not read when it is updated
	Title    lang.Text
	Words    lang.Text
	Expected time.Time
	Unread   bool   // Expected could not be read
	Request  string // number of the request that it is marked from; "": none
	Revision int    // as the writer saw it; 0: whatever it is
	On       web.IfMatch
}

// texts bounds what people write, in characters.
const (
	maxTitle    = 120
	maxWords    = 2000
	maxServices = 50
	ahead       = 366 * 24 * time.Hour
)

// check reports everything wrong with the words at once; they are there in main, with "" in either language.
func (in *Input) check(f *fault.Fields, main string, now time.Time) {
	for name, text := range map[string]*string{"title_zh": &in.Title.Zh, "title_en": &in.Title.En, "words_zh": &in.Words.Zh, "words_en": &in.Words.En} {
		*text = strings.TrimSpace(*text)
		most := maxWords
		if strings.HasPrefix(name, "title") {
			most = maxTitle
		}
		if utf8.RuneCountInString(*text) > most {
			f.Add(name, "form.too-long", "max", most, "count", utf8.RuneCountInString(*text))
		}
	}
	if l := in.Title.Lacks(main); l != "" {
		f.Add("title_"+l, "form.required")
	}
	if l := in.Words.Lacks(main); l != "" {
		f.Add("words_"+l, "form.required")
	}
	switch {
	case in.Unread:
		f.Add("expected_at", "problem.not-a-time")
	case in.Expected.IsZero():
	case !in.Expected.After(now):
		f.Add("expected_at", "problem.expected-past")
	case in.Expected.Sub(now) > ahead:
		f.Add("expected_at", "problem.expected-far")
	}
}

// serves says whether the actor speaks for the unit: its agents, and its heads.
func serves(ctx context.Context, unit int64) bool {
	a := actor.From(ctx)
	return a.System || a.Viewer == 0 && a.In(unit, "agent", "head")
}

// servedServices are the services of codes that the actor speaks for; what is wrong with them is noted.
func (s *Service) servedServices(ctx context.Context, codes []string, f *fault.Fields) (ids []int64, unit int64, err error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, 0, err
	}
	if len(codes) > maxServices {
		f.Add("services", "problem.too-many-services", "max", maxServices)
		return nil, 0, nil
	}
	for _, code := range codes {
		if code = strings.TrimSpace(code); code == "" {
			continue
		}
		sv, known := snap.ByCode(code)
		switch {
		case !known || sv.Support() || !serves(ctx, sv.Unit):
			f.Add("services", "problem.service-unknown", "code", code)
			return nil, 0, nil
		case unit != 0 && unit != sv.Unit:
			f.Add("services", "problem.one-unit")
			return nil, 0, nil
		case !slices.Contains(ids, sv.ID):
			ids, unit = append(ids, sv.ID), sv.Unit
		}
	}
	if len(ids) == 0 {
		f.Add("services", "form.required")
	}
	return ids, unit, nil
}

// Open makes a problem known. The actor is an agent or a head of the unit of its services.
func (s *Service) Open(ctx context.Context, in Input) (Problem, error) {
	var f fault.Fields
	in.check(&f, s.Org.Company(ctx).Locale, s.db.Now())
	ids, unit, err := s.servedServices(ctx, in.Services, &f)
	if err != nil {
		return Problem{}, err
	}
	var from int64
	if in.Request != "" {
		n, err := request.ParseRef(in.Request)
		if err == nil {
			_, err = s.Request.ByNumber(ctx, n)
		}
		if fault.KindOf(err) == fault.NotFound && err != nil {
			f.Add("request", "problem.request-unknown")
		} else if err != nil {
			return Problem{}, err
		}
		from = n
	}
	if err := f.Err(); err != nil {
		return Problem{}, err
	}
	p := Problem{Unit: unit, Title: in.Title, Words: in.Words, Expected: in.Expected, State: Open, Request: from, Revision: 1, By: actor.From(ctx).Person, Services: ids}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		p.ID, p.OpenedAt, p.ChangedAt = tx.NewID(), tx.Now, tx.Now
		if p.Number, err = tx.Next(ctx, "problem_number"); err != nil {
			return err
		}
		if err := insertProblem(ctx, tx, p); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, p.ID, Step{N: 1, Kind: "opened", Words: p.Words, Expected: p.Expected, By: p.By, At: tx.Now}); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasOpened{about(p, p.By)})
	})
	return p, err
}

// mine locks a problem of a unit that the actor speaks for; one that is there for all, and not the actor's, is not found.
func (s *Service) mine(ctx context.Context, tx *sqldb.Tx, number int64) (Problem, error) {
	p, err := byNumber(ctx, tx, number)
	if err != nil {
		return p, err
	}
	if err := tx.Lock(ctx, "problem", p.ID); err != nil {
		return p, err
	}
	if p, err = byNumber(ctx, tx, number); err == nil && !serves(ctx, p.Unit) {
		err = fault.ErrNotFound
	}
	return p, err
}

// Update says anew what is wrong, what is done, and by when. Everybody who has it is told.
func (s *Service) Update(ctx context.Context, number int64, in Input) (Problem, error) {
	return s.change(ctx, number, in, func(ctx context.Context, tx *sqldb.Tx, p *Problem) (Step, event.Event, error) {
		var f fault.Fields
		words := in
		if in.Expected.Equal(p.Expected) { // it may have passed and stay as it was said
			words.Expected = noTime
		}
		words.check(&f, s.Org.Company(ctx).Locale, tx.Now)
		if err := f.Err(); err != nil {
			return Step{}, nil, err
		}
		p.Title, p.Words, p.Expected = words.Title, words.Words, in.Expected
		return Step{Kind: "updated"}, WasUpdated{about(*p, actor.From(ctx).Person)}, nil
	})
}

// End says that it is solved, or that it was none, with last words when there are any.
func (s *Service) End(ctx context.Context, number int64, to State, words lang.Text, in Input) (Problem, error) {
	return s.change(ctx, number, in, func(ctx context.Context, tx *sqldb.Tx, p *Problem) (Step, event.Event, error) {
		var f fault.Fields
		if to != Solved && to != Withdrawn {
			f.Add("state", "problem.end-unknown")
		}
		last := Input{Title: p.Title, Words: words}
		if words.Zh == "" && words.En == "" {
			last.Words = p.Words
		}
		last.check(&f, "", tx.Now)
		if err := f.Err(); err != nil {
			return Step{}, nil, err
		}
		p.State, p.EndedAt, p.Words = to, tx.Now, last.Words
		return Step{Kind: string(to)}, WasEnded{about(*p, actor.From(ctx).Person), string(to)}, nil
	})
}

// change is the frame of what a unit does to its open problem.
func (s *Service) change(ctx context.Context, number int64, in Input, do func(context.Context, *sqldb.Tx, *Problem) (Step, event.Event, error)) (Problem, error) {
	var p Problem
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if p, err = s.mine(ctx, tx, number); err != nil {
			return err
		}
		switch {
		case p.State != Open:
			return fault.New(fault.Conflict, "problem.ended-already")
		case in.Revision != 0 && in.Revision != p.Revision:
			return fault.New(fault.Conflict, "problem.changed-meanwhile")
		}
		if err := in.On.Check(web.ETag(p.ID, int64(p.Revision))); err != nil {
			return err
		}
		step, said, err := do(ctx, tx, &p)
		if err != nil {
			return err
		}
		p.Revision++
		p.ChangedAt = tx.Now
		if err := updateProblem(ctx, tx, p); err != nil {
			return err
		}
		step.N, step.Words, step.Expected, step.By, step.At = p.Revision, p.Words, p.Expected, actor.From(ctx).Person, tx.Now
		if err := insertStep(ctx, tx, p.ID, step); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, said)
	})
	return p, err
}
