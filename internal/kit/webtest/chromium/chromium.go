// Package chromium starts a real browser for tests: the Chromium of this machine, without a window, and without what a person
// at its window would need.
package chromium

import (
	"os"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

// Find is the browser of this machine. Without one the test is skipped, unless NEIKE_BROWSER=require or
// NEIKE_SERVERS=require; short tests are skipped always.
func Find(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	bin, ok := launcher.LookPath()
	if ok {
		return bin
	}
	if os.Getenv("NEIKE_BROWSER") == "require" || os.Getenv("NEIKE_SERVERS") == "require" {
		t.Fatal("no Chromium on this machine")
	}
	t.Skip("no Chromium on this machine")
	return ""
}

// Open is a browser that ends with the test.
func Open(t testing.TB) *rod.Browser {
	t.Helper()
	b, end, err := Launch(Find(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return b
}

// unseen are pages of the browser's own: each window would load two for its address bar, which nobody sees here, and which
// cost as much as a page of ours.
var unseen = []string{"WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"}

// Launch starts the browser; end closes it and removes what it wrote.
func Launch(bin string) (b *rod.Browser, end func(), err error) {
	l := launcher.New().Bin(bin).Leakless(false).NoSandbox(true).Append("disable-features", unseen...).
		Set("disable-quic").Set("disable-background-networking").Set("disable-component-update").Set("disable-sync").
		Set("no-first-run").Set("disable-gpu").Set("hide-scrollbars").Set("force-color-profile", "srgb")
	control, err := l.Launch()
	if err != nil {
		return nil, nil, err
	}
	b = rod.New().ControlURL(control)
	if err := b.Connect(); err != nil {
		return nil, nil, err
	}
	return b, func() {
		_ = b.Close() // it may be gone already
		l.Cleanup()
	}, nil
}

// Shut puts a window out of sight: its pages are laid out and not drawn, which would take half of the time that they take.
// They know that they are hidden, as in a tab behind another one; their colours do not fade into each other. No picture can be
// taken of them.
func Shut(b *rod.Browser, p *rod.Page) error {
	of, err := proto.BrowserGetWindowForTarget{TargetID: p.TargetID}.Call(b)
	if err != nil {
		return err
	}
	if err := (proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}).Call(p); err != nil {
		return err
	}
	return proto.BrowserSetWindowBounds{WindowID: of.WindowID, Bounds: &proto.BrowserBounds{WindowState: proto.BrowserWindowStateMinimized}}.Call(b)
}
