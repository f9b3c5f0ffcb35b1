package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Way is a connection by which people sign in without a password of ours.
type Way struct {
	ID   ID
	Kind string
	Name string
}

// Ways lists them, in the reader's language.
func (s *Service) Ways(ctx context.Context) (list []Way, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = s.ways(ctx, rd)
		return err
	})
	return list, err
}

func (s *Service) ways(ctx context.Context, rd sqldb.Reader) (list []Way, err error) {
	all, err := s.directory.Connections(ctx, rd)
	for _, c := range all {
		if c.SignIn && c.Kind != directory.KindLDAP {
			list = append(list, Way{ID: c.ID, Kind: c.Kind, Name: c.Name.In(ctx)})
		}
	}
	return list, err
}

// wayOf is one of Ways; NotFound for another connection.
func (s *Service) wayOf(ctx context.Context, id ID) (Way, error) {
	list, err := s.Ways(ctx)
	for _, w := range list {
		if w.ID == id {
			return w, nil
		}
	}
	if err == nil {
		err = fault.ErrNotFound
	}
	return Way{}, err
}

// journey is what is remembered of a browser that was sent to sign in elsewhere.
type journey struct {
	Way      ID     `json:"way"`
	To       string `json:"to"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// stranger is an account elsewhere that belongs to nobody here yet.
type stranger struct {
	Way     ID     `json:"way"`
	Subject string `json:"subject"`
	To      string `json:"to"`
}

const (
	ssoPatience = 10 * time.Second // for the other side
	ceremonySSO = "sso"
	ceremonyNew = "sso-link"
	ceremonyYes = "sso-agreed" // by whom the password was right, and who owes the second proof
)

// travelOf is what travels through the other side: it proves that the browser that comes back is the one that left.
func travelOf(key string) string { return printOf("state:" + key)[:40] }

// Depart sends a browser to sign in elsewhere: the address, and a secret that this browser alone keeps.
func (s *Service) Depart(ctx context.Context, way ID, back, to string, inApp bool) (address, key string, err error) {
	w, err := s.wayOf(ctx, way)
	if err != nil {
		return "", "", err
	}
	j := journey{Way: way, To: to, Nonce: secretKey(), Verifier: oauth2.GenerateVerifier()}
	if key, err = s.beginCeremony(ctx, ceremonySSO, 0, j); err != nil {
		return "", "", err
	}
	if w.Kind != directory.KindOIDC {
		client, err := s.directory.Chat(ctx, way)
		if err != nil {
			return "", "", err
		}
		return client.LoginURL(back, travelOf(key), inApp), key, nil
	}
	o, err := s.provider(ctx, way)
	if err != nil {
		return "", "", err
	}
	defer o.client.CloseIdleConnections()
	return o.oauth(back).AuthCodeURL(travelOf(key), oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), key, nil
}

// Arrival is what came of signing in elsewhere: a session, or a stranger with a secret to be linked by.
type Arrival struct {
	Session Session
	To      string
	Way     Way
	Link    string // "": the session stands
	leave   *leave // how to leave the other side, nil when it has no way
}

// Arrive takes somebody in who comes back. What is not the answer to this browser's own journey, comes twice or too late
// is Invalid with words; so is what the other side refuses.
func (s *Service) Arrive(ctx context.Context, way ID, key string, query url.Values, back string, in In) (a Arrival, err error) {
	var j journey
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(travelOf(key))) != 1 {
		return a, wrongCode("login", "signin.sso-late")
	}
	if err := s.endCeremony(ctx, ceremonySSO, key, 0, &j); err != nil || j.Way != way {
		return a, wrongCode("login", "signin.sso-late")
	}
	if a.Way, err = s.wayOf(ctx, way); err != nil {
		return a, err
	}
	a.To = j.To
	u, out, err := s.identify(ctx, a.Way, j, query, back)
	if err != nil {
		s.log.WarnContext(ctx, "sign-in elsewhere failed", "connection", way, "err", err)
		return a, wrongCode("login", "signin.sso-failed")
	}
	person, err := s.directory.Recognise(ctx, way, u)
	switch kind := fault.KindOf(err); {
	case err == nil:
		if p, err := s.org.Person(ctx, person); err != nil || !p.Active {
			return a, errors.Join(err, wrongCode("login", "signin.sso-left"))
		}
		if a.leave = out; out != nil {
			out.Person = person
		}
		a.Session, err = s.enter(ctx, person, in, "sso")
		return a, err
	case kind == fault.NotFound || kind == fault.Conflict:
		a.Link, err = s.beginCeremony(ctx, ceremonyNew, 0, stranger{Way: way, Subject: u.ID, To: j.To})
		return a, err
	}
	return a, err
}

// identify asks the other side who came back.
func (s *Service) identify(ctx context.Context, w Way, j journey, query url.Values, back string) (chat.User, *leave, error) {
	ctx, cancel := context.WithTimeout(ctx, ssoPatience)
	defer cancel()
	if w.Kind == directory.KindOIDC {
		return s.identifyOIDC(ctx, w.ID, j, query, back)
	}
	client, err := s.directory.Chat(ctx, w.ID)
	if err != nil {
		return chat.User{}, nil, err
	}
	u, err := client.Login(ctx, query, back)
	if err == nil && u.ID == "" {
		err = errors.New("signin: the platform names nobody")
	}
	return u, nil, err
}

// LinkStranger ties an account elsewhere to the person who gives the own 工号 and password, once, and lets in. Who owes a
// second proof is tied by linkAgreed when it has come. A wrong password counts and is answered as at the door.
func (s *Service) LinkStranger(ctx context.Context, key string, in In) (made Session, to string, err error) {
	who, fit, err := s.compare(ctx, in)
	if err != nil {
		return made, "", err
	}
	if !fit {
		s.strike(who, in)
		return made, "", s.failed(ctx, who, in)
	}
	var x stranger
	var agreed string
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		agreed = ""
		if err := unlocked(ctx, tx, who.person, who.name); err != nil {
			return err
		}
		raw, err := takeCeremony(ctx, tx, printOf(key), ceremonyNew, 0)
		if errors.Is(err, fault.ErrNotFound) {
			return wrongCode("login", "signin.sso-late")
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &x); err != nil {
			return err
		}
		due, err := s.secondDue(ctx, tx, who.person, in)
		if err != nil {
			return err
		}
		if !due {
			return s.directory.Link(ctx, tx, x.Way, x.Subject, who.person)
		}
		agreed = secretKey()
		return insertCeremony(ctx, tx, printOf(agreed), ceremonyYes, who.person, raw, tx.Now.Add(HalfLife))
	})
	if err != nil {
		return made, "", err
	}
	in.try = who.name
	made, err = s.enter(ctx, who.person, in, "password")
	made.Agreed = agreed
	return made, x.To, err
}

// linkAgreed ties the account that somebody wanted to be tied to, once the second proof is right, too. A password alone
// ties nobody to a stranger's account. Without such a wish, or when the account is somebody's by now, nothing happens.
func (s *Service) linkAgreed(ctx context.Context, key string, person ID) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		raw, err := takeCeremony(ctx, tx, printOf(key), ceremonyYes, person)
		if err != nil {
			return err
		}
		var x stranger
		if err := json.Unmarshal(raw, &x); err != nil {
			return err
		}
		return s.directory.Link(ctx, tx, x.Way, x.Subject, person)
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Conflict) {
		return nil
	}
	return err
}

// inAppOf is the platform whose own browser this is; "" for any other.
func inAppOf(agent string) string {
	for _, m := range [][2]string{{"wxwork/", chat.WeCom}, {"DingTalk", chat.DingTalk}, {"Lark/", chat.Feishu}, {"Feishu/", chat.Feishu}} {
		if strings.Contains(agent, m[0]) {
			return m[1]
		}
	}
	return ""
}
