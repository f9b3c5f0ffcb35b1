package access

import (
	"cmp"
	"context"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// IdleAfter is how long nobody must have used an account with rights before it is reported.
const IdleAfter = 90 * 24 * time.Hour

// SeenBy fills the slot that says when people last signed in. Who never did is not in the map.
func (s *Service) SeenBy(find func(ctx context.Context, rd sqldb.Reader, people []ID) (map[ID]time.Time, error)) {
	s.seen = find
}

// Holding is a role that somebody holds, in words.
type Holding struct {
	org.Given
	Who      org.Person
	UnitName string // main unit of the person
	Scope    string // name of the unit, or code of the service; "" the whole company
	GivenBy  string
	Mine     bool      // the reader may take it away
	LastSeen time.Time // only in the report of idle accounts; zero: never
}

// heldFilter is what the reader of the page asks for.
type heldFilter struct {
	Q     string // person, or unit
	Role  string
	Wide  bool // only roles of the whole company
	After ID
	Limit int
}

// held lists holdings as the page and the export show them.
func (s *Service) held(ctx context.Context, f heldFilter) (list []Holding, next ID, err error) {
	ask := org.GivenFilter{Code: f.Role, Wide: f.Wide, After: f.After, Limit: f.Limit}
	if f.Q != "" {
		units, err := s.org.FindUnits(ctx, f.Q, 1)
		if err != nil {
			return nil, 0, err
		}
		if len(units) == 1 && (units[0].Code == f.Q || units[0].Name.Zh == f.Q || units[0].Name.En == f.Q) {
			ask.Unit = units[0].Code
		}
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if f.Q != "" && ask.Unit == "" {
			var err error
			if ask.People, err = s.peopleNamed(ctx, rd, f.Q); err != nil {
				return err
			}
		}
		given, after, err := s.org.Givens(ctx, rd, ask)
		if err != nil {
			return err
		}
		next = after
		list, err = s.inWords(ctx, rd, given)
		return err
	})
	return list, next, err
}

func (s *Service) peopleNamed(ctx context.Context, rd sqldb.Reader, q string) ([]ID, error) {
	people, err := s.org.FindPeople(ctx, rd, q, 100)
	ids := make([]ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	return ids, err
}

func (s *Service) inWords(ctx context.Context, rd sqldb.Reader, given []org.Given) ([]Holding, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, g := range given {
		ids = append(ids, g.Person, g.By)
	}
	slices.Sort(ids)
	names, err := s.org.Names(ctx, rd, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	list := make([]Holding, len(given))
	for i, g := range given {
		p := names[g.Person]
		h := Holding{Given: g, Who: p, UnitName: tree.Name(ctx, p.Unit), Scope: g.Role.Scope, Mine: org.MayTakeRole(a, p, g.Role, tree)}
		if g.Role.Unit != 0 {
			h.Scope = tree.FullName(ctx, g.Role.Unit)
		}
		if g.By != 0 {
			h.GivenBy = names[g.By].Display(ctx)
		}
		list[i] = h
	}
	return list, nil
}

// Idle lists the holdings of active people who have not signed in for IdleAfter, company-wide roles first, then who has
// been away longest. It looks at holdings with rights beyond those of a member: agents are left out.
func (s *Service) Idle(ctx context.Context) ([]Holding, error) {
	var out []Holding
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, code := range org.RoleCodes() {
			if code == "agent" {
				continue
			}
			f := org.GivenFilter{Code: code, Limit: 1000}
			for {
				given, next, err := s.org.Givens(ctx, rd, f)
				if err != nil {
					return err
				}
				idle, err := s.idleAmong(ctx, rd, given)
				if err != nil {
					return err
				}
				out = append(out, idle...)
				if f.After = next; next == 0 {
					break
				}
			}
		}
		return nil
	})
	sorting.Stable(out, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(min(len(a.Role.Scope), 1), min(len(b.Role.Scope), 1)), a.LastSeen.Compare(b.LastSeen), cmp.Compare(a.Who.No, b.Who.No))
	})
	return out, err
}

func (s *Service) idleAmong(ctx context.Context, rd sqldb.Reader, given []org.Given) ([]Holding, error) {
	ids := make([]ID, len(given))
	for i, g := range given {
		ids[i] = g.Person
	}
	seen := map[ID]time.Time{}
	if s.seen != nil && len(ids) > 0 {
		var err error
		if seen, err = s.seen(ctx, rd, slices.Compact(ids)); err != nil {
			return nil, err
		}
	}
	limit := rd.Instant().Add(-IdleAfter)
	idle := slices.DeleteFunc(slices.Clone(given), func(g org.Given) bool { return seen[g.Person].After(limit) })
	list, err := s.inWords(ctx, rd, idle)
	list = slices.DeleteFunc(list, func(h Holding) bool { return !h.Who.Active })
	for i := range list {
		list[i].LastSeen = seen[list[i].Person]
	}
	return list, err
}

// roleWord is a role in words, with its scope.
// roleWord names a role. What is none, because somebody typed the address, stays as it was typed.
func roleWord(ctx context.Context, code string) string {
	if !slices.Contains(org.RoleCodes(), code) {
		return code
	}
	return lang.T(ctx, "org.role-"+code)
}

// scopeWord says where a role counts.
func scopeWord(ctx context.Context, h Holding) string {
	if h.Role.Scope == "" {
		return lang.T(ctx, "access.whole-company")
	}
	return h.Scope
}
