package org

import (
	"context"
	"errors"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// UnitInput is a unit as a form or the API gives it: with codes instead of ids.
type UnitInput struct {
	Code     string `json:"code" form:"code" example:"finance"`
	NameZh   string `json:"name_zh" form:"name_zh" example:"财务部"`
	NameEn   string `json:"name_en" form:"name_en" example:"Finance"`
	ShortZh  string `json:"short_zh,omitempty" form:"short_zh"`
	ShortEn  string `json:"short_en,omitempty" form:"short_en"`
	Level    string `json:"level,omitempty" form:"level" enum:"entity,site,department,team" doc:"Default department"`
	Parent   string `json:"parent,omitempty" form:"parent" doc:"Code of the unit above"`
	Head     string `json:"head,omitempty" form:"head" doc:"employee_no"`
	Site     string `json:"site,omitempty" form:"site"`
	Calendar string `json:"calendar,omitempty" form:"calendar"`
	Revision int64  `json:"-" form:"revision"` // the one that was shown; 0 makes a new unit
}

// unit is the input without its references, trimmed.
func (in UnitInput) unit() Unit {
	u := Unit{
		Code: clean(in.Code), Name: lang.Text{Zh: clean(in.NameZh), En: clean(in.NameEn)}, Short: lang.Text{Zh: clean(in.ShortZh), En: clean(in.ShortEn)},
		Level: clean(in.Level), Site: clean(in.Site), Calendar: clean(in.Calendar), Revision: in.Revision,
	}
	if u.Level == "" {
		u.Level = Department
	}
	return u
}

func clean(s string) string { return strings.TrimSpace(s) }

// Lineage says that a share (0 to 1) of a unit that ended went to another.
type Lineage struct {
	From, To ID
	At       time.Time
	Share    float64
}

// SaveUnit makes a unit (Revision 0) or changes one. All that is wrong comes at once; a revision that is no longer the
// present one is a Precondition fault.
func (s *Service) SaveUnit(ctx context.Context, in UnitInput) (Unit, error) {
	u, main := in.unit(), s.Company(ctx).Locale
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		old, err := lockUnit(ctx, tx, u.Code)
		if err != nil {
			return err
		}
		if old.ID != 0 && in.Revision != 0 && in.Revision != old.Revision {
			return fault.New(fault.Precondition, "org.changed-meanwhile")
		}
		u.ID, u.ValidFrom, u.ValidTo = old.ID, old.ValidFrom, old.ValidTo
		f := all(checkUnit(u, main))
		if old.ID != 0 && in.Revision == 0 {
			f.Add("code", "org.code-taken", "value", u.Code)
		}
		if err := s.resolveUnit(ctx, tx, in, &u, f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		what := "changed"
		if old.ID == 0 {
			if in.Revision != 0 {
				return fault.ErrNotFound
			}
			what, u.ID, u.ValidFrom = "created", tx.NewID(), tx.Now
			err = insertUnits(ctx, tx, u)
		} else {
			err = updateUnit(ctx, tx, u)
		}
		if err != nil {
			return err
		}
		u.Revision = old.Revision + 1
		return s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: what})
	})
	if sqldb.IsUnique(err) {
		var f fault.Fields
		f.Add("code", "org.code-taken", "value", u.Code)
		return Unit{}, f.Err()
	}
	return u, err
}

// lockTree takes every unit, because a change of the tree must not cross another one. On SQLite it does nothing.
func lockTree(ctx context.Context, tx *sqldb.Tx) error {
	if tx.Engine() == sqldb.SQLite {
		return nil
	}
	ids, err := unitIDs(ctx, tx)
	if err != nil {
		return err
	}
	return tx.Lock(ctx, "org_unit", ids...)
}

// lockUnit takes the tree and reads one unit; the zero Unit when there is none with the code.
func lockUnit(ctx context.Context, tx *sqldb.Tx, code string) (Unit, error) {
	if err := lockTree(ctx, tx); err != nil {
		return Unit{}, err
	}
	u, err := unitByCode(ctx, tx, code)
	if errors.Is(err, fault.ErrNotFound) {
		return Unit{}, nil
	}
	return u, err
}

// resolveUnit turns codes into ids and checks what only the whole tree shows.
func (s *Service) resolveUnit(ctx context.Context, tx *sqldb.Tx, in UnitInput, u *Unit, f *fault.Fields) error {
	tree, err := TreeIn(ctx, tx)
	if err != nil {
		return err
	}
	if code := clean(in.Parent); code != "" {
		parent, ok := tree.ByCode(code)
		switch {
		case !ok || !parent.Valid(tx.Now):
			f.Add("parent", "org.unit-unknown", "value", code)
		case u.ID != 0 && tree.Under(parent.ID, u.ID):
			f.Add("parent", "org.unit-circle", "value", code)
		}
		u.Parent = parent.ID
	}
	if no := clean(in.Head); no != "" {
		p, err := personByNo(ctx, tx, no)
		switch {
		case errors.Is(err, fault.ErrNotFound) || err == nil && !p.Active:
			f.Add("head", "org.person-unknown", "value", no)
		case err != nil:
			return err
		}
		u.Head = p.ID
	}
	if u.Calendar != "" && s.calendar != nil {
		ok, err := s.calendar(ctx, tx, u.Calendar)
		if err != nil {
			return err
		}
		if !ok {
			f.Add("calendar", "org.calendar-unknown", "value", u.Calendar)
		}
	}
	return nil
}

// CloseUnit ends a unit from now on; successors say where its share went and may be empty. A unit with valid units
// below it or active people in it cannot end.
func (s *Service) CloseUnit(ctx context.Context, code string, successors map[string]float64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		u, err := lockUnit(ctx, tx, code)
		if err != nil {
			return err
		}
		if u.ID == 0 {
			return fault.ErrNotFound
		}
		if !u.ValidTo.IsZero() {
			return fault.New(fault.Conflict, "org.unit-ended-already")
		}
		children, members, err := usesOf(ctx, tx, u.ID, tx.Now)
		if err != nil {
			return err
		}
		if children+members > 0 {
			return fault.New(fault.Conflict, "org.unit-in-use", "units", children, "people", members)
		}
		if err := s.idle(ctx, tx, u.ID); err != nil {
			return err
		}
		for to, share := range successors {
			next, err := unitByCode(ctx, tx, to)
			if err != nil || next.ID == u.ID || share <= 0 || share > 1 {
				return fault.New(fault.Invalid, "org.unit-unknown", "value", to)
			}
			if err := insertLineage(ctx, tx, Lineage{u.ID, next.ID, tx.Now, share}); err != nil {
				return err
			}
		}
		u.ValidTo = tx.Now
		if err := updateUnit(ctx, tx, u); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, UnitWasChanged{Unit: u.ID, Code: u.Code, What: "ended"})
	})
}

// idle refuses the end of a unit that others still wait for.
func (s *Service) idle(ctx context.Context, tx *sqldb.Tx, unit ID) error {
	if s.busy == nil {
		return nil
	}
	busy, err := s.busy(ctx, tx, unit)
	if err == nil && busy {
		return fault.New(fault.Conflict, "org.unit-busy")
	}
	return err
}

// Lineage lists what became of a unit and what it came from.
func (s *Service) Lineage(ctx context.Context, rd sqldb.Reader, unit ID) ([]Lineage, error) {
	return lineageOf(ctx, rd, unit)
}
