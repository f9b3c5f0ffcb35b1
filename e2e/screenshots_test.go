package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/proto"

	"neike/internal/app"
)

var update = flag.Bool("update", false, "make the pictures of docs/screenshots anew")

// TestScreenshots makes the pictures of the README from a whole company of 4 000 requests. It runs with -update; without
// it, it proves that every picture that the README shows is there.
func TestScreenshots(t *testing.T) {
	pictures := []struct {
		name, path, who string
		look            look
	}{
		{"home", "/", agent, look{}},
		{"queue", "/queue", agent, look{}},
		{"request", "", agent, look{}},
		{"matrix", "/relations?period=2026-Q3", administrator, look{}},
		{"edge", "/relations/finance/proj1", administrator, look{}},
		{"services", "/services", customer, look{}},
		{"matrix-dark", "/relations?period=2026-Q3", administrator, look{theme: "dark", locale: "en"}},
		{"home-phone", "/", customer, look{phone: true}},
		{"ask-phone", "/requests/new/it.incident", customer, look{phone: true}},
	}
	folder := filepath.Join("..", "docs", "screenshots")
	if !*update {
		for _, p := range pictures {
			if info, err := os.Stat(filepath.Join(folder, p.name+".png")); err != nil || info.Size() < 10_000 {
				t.Errorf("docs/screenshots/%s.png is missing: go test ./e2e -run Screenshots -update", p.name)
			}
		}
		return
	}
	house(t) // the browser
	s, err := raise(app.Config{Data: t.TempDir()}, 4000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Error(err)
		}
	})
	for _, p := range pictures {
		if p.path == "" {
			p.path = "/requests/" + paused(t, s)
		}
		r := s.visit(t, p.who, p.look)
		if err := r.p.Navigate(s.base + p.path); err != nil {
			t.Fatal(err)
		}
		if err := r.p.WaitLoad(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // the stream of live counts opens
		png, err := r.p.Screenshot(false, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, p.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// paused is a request of the agent that waits for its customer: its page shows most of what there is.
func paused(t *testing.T, s *stage) string {
	t.Helper()
	var list struct {
		Items []struct {
			Number string `json:"number"`
		} `json:"items"`
	}
	body := s.as(t, agent).Get("/api/v1/requests?state=waiting&limit=1&assignee=" + agent).Is(200).Body
	if err := json.Unmarshal(body, &list); err != nil || len(list.Items) == 0 {
		t.Fatalf("no request waits for its customer: %v %s", err, body)
	}
	return list.Items[0].Number
}
