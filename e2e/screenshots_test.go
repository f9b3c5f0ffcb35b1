package e2e

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
		{"holds", "/people/" + agent + "/holds", administrator, look{}},
		{"adoption", "/insight/adoption", administrator, look{}},
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
			p.path = "/requests/" + discussed(t, s)
		}
		r := s.visit(t, p.who, p.look).opens(p.path)
		r.until("the letters are there", `async () => { await document.fonts.ready; return true }`)
		shot, err := r.p.Screenshot(false, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, p.name+".png"), small(t, shot), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// discussed is a request of the agent with a note among its messages: its page shows most of what there is.
func discussed(t *testing.T, s *stage) string {
	t.Helper()
	return number(t, s, agent, "/api/v1/requests?assignee="+agent+"&q="+url.QueryEscape("供应商对账差异"))
}

func number(t *testing.T, s *stage, who, path string) string {
	t.Helper()
	var list struct{ Items []struct{ Number string } }
	s.as(t, who).Get(path).Is(200).Decode(&list)
	if len(list.Items) == 0 {
		t.Fatalf("nothing at %s", path)
	}
	return list.Items[0].Number
}

// small is the picture with the 256 colours that it has most of: a third of the bytes, and no eye sees it.
func small(t *testing.T, shot []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	few := image.NewPaletted(full.Bounds(), mostOf(full))
	seen := map[color.Color]uint8{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			c := full.At(x, y)
			i, ok := seen[c]
			if !ok {
				i = uint8(few.Palette.Index(c))
				seen[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mostOf are the colours that a picture has most of, at most 256, a little apart from each other.
func mostOf(m image.Image) color.Palette {
	count := map[color.Color]int{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			count[m.At(x, y)]++
		}
	}
	colours := slices.Collect(maps.Keys(count))
	slices.SortFunc(colours, func(a, b color.Color) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	var out color.Palette
	for _, c := range colours {
		if len(out) == 0 || len(out) < 256 && apart(c, out.Convert(c)) {
			out = append(out, c)
		}
	}
	return out
}

func apart(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	d := func(x, y uint32) int { return abs(int(x>>8) - int(y>>8)) }
	return d(r1, r2)+d(g1, g2)+d(b1, b2) > 6
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
