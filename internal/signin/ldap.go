package signin

import (
	"context"
	"errors"
	"strings"

	"neike/internal/directory"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
	"neike/internal/kit/sqldb"
)

// byLDAP asks the company's directory servers, in their order, whether a login and password are somebody's there who is
// known here: 0 when none says so. who is the person whom the login names here, 0 for nobody: people type their 工号, phone
// or mail with the password of their computer. A server that is away, or whose settings are wrong, is as good as none: local
// passwords go on working. A right password that has to be changed first is Invalid with words.
func (s *Service) byLDAP(ctx context.Context, in In, who ID) (ID, error) {
	var servers []directory.Connection
	accounts := map[ID]string{} // of the person, by server
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if servers, err = s.directory.Connections(ctx, rd); err != nil || who == 0 {
			return err
		}
		held, err := s.directory.Accounts(ctx, rd, who)
		for _, i := range held {
			accounts[i.Connection] = i.Subject
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, c := range servers {
		if !c.SignIn || c.Kind != directory.KindLDAP {
			continue
		}
		for _, login := range namesAt(accounts[c.ID], in.Login) {
			person, err := s.atServer(ctx, c.ID, login, in.Password)
			if person != 0 || err != nil {
				return person, err
			}
		}
	}
	return 0, nil
}

// door is what the page of the door offers: the ways in without a password of ours, and whose passwords the form takes
// besides, "" when there is no directory server.
func (s *Service) door(ctx context.Context) (ways []Way, domain string, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if ways, err = s.ways(ctx, rd); err != nil {
			return err
		}
		all, err := s.directory.Connections(ctx, rd)
		for _, c := range all {
			if c.SignIn && c.Kind == directory.KindLDAP && domain == "" {
				domain = c.Name.In(ctx)
			}
		}
		return err
	})
	return ways, domain, err
}

// namesAt are the names by which a directory server may know whoever typed a login: the person's account there, and what
// was typed, without the domain that Windows writes before it.
func namesAt(account, typed string) []string {
	typed = normal(typed)
	if at := strings.LastIndexByte(typed, '\\'); at >= 0 {
		typed = typed[at+1:]
	}
	if account == "" || strings.EqualFold(account, typed) {
		return []string{typed}
	}
	return []string{account, typed}
}

func (s *Service) atServer(ctx context.Context, connection ID, login, password string) (ID, error) {
	l, err := s.directory.LDAP(ctx, connection)
	if err != nil {
		return 0, err
	}
	asking, cancel := context.WithTimeout(ctx, ssoPatience)
	defer cancel()
	p, err := ldap.SignIn(asking, l, login, password)
	var refused *ldap.Error
	if errors.As(err, &refused) {
		if refused.Reason == ldap.Expired {
			return 0, wrongCode("password", "signin.ldap-expired")
		}
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
