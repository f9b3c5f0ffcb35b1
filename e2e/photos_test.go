package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand"
	"os"
	"path/filepath"
	"testing"
)

// TestPhotosFromAPhone sends ten photographs at once, one of them HEIC, which this browser cannot read by itself: all
// arrive as JPEG, small enough for a phone's line, and are shown.
func TestPhotosFromAPhone(t *testing.T) {
	t.Parallel()
	s := house(t)
	n := s.ask(t, customer, "叉车漏油，见照片")
	dir := t.TempDir()
	large := snapshot(t, 3600, 2400)
	files := []string{filepath.Join("testdata", "photo.heic")}
	for i := range 9 {
		file := filepath.Join(dir, fmt.Sprintf("IMG_%04d.jpg", i+1))
		if err := os.WriteFile(file, large, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	r := s.visit(t, customer, look{phone: true}).opens("/requests/" + ref(n))
	field, err := r.p.Timeout(patience).Element("#reply [name=files]")
	if err == nil {
		err = field.SetFiles(absolute(t, files))
	}
	if err != nil {
		t.Fatal(err)
	}
	r.until("ten photographs made smaller", `() => {
		const files = Array.from(document.querySelector('#reply [name=files]').files)
		return files.length === 10 && files.every(f => f.type === 'image/jpeg' && f.size < 1500000) && !document.querySelector('#reply .btn-primary[type=submit]').disabled
	}`)
	r.writes("#reply [name=text]", "十张照片").clicks("#reply .btn-primary[type=submit]")
	r.until("ten small pictures", `() => {
		const shown = Array.from(document.querySelectorAll('#talk-card a.nk-photo img'))
		shown.forEach(img => { img.loading = 'eager' })
		return shown.length === 10 && shown.every(img => img.complete && img.naturalWidth > 0)
	}`)
	if got := r.eval(`() => Array.from(document.querySelectorAll('#talk-card a.nk-photo')).filter(a => a.title === 'photo.jpg').length`).Value.Int(); got != 1 {
		t.Errorf("%d photographs named photo.jpg", got)
	}
	r.content()
}

// snapshot is a photograph that does not compress well, as those of a phone.
func snapshot(t *testing.T, w, h int) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	grain := rand.New(rand.NewSource(1))
	for i := range picture.Pix {
		picture.Pix[i] = uint8(i/4%w*255/w) ^ uint8(grain.Intn(64))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func absolute(t *testing.T, files []string) []string {
	t.Helper()
	out := make([]string, len(files))
	for i, file := range files {
		var err error
		if out[i], err = filepath.Abs(file); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
