package org

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// PersonalData is a kind of rows about a person that a room keeps: what it holds, how to copy it, and what of it goes when
// the person is erased. It is data, so that what the house knows about somebody can be read in one place per room.
type PersonalData struct {
	Code  string // "signin.sessions"; stands in files and in counts
	Label string // message id: "登录记录"
	Keeps string // message id: how long it stays, and why
	Order int

	// Columns names what Read reads, in its order: "name" a text, "name:time", "name:number", "name:bool", and "name:words" for
	// words that only the person may have: others know that they are there. Their headings are org.personal-column-NAME.
	Columns string
	// Read selects the rows; $1 is the person, $2 the most rows. Secrets, hashes and prints of them are never among the columns.
	Read string
	// Wipe takes rows away, or the personal words in them; $1 is the person, $2 the most rows at once. Each is run until it
	// finds fewer, and may be run again. Empty: the rows stay, under a name that is no name.
	Wipe []string
}

// personalColumn is one column of a kind.
type personalColumn struct{ Name, Sort string }

func (d PersonalData) columns() []personalColumn {
	var out []personalColumn
	for _, c := range strings.Fields(d.Columns) {
		name, sort, _ := strings.Cut(c, ":")
		out = append(out, personalColumn{name, cmp.Or(sort, "text")})
	}
	return out
}

// PersonalMost is how many rows of a kind a copy holds: the newest ones.
const PersonalMost = 10000

// The words about how long things stay that most kinds have in common.
const (
	GoesWithPerson  = "org.personal-goes"   // erased with the person
	StaysWithRecord = "org.personal-stays"  // part of the company's record
	GoesByItself    = "org.personal-passes" // goes by itself before that
)

// AddPersonalData fills the slot of what rooms know about people. Call it while wiring: a second kind of one code is a
// mistake in the wiring that the first start of the house must stop at.
func (s *Service) AddPersonalData(list ...PersonalData) {
	for _, d := range list {
		if slices.ContainsFunc(s.personal, func(o PersonalData) bool { return o.Code == d.Code }) {
			panic("org: two kinds of personal data " + d.Code)
		}
		s.personal = append(s.personal, d)
	}
	sorting.Stable(s.personal, func(a, b PersonalData) int { return cmp.Compare(a.Order, b.Order) })
}

// PersonalKind is one kind in the copy of what is kept about a person.
type PersonalKind struct {
	Code    string           `json:"kind" example:"signin.sessions"`
	Title   string           `json:"title"`
	Keeps   string           `json:"kept" doc:"How long it stays, and why"`
	Erased  bool             `json:"erased" doc:"Goes when the person is erased"`
	Columns []string         `json:"columns"`
	Count   int              `json:"count" doc:"Rows; no more than 10001 are counted"`
	Cut     bool             `json:"cut" doc:"There are more than 10000: the newest are here"`
	Rows    []map[string]any `json:"rows" doc:"By column; what only the person may read is null to others"`
	Hidden  []string         `json:"hidden,omitempty" doc:"Columns with words that only the person may read"`
}

// PersonalCopy is all that the house keeps about a person, but for secrets.
type PersonalCopy struct {
	Person string         `json:"employee_no"`
	Name   string         `json:"name"`
	At     time.Time      `json:"at"`
	Kinds  []PersonalKind `json:"kinds"`
}

// mayCopy: one's own data, and to the security officer everybody's. To others there is no such page.
func mayCopy(ctx context.Context, p Person) error {
	if a := actor.From(ctx); a.System || a.Has("security") || a.Person == p.ID && p.ID != 0 {
		return nil
	}
	return fault.ErrNotFound
}

// CopyPersonal copies what the house keeps about a person. It is announced: an officer's copy is told to the person.
func (s *Service) CopyPersonal(ctx context.Context, ref string) (PersonalCopy, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return PersonalCopy{}, err
	}
	if err := mayCopy(ctx, p); err != nil {
		return PersonalCopy{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.events.Emit(ctx, tx, PersonalDataWasCopied{Person: p.ID, Own: actor.From(ctx).Person == p.ID})
	})
	if err != nil {
		return PersonalCopy{}, err
	}
	return s.personalCopy(ctx, p, true)
}

// personalCopy reads the kinds; without rows it only counts them.
func (s *Service) personalCopy(ctx context.Context, p Person, rows bool) (PersonalCopy, error) {
	out := PersonalCopy{Person: p.No, Name: p.Plain(ctx)}
	own := actor.From(ctx).Person == p.ID
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		out.At, out.Kinds = rd.Instant(), nil
		for _, d := range s.personal {
			k := PersonalKind{Code: d.Code, Title: lang.T(ctx, d.Label), Keeps: lang.T(ctx, d.Keeps), Erased: len(d.Wipe) > 0, Rows: []map[string]any{}}
			for _, c := range d.columns() {
				k.Columns = append(k.Columns, c.Name)
				if c.Sort == "words" && !own {
					k.Hidden = append(k.Hidden, c.Name)
				}
			}
			var err error
			if rows {
				k.Rows, err = personalRows(ctx, rd, d, p.ID, own)
				k.Count = len(k.Rows)
				if k.Cut = k.Count > PersonalMost; k.Cut {
					k.Rows = k.Rows[:PersonalMost]
				}
			} else {
				k.Count, err = countPersonal(ctx, rd, d, p.ID)
				k.Cut = k.Count > PersonalMost
			}
			if err != nil {
				return err
			}
			out.Kinds = append(out.Kinds, k)
		}
		return nil
	})
	return out, err
}
