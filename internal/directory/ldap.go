package directory

import (
	"context"

	"neike/internal/kit/fault"
)

// ldapError is an answer of an LDAP server that an administrator can do something about.
type ldapError struct{ key, text string }

func (e *ldapError) Error() string { return e.key + ": " + e.text }

func (s *Service) ldapSource(context.Context, Connection) (source, func(), error) {
	return nil, func() {}, fault.New(fault.Conflict, "directory.not-usable", "reason", "")
}
