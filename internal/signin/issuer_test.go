package signin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"neike/internal/directory"
	"neike/internal/kit/fault"
)

// TestAProviderKeepsOurSecret: what describes itself by https and then names an open address is refused, unless the
// connection says that it stands inside the company.
func TestAProviderKeepsOurSecret(t *testing.T) {
	for _, x := range []struct {
		what, token, auth, keys string
		private, refused        bool
	}{
		{"all by https", "https://a.example/t", "https://a.example/a", "https://a.example/k", false, false},
		{"the secret in the open", "http://a.example/t", "https://a.example/a", "https://a.example/k", false, true},
		{"people sent in the open", "https://a.example/t", "http://a.example/a", "https://a.example/k", false, true},
		{"keys in the open", "https://a.example/t", "https://a.example/a", "http://169.254.169.254/k", false, true},
		{"no keys", "https://a.example/t", "https://a.example/a", "", false, true},
		{"a file", "https://a.example/t", "https://a.example/a", "file:///etc/passwd", false, true},
		{"inside the company", "http://sso/t", "http://sso/a", "http://sso/k", true, false},
	} {
		var issuer string
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": issuer, "token_endpoint": x.token, "authorization_endpoint": x.auth, "jwks_uri": x.keys})
		}))
		issuer = s.URL
		p, err := oidc.NewProvider(oidc.ClientContext(t.Context(), s.Client()), s.URL)
		if err != nil {
			t.Fatal(err)
		}
		err = openID{OIDC: directory.OIDC{Issuer: issuer, Private: x.private}, provider: p}.secret()
		if (fault.KindOf(err) == fault.Invalid && err != nil) != x.refused {
			t.Errorf("%s: %v", x.what, err)
		}
		s.Close()
	}
}
