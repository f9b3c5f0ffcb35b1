package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// PictureProps is a drawing made on the server: lines, boxes and words at places, in px. On a page it has the colours of the theme; as a
// file it carries its title, what it shows and its legend, in the light ones.
type PictureProps struct {
	Label         string // all of it in a sentence
	Title, Note   string // above the drawing, in the file alone
	Keys          []PictureKey
	Width, Height float64
	Ties          []PictureTie
	Boxes         []PictureBox
	Words         []PictureWord
}

// PictureTie is a line, or a band of a width. Path is that of SVG; Class: "is-good", "is-bad", "is-few", "is-flow", "is-rest".
type PictureTie struct {
	Path, Class string
	Width       float64
	Href, Title string
}

// PictureBox is a box with a word in it, and a smaller one below. Class: "is-focus", "is-bar", "is-more", or a shade of the matrix.
type PictureBox struct {
	X, Y, W, H  float64
	Class       string
	Text, Small string
	Short       string // instead of Text where there is no room for it
	Href, Title string // a box with words needs no title: they are its name
}

// PictureWord is a word at a place; Anchor is that of SVG, Class "is-head" or "is-small".
type PictureWord struct {
	X, Y                float64
	Anchor, Class, Text string
}

// PictureKey is a line of the legend: a class of ties or boxes, and what it means.
type PictureKey struct{ Class, Text string }

// Curve is the path of a tie from the right side of one box to the left side of another.
func Curve(x1, y1, x2, y2 float64) string {
	half := (x2 - x1) / 2
	return "M" + num(x1) + " " + num(y1) + "C" + num(x1+half) + " " + num(y1) + " " + num(x2-half) + " " + num(y2) + " " + num(x2) + " " + num(y2)
}

// Picture is the drawing on a page. It scrolls sideways in its card where there is no room for it.
func Picture(p PictureProps) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(p.draw(nil, `<svg class="nk-pic" role="group"`, 0))
		return err
	})
}

// The file has a margin, a head and a foot around the drawing.
const (
	pictureMargin = 24.0
	pictureHead   = 56.0
	pictureLine   = 20.0
)

