package ui

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

var drawn = PictureProps{Label: "财务 <两端>", Title: "供需图", Note: "2026 年三季度", Width: 300, Height: 80, Keys: []PictureKey{{"is-bad", "没有做到"}},
	Ties:  []PictureTie{{Path: Curve(100, 20, 200, 60), Class: "is-bad", Width: 2, Href: "/relations/a/b?x=1&y=2", Title: "甲 → 乙"}},
	Boxes: []PictureBox{{X: 0, Y: 0, W: 100, H: 40, Text: "一个很长很长很长很长的部门名称", Small: "3 段", Href: "/relations/graph?unit=a", Title: "甲"}},
	Words: []PictureWord{{X: 10, Y: 70, Text: "供方"}}}

// TestAPictureIsWellFormed: on a page with its links, as a file with title, day and legend and without links that lead nowhere.
func TestAPictureIsWellFormed(t *testing.T) {
	var page, file bytes.Buffer
	if err := Picture(drawn).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	if err := drawn.WriteSVG(&file); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"page": page.String(), "file": file.String()} {
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(name, err, text)
			}
		}
	}
	for _, want := range []string{`href="/relations/a/b?x=1&amp;y=2"`, "<title>甲 → 乙</title>", "…"} {
		if !strings.Contains(page.String(), want) {
			t.Error("the page has no", want)
		}
	}
	for _, want := range []string{"供需图", "2026 年三季度", "没有做到", "<style>", "甲 → 乙"} {
		if !strings.Contains(file.String(), want) {
			t.Error("the file has no", want)
		}
	}
	if strings.Contains(file.String(), "href=") {
		t.Error("a link in a file leads nowhere")
	}
}

// TestAPictureLeavesInTheColoursOfThePage: each colour of the file is one of the light tokens.
func TestAPictureLeavesInTheColoursOfThePage(t *testing.T) {
	css, err := os.ReadFile("../../../assets/src/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, _, _ := strings.Cut(string(css), "@media screen")
	for _, colour := range regexp.MustCompile(`#[0-9A-F]{6}`).FindAllString(PictureStyle, -1) {
		if !strings.Contains(light, colour) {
			t.Error(colour, "is no colour of the light theme")
		}
	}
}
