package place

import (
	"context"
	"embed"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
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

// ID of a place; people use the code.
type ID = int64

// Subject is the kind of record that a place is.
const Subject = "place"

// Place is where something is reported from.
type Place struct {
	ID        ID
	Code      string
	Path      string // codes from the top down: /hq/hq-3f/
	Name      lang.Text
	Kind      string
	Parent    ID // 0: at the top
	Unit      org.ID
	Asset     string // number in the books
	Note      string
	RetiredAt time.Time // zero: in use
	Revision  int64
	Services  []int64 // its own, in order
}

// Retired says whether the place is out of use.
func (p Place) Retired() bool { return !p.RetiredAt.IsZero() }

// Around is the code of the place around, "" at the top.
func (p Place) Around() string {
	codes := above(p.Path)
	if len(codes) == 0 {
		return ""
	}
	return codes[len(codes)-1]
}

// Service of the room.
type Service struct {
	db      *sqldb.DB
	events  *event.Bus
	org     *org.Service
	access  *access.Service
	catalog *catalog.Catalog
	panels  []func(ctx context.Context, p Place) (templ.Component, error)
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, units *org.Service, may *access.Service, services *catalog.Catalog) *Service {
	return &Service{db: db, events: bus, org: units, access: may, catalog: services}
}

// AddPanel adds what another room shows on the page of a place. Call it while wiring.
func (s *Service) AddPanel(panel func(ctx context.Context, p Place) (templ.Component, error)) {
	s.panels = append(s.panels, panel)
}

// Input is a place as somebody writes it.
type Input struct {
	Code, NameZh, NameEn string
	Kind                 string
	Parent               string // code; "": at the top
	Unit                 string // code; "": that of the place around
	Asset, Note          string
	Services             []string // codes; none: those of the kind
}

func (in Input) trimmed() Input {
	for _, text := range []*string{&in.Code, &in.NameZh, &in.NameEn, &in.Kind, &in.Parent, &in.Unit, &in.Asset, &in.Note} {
		*text = strings.TrimSpace(*text)
	}
	in.Code, in.Parent, in.Kind = strings.ToLower(in.Code), strings.ToLower(in.Parent), KindOf(in.Kind)
	in.Services = slices.DeleteFunc(slices.Clone(in.Services), func(code string) bool { return strings.TrimSpace(code) == "" })
	return in
}

// InputOf is a place as it would be written.
func (s *Service) inputOf(p Place, tree *org.Tree, snap *catalog.Snapshot) Input {
	u, _ := tree.ByID(p.Unit)
	in := Input{Code: p.Code, NameZh: p.Name.Zh, NameEn: p.Name.En, Kind: p.Kind, Parent: p.Around(), Unit: u.Code, Asset: p.Asset, Note: p.Note}
	for _, id := range p.Services {
		if x, ok := snap.ByID(id); ok {
			in.Services = append(in.Services, x.Code)
		}
	}
	return in
}

// Anything is the revision of a change that was made on no state in particular; Fresh that of a place that must be new.
const (
	Anything int64 = 0
	Fresh    int64 = -1
)

// Save makes the place of a code or changes it; created says which. revision is the state the change was made on. Everything
// wrong comes at once.
func (s *Service) Save(ctx context.Context, in Input, revision int64) (p Place, created bool, err error) {
	in = in.trimmed()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var f fault.Fields
		check(in, s.org.Company(ctx).Locale, &f)
		known, err := byCodes(ctx, tx, []string{in.Code, in.Parent})
		if err != nil {
			return err
		}
		old, exists := known[in.Code]
		switch created = !exists; {
		case exists && revision == Fresh:
			f.Add("code", "place.code-taken", "name", old.Name.In(ctx))
		case exists:
			if err := tx.Lock(ctx, "place", old.ID); err != nil {
				return err
			}
			if old, err = byID(ctx, tx, old.ID); err != nil {
				return err
			}
			if err := s.may(ctx, doEdit, old.Unit); err != nil {
				return err
			}
			if revision > 0 && revision != old.Revision {
				return fault.New(fault.Precondition, "web.changed-meanwhile")
			}
		}
		w, err := s.want(ctx, in, old, known, &f)
		if err != nil {
			return err
		}
		if f.Len() == 0 && s.may(ctx, doEdit, w.Unit) != nil { // whoever makes or gives away a place keeps those of its unit
			f.Add("unit", "place.unit-not-yours")
		}
		if err := f.Err(); err != nil {
			return err
		}
		p, err = s.put(ctx, tx, old, w)
		return err
	})
	return p, created, err
}

