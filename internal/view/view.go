package view

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the room's words.
//
//go:embed locale
var Locale embed.FS

// ID of a view.
type ID = int64

// View is a name for a query of a list.
type View struct {
	ID       ID
	List     string // code of the list
	Unit     org.ID // 0: the person's own
	Person   org.ID // whose it is; of a unit's: who saved it
	Name     string
	Query    string // canonical: sorted, without a page
	Place    int
	Standard bool // opens the list when nothing is asked
	Locked   bool // only heads and secretaries of the unit change it
}

// List is a list that takes part.
type List struct {
	Code  string // "queue"
	Path  string // "/queue"
	Label string // message id of its name
	// Count says how many rows a query has for the actor, up to the most; nil: views of this list are not counted.
	Count func(ctx context.Context, query url.Values, most int) (int, error)
}

// WasSaved says that a view of a unit was saved or changed.
type WasSaved struct {
	View ID     `json:"view"`
	Unit org.ID `json:"unit"`
	List string `json:"list"`
	Name string `json:"name"`
}

// EventKind of WasSaved.
func (WasSaved) EventKind() string { return "view.was-saved" }

// EventSubject is the unit.
func (e WasSaved) EventSubject() (string, int64) { return "unit", e.Unit }

// WasRemoved says that a view of a unit is gone.
type WasRemoved struct {
	View ID     `json:"view"`
	Unit org.ID `json:"unit"`
	List string `json:"list"`
	Name string `json:"name"`
}

// EventKind of WasRemoved.
func (WasRemoved) EventKind() string { return "view.was-removed" }

// EventSubject is the unit.
func (e WasRemoved) EventSubject() (string, int64) { return "unit", e.Unit }

// Service of the room.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	org    *org.Service
	access *access.Service
	lists  []List
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, units *org.Service, may *access.Service) *Service {
	return &Service{db: db, events: bus, org: units, access: may}
}

// Register adds a list. Call it while wiring.
func (s *Service) Register(l List) { s.lists = append(s.lists, l) }

func (s *Service) list(code string) (List, bool) {
	i := slices.IndexFunc(s.lists, func(l List) bool { return l.Code == code })
	if i < 0 {
		return List{}, false
	}
	return s.lists[i], true
}

// Input is a view as somebody saves it.
type Input struct {
	List     string
	Query    string // "" keeps that of a view that is there
	Name     string
	Unit     string // code; "": the actor's own
	Standard bool
	Locked   bool
}

// Save keeps a view under its name; of the same holder and name it takes the place of the one before. created is false then.
func (s *Service) Save(ctx context.Context, in Input) (v View, created bool, err error) {
	v, err = s.checked(ctx, in)
	if err != nil {
		return v, false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := s.holderLock(ctx, tx, v); err != nil {
			return err
		}
		siblings, err := heldBy(ctx, tx, v)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(siblings, func(x View) bool { return x.Name == v.Name })
		if created = i < 0; created {
			if err := full(siblings); err != nil {
				return err
			}
			v.ID, v.Place = tx.NewID(), len(siblings)
			err = insert(ctx, tx, v)
		} else {
			old := siblings[i]
			if err := s.may(ctx, old); err != nil {
				return err
			}
			v.ID, v.Place = old.ID, old.Place
			err = update(ctx, tx, v)
		}
		if err != nil {
			return err
		}
		return s.settle(ctx, tx, v)
	})
	return v, created, err
}

// settle keeps one standard view per holder, and announces.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx, v View) error {
	if v.Standard {
		if err := onlyStandard(ctx, tx, v); err != nil {
			return err
		}
	}
	if v.Unit == 0 {
		return nil
	}
	return s.events.Emit(ctx, tx, WasSaved{v.ID, v.Unit, v.List, v.Name})
}

// holderLock lets two who change views of one unit go one after the other.
func (s *Service) holderLock(ctx context.Context, tx *sqldb.Tx, v View) error {
	if v.Unit != 0 {
		return tx.Lock(ctx, "org_unit", v.Unit)
	}
	return tx.Lock(ctx, "org_person", v.Person)
}

