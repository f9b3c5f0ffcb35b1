package support

import (
	"context"
	"crypto/rand"
	"embed"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of support.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of support.
//
//go:embed locale/*.toml
var Locale embed.FS

// ID identifies a case inside the room; people use the reference.
type ID = int64

// Case is what one person and one supporter have between them.
type Case struct {
	ID         ID
	Ref        string
	Service    int64
	Asker      int64
	Supporter  int64
	State      State
	AskerNew   bool // there are words that the asker has not opened
	SupportNew bool
	Opened     time.Time
	Last       time.Time // somebody wrote
	Closed     time.Time // zero: open
	Erase      time.Time // when all of it goes
}

// State of a case.
type State string

// The states.
const (
	Open   State = "open"
	Closed State = "closed"
)

// Word is what one of the two wrote.
type Word struct {
	N       int
	ByAsker bool
	Text    string
	At      time.Time
}

// Service is the room.
type Service struct {
	db      *sqldb.DB
	org     *org.Service
	catalog *catalog.Catalog
	box     *secret.Box
}

// New makes the room.
func New(db *sqldb.DB, people *org.Service, services *catalog.Catalog, box *secret.Box) *Service {
	return &Service{db: db, org: people, catalog: services, box: box}
}

// purpose of the sealed words.
const purpose = "support.word"

// The rows of access/table that this room asks about.
const (
	doAsk = "support.ask"
	doSee = "support.see" // and write, close
)

// newRef draws a reference by lot: P- and ten letters and digits.
func newRef() string { return "P-" + strings.ToUpper(rand.Text()[:10]) }

// offered is a personal-support service that the actor may ask for; not found otherwise.
func (s *Service) offered(ctx context.Context, code string) (*catalog.Service, error) {
	x, err := s.catalog.Visible(ctx, code)
	if err != nil {
		return nil, err
	}
	entitled, err := s.catalog.Entitled(ctx, actor.From(ctx), x)
	if err == nil && (!x.Support() || x.State != catalog.Live || !entitled) {
		err = fault.ErrNotFound
	}
	return x, err
}

// Ask opens a case with a supporter of a service. What is wrong comes all at once.
func (s *Service) Ask(ctx context.Context, code, supporter, text string) (Case, error) {
	me := actor.From(ctx).Person
	if me == 0 {
		return Case{}, fault.ErrNotFound
	}
	var f fault.Fields
	x, err := s.offered(ctx, code)
	if fault.KindOf(err) == fault.NotFound {
		f.Add("service", "support.service-unknown")
		err = f.Err()
	}
	if err != nil {
		return Case{}, err
	}
	to, err := s.chosen(ctx, &f, x, supporter, me)
	if err != nil {
		return Case{}, err
	}
	text = checkText(&f, text)
	if err := f.Err(); err != nil {
		return Case{}, err
	}
	var c Case
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c = Case{ID: tx.NewID(), Ref: newRef(), Service: x.ID, Asker: me, Supporter: to, State: Open, SupportNew: true, Opened: tx.Now, Last: tx.Now,
			Erase: eraseAt(tx.Now, x.Policy.RetentionDays)}
		if err := insertCase(ctx, tx, c); err != nil {
			return err
		}
		return insertWord(ctx, tx, c.ID, Word{N: 1, ByAsker: true, Text: s.box.Seal(purpose, text), At: tx.Now})
	})
	return c, err
}

// chosen is the supporter of a 工号; nobody supports themselves.
func (s *Service) chosen(ctx context.Context, f *fault.Fields, x *catalog.Service, no string, me int64) (int64, error) {
	people, err := s.catalog.Supporters(ctx, x)
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if p.No == strings.TrimSpace(no) && p.ID != me {
			return p.ID, nil
		}
	}
	f.Add("supporter", "support.choose-supporter")
	return 0, nil
}

// mine is the case of a reference if the actor is one of the two; not found otherwise, whatever the actor's roles.
func mine(ctx context.Context, rd sqldb.Reader, ref string) (Case, error) {
	c, err := byRef(ctx, rd, strings.ToUpper(strings.TrimSpace(ref)))
	if err != nil {
		return c, err
	}
	who := actor.From(ctx)
	var set access.Set
	if who.Person == c.Asker {
		set |= access.Asked
	}
	if who.Person == c.Supporter {
		set |= access.Named
	}
	if who.Person == 0 || who.Viewer != 0 || !access.May(doSee, set, false) {
		return Case{}, fault.ErrNotFound
	}
	return c, nil
}

