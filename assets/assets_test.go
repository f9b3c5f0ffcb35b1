package assets

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"neike/assets/bundle"
)

// dist holds exactly what src and vendor make.
func TestFresh(t *testing.T) {
	files, err := bundle.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		packed, err := os.ReadFile("dist/" + name + ".gz")
		if err != nil {
			t.Errorf("%v: run go generate ./assets", err)
			continue
		}
		if !bytes.Equal(unzip(packed), want) {
			t.Errorf("dist/%s.gz is older than its source: run go generate ./assets", name)
		}
	}
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[strings.TrimSuffix(e.Name(), ".gz")] == nil {
			t.Errorf("nothing makes dist/%s", e.Name())
		}
	}
}

// What every reader loads once stays small.
func TestWeight(t *testing.T) {
	total := 0
	for _, name := range []string{"app.css", "app.js", "picker.css", "picker.js"} {
		total += len(byName[name].compressed)
	}
	t.Logf("styles and scripts: %d bytes packed", total)
	if total > 75<<10 {
		t.Errorf("styles and scripts are %d bytes packed, at most 75 KB", total)
	}
}

func TestHandler(t *testing.T) {
	get := func(path, encoding string) *http.Response {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w.Result()
	}
	packed, plain := get(URL("app.css"), "br, gzip"), get(URL("app.css"), "")
	a, _ := io.ReadAll(packed.Body)
	b, _ := io.ReadAll(plain.Body)
	if packed.Header.Get("Content-Encoding") != "gzip" || !bytes.Equal(unzip(a), b) || plain.Header.Get("Content-Encoding") != "" {
		t.Error("a client gets the file packed when it can read it, plain otherwise, and the same")
	}
	if !strings.Contains(packed.Header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(packed.Header.Get("Content-Type"), "text/css") {
		t.Errorf("headers: %v", packed.Header)
	}
	for _, path := range []string{"/assets/app.css", "/assets/", "/assets/app.00000000.css", "/assets/../go.mod"} {
		if get(path, "gzip").StatusCode != http.StatusNotFound {
			t.Errorf("%s is served", path)
		}
	}
}

// Beyond the floor, Chrome 87 and Safari 14: a page that needs one of these is
// broken in the in-app browser of somebody's chat client.
var beyond = map[string]string{
	`:has\(`:                           "Chrome 105, Safari 15.4",
	`:is\(`:                            "Chrome 88",
	`:where\(`:                         "Chrome 88",
	`:not\([^)]*,`:                     "a list in :not, Chrome 88",
	`color-mix\(`:                      "Chrome 111",
	`light-dark\(`:                     "Chrome 123",
	`oklch\(|oklab\(|lch\(|lab\(`:      "Chrome 111",
	`\bcolor\(`:                        "Chrome 111",
	`@container|container-type`:        "Chrome 105, Safari 16",
	`@layer`:                           "Chrome 99, Safari 15.4",
	`@property`:                        "Safari 16.4",
	`@scope|@starting-style`:           "Chrome 117",
	`[{;]inset(-\w+)*:`:                "Safari 14.1",
	`aspect-ratio:`:                    "Chrome 88, Safari 15",
	`(padding|margin)-(inline|block):`: "Safari 14.1: write both sides",
	`\d(dvh|svh|lvh|dvw|cqw|cqi)\b`:    "Chrome 108, Safari 15.4",
	`overflow:clip`:                    "Chrome 90, Safari 16",
	`subgrid`:                          "Chrome 117",
	`[{;](translate|rotate|scale):`:    "Chrome 104, Safari 14.1",
	`:user-(in)?valid`:                 "Chrome 119",
	`@media[^{]*[<>]`:                  "ranges in media queries, Chrome 104",
	`display:(grid|flex|block) `:       "two values of display, Chrome 115",
}

// withoutGuarded leaves out what a stylesheet gives only to browsers that say they know the selector: the floor does not
// know the question and passes over the block.
func withoutGuarded(css string) string {
	for {
		at := strings.Index(css, "@supports selector(")
		if at < 0 {
			return css
		}
		open, end := 0, at
		for end = at; end < len(css); end++ {
			if css[end] == '{' {
				open++
			} else if css[end] == '}' {
				if open--; open == 0 {
					break
				}
			}
		}
		css = css[:at] + css[min(end+1, len(css)):]
	}
}

func TestFloor(t *testing.T) {
	for _, name := range []string{"app.css", "picker.css"} {
		css := withoutGuarded(string(byName[name].plain()))
		for pattern, since := range beyond {
			if m := regexp.MustCompile(`.{0,30}` + pattern + `.{0,20}`).FindString(css); m != "" {
				t.Errorf("%s: %q is beyond the floor (%s)", name, m, since)
			}
		}
		// A selector that the floor does not know takes its whole rule with it.
		for _, rule := range regexp.MustCompile(`[^{}]*:focus-visible[^{}]*\{`).FindAllString(css, -1) {
			if strings.Contains(rule, ",") {
				t.Errorf("%s: %q: Safari 14 drops the whole rule, :focus-visible stands alone", name, rule)
			}
		}
	}
	for _, name := range []string{"app.js", "picker.js"} {
		js := string(byName[name].plain())
		for _, pattern := range []string{`\?\?=|\|\|=|&&=`, `\w\?\.\w`, `\.replaceAll\(`, `\.at\(-`, `structuredClone`, `Object\.hasOwn\b`, `\beval\(`} {
			if m := regexp.MustCompile(`.{0,30}` + pattern + `.{0,20}`).FindString(js); m != "" {
				t.Errorf("%s: %q is beyond the floor", name, m)
			}
		}
	}
}

// The two blocks of the dark theme say the same: chosen, and by the device.
func TestDark(t *testing.T) {
	css, err := os.ReadFile("src/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	block := func(head string) string {
		_, rest, ok := strings.Cut(string(css), head)
		if !ok {
			t.Fatalf("no %s", head)
		}
		body, _, _ := strings.Cut(rest, "}")
		return body
	}
	if block("\n[data-bs-theme=\"dark\"] {") != block("\n:root:not([data-bs-theme]) {") {
		t.Error("the dark tokens differ between the reader's choice and the device's")
	}
}
