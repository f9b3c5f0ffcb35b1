package talk_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/file"
	"neike/internal/talk"
)

// photograph is a JPEG of some size.
func photograph(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// contents counts what is kept.
func contents(h house) (n int) {
	err := h.blobs.Each(h.ctx, func(file.Blob, time.Time) error { n++; return nil })
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func TestASmallPicture(t *testing.T) {
	each(t, func(h house) {
		h.as("2001")
		_, ids := h.upload(map[string]string{"铭牌.jpg": photograph(h.T, 800, 600)})
		path := fmt.Sprintf("/files/%d/x/small", ids[0])
		var together sync.WaitGroup
		for range 4 { // of several at once each gets it
			together.Go(func() {
				if w := h.get(path); w.Code != http.StatusOK {
					h.Errorf("small: %d", w.Code)
				}
			})
		}
		together.Wait()
		w := h.get(path)
		size, err := jpeg.DecodeConfig(w.Body)
		if err != nil || size.Width != 360 || size.Height != 270 {
			h.Errorf("%v %v", size, err)
		}
		if w.Header().Get("Content-Type") != "image/jpeg" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			h.Error(w.Header())
		}
		h.open(1)
		h.say("2001", talk.KindMessage, "见照片", ids[0])
		if shown := talk.Props(h.ctx, h.list(true), talk.View{}).Messages[0].Files; len(shown) != 1 || !strings.HasSuffix(shown[0].Thumb, "/small") {
			h.Error("the conversation does not show it", shown)
		}
		h.as("4001")
		if w := h.get(path); w.Code != http.StatusNotFound {
			h.Errorf("a stranger sees the small one: %d", w.Code)
		}
	})
}

func TestWhatIsNoPictureHasNoSmallOne(t *testing.T) {
	each(t, func(h house) {
		h.as("2001")
		_, ids := h.upload(map[string]string{"broken.png": "\x89PNG\r\n\x1a\n0000"})
		_, words := h.upload(map[string]string{"a.txt": "words"})
		for _, id := range append(ids, words...) {
			for range 2 { // the second time it is known
				if w := h.get(fmt.Sprintf("/files/%d/x/small", id)); w.Code != http.StatusNotFound {
					h.Errorf("%d: %d", id, w.Code)
				}
			}
		}
	})
}

func TestASmallPictureGoesWithTheLargeOne(t *testing.T) {
	each(t, func(h house) {
		h.as("2001")
		_, ids := h.upload(map[string]string{"a.jpg": photograph(h.T, 400, 400)})
		_, kept := h.upload(map[string]string{"b.jpg": photograph(h.T, 500, 400)})
		for _, id := range append(ids, kept...) {
			if w := h.get(fmt.Sprintf("/files/%d/x/small", id)); w.Code != http.StatusOK {
				h.Fatal(w.Code)
			}
		}
		h.open(1)
		h.say("2001", talk.KindMessage, "b", kept[0])
		if n := contents(h); n != 4 {
			h.Fatalf("%d contents, want 4", n)
		}
		dbtest.Clock(h.db).Set(time.Now().Add(72 * time.Hour)) // blobs have the time of the disk
		for _, sweep := range []func(context.Context) error{h.talk.Sweep, h.talk.SweepContents} {
			if err := sweep(h.ctx); err != nil {
				h.Fatal(err)
			}
		}
		if n := contents(h); n != 2 {
			h.Errorf("%d contents, want those of the file that was attached", n)
		}
		h.as("2001")
		if w := h.get(fmt.Sprintf("/files/%d/x/small", kept[0])); w.Code != http.StatusOK {
			h.Errorf("the kept one: %d", w.Code)
		}
	})
}
