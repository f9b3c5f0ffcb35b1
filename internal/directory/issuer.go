package directory

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"neike/internal/kit/chat"
)

// outside is a client for an address that an administrator has set. Private networks are reached only when somebody has
// said that the server stands inside the company.
func outside(proxy string, private bool) *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !private && proxy == "" {
		d.Control = chat.OnlyPublic
	}
	t := &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second}
	if u, err := url.Parse(proxy); err == nil && proxy != "" {
		t.Proxy = http.ProxyURL(u)
	}
	return &http.Client{Transport: t, Timeout: 15 * time.Second}
}

// Client speaks with the provider, and reaches private networks only when the connection says so. It is made for one
// conversation: whoever is done closes its idle connections.
func (o OIDC) Client() *http.Client { return outside(o.Proxy, o.Private) }

// tryIssuer reads what an OpenID provider says of itself.
func tryIssuer(ctx context.Context, o OIDC) Answer {
	bad := func(key string, args ...any) Answer {
		w := why(key, args...)
		return Answer{Key: w.Key, Args: w.Args}
	}
	client := o.Client()
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(o.Issuer, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return bad("directory.test-issuer-away", "text", err.Error())
	}
	res, err := client.Do(r)
	switch {
	case errors.Is(err, chat.ErrInside):
		return bad("directory.test-inside")
	case err != nil:
		return bad("directory.test-issuer-away", "text", err.Error())
	}
	defer res.Body.Close()
	var said struct {
		Issuer string `json:"issuer"`
		Token  string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&said); err != nil || res.StatusCode != http.StatusOK || said.Token == "" {
		return bad("directory.test-no-issuer", "status", res.StatusCode)
	}
	if said.Issuer != o.Issuer {
		return bad("directory.test-other-issuer", "said", said.Issuer)
	}
	return Answer{OK: true, Key: "directory.test-issuer"}
}
