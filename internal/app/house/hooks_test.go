package house

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

// The platforms call the door itself: without a session, without a form's proof, and are answered as each wants it.
// Whatever is not theirs is an address that is not there.
func TestPlatformsCallTheDoor(t *testing.T) {
	h := Start(t)
	for _, platform := range chat.Platforms {
		t.Run(platform, func(t *testing.T) {
			f := chattest.New(t, platform)
			s := f.Settings()
			c, err := h.Directory.SaveConnection(h.System(), 0, directory.ConnectionInput{Kind: platform, NameZh: "通讯", Sync: true,
				Settings: map[string]string{"corp": s.Corp, "app": s.App, "agent": s.Agent, "api": s.API, "private": "true"},
				Secrets:  map[string]string{"secret": s.Secret, "token": s.Token, "key": s.Key}, Rules: directory.DefaultRules()})
			if err != nil {
				t.Fatal(err)
			}
			address := h.Base + "/hooks/" + c.Hook
			send := func(r *http.Request) (int, []byte) {
				t.Helper()
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				return res.StatusCode, body
			}
			due := func() bool {
				now, err := h.Directory.Connection(h.System(), c.ID)
				if err != nil {
					t.Fatal(err)
				}
				return !now.Due.IsZero()
			}
			ask := f.Ask(address)
			status, body := send(ask)
			if err := f.Heard(ask, status, body); err != nil || due() {
				t.Errorf("the question whether this is our address: %v, due %v", err, due())
			}
			nowhere, err := http.Get(h.Base + "/hooks/ffffffffffffffffffffffffffffffff")
			if err != nil {
				t.Fatal(err)
			}
			none, err := io.ReadAll(nowhere.Body)
			nowhere.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			for name, e := range map[string]chattest.Event{"stale": {Stale: true}, "forged": {Forged: true}, "altered": {Altered: true},
				"for another": {Stranger: true}, "open": {Open: true}} {
				e.Kind, e.Users = chat.OnUserLeft, []string{"lisi"}
				if status, body := send(f.Push(address, e)); status != nowhere.StatusCode || due() || len(body) == 0 != (len(none) == 0) {
					t.Errorf("%s: HTTP %d, due %v: %.200s", name, status, due(), body)
				}
			}
			large, err := http.NewRequest(http.MethodPost, address, bytes.NewReader([]byte(strings.Repeat("x", 2<<20))))
			if err != nil {
				t.Fatal(err)
			}
			if status, _ := send(large); status < 400 || status >= 500 {
				t.Errorf("two megabytes: HTTP %d", status)
			}
			for range 2 { // told again
				r := f.Push(address, chattest.Event{ID: "once", Kind: chat.OnUserChanged, Users: []string{"lisi"}})
				status, body := send(r)
				if err := f.Heard(r, status, body); err != nil || !due() {
					t.Errorf("an event: %v, due %v", err, due())
				}
			}
		})
	}
}
