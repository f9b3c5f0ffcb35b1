package ui

import (
	"embed"
)

// Locale holds the words of the frame and its components.
//
//go:embed locale/*.toml
var Locale embed.FS
