package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// corners paints four quarters, so that a turn shows: red, green / blue, white.
func corners(w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2 && y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			case x >= w/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			out.SetRGBA(x, y, c)
		}
	}
	return out
}

// shot is a JPEG as a phone writes it: turned, with the EXIF tag that says how.
func shot(t *testing.T, picture image.Image, orientation uint16, order binary.AppendByteOrder, mark string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	tiff := []byte(mark)
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, tagOrientation)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	app1 := append([]byte{0xFF, markerAPP1}, binary.BigEndian.AppendUint16(nil, uint16(len(tiff)+8))...)
	app1 = append(append(app1, "Exif\x00\x00"...), tiff...)
	return append(append([]byte{0xFF, 0xD8}, app1...), b.Bytes()[2:]...)
}

func read(t *testing.T, b []byte) image.Image {
	t.Helper()
	out, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// near names the colour at a place, so that what JPEG loses does not matter.
func near(c color.Color) string {
	r, g, b, _ := c.RGBA()
	switch high := [3]bool{r > 0x8000, g > 0x8000, b > 0x8000}; high {
	case [3]bool{true, false, false}:
		return "red"
	case [3]bool{false, true, false}:
		return "green"
	case [3]bool{false, false, true}:
		return "blue"
	case [3]bool{true, true, true}:
		return "white"
	}
	return "?"
}

func TestAPictureStandsUpright(t *testing.T) {
	want := map[uint16][4]string{ // clockwise from the top left
		1: {"red", "green", "white", "blue"}, 2: {"green", "red", "blue", "white"}, 3: {"white", "blue", "red", "green"},
		4: {"blue", "white", "green", "red"}, 5: {"red", "blue", "white", "green"}, 6: {"blue", "red", "green", "white"},
		7: {"white", "green", "red", "blue"}, 8: {"green", "white", "blue", "red"}, 9: {"red", "green", "white", "blue"},
	}
	for o, corner := range want {
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			small, err := Small(bytes.NewReader(shot(t, corners(400, 200), o, order, mark)), 100)
			if err != nil {
				t.Fatal(err)
			}
			p := read(t, small)
			w, h := p.Bounds().Dx(), p.Bounds().Dy()
			if wide := o < 5 || o > 8; wide && (w != 100 || h != 50) || !wide && (w != 50 || h != 100) {
				t.Errorf("%d %s: %d × %d", o, mark, w, h)
			}
			got := [4]string{near(p.At(w/4, h/4)), near(p.At(w*3/4, h/4)), near(p.At(w*3/4, h*3/4)), near(p.At(w/4, h*3/4))}
			if got != corner {
				t.Errorf("orientation %d %s: %v, want %v", o, mark, got, corner)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, x := range []struct {
		name        string
		w, h        int
		side        int
		wantW, want int
	}{
		{"a small picture keeps its size", 30, 20, 100, 30, 20},
		{"the longer side fits", 1000, 10, 100, 100, 1},
		{"a line stays visible", 1000, 1, 100, 100, 1},
		{"a square", 200, 200, 100, 100, 100},
	} {
		var b bytes.Buffer
		if err := png.Encode(&b, corners(x.w, x.h)); err != nil {
			t.Fatal(err)
		}
		small, err := Small(bytes.NewReader(b.Bytes()), x.side)
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		if p := read(t, small).Bounds(); p.Dx() != x.wantW || p.Dy() != x.want {
			t.Errorf("%s: %v", x.name, p)
		}
	}
}

func TestWhatCannotBeReadSaysSo(t *testing.T) {
	whole := shot(t, corners(64, 64), 6, binary.LittleEndian, "II")
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00")
	for name, b := range map[string][]byte{
		"nothing": nil, "words": []byte("no picture"), "half of one": whole[:len(whole)/2], "a bomb": huge,
		"exif that points outside": append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 20}, "Exif\x00\x00II\x2a\x00\xff\xff\xff\x7f0000"...),
	} {
		if _, err := Small(bytes.NewReader(b), 100); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSmall(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x14Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x01\x00"))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = orientation(bytes.NewReader(b))
		if small, err := Small(bytes.NewReader(b), 32); err == nil {
			read(t, small)
		}
	})
}
