// Package bundle builds what assets/dist holds. It is used by the generator
// and by the test that proves dist to be fresh, never by the server.
package bundle

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The floor: the oldest browsers, and above all the in-app browsers of the
// chat clients, that have to show everything.
var floor = []api.Engine{{Name: api.EngineChrome, Version: "87"}, {Name: api.EngineSafari, Version: "14"}, {Name: api.EngineIOS, Version: "14"}}

// Build is the content of every file of dist, by name, from the assets folder.
func Build(root string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{"icons.svg", "favicon.svg"} {
		if files[name], err = os.ReadFile(filepath.Join(root, "src", name)); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"libheif.js", "libheif.wasm"} { // as they came: a library that may be replaced
		if files[name], err = os.ReadFile(filepath.Join(root, "vendor", name)); err != nil {
			return nil, err
		}
	}
	for name, entry := range map[string]string{
		"app.js": "src/js/app.js", "picker.js": "src/js/picker.js", "heic.js": "src/js/heic.js",
		"app.css": "src/css/app.css", "picker.css": "src/css/picker.css",
	} {
		if files[name], err = bundled(root, entry); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func bundled(root, entry string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(root, entry)},
		AbsWorkingDir:     root,
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Target:            target(entry),
		Engines:           engines(entry),
		Format:            api.FormatIIFE,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsInline,
	})
	if len(result.Errors)+len(result.Warnings) > 0 {
		lines := api.FormatMessages(append(result.Errors, result.Warnings...), api.FormatMessagesOptions{})
		return nil, fmt.Errorf("build %s: %s", entry, strings.Join(lines, "\n"))
	}
	return result.OutputFiles[0].Contents, nil
}

// Scripts are written for ES2018; for styles the browsers themselves are named.
func target(entry string) api.Target {
	if strings.HasSuffix(entry, ".js") {
		return api.ES2018
	}
	return api.DefaultTarget
}

func engines(entry string) []api.Engine {
	if strings.HasSuffix(entry, ".js") {
		return nil
	}
	return floor
}

// Pack compresses a file the way dist keeps it.
func Pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
