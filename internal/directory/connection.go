package directory

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Connection is one app of one system that knows the company's people. It holds no secret.
type Connection struct {
	ID       ID
	Kind     string // wecom, feishu, dingtalk, ldap or oidc
	Name     lang.Text
	SignIn   bool // people sign in through it
	Sync     bool // its directory is read
	Notify   bool // it carries messages
	Settings map[string]string
	Sealed   []string // names of the secrets that are set
	Rules    Rules
	Hook     string    // stands in the address of callbacks
	Due      time.Time // since when a callback says that something has changed; zero: nothing has
	Next     time.Time // of the next scheduled run; zero: none
	Tested   time.Time
	Test     Answer // of the last test
	Month    string // "2026-11", of Calls
	Calls    int    // asked of the platform in that month
	Ended    time.Time
	Revision int64

	secrets map[string]string // name → sealed
}

// Active says whether the connection is in use.
func (c Connection) Active() bool { return c.Ended.IsZero() }

// ConnectionInput is a connection as a form or the API gives it. A secret that is left out stays as it is.
type ConnectionInput struct {
	Kind     string            `json:"kind" form:"kind" enum:"wecom,feishu,dingtalk,ldap,oidc"`
	NameZh   string            `json:"name_zh" form:"name_zh" example:"企业微信"`
	NameEn   string            `json:"name_en,omitempty" form:"name_en" example:"WeCom"`
	SignIn   bool              `json:"sign_in" form:"sign_in" doc:"People sign in through it"`
	Sync     bool              `json:"sync" form:"sync" doc:"Its directory is read"`
	Notify   bool              `json:"notify" form:"notify" doc:"It carries messages"`
	Settings map[string]string `json:"settings,omitempty" doc:"By name; which there are depends on the kind"`
	Secrets  map[string]string `json:"secrets,omitempty" doc:"By name: secret, token, key. Never given back; what is left out stays"`
	Rules    Rules             `json:"rules" form:"rules"`
	Revision int64             `json:"-" form:"revision"` // the one that was shown; 0 makes a new connection
}

