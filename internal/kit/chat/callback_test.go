package chat_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

func mac(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	io.WriteString(h, message)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// receiver is a server that takes callbacks with a client.
func receiver(t *testing.T, c chat.Client) (address string, got *[]chat.Callback, errs *[]error) {
	t.Helper()
	got, errs = &[]chat.Callback{}, &[]error{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, chat.MaxBody+1))
		if err != nil {
			t.Error(err)
		}
		heard, err := c.Receive(r, body)
		if err != nil {
			*errs = append(*errs, err)
			w.WriteHeader(http.StatusForbidden)
			return
		}
		*got = append(*got, heard)
		w.Header().Set("Content-Type", heard.Reply.Type)
		w.Write(heard.Reply.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/callbacks/1", got, errs
}

func push(t *testing.T, f *chattest.Fake, r *http.Request) error {
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
	return f.Heard(r, res.StatusCode, body)
}

func TestCallbacks(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		address, got, _ := receiver(t, c)
		if err := push(t, f, f.Ask(address)); err != nil || (*got)[0].Kind != chat.OnCheck {
			t.Fatalf("%v, %+v", err, *got)
		}
		kinds := []string{chat.OnUserChanged, chat.OnUserLeft, chat.OnDepartmentChanged}
		if f.Platform != chat.WeCom {
			kinds = append(kinds, chat.OnScopeChanged)
		}
		for n := range 40 { // of every length of filling
			for _, kind := range kinds {
				*got = nil
				if err := push(t, f, f.Push(address, chattest.Event{Kind: kind, Users: []string{"zhangsan" + strings.Repeat("x", n)}})); err != nil {
					t.Fatal(err)
				}
				e := (*got)[0]
				if e.Kind != kind || e.ID == "" || strings.HasPrefix(kind, "user-") && fmt.Sprint(e.Users) != "[zhangsan"+strings.Repeat("x", n)+"]" {
					t.Fatalf("%s: %+v", kind, e)
				}
			}
		}
	})
}

// The same event told again has the same name, another has another.
func TestEventToldAgain(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		address, got, _ := receiver(t, c)
		for _, id := range []string{"e1", "e1", "e2"} {
			if err := push(t, f, f.Push(address, chattest.Event{ID: id, Kind: chat.OnUserLeft, Users: []string{"lisi"}})); err != nil {
				t.Fatal(err)
			}
		}
		if g := *got; g[0].ID != g[1].ID || g[1].ID == g[2].ID {
			t.Errorf("%+v", g)
		}
	})
}

func TestRename(t *testing.T) {
	for _, platform := range []string{chat.WeCom, chat.Feishu} {
		f := company(t, platform)
		address, got, _ := receiver(t, f.Client())
		if err := push(t, f, f.Push(address, chattest.Event{Kind: chat.OnUserChanged, Users: []string{"zhang3"}, Before: "zhangsan"})); err != nil {
			t.Fatal(err)
		}
		if e := (*got)[0]; e.Users[0] != "zhang3" || e.Before != "zhangsan" {
			t.Errorf("%s: %+v", platform, e)
		}
	}
}

func TestCallbacksRefused(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		address, got, errs := receiver(t, c)
		for name, e := range map[string]chattest.Event{"stale": {Stale: true}, "forged": {Forged: true}, "altered": {Altered: true},
			"for another": {Stranger: true}, "open": {Open: true}} {
			e.Kind, e.Users = chat.OnUserLeft, []string{"lisi"}
			if err := push(t, f, f.Push(address, e)); err == nil {
				t.Errorf("%s: taken: %+v", name, *got)
			}
		}
		if len(*errs) != 5 || len(*got) != 0 {
			t.Errorf("%d refused, %d taken", len(*errs), len(*got))
		}
		large := f.Push(address, chattest.Event{Kind: chat.OnUserLeft, Users: []string{strings.Repeat("x", chat.MaxBody)}})
		if err := push(t, f, large); err == nil {
			t.Error("more than a megabyte was taken")
		}
		for _, raw := range []string{"", "{}", "<xml/>", "null", "[]", strings.Repeat("[", 10000)} {
			for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodPut} {
				r, err := http.NewRequest(method, address, bytes.NewReader([]byte(raw)))
				if err != nil {
					t.Fatal(err)
				}
				if err := push(t, f, r); err == nil {
					t.Errorf("%s %.10q was taken", method, raw)
				}
			}
		}
		s := f.Settings()
		s.Token, s.Key = "", ""
		bare, err := chat.New(s)
		if err != nil {
			t.Fatal(err)
		}
		address, _, errs = receiver(t, bare)
		if err := push(t, f, f.Push(address, chattest.Event{Kind: chat.OnUserLeft})); err == nil || why((*errs)[0]).Code != "settings" {
			t.Errorf("callbacks without a key: %v", *errs)
		}
	})
}
