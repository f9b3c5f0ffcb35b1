package signin

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
)

// openID is a provider with what our connection to it says.
type openID struct {
	directory.OIDC
	provider *oidc.Provider
	client   *http.Client
}

// provider reads the provider's own description. Providers outside the company are spoken to by https only.
func (s *Service) provider(ctx context.Context, way ID) (openID, error) {
	set, err := s.directory.OIDC(ctx, way)
	if err != nil {
		return openID{}, err
	}
	if !set.Private && !strings.HasPrefix(set.Issuer, "https://") {
		return openID{}, fault.New(fault.Invalid, "signin.sso-https")
	}
	o := openID{OIDC: set, client: set.Client()}
	if o.provider, err = oidc.NewProvider(oidc.ClientContext(ctx, o.client), set.Issuer); err != nil {
		o.client.CloseIdleConnections()
		return o, fault.Wrap(fault.Unavailable, err, "signin.sso-away")
	}
	if err := o.secret(); err != nil {
		o.client.CloseIdleConnections()
		return o, err
	}
	return o, nil
}

// secret refuses a provider outside the company that describes itself by https and then wants our secret, or gives its
// keys, in the open.
func (o openID) secret() error {
	var keys struct {
		URL string `json:"jwks_uri"`
	}
	if err := o.provider.Claims(&keys); err != nil {
		return fault.Wrap(fault.Unavailable, err, "signin.sso-away")
	}
	for _, address := range []string{o.provider.Endpoint().TokenURL, o.provider.Endpoint().AuthURL, keys.URL, cmp.Or(o.provider.UserInfoEndpoint(), keys.URL)} {
		if !o.Private && !strings.HasPrefix(address, "https://") {
			return fault.New(fault.Invalid, "signin.sso-https")
		}
	}
	return nil
}

func (o openID) oauth(back string) *oauth2.Config {
	scopes := o.Scopes
	if len(scopes) == 0 {
		scopes = []string{oidc.ScopeOpenID, "profile", "email"}
	}
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: o.provider.Endpoint(), RedirectURL: back, Scopes: scopes}
}

func (s *Service) identifyOIDC(ctx context.Context, way ID, j journey, query url.Values, back string) (u chat.User, out *leave, err error) {
	if said := query.Get("error"); said != "" {
		return u, nil, errors.New("signin: the provider says " + cut(said, 100))
	}
	o, err := s.provider(ctx, way)
	if err != nil {
		return u, nil, err
	}
	defer o.client.CloseIdleConnections()
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := o.oauth(back).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return u, nil, err
	}
	raw, _ := token.Extra("id_token").(string)
	late := func() time.Time { return time.Now().Add(-clockSkew) }
	id, err := o.provider.Verifier(&oidc.Config{ClientID: o.ClientID, Now: late}).Verify(ctx, raw)
	if err != nil {
		return u, nil, err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(j.Nonce)) != 1 {
		return u, nil, errors.New("signin: the nonce is not ours")
	}
	if id.Subject == "" {
		return u, nil, errors.New("signin: the provider names nobody")
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return u, nil, err
	}
	if said.text(o.NoClaim) == "" {
		said.fill(o.more(ctx, id.Subject, token))
	}
	u = chat.User{ID: id.Subject, Name: said.text("name"), No: said.text(o.NoClaim)}
	if said.text("email_verified") == "true" && o.MailClaim != "" { // absent is not verified
		u.Email = said.text(o.MailClaim)
	}
	return u, o.leaving(way, token), nil
}

// clockSkew is how far the provider's clock may be behind ours: the token came straight from the provider, and the nonce
// keeps it from coming twice.
const clockSkew = 2 * time.Minute

// more is what the provider says of somebody when asked: by the standard a claim that a scope brings stands there and not
// in the token. Nothing when it cannot be asked, or speaks of somebody else.
func (o openID) more(ctx context.Context, subject string, token *oauth2.Token) claims {
	if o.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := o.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != subject {
		return nil
	}
	var said claims
	if info.Claims(&said) != nil {
		return nil
	}
	return said
}

// claims are what a provider says of somebody.
type claims map[string]json.RawMessage

// fill adds what is not there yet.
func (c claims) fill(more claims) {
	for name, value := range more {
		if _, there := c[name]; !there {
			c[name] = value
		}
	}
}

// text is a claim as text: providers write a 工号 as a word, as a number, or as a list of one. "" for anything else.
func (c claims) text(name string) string {
	raw := c[name]
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 1 {
		raw = list[0]
	}
	var word string
	var number json.Number
	var yes bool
	switch {
	case json.Unmarshal(raw, &word) == nil:
		return strings.TrimSpace(word)
	case json.Unmarshal(raw, &number) == nil:
		return number.String()
	case json.Unmarshal(raw, &yes) == nil:
		return strconv.FormatBool(yes)
	}
	return ""
}