// want is the place that an input means, laid over the one that is there (zero: none is). known holds the places named.
func (s *Service) want(ctx context.Context, in Input, old Place, known map[string]Place, f *fault.Fields) (Place, error) {
	w := old
	w.Code, w.Name, w.Kind, w.Asset, w.Note, w.Parent = in.Code, lang.Text{Zh: in.NameZh, En: in.NameEn}, in.Kind, in.Asset, in.Note, 0
	around := Place{}
	if in.Parent != "" && in.Parent != in.Code {
		ok := false
		switch around, ok = known[in.Parent]; {
		case !ok:
			f.Add("parent", "place.parent-unknown", "value", in.Parent)
		case old.ID != 0 && within(around.Path, old.Path):
			f.Add("parent", "place.parent-under-it", "value", in.Parent)
		case len(codesOf(around.Path)) >= deepest:
			f.Add("parent", "place.too-deep", "max", deepest)
		}
		w.Parent = around.ID
	}
	w.Path = pathOf(around.Path, in.Code)
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return w, err
	}
	switch u, ok := tree.ByCode(in.Unit); {
	case in.Unit == "" && around.Unit != 0:
		w.Unit = around.Unit
	case in.Unit == "":
		f.Add("unit", "place.need-unit")
	case !ok || !u.Valid(s.db.Now()):
		f.Add("unit", "place.unit-unknown", "value", in.Unit)
	default:
		w.Unit = u.ID
	}
	w.Services, err = s.servicesOf(ctx, in.Services, "services", f)
	return w, err
}

// servicesOf turns codes into services that can be asked for.
func (s *Service) servicesOf(ctx context.Context, codes []string, field string, f *fault.Fields) ([]int64, error) {
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, code := range codes {
		x, ok := snap.ByCode(strings.TrimSpace(code))
		switch {
		case !ok || x.Kind != catalog.OnRequest || x.Support() || x.State == catalog.Retired:
			f.Add(field, "place.service-unknown", "value", code)
		case !slices.Contains(out, x.ID):
			out = append(out, x.ID)
		}
	}
	return out, nil
}

// put writes a place over the one that is there, and what lies under it where it moves.
func (s *Service) put(ctx context.Context, tx *sqldb.Tx, old, w Place) (Place, error) {
	if old.ID != 0 && same(old, w) {
		return old, nil
	}
	w.Revision = old.Revision + 1
	var err error
	if old.ID == 0 {
		w.ID = tx.NewID()
		err = insert(ctx, tx, w)
	} else {
		if old.Path != w.Path {
			if err := movePaths(ctx, tx, old.Path, w.Path); err != nil {
				return w, err
			}
		}
		err = update(ctx, tx, w)
	}
	if err != nil {
		return w, err
	}
	if !slices.Equal(old.Services, w.Services) {
		if err := setServices(ctx, tx, w.ID, w.Services); err != nil {
			return w, err
		}
	}
	return w, s.events.Emit(ctx, tx, WasSaved{w.ID, w.Code, w.Name.In(ctx), w.Unit, old.ID == 0})
}

func same(a, b Place) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Path == b.Path && a.Unit == b.Unit && a.Asset == b.Asset && a.Note == b.Note &&
		a.RetiredAt.Equal(b.RetiredAt) && slices.Equal(a.Services, b.Services)
}

// Retire takes a place out of use, and all that lies under it. n says how many went.
func (s *Service) Retire(ctx context.Context, code string) (n int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := s.held(ctx, tx, code)
		if err != nil {
			return err
		}
		if p.Retired() {
			return fault.New(fault.Conflict, "place.retired-already", "name", p.Name.In(ctx))
		}
		if n, err = retire(ctx, tx, p.Path); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasRetired{p.ID, p.Code, p.Name.In(ctx), n})
	})
	return n, err
}

// Restore puts one place into use again; what lies under it is put back one by one.
func (s *Service) Restore(ctx context.Context, code string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := s.held(ctx, tx, code)
		if err != nil {
			return err
		}
		if !p.Retired() {
			return fault.New(fault.Conflict, "place.in-use-already", "name", p.Name.In(ctx))
		}
		p.RetiredAt = time.Time{}
		p.Revision++
		if err := update(ctx, tx, p); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, WasRestored{p.ID, p.Code, p.Name.In(ctx)})
	})
}