// checked is the view that an input means. Everything wrong comes at once.
func (s *Service) checked(ctx context.Context, in Input) (View, error) {
	a := actor.From(ctx)
	v := View{List: in.List, Person: a.Person, Name: strings.Join(strings.Fields(in.Name), " "), Standard: in.Standard, Locked: in.Locked}
	if a.Person == 0 {
		return v, fault.ErrNotFound
	}
	var f fault.Fields
	if _, ok := s.list(in.List); !ok {
		f.Add("list", "view.list-unknown")
	}
	v.Query = canonical(in.Query, &f)
	checkName(v.Name, &f)
	if in.Unit != "" {
		tree, err := s.org.Tree(ctx)
		if err != nil {
			return v, err
		}
		u, ok := tree.ByCode(in.Unit)
		if v.Unit = u.ID; !ok || s.may(ctx, v) != nil {
			f.Add("unit", "view.unit-not-yours")
		}
	} else if v.Locked {
		v.Locked = false
	}
	return v, f.Err()
}

// may says whether the actor may change a view: the own, or one of a unit; not found when not.
func (s *Service) may(ctx context.Context, v View) error {
	a := actor.From(ctx)
	if v.Unit == 0 {
		if v.Person != a.Person {
			return fault.ErrNotFound
		}
		return nil
	}
	set, err := s.access.Towards(ctx, a, v.Unit)
	if err != nil {
		return err
	}
	action := "view.share"
	if v.Locked {
		action = "view.lock"
	}
	return access.Allowed(ctx, action, set)
}

// Do is what is done to a view that is there.
type Do string

// What may be done.
const (
	Up       Do = "up"
	Down     Do = "down"
	Rename   Do = "rename"
	Standard Do = "standard" // and not standard any more
	Lock     Do = "lock"     // and unlock
	Remove   Do = "remove"
)

// Change does something to a view; name is for Rename. Not found is also what is not the actor's to change.
func (s *Service) Change(ctx context.Context, id ID, do Do, name string) error {
	var f fault.Fields
	if name = strings.Join(strings.Fields(name), " "); do == Rename {
		checkName(name, &f)
	}
	if !slices.Contains([]Do{Up, Down, Rename, Standard, Lock, Remove}, do) {
		f.Add("do", "view.do-unknown")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		v, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, v); err != nil {
			return err
		}
		if err := s.holderLock(ctx, tx, v); err != nil {
			return err
		}
		siblings, err := heldBy(ctx, tx, v)
		if err != nil {
			return err
		}
		return s.change(ctx, tx, v, do, name, siblings)
	})
}

func (s *Service) change(ctx context.Context, tx *sqldb.Tx, v View, do Do, name string, siblings []View) error {
	switch do {
	case Remove:
		if err := remove(ctx, tx, v.ID); err != nil || v.Unit == 0 {
			return err
		}
		return s.events.Emit(ctx, tx, WasRemoved{v.ID, v.Unit, v.List, v.Name})
	case Up, Down:
		for i, x := range moved(siblings, v.ID, do) {
			x.Place = i
			if err := update(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	case Rename:
		if slices.ContainsFunc(siblings, func(x View) bool { return x.Name == name && x.ID != v.ID }) {
			var f fault.Fields
			f.Add("name", "view.name-taken", "name", name)
			return f.Err()
		}
		v.Name = name
	case Standard:
		v.Standard = !v.Standard
	case Lock:
		if v.Unit == 0 {
			return fault.ErrNotFound
		}
		v.Locked = !v.Locked
		if err := s.may(ctx, View{Unit: v.Unit, Locked: true}); err != nil {
			return err
		}
	}
	if err := update(ctx, tx, v); err != nil {
		return err
	}
	return s.settle(ctx, tx, v)
}

// Mine lists the actor's views of a list, the own ones first, then those of the units the actor belongs to or serves.
func (s *Service) Mine(ctx context.Context, list string) (views []View, err error) {
	a := actor.From(ctx)
	if a.Person == 0 {
		return nil, nil
	}
	var units []int64
	for _, g := range a.Groups {
		if slices.Contains([]string{"member", "agent", "head", "secretary"}, g.Role) && !slices.Contains(units, g.ID) {
			units = append(units, g.ID)
		}
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		views, err = seenBy(ctx, rd, a.Person, units, list)
		return err
	})
	return views, err
}

// StandardQuery is the query that opens a list for the actor when nothing is asked; "" when none is set.
func (s *Service) StandardQuery(ctx context.Context, list string) (string, error) {
	views, err := s.Mine(ctx, list)
	for _, v := range views { // the own ones come first
		if v.Standard {
			return v.Query, nil
		}
	}
	return "", err
}
