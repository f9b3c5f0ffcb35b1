package web

import (
	"net/http"
	"strings"
)

// A page may be looked at inside another page of this site, and only where both say so: a form in a frame as wide as a phone.
var (
	framing = []string{strings.Replace(policy, "frame-ancestors", "frame-src 'self'; frame-ancestors", 1)}
	framed  = []string{strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)}
	sameBox = []string{"SAMEORIGIN"}
)

// Frames lets the page that is being answered hold a frame with another page of this site.
func Frames(w http.ResponseWriter) { w.Header()["Content-Security-Policy"] = framing }

// Framed lets the page that is being answered stand in a frame of this site. It must do nothing at one press: what is framed can be
// overlaid by the page around it.
func Framed(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Security-Policy"], h["X-Frame-Options"] = framed, sameBox
}
