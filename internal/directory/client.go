package directory

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/ldap"
)

// dialed is a client made from one state of a connection.
type dialed struct {
	revision int64
	client   chat.Client
}

// Chat is the client of a connection to a chat suite. It is kept while the connection stays as it is, for it holds the
// platform's token. A connection of another kind or out of use is NotFound.
func (s *Service) Chat(ctx context.Context, id ID) (chat.Client, error) {
	c, err := s.Connection(ctx, id)
	if err != nil {
		return nil, err
	}
	if !c.Active() {
		return nil, fault.ErrNotFound
	}
	return s.chatOf(c)
}

func (s *Service) chatOf(c Connection) (chat.Client, error) {
	if !slices.Contains(chat.Platforms, c.Kind) {
		return nil, fault.ErrNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.clients[c.ID]; ok && d.revision == c.Revision {
		return d.client, nil
	}
	settings, err := s.chatSettings(c)
	if err != nil {
		return nil, err
	}
	client, err := s.dial(settings)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, err, "directory.not-usable", "reason", err.Error())
	}
	s.clients[c.ID] = dialed{c.Revision, client}
	return client, nil
}

func (s *Service) chatSettings(c Connection) (chat.Settings, error) {
	out := chat.Settings{Platform: c.Kind, Corp: c.setting("corp"), App: c.setting("app"), Agent: c.setting("agent"), API: c.setting("api"),
		Accounts: c.setting("accounts"), Proxy: c.setting("proxy"), Private: c.setting("private") == "true", NoField: c.setting("no_field")}
	for name, to := range map[string]*string{"secret": &out.Secret, "token": &out.Token, "key": &out.Key} {
		var err error
		if *to, err = s.secret(c, name); err != nil {
			return out, err
		}
	}
	return out, nil
}

// LDAP is how the server of a connection of the kind ldap is reached and what it calls things; NotFound for another kind
// or one out of use. The subject of an identity there is the login name, its union the name that never changes.
func (s *Service) LDAP(ctx context.Context, id ID) (ldap.Settings, error) {
	c, err := s.usable(ctx, id, KindLDAP)
	if err != nil {
		return ldap.Settings{}, err
	}
	return s.ldapOf(c)
}

func (s *Service) ldapOf(c Connection) (ldap.Settings, error) {
	password, err := s.secret(c, "secret")
	return ldap.Settings{
		Kind: c.setting("preset"), URL: c.setting("url"), StartTLS: c.setting("start_tls") == "true", Plain: c.setting("plain") == "true", CA: c.setting("ca"),
		BindDN: c.setting("bind_dn"), Password: password, Base: c.setting("base"), UnitBase: c.setting("unit_base"),
		PersonFilter: c.setting("user_filter"), UnitFilter: c.setting("unit_filter"),
		Names: ldap.Names{Login: c.setting("attr_id"), No: c.setting("attr_no"), Name: c.setting("attr_name"), NameEn: c.setting("attr_name_en"), Email: c.setting("attr_mail"),
			Phone: c.setting("attr_phone"), Position: c.setting("attr_position"), Manager: c.setting("attr_manager"), Unit: c.setting("attr_unit")},
	}, err
}

// OIDC is how an OpenID provider is reached.
type OIDC struct {
	Issuer, ClientID, Secret string
	Scopes                   []string
	NoClaim                  string // claim with the 工号
	MailClaim                string
	Proxy                    string // outbound proxy, "" none
	Private                  bool   // the provider is inside the company: http and private networks are allowed
}

// OIDC is what a connection of the kind oidc says; NotFound for another kind or one out of use.
func (s *Service) OIDC(ctx context.Context, id ID) (OIDC, error) {
	c, err := s.usable(ctx, id, KindOIDC)
	if err != nil {
		return OIDC{}, err
	}
	secret, err := s.secret(c, "secret")
	return OIDC{Issuer: c.setting("issuer"), ClientID: c.setting("app"), Secret: secret, Scopes: strings.Fields(c.setting("scopes")),
		NoClaim: c.setting("no_claim"), MailClaim: c.setting("mail_claim"), Proxy: c.setting("proxy"), Private: c.setting("private") == "true"}, err
}

func (s *Service) usable(ctx context.Context, id ID, kind string) (Connection, error) {
	c, err := s.Connection(ctx, id)
	if err == nil && (c.Kind != kind || !c.Active()) {
		err = fault.ErrNotFound
	}
	return c, err
}
