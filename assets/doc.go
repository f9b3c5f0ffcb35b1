// Package assets holds everything the browser loads: our stylesheet and
// scripts, the few pinned libraries they are built from (vendor/, with their
// licences), and the icon sprite.
//
// src/ is written by hand, dist/ is built from it by go generate (esbuild as a
// Go library, no Node) and committed; a test fails when dist/ is older than
// src/. Handler serves dist/ under names that carry a hash of the content, so
// that a browser keeps a file for ever; each file is compressed when it is
// built, not when it is served.
//
//	app.css     the stylesheet: Bootstrap's reboot, tokens, components
//	app.js      htmx, idiomorph, the event stream, and our own behaviour
//	picker.js   tom-select, fetched by app.js on pages with a picker
//	picker.css  its look
//	icons.svg   the sprite, used as <use href="…#name">
//	favicon.svg
package assets

//go:generate go run ./build
