package phrase

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
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Schema creates the table of phrase.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of phrase.
//
//go:embed locale
var Locale embed.FS

// ID of a phrase.
type ID = int64

// Phrase is one text that is said often.
type Phrase struct {
	ID       ID
	Unit     int64 // 0: the person's own
	Person   int64
	Name     string
	Keys     string // pinyin and initials of the name
	Text     lang.Text
	Services []int64 // none: all
	Used     int64   // answers in which it stands
	UsedAt   time.Time
	Revision int
	At       time.Time
}

// Service keeps phrases.
type Service struct {
	db      *sqldb.DB
	events  *event.Bus
	org     *org.Service
	access  *access.Service
	catalog *catalog.Catalog
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, people *org.Service, grants *access.Service, services *catalog.Catalog) *Service {
	return &Service{db: db, events: bus, org: people, access: grants, catalog: services}
}

// WasSaved says that a phrase is there, or is another one from now on.
type WasSaved struct {
	Phrase int64  `json:"phrase"`
	Unit   int64  `json:"unit,omitempty"`
	Name   string `json:"name"`
}

// WasRemoved says that a phrase is gone.
type WasRemoved struct {
	Phrase int64  `json:"phrase"`
	Unit   int64  `json:"unit,omitempty"`
	Name   string `json:"name"`
}

// EventKind is the name of the event in the log.
func (WasSaved) EventKind() string   { return "phrase.saved" }
func (WasRemoved) EventKind() string { return "phrase.removed" }

// EventSubject names the phrase.
func (e WasSaved) EventSubject() (string, int64)   { return "phrase", e.Phrase }
func (e WasRemoved) EventSubject() (string, int64) { return "phrase", e.Phrase }

// The most that a phrase may hold, and how many a unit or a person may keep.
const (
	maxName = 60
	maxText = 2000
	most    = 200
)

// Input is a phrase as it came through the door.
type Input struct {
	Name     string
	Zh, En   string
	Services []string // codes
}

// checked reads an input; everything wrong comes back at once.
func (s *Service) checked(ctx context.Context, in Input) (Phrase, error) {
	var f fault.Fields
	text := func(name, value string, most int) string {
		value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
		if utf8.RuneCountInString(value) > most {
			f.Add(name, "form.too-long", "max", most, "count", utf8.RuneCountInString(value))
		}
		return value
	}
	p := Phrase{Name: text("name", in.Name, maxName), Text: lang.Text{Zh: text("text_zh", in.Zh, maxText), En: text("text_en", in.En, maxText)}}
	if p.Name == "" {
		f.Add("name", "form.required")
	}
	if l := p.Text.Lacks(s.org.Company(ctx).Locale); l != "" {
		f.Add("text_"+l, "phrase.no-text")
	}
	for _, x := range []struct{ name, text string }{{"text_zh", p.Text.Zh}, {"text_en", p.Text.En}} {
		if bad := unknownIn(x.text); bad != "" {
			f.Add(x.name, "phrase.unknown-placeholder", "name", bad)
		}
	}
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return p, err
	}
	for _, code := range in.Services {
		if sv, ok := snap.ByCode(strings.TrimSpace(code)); ok {
			p.Services = append(p.Services, sv.ID)
		} else if code != "" {
			f.Add("services", "phrase.service-unknown", "code", code)
		}
	}
	full, initials := org.Keys(p.Name)
	p.Keys = full + " " + initials
	return p, f.Err()
}

// keeper turns the code of a unit into its id after asking whether the actor may; "" is the actor itself.
func (s *Service) keeper(ctx context.Context, unit, action string) (int64, error) {
	if unit == "" {
		return 0, nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	u, ok := tree.ByCode(unit)
	if !ok {
		return 0, fault.ErrNotFound
	}
	set, err := s.access.Towards(ctx, actor.From(ctx), u.ID)
	if err != nil {
		return 0, err
	}
	return u.ID, access.Allowed(ctx, action, set)
}

// Save keeps a phrase of a unit (its code), or of the actor (""); id 0 makes a new one.
func (s *Service) Save(ctx context.Context, unit string, id ID, in Input, on web.IfMatch) (Phrase, error) {
	keeper, err := s.keeper(ctx, unit, "phrase.edit")
	if err != nil {
		return Phrase{}, err
	}
	if id != 0 { // not found, or another's, before what is wrong with the words
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			_, err := kept(ctx, rd, keeper, id)
			return err
		})
		if err != nil {
			return Phrase{}, err
		}
	}
	fresh, err := s.checked(ctx, in)
	if err != nil {
		return Phrase{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		me := actor.From(ctx).Person
		var p Phrase
		if id == 0 {
			n, err := countOf(ctx, tx, keeper, me)
			if err == nil && n >= most {
				err = fault.New(fault.Conflict, "phrase.too-many", "max", most)
			}
			if err != nil {
				return err
			}
			p = Phrase{ID: tx.NewID(), Unit: keeper}
		} else if p, err = s.mine(ctx, tx, keeper, id); err != nil {
			return err
		} else if err := on.Check(p.ETag()); on.IfMatch != "" && err != nil {
			return err
		}
		p.Person, p.Name, p.Keys, p.Text, p.Services, p.At, p.Revision = me, fresh.Name, fresh.Keys, fresh.Text, fresh.Services, tx.Now, p.Revision+1
		if err := put(ctx, tx, p, id == 0); err != nil {
			return err
		}
		fresh = p
		return s.events.Emit(ctx, tx, WasSaved{p.ID, p.Unit, p.Name})
	})
	return fresh, err
}

