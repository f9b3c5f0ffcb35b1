// Package photo makes small pictures of large ones, for showing in a list or a conversation.
//
// It reads JPEG, PNG, GIF and WebP, turns a photograph the way its camera was held, and writes JPEG without anything
// that came along in the file (place, camera, owner).
package photo

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // formats that phones and screens make
	"image/jpeg"
	_ "image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// MaxPixels is the largest picture that is decoded: 64 million pixels take 256 MB for a moment.
const MaxPixels = 64 << 20

// quality of the JPEG that is written, 1 to 100.
const quality = 80

// ErrUnreadable says that a file is no picture of a kind known here, or a broken or too large one.
var ErrUnreadable = errors.New("no picture that can be read")

// Small gives the picture as a JPEG that fits into side × side pixels; a smaller one keeps its size. What cannot be
// read is ErrUnreadable; any other error is the reader's.
func Small(r io.ReadSeeker, side int) ([]byte, error) {
	size, _, err := image.DecodeConfig(r)
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > MaxPixels/size.Height {
		return nil, ErrUnreadable
	}
	if _, err = r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	turn := orientation(r)
	if _, err = r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(r)
	if err != nil {
		return nil, ErrUnreadable
	}
	var out bytes.Buffer
	if err = jpeg.Encode(&out, turned(scaled(picture, side), turn), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// scaled fits a picture into a square and lays it on white, since JPEG knows no transparency.
func scaled(picture image.Image, side int) *image.RGBA {
	from := picture.Bounds()
	w, h := from.Dx(), from.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), picture, from, draw.Over, nil)
	return out
}

// turned shows a picture upright, by its EXIF orientation (1 to 8).
func turned(in *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := place(orientation, x, y, w, h)
			out.SetRGBA(to.X, to.Y, in.RGBAAt(x, y))
		}
	}
	return out
}

// place is where a pixel of a picture of w × h stands in the upright one.
func place(orientation, x, y, w, h int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	}
	return image.Pt(x, y)
}