// held loads a place that the actor keeps, to change it.
func (s *Service) held(ctx context.Context, tx *sqldb.Tx, code string) (Place, error) {
	p, err := byCode(ctx, tx, code)
	if err != nil {
		return p, err
	}
	if err := s.may(ctx, doEdit, p.Unit); err != nil {
		return p, err
	}
	if err := tx.Lock(ctx, "place", p.ID); err != nil {
		return p, err
	}
	return byID(ctx, tx, p.ID)
}

// The rows of access/table that this room asks about.
const (
	doSee  = "place.see"
	doEdit = "place.edit"
	doKind = "place.kind"
)

// may decides whether the actor may do something to places of a unit; not found when not.
func (s *Service) may(ctx context.Context, action string, unit org.ID) error {
	set, err := s.access.Towards(ctx, actor.From(ctx), unit)
	if err != nil {
		return err
	}
	return access.Allowed(ctx, action, set)
}

// ByCode is the place of a code, in use or not; not found when there is none.
func (s *Service) ByCode(ctx context.Context, code string) (p Place, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err = byCode(ctx, rd, strings.ToLower(strings.TrimSpace(code)))
		return err
	})
	return p, err
}

// InUse is the place of a code where something can be reported; not found when it is out of use, too.
func (s *Service) InUse(ctx context.Context, code string) (Place, error) {
	p, err := s.ByCode(ctx, code)
	if err == nil && p.Retired() {
		return Place{}, fault.ErrNotFound
	}
	return p, err
}

// ByIDs are places by their ids, those that there are, without their services.
func (s *Service) ByIDs(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Place, error) {
	return byIDs(ctx, rd, ids)
}

// ByCodes are places by their codes, in use or not, those that there are. Codes are compared as they are written in a label:
// small.
func (s *Service) ByCodes(ctx context.Context, rd sqldb.Reader, codes []string) (map[string]Place, error) {
	return byCodes(ctx, rd, codes)
}

// Within says whether a place is another or lies under it.
func (p Place) Within(top Place) bool { return top.ID != 0 && strings.HasPrefix(p.Path, top.Path) }

// Filter chooses places.
type Filter struct {
	Q      string // words of the name, the code, their pinyin or initials, or of the asset number
	Kind   string
	Unit   string // code of the unit that answers; units below it count too
	Under  string // code: that place and what lies under it
	State  string // "in_use" (default), "retired", "any"
	Cursor string
	Limit  int
}

// List is a page of places, each before what lies under it.
func (s *Service) List(ctx context.Context, f Filter) (web.Page[Place], error) {
	sc, err := s.scopeOf(ctx, f)
	if err != nil {
		return web.Page[Place]{}, err
	}
	var rows []Place
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err = list(ctx, rd, sc)
		return err
	})
	return web.Cut(rows, sc.limit, func(p Place) string { return web.Cursor(p.ID) }), err
}

// scope is a Filter with codes turned into ids.
type scope struct {
	words  []string
	kind   string
	units  []int64
	path   string // "": everything
	state  string
	after  ID
	limit  int
	direct ID // only what lies right under it
	top    bool
}

func (s *Service) scopeOf(ctx context.Context, f Filter) (scope, error) {
	sc := scope{words: strings.Fields(strings.ToLower(f.Q)), kind: f.Kind, state: f.State, limit: web.Paging{Limit: f.Limit}.Size()}
	sc.words = sc.words[:min(len(sc.words), 6)]
	var bad fault.Fields
	if f.Kind != "" && !slices.Contains(Kinds, f.Kind) {
		bad.Add("kind", "place.kind-unknown", "value", f.Kind)
	}
	if !slices.Contains([]string{"", "in_use", "retired", "any"}, f.State) {
		bad.Add("state", "place.state-unknown", "value", f.State)
	}
	if f.Unit != "" {
		tree, err := s.org.Tree(ctx)
		if err != nil {
			return sc, err
		}
		if u, ok := tree.ByCode(f.Unit); ok {
			sc.units = append(tree.Descendants(u.ID), u.ID)
		} else {
			bad.Add("unit", "place.unit-unknown", "value", f.Unit)
		}
	}
	if f.Under != "" {
		p, err := s.ByCode(ctx, f.Under)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			bad.Add("under", "place.unknown", "value", f.Under)
		} else if err != nil {
			return sc, err
		}
		sc.path = p.Path
	}
	at, err := web.ParseCursor(f.Cursor, 1)
	if err != nil {
		bad.Add("cursor", "web.cursor")
	} else if at != nil {
		sc.after = at[0]
	}
	return sc, bad.Err()
}

// Under is the range of the paths of the place and of what lies under it: from, and up to but without to.
func (p Place) Under() (from, to string) { return under(p.Path) }
