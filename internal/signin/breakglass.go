package signin

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// BreakGlassNo is the 工号 of the emergency account.
const BreakGlassNo = "emergency"

// BreakGlass makes the emergency administrator, or gives it a new password, and returns that password, which is written
// down and locked away: the account works when nothing else lets anybody in, is asked for no second factor, and every use
// of it is an alarm. For the system only (the command line); NotFound for anybody else.
func (s *Service) BreakGlass(ctx context.Context) (no, password string, err error) {
	if !actor.From(ctx).System {
		return "", "", fault.ErrNotFound
	}
	person, err := s.emergency(ctx)
	if err != nil {
		return "", "", err
	}
	password = letterGroups(24)
	hash, err := hashOf(ctx, "", password)
	if err != nil {
		return "", "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := s.putPassword(ctx, tx, person.ID, hash); err != nil {
			return err
		}
		if err := deleteFactors(ctx, tx, person.ID, 0, true); err != nil {
			return err
		}
		if err := makeBreakGlass(ctx, tx, person.ID); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, BreakGlassWasSet{Person: person.ID})
	})
	s.known.forgetPerson(person.ID)
	return person.No, password, err
}

// HasBreakGlass says whether the emergency administrator is there and has a password.
func (s *Service) HasBreakGlass(ctx context.Context) (bool, error) {
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = countBreakGlass(ctx, rd)
		return err
	})
	return n > 0, err
}

// emergency is the person of the account; it is made when it is not there.
func (s *Service) emergency(ctx context.Context) (p org.Person, err error) {
	var id ID
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		id, err = breakGlassOf(ctx, rd)
		return err
	})
	if err != nil {
		return p, err
	}
	if id != 0 {
		return s.org.Person(ctx, id)
	}
	p, err = s.org.PersonByNo(ctx, BreakGlassNo)
	if err == nil || fault.KindOf(err) != fault.NotFound {
		return p, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return p, err
	}
	top := ""
	for _, u := range tree.All() {
		if u.Parent == 0 {
			top = u.Code
			break
		}
	}
	p, err = s.org.SavePerson(ctx, org.PersonInput{No: BreakGlassNo, Name: "应急管理员", NameEn: "Emergency administrator", Unit: top})
	if err != nil {
		return p, err
	}
	return p, s.org.SetRoles(ctx, p.No, []string{"admin", "security"}, 0)
}