// mine loads a phrase of the keeper; anybody else's is not found.
func (s *Service) mine(ctx context.Context, tx *sqldb.Tx, keeper int64, id ID) (Phrase, error) {
	if err := tx.Lock(ctx, "phrase", id); err != nil {
		return Phrase{}, err
	}
	return kept(ctx, tx, keeper, id)
}

// kept reads a phrase of the keeper; anybody else's is not found.
func kept(ctx context.Context, rd sqldb.Reader, keeper int64, id ID) (Phrase, error) {
	p, err := byID(ctx, rd, id)
	if err == nil && (p.Unit != keeper || keeper == 0 && p.Person != actor.From(ctx).Person) {
		err = fault.ErrNotFound
	}
	return p, err
}

// Remove takes a phrase away. Answers in which it stands stay as they are.
func (s *Service) Remove(ctx context.Context, unit string, id ID) error {
	keeper, err := s.keeper(ctx, unit, "phrase.edit")
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := s.mine(ctx, tx, keeper, id)
		if err != nil {
			return err
		}
		if err := remove(ctx, tx, id); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasRemoved{p.ID, p.Unit, p.Name})
	})
}

// Of lists the phrases of a unit (its code), or those of the actor (""), by name.
func (s *Service) Of(ctx context.Context, unit string) (list []Phrase, err error) {
	keeper, err := s.keeper(ctx, unit, "phrase.see")
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = keptBy(ctx, rd, keeper, actor.From(ctx).Person)
		return err
	})
	return list, err
}

// Offer is what the actor may say in an answer of a unit for a service: the unit's phrases and the actor's own, those used
// most first, of which name, pinyin or initials hold query. The actor serves for the unit: the caller has decided that.
func (s *Service) Offer(ctx context.Context, rd sqldb.Reader, unit, service int64, query string, limit int) ([]Phrase, error) {
	own, err := keptBy(ctx, rd, 0, actor.From(ctx).Person)
	if err != nil {
		return nil, err
	}
	list, err := keptBy(ctx, rd, unit, 0)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(append(list, own...), func(p Phrase) bool {
		return len(p.Services) > 0 && !slices.Contains(p.Services, service) || !p.fits(query)
	})
	sorting.Stable(list, func(a, b Phrase) int { return a.rank(query) - b.rank(query) })
	return list[:min(limit, len(list))], nil
}

// Count notes that an answer holds these phrases of the unit or the actor; ids that name none are passed over.
func (s *Service) Count(ctx context.Context, unit int64, ids []ID) error {
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return countUse(ctx, tx, unit, actor.From(ctx).Person, ids[:min(len(ids), 20)])
	})
}

// ETag changes with every edit.
func (p Phrase) ETag() string { return web.ETag("phrase", p.ID, p.Revision) }

// IDs reads ids as forms write them; what is none is passed over.
func IDs(list []string) []ID {
	var out []ID
	for _, text := range list {
		for _, part := range strings.Split(text, ",") {
			if id, err := strconv.ParseInt(part, 10, 64); err == nil && id > 0 {
				out = append(out, id)
			}
		}
	}
	return out
}

// Holding are the phrases of a unit: they go to the one that follows.
func (s *Service) Holdings() []org.Holding {
	return []org.Holding{{Code: "phrase.kept", Label: "phrase.holds", By: org.ByUnit, Order: 79,
		Count: func(ctx context.Context, rd sqldb.Reader, keeper int64) (int, error) {
			return countOf(ctx, rd, keeper, 0)
		},
		List: func(ctx context.Context, rd sqldb.Reader, keeper, after int64, limit int) ([]org.Held, error) {
			list, err := heldAfter(ctx, rd, keeper, after, limit)
			out := make([]org.Held, len(list))
			for i, p := range list {
				out[i] = org.Held{Key: p.ID, Title: p.Name}
			}
			return out, err
		},
		Hand: func(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
			var out org.Handed
			list, err := heldAfter(ctx, tx, h.From, h.After, h.Limit)
			for _, p := range list {
				if err := moveTo(ctx, tx, p.ID, h.To); err != nil {
					return out, err
				}
				out.Next, out.Moved = p.ID, out.Moved+1
			}
			if len(list) < h.Limit {
				out.Next = 0
			}
			return out, err
		}}}
}