// Case is a case with its words, oldest first, for one of the two; what was new to the reader is read now.
func (s *Service) Case(ctx context.Context, ref string) (c Case, words []Word, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if c, err = mine(ctx, rd, ref); err != nil {
			return err
		}
		words, err = wordsOf(ctx, rd, c.ID)
		return err
	})
	if err != nil {
		return c, nil, err
	}
	for i := range words {
		if words[i].Text, err = s.box.Open(purpose, words[i].Text); err != nil {
			return c, nil, err
		}
	}
	asks := actor.From(ctx).Person == c.Asker
	if asks && c.AskerNew || !asks && c.SupportNew {
		err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return markRead(ctx, tx, c.ID, asks) })
	}
	return c, words, err
}

// Mine lists the newest cases in which the actor asks or supports.
func (s *Service) Mine(ctx context.Context) (list []Case, err error) {
	who := actor.From(ctx)
	if who.Person == 0 || who.Viewer != 0 {
		return nil, fault.ErrNotFound
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = casesOf(ctx, rd, who.Person, listed)
		return err
	})
	return list, err
}

// listed is how many cases a list shows.
const listed = 100

// turn is the frame of a use case on one case: lock, is it theirs, decide, write.
func (s *Service) turn(ctx context.Context, ref string, decide func(ctx context.Context, tx *sqldb.Tx, c *Case, asks bool) error) (Case, error) {
	var out Case
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := mine(ctx, tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "support_case", c.ID); err != nil {
			return err
		}
		if c, err = mine(ctx, tx, ref); err != nil {
			return err
		}
		if c.State == Closed {
			return fault.New(fault.Conflict, "support.is-closed")
		}
		if err := decide(ctx, tx, &c, actor.From(ctx).Person == c.Asker); err != nil {
			return err
		}
		out = c
		return updateCase(ctx, tx, c)
	})
	return out, err
}

// Say adds words of one of the two.
func (s *Service) Say(ctx context.Context, ref, text string) (Case, error) {
	return s.turn(ctx, ref, func(ctx context.Context, tx *sqldb.Tx, c *Case, asks bool) error {
		var f fault.Fields
		text = checkText(&f, text)
		if err := f.Err(); err != nil {
			return err
		}
		n, err := wordCount(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if n >= maxWords {
			return fault.New(fault.Conflict, "support.too-many")
		}
		days, err := s.retention(ctx, *c)
		if err != nil {
			return err
		}
		c.Last, c.Erase = tx.Now, eraseAt(tx.Now, days)
		c.AskerNew, c.SupportNew = !asks, asks
		return insertWord(ctx, tx, c.ID, Word{N: n + 1, ByAsker: asks, Text: s.box.Seal(purpose, text), At: tx.Now})
	})
}

// Close ends a case; either may. From then on its time to be erased runs.
func (s *Service) Close(ctx context.Context, ref string) (Case, error) {
	return s.turn(ctx, ref, func(ctx context.Context, tx *sqldb.Tx, c *Case, _ bool) error {
		days, err := s.retention(ctx, *c)
		c.State, c.Closed, c.Erase = Closed, tx.Now, eraseAt(tx.Now, days)
		c.AskerNew, c.SupportNew = false, false
		return err
	})
}

// Pass gives a case to another supporter of the service, who then reads all of it. Only who asked may.
func (s *Service) Pass(ctx context.Context, ref, supporter string) (Case, error) {
	return s.turn(ctx, ref, func(ctx context.Context, tx *sqldb.Tx, c *Case, asks bool) error {
		if !asks {
			return fault.ErrNotFound
		}
		snap, err := s.catalog.Snapshot(ctx)
		if err != nil {
			return err
		}
		var f fault.Fields
		if x, ok := snap.ByID(c.Service); ok {
			if c.Supporter, err = s.chosen(ctx, &f, x, supporter, c.Asker); err != nil {
				return err
			}
		}
		c.SupportNew = true
		return f.Err()
	})
}

// retention is for how many days words are kept, as the service says now.
func (s *Service) retention(ctx context.Context, c Case) (int, error) {
	p, err := s.catalog.PolicyOf(ctx, c.Service)
	return max(p.RetentionDays, 1), err
}

// eraseChunk is how many cases go in one transaction.
const eraseChunk = 200

// Erase takes away what is over: cases with all their words whose time has come, ended or forgotten.
func (s *Service) Erase(ctx context.Context) error {
	for {
		gone := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			gone, err = eraseDue(ctx, tx, eraseChunk)
			return err
		})
		if err != nil || gone < eraseChunk {
			return err
		}
	}
}
