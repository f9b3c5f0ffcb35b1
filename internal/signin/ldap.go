package signin

import (
	"context"
	"errors"

	"neike/internal/directory"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
	"neike/internal/kit/sqldb"
)

// byLDAP asks the company's directory servers, in their order, whether a login name and password are somebody's there who
// is known here: 0 when none says so. A server that is away, or whose settings are wrong, is as good as none: local
// passwords go on working.
func (s *Service) byLDAP(ctx context.Context, in In) (ID, error) {
	var servers []directory.Connection
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		servers, err = s.directory.Connections(ctx, rd)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, c := range servers {
		if !c.SignIn || c.Kind != directory.KindLDAP {
			continue
		}
		person, err := s.atServer(ctx, c.ID, in)
		if person != 0 || err != nil {
			return person, err
		}
	}
	return 0, nil
}

func (s *Service) atServer(ctx context.Context, connection ID, in In) (ID, error) {
	l, err := s.directory.LDAP(ctx, connection)
	if err != nil {
		return 0, err
	}
	asking, cancel := context.WithTimeout(ctx, ssoPatience)
	defer cancel()
	p, err := ldap.SignIn(asking, l, normal(in.Login), in.Password)
	var refused *ldap.Error
	if errors.As(err, &refused) {
		if refused.Reason == ldap.Away || refused.Reason.Settings() {
			s.log.WarnContext(ctx, "a directory server does not judge passwords", "connection", connection, "err", err)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	person, err := s.directory.Recognise(ctx, connection, directory.UserOf(p))
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Conflict) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	known, err := s.org.Person(ctx, person)
	if err != nil || !known.Active {
		return 0, err
	}
	return person, nil
}
