package ui

import (
	"embed"
	"io/fs"
)

//go:embed locale/*.toml
var locale embed.FS

// Locale holds the words of the frame and its components.
var Locale fs.FS = must(fs.Sub(locale, "locale"))

func must(f fs.FS, err error) fs.FS {
	if err != nil {
		panic(err)
	}
	return f
}
