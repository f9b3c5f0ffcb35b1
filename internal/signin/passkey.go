package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const ceremonyLife = 5 * time.Minute

// sqldbID is an id as text.
func sqldbID(id ID) string { return strconv.FormatInt(id, 10) }

func recoveryPrint(person ID, code string) string {
	return printOf("recovery:" + sqldbID(person) + ":" + plainCode(code))
}

// PasskeysAt says whether passkeys work at an address: browsers allow them by https, and at localhost; never at a bare
// network number.
func PasskeysAt(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return net.ParseIP(host) == nil && (u.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost"))
}

// relying is the house as an authenticator knows it.
func (s *Service) relying(ctx context.Context, base string) (*webauthn.WebAuthn, error) {
	if !PasskeysAt(base) {
		return nil, wrongCode("name", "signin.passkey-address")
	}
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: issuer(s.org.Company(ctx).Name.In(ctx)), RPOrigins: []string{u.Scheme + "://" + u.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
}

// holder is a person as go-webauthn wants to see one.
type holder struct {
	id          ID
	no, name    string
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(sqldbID(h.id)) }
func (h holder) WebAuthnName() string                       { return h.no }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func (s *Service) holderOf(ctx context.Context, rd sqldb.Reader, person ID) (h holder, err error) {
	p, err := s.org.PersonIn(ctx, rd, person)
	if err != nil {
		return h, err
	}
	if !p.Active {
		return h, fault.ErrNotFound
	}
	list, err := factorsOf(ctx, rd, person)
	if err != nil {
		return h, err
	}
	h = holder{id: p.ID, no: p.No, name: p.Plain(ctx)}
	for _, f := range list {
		if f.Kind != "passkey" {
			continue
		}
		var c webauthn.Credential
		if err := json.Unmarshal(f.credential, &c); err != nil {
			return h, err
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

// OfferPasskey begins to register a passkey of the actor: options for the browser, and the secret of the ceremony, which
// only this browser has.
func (s *Service) OfferPasskey(ctx context.Context, base string) (options any, ceremony string, err error) {
	w, err := s.relying(ctx, base)
	if err != nil {
		return nil, "", err
	}
	var h holder
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		h, err = s.holderOf(ctx, rd, actor.From(ctx).Person)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	made, session, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	ceremony, err = s.beginCeremony(ctx, "passkey-new", h.id, session)
	return made, ceremony, err
}

// ConfirmPasskey keeps a passkey that the browser has made. With the first factor come recovery codes.
func (s *Service) ConfirmPasskey(ctx context.Context, base, ceremony, credential, name string) (codes []string, err error) {
	var f fault.Fields
	name = factorName(ctx, &f, name)
	if err := f.Err(); err != nil {
		return nil, err
	}
	w, err := s.relying(ctx, base)
	if err != nil {
		return nil, err
	}
	var session webauthn.SessionData
	who := actor.From(ctx)
	if err := s.endCeremony(ctx, "passkey-new", ceremony, who.Person, &session); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(credential))
	if err != nil {
		return nil, wrongCode("name", "signin.passkey-failed")
	}
	var h holder
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		h, err = s.holderOf(ctx, rd, who.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	made, err := w.CreateCredential(h, session, parsed)
	if err != nil {
		return nil, wrongCode("name", "signin.passkey-failed")
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	return s.addFactor(ctx, Factor{Kind: "passkey", Name: name, credential: raw}, handleOf(made.ID))
}

func handleOf(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// AskPasskey begins to sign in with whatever passkey the browser has for this house.
func (s *Service) AskPasskey(ctx context.Context, base string) (options any, ceremony string, err error) {
	w, err := s.relying(ctx, base)
	if err != nil {
		return nil, "", err
	}
	asked, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	ceremony, err = s.beginCeremony(ctx, "passkey", 0, session)
	return asked, ceremony, err
}

// SignInByPasskey opens a session for whom a passkey belongs to: it is both proofs in one. Everything wrong with it is
// one answer.
func (s *Service) SignInByPasskey(ctx context.Context, base, ceremony, credential string, in In) (Session, error) {
	refused := wrongCode("login", "signin.passkey-refused")
	if err := s.slow(in.Address); err != nil {
		return Session{}, err
	}
	w, err := s.relying(ctx, base)
	if err != nil {
		return Session{}, err
	}
	var session webauthn.SessionData
	if err := s.endCeremony(ctx, "passkey", ceremony, 0, &session); err != nil {
		return Session{}, refused
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(credential))
	if err != nil {
		s.guard.failed(in.Address)
		return Session{}, refused
	}
	var person ID
	used, err := w.ValidateDiscoverableLogin(func(_, userHandle []byte) (webauthn.User, error) {
		id, err := strconv.ParseInt(string(userHandle), 10, 64)
		if err != nil {
			return nil, err
		}
		person = id
		var h holder
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			h, err = s.holderOf(ctx, rd, id)
			return err
		})
		return h, err
	}, session, parsed)
	if err != nil || used.Authenticator.CloneWarning {
		s.guard.failed(in.Address)
		return Session{}, refused
	}
	raw, err := json.Marshal(used)
	if err != nil {
		return Session{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return sawPasskey(ctx, tx, person, handleOf(used.ID), raw)
	})
	if err != nil {
		return Session{}, err
	}
	return s.open(ctx, person, in, "passkey")
}

// beginCeremony keeps what a browser was asked, under a secret that it alone gets.
func (s *Service) beginCeremony(ctx context.Context, kind string, person ID, content any) (string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	key := secretKey()
	return key, s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return insertCeremony(ctx, tx, printOf(key), kind, person, raw, tx.Now.Add(ceremonyLife))
	})
}

// endCeremony uses it up, once: what comes a second time, from another browser or too late is refused.
func (s *Service) endCeremony(ctx context.Context, kind, key string, person ID, content any) error {
	var raw []byte
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		raw, err = takeCeremony(ctx, tx, printOf(key), kind, person)
		return err
	})
	if errors.Is(err, fault.ErrNotFound) || fault.KindOf(err) == fault.NotFound {
		return wrongCode("name", "signin.passkey-late")
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, content)
}
