package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed dist/*.gz
var dist embed.FS

// Prefix is the path under which Handler expects to be mounted.
const Prefix = "/assets/"

type file struct {
	url, mime  string
	compressed []byte
	plain      func() []byte // for the rare client without gzip
}

var byName, byURL, icons = load()

func load() (names, urls map[string]*file, icons map[string]bool) {
	names, urls, icons = map[string]*file{}, map[string]*file{}, map[string]bool{}
	entries, err := dist.ReadDir("dist")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := dist.ReadFile("dist/" + e.Name())
		if err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(e.Name(), ".gz")
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		f := &file{
			url:        Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext,
			mime:       mime.TypeByExtension(ext),
			compressed: b,
			plain:      sync.OnceValue(func() []byte { return unzip(b) }),
		}
		if ext == ".svg" {
			f.mime = "image/svg+xml"
		}
		names[name], urls[f.url] = f, f
	}
	for _, line := range bytes.Split(names["icons.svg"].plain(), []byte("<symbol id=\""))[1:] {
		name, _, _ := bytes.Cut(line, []byte(`"`))
		icons[string(name)] = true
	}
	return names, urls, icons
}

func unzip(b []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		panic(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return plain
}

// URL is the address of a file of dist/, with the hash of its content. An
// unknown name panics: it is a mistake of ours, found by the first page.
func URL(name string) string {
	f, ok := byName[name]
	if !ok {
		panic("assets: no file " + name)
	}
	return f.url
}

// HasIcon says whether the sprite has an icon of that name.
func HasIcon(name string) bool { return icons[name] }

// Handler serves the files under their hashed addresses; anything else is 404.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.mime)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("X-Content-Type-Options", "nosniff")
		if f == byName["heic.js"] { // a worker has a policy of its own: this one runs a decoder and reaches nothing else
			h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; connect-src 'self'")
		}
		body := f.compressed
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
		} else {
			body = f.plain()
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // the client has gone: nobody to tell
		}
	})
}