// SaveConnection makes a connection (id 0) or changes one. All that is wrong comes at once.
func (s *Service) SaveConnection(ctx context.Context, id ID, in ConnectionInput) (Connection, error) {
	in = in.clean()
	var c Connection
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		old, err := lockConnection(ctx, tx, id)
		if err != nil {
			return err
		}
		if id != 0 && in.Revision != 0 && in.Revision != old.Revision {
			return fault.New(fault.Precondition, "directory.changed-meanwhile")
		}
		c = in.over(old)
		var sealed []string
		for name, text := range in.Secrets {
			if text != "" {
				c.secrets[name] = s.box.Seal(purpose(name), text)
				sealed = append(sealed, name)
			}
		}
		c.Sealed = slices.Sorted(maps.Keys(c.secrets))
		f := checkConnection(c, s.org.Company(ctx).Locale, in.Settings)
		if in.Kind != "" && in.Kind != c.Kind {
			f.Add("kind", "directory.kind-stays")
		}
		if err := s.checkRoot(ctx, tx, c, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		c.Next = nextRun(c, tx.Now, s.org.Company(ctx).Location())
		what := "changed"
		if id == 0 {
			what, c.ID, c.Hook = "created", tx.NewID(), newHook()
			err = insertConnection(ctx, tx, c)
		} else {
			err = updateConnection(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		c.Revision = old.Revision + 1
		slices.Sort(sealed)
		return s.events.Emit(ctx, tx, ConnectionWasSaved{Connection: c.ID, Kind: c.Kind, What: what, Secrets: sealed})
	})
	return c, err
}

func (s *Service) checkRoot(ctx context.Context, tx *sqldb.Tx, c Connection, f *fault.Fields) error {
	if c.Rules.Root == "" {
		return nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByCode(c.Rules.Root); !ok || !u.Valid(tx.Now) {
		f.Add("rules.root", "directory.unit-unknown", "value", c.Rules.Root)
	}
	return nil
}

// clean trims everything that was typed.
func (in ConnectionInput) clean() ConnectionInput {
	trim := func(m map[string]string) map[string]string {
		out := make(map[string]string, len(m))
		for name, text := range m {
			out[name] = strings.TrimSpace(text)
		}
		return out
	}
	in.Settings, in.Secrets = trim(in.Settings), trim(in.Secrets)
	in.NameZh, in.NameEn, in.Rules.Root = strings.TrimSpace(in.NameZh), strings.TrimSpace(in.NameEn), strings.TrimSpace(in.Rules.Root)
	return in
}

// over lays the input over what there is. The kind of a connection never changes.
func (in ConnectionInput) over(old Connection) Connection {
	c := old
	if old.ID == 0 {
		c.Kind = in.Kind
	}
	c.Name = lang.Text{Zh: in.NameZh, En: in.NameEn}
	c.SignIn, c.Sync, c.Notify, c.Rules = in.SignIn, in.Sync, in.Notify, in.Rules.filled()
	c.Settings = map[string]string{}
	for _, field := range FieldsOf(c.Kind) {
		if v := in.Settings[field.Name]; v != "" && !field.Secret {
			c.Settings[field.Name] = v
		}
	}
	c.secrets = maps.Clone(old.secrets)
	if c.secrets == nil {
		c.secrets = map[string]string{}
	}
	return c
}

func newHook() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// purpose is what a secret of this name is sealed for.
func purpose(name string) string { return "directory." + name }

// lockConnection is the zero Connection for id 0, and ErrNotFound for one that is not there.
func lockConnection(ctx context.Context, tx *sqldb.Tx, id ID) (Connection, error) {
	if id == 0 {
		return Connection{}, nil
	}
	if err := tx.Lock(ctx, "directory_connection", id); err != nil {
		return Connection{}, err
	}
	return connectionByID(ctx, tx, id)
}

// EndConnection takes a connection out of use: nobody signs in through it, nothing is read or sent. Its identities and
// runs stay; ResumeConnection takes it back.
func (s *Service) EndConnection(ctx context.Context, id ID) error { return s.setEnded(ctx, id, true) }

// ResumeConnection takes a connection back into use.
func (s *Service) ResumeConnection(ctx context.Context, id ID) error {
	return s.setEnded(ctx, id, false)
}

func (s *Service) setEnded(ctx context.Context, id ID, ended bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := lockConnection(ctx, tx, id)
		if err != nil || c.Active() != ended {
			return err
		}
		what := "resumed"
		c.Ended = time.Time{}
		if ended {
			what, c.Ended = "ended", tx.Now
		}
		c.Next = nextRun(c, tx.Now, s.org.Company(ctx).Location())
		if err := updateConnection(ctx, tx, c); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, ConnectionWasSaved{Connection: c.ID, Kind: c.Kind, What: what})
	})
}

// Connections lists the connections in use, in the order in which they were made.
func (s *Service) Connections(ctx context.Context, rd sqldb.Reader) ([]Connection, error) {
	all, err := allConnections(ctx, rd)
	return slices.DeleteFunc(all, func(c Connection) bool { return !c.Active() }), err
}

// Connection is one connection, in use or not; fault.ErrNotFound when there is none.
func (s *Service) Connection(ctx context.Context, id ID) (Connection, error) {
	var c Connection
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		c, err = connectionByID(ctx, rd, id)
		return err
	})
	return c, err
}

// secret opens one of a connection's secrets; "" when it is not set.
func (s *Service) secret(c Connection, name string) (string, error) {
	text, err := s.box.Open(purpose(name), c.secrets[name])
	if err != nil {
		return "", fault.Wrap(fault.Conflict, err, "directory.sealed-with-another-key")
	}
	return text, nil
}
