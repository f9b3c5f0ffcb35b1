package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTheLogHoldsNoLink: a one-time link is a secret. Office programs send OPTIONS to it, mail scanners HEAD, people add a
// full stop; none of that writes it down.
func TestTheLogHoldsNoLink(t *testing.T) {
	var said bytes.Buffer
	m := New(Options{Book: words(t), Log: slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	m.Page(Route{Pattern: "GET /activate/{key}", Action: Public, Quiet: true, Do: func(w http.ResponseWriter, _ *http.Request) error { return nil }},
		Route{Pattern: "GET /open/{key}", Action: Public, Do: func(w http.ResponseWriter, _ *http.Request) error { return nil }})
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PROPFIND", "PUT", "DELETE", "POST"} {
		for _, at := range []string{"/activate/hush", "/activate/hush/", "/activate/hush/more", "/Activate/hush", "/open/plain"} {
			m.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, at, nil))
		}
	}
	if strings.Contains(said.String(), "hush") {
		t.Errorf("the log knows the link: %s", said.String())
	}
	if !strings.Contains(said.String(), "/open/plain") || !strings.Contains(said.String(), "/activate/…") {
		t.Errorf("the log says nothing of what it may say: %s", said.String())
	}
}