// WriteSVG writes the drawing as a file of its own.
func (p PictureProps) WriteSVG(w io.Writer) error {
	whole := p
	whole.Width = max(p.Width, textWidth(p.Title, 18), textWidth(p.Note, 12)) + 2*pictureMargin
	whole.Height = p.Height + pictureHead + 2*pictureMargin + pictureLine*float64(len(p.Keys))
	if len(p.Keys) > 0 {
		whole.Height += pictureLine / 2
	}
	b := []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b = whole.draw(b, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="nk-pic" role="img"`, p.Height)
	_, err := w.Write(b)
	return err
}

// draw appends the drawing; inner is the height of what is drawn where the file has a head and a foot, 0 on a page.
func (p PictureProps) draw(b []byte, open string, inner float64) []byte {
	put := func(parts ...string) {
		for _, s := range parts {
			b = append(b, s...)
		}
	}
	put(open, ` width="`, num(p.Width), `" height="`, num(p.Height), `" viewBox="0 0 `, num(p.Width), " ", num(p.Height), `" aria-label="`, templ.EscapeString(p.Label), `">`)
	if inner > 0 {
		put(`<style>`, PictureStyle, `</style><rect width="100%" height="100%" fill="#FFFFFF"/>`)
		put(`<text class="is-title" x="`, num(pictureMargin), `" y="`, num(pictureMargin+16), `">`, templ.EscapeString(p.Title), `</text>`)
		put(`<text class="is-small" x="`, num(pictureMargin), `" y="`, num(pictureMargin+38), `">`, templ.EscapeString(p.Note), `</text>`)
		put(`<g transform="translate(`, num(pictureMargin), " ", num(pictureMargin+pictureHead), `)">`)
	}
	link := func(href, title string, file bool, draw func()) {
		if href != "" && !file {
			put(`<a href="`, templ.EscapeString(href), `"`)
			if title != "" {
				put(` aria-label="`, templ.EscapeString(title), `"`)
			}
			put(`>`)
		}
		if title != "" {
			put(`<g><title>`, templ.EscapeString(title), `</title>`)
		}
		draw()
		if title != "" {
			put(`</g>`)
		}
		if href != "" && !file {
			put(`</a>`)
		}
	}
	for _, t := range p.Ties {
		link(t.Href, t.Title, inner > 0, func() {
			put(`<path class="`, classes("p-tie", t.Class), `" d="`, t.Path, `" stroke-width="`, num(t.Width), `"/>`)
		})
	}
	for _, x := range p.Boxes {
		link(x.Href, x.Title, inner > 0, func() { b = x.draw(b) })
	}
	for _, t := range p.Words {
		put(`<text class="`, t.Class, `" x="`, num(t.X), `" y="`, num(t.Y), `" text-anchor="`, or(t.Anchor, "start"), `">`, templ.EscapeString(t.Text), `</text>`)
	}
	if inner > 0 {
		y := inner + pictureLine
		for _, k := range p.Keys {
			put(`<path class="`, classes("p-tie", k.Class), `" d="M0 `, num(y-4), `H22" stroke-width="3"/><text class="is-small" x="30" y="`, num(y), `">`, templ.EscapeString(k.Text), `</text>`)
			y += pictureLine
		}
		put(`</g>`)
	}
	put(`</svg>`)
	return b
}

func (x PictureBox) draw(b []byte) []byte {
	b = append(b, (`<rect class="` + classes("p-box", x.Class) + `" x="` + num(x.X) + `" y="` + num(x.Y) + `" width="` + num(x.W) + `" height="` + num(max(x.H, 1)) + `" rx="4"/>`)...)
	line := func(text, class string, size, y float64) {
		if text == "" {
			return
		}
		cut, _ := fit(text, x.W-12, size)
		b = append(b, (`<text class="` + class + `" x="` + num(x.X+x.W/2) + `" y="` + num(y) + `" text-anchor="middle">` + templ.EscapeString(cut) + `</text>`)...)
	}
	if textWidth(x.Text, 13) > x.W-12 && x.Short != "" {
		x.Text = x.Short
	}
	if x.Small == "" {
		line(x.Text, "", 13, x.Y+x.H/2+4.5)
		return b
	}
	line(x.Text, "", 13, x.Y+x.H/2-2)
	line(x.Small, "is-small", 11, x.Y+x.H/2+13)
	return b
}

// PictureStyle is the light theme for a drawing that leaves the page, where there are no tokens. A test compares the colours with those.
const PictureStyle = `text{font:13px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;fill:#13232A}` +
	`.is-title{font-size:18px;font-weight:600}.is-small{font-size:11px;fill:#42535A}.is-head{font-size:12px;fill:#42535A}` +
	`.p-tie{fill:none;stroke:#8D9BA0}.p-tie.is-good{stroke:#2F74BE}.p-tie.is-bad{stroke:#CB4A2E}.p-tie.is-few{stroke-dasharray:4 4}` +
	`.p-tie.is-flow{stroke:#0B5C63;stroke-opacity:.28}.p-tie.is-rest{stroke:#8D9BA0;stroke-opacity:.35}` +
	`.p-tie.hi2{stroke:#A6C9EA}.p-tie.hi1{stroke:#D5E5F5}.p-tie.mid{stroke:#EEF2F2}.p-tie.lo1{stroke:#FBE3CC}.p-tie.lo2{stroke:#F5BF8F}.p-tie.lo3{stroke:#E9974F}` +
	`.p-box{fill:#FFFFFF;stroke:#C6D0D2}.p-box.is-focus{fill:#E1EFEF;stroke:#0B5C63}.p-box.is-bar{fill:#0B5C63;stroke:none}.p-box.is-more{fill:#8D9BA0;stroke:none}` +
	`.p-box.hi2{fill:#A6C9EA;stroke:none}.p-box.hi1{fill:#D5E5F5;stroke:none}.p-box.mid{fill:#EEF2F2;stroke:none}.p-box.lo1{fill:#FBE3CC;stroke:none}.p-box.lo2{fill:#F5BF8F;stroke:none}.p-box.lo3{fill:#E9974F;stroke:none}` +
	`.p-box.few{fill:#FFFFFF;stroke:#C6D0D2;stroke-dasharray:2 2}.p-box.none{fill:none;stroke:none}`

// FileTitle is a title as the name of a file may have it.
func FileTitle(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, s)
}
