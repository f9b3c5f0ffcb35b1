package web

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// keep is how much of an answer is collected before it is sent as it comes.
const keep = 256 << 10

// response collects an answer, so that an error can still replace it, and sends it compressed.
type response struct {
	http.ResponseWriter
	asked     *http.Request // with the context the handler got
	buf       *bytes.Buffer
	zip       *gzip.Writer
	status    int
	sent      int64
	streaming bool
	quiet     bool
	paced     bool // the handler sets the deadlines
	secure    bool // the public address is one of https
	id, route string
	start     time.Time
	left      func(r *http.Request, file string) error
}

var (
	buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 32<<10)) }}
	zippers = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, 2); return w }}
)

func newResponse(w http.ResponseWriter, r *http.Request) *response {
	res := &response{ResponseWriter: w, asked: r, start: time.Now(), buf: buffers.Get().(*bytes.Buffer)}
	res.id = strconv.FormatUint(rand.Uint64()|1<<63, 36)
	w.Header().Set("X-Request-Id", res.id)
	return res
}

// Leave is asked by what sends a list as a file, before its first byte. An error keeps the file back.
func (res *response) Leave(file string) error {
	if res.left == nil {
		return nil
	}
	return res.left(res.asked, file)
}

// responseOf finds the response below whatever was put around it.
func responseOf(w http.ResponseWriter) *response {
	for {
		if res, ok := w.(*response); ok {
			return res
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = u.Unwrap()
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (res *response) Unwrap() http.ResponseWriter { return res.ResponseWriter }

func (res *response) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		res.ResponseWriter.WriteHeader(status)
		return
	}
	if res.status == 0 {
		res.status = status
	}
}

func (res *response) Write(b []byte) (int, error) {
	if res.status == 0 {
		res.status = http.StatusOK
	}
	if !res.streaming {
		if res.buf.Len()+len(b) <= keep {
			return res.buf.Write(b)
		}
		if err := res.stream(); err != nil {
			return 0, err
		}
	}
	return res.out(b)
}

// FlushError sends what there is; from here on the answer goes out as it comes. It is reached by
// http.ResponseController only: a plain Flush would be called by every templ component at its end.
func (res *response) FlushError() error {
	if res.status == 0 {
		res.status = http.StatusOK
	}
	if !res.streaming {
		if err := res.stream(); err != nil {
			return err
		}
	}
	if res.zip != nil {
		if err := res.zip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(res.ResponseWriter).Flush()
}

// reset forgets the answer collected so far. False when it is too late.
func (res *response) reset() bool {
	if res.streaming {
		return false
	}
	res.buf.Reset()
	res.status = 0
	h := res.Header()
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding", "ETag", "Last-Modified", "Location"} {
		h.Del(name)
	}
	return true
}

func (res *response) stream() error {
	res.streaming = true
	res.Header().Del("Content-Length")
	if res.worthZip() {
		res.startZip()
	}
	res.ResponseWriter.WriteHeader(res.status)
	_, err := res.out(res.buf.Bytes())
	res.giveBack() // a stream may last for hours
	return err
}

// taking is how long a reader may take for what is sent at once: up to keep, or a piece of a stream.
const taking = time.Minute

// hurry gives the reader so long, and no connection is held for ever by one that does not read.
func (res *response) hurry(d time.Duration) {
	_ = http.NewResponseController(res.ResponseWriter).SetWriteDeadline(time.Now().Add(d)) // a test's recorder has none
}

func (res *response) out(b []byte) (int, error) {
	if !res.paced {
		res.hurry(taking)
	}
	res.sent += int64(len(b))
	if res.zip != nil {
		return res.zip.Write(b)
	}
	return res.ResponseWriter.Write(b)
}

// send completes the answer.
func (res *response) send() {
	if res.streaming {
		if res.zip != nil {
			_ = res.zip.Close() // the reader has gone; there is nobody to tell
		}
		return
	}
	if res.status == 0 {
		res.status = http.StatusOK
	}
	h := res.Header()
	if res.unchanged() {
		res.status = http.StatusNotModified
		h.Del("Content-Type")
		h.Del("Content-Length")
		res.ResponseWriter.WriteHeader(res.status)
		return
	}
	body := res.buf.Bytes()
	if len(body) > 0 && h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(body))
	}
	if len(body) > 1200 && res.worthZip() {
		packed := buffers.Get().(*bytes.Buffer)
		packed.Reset()
		zip := zippers.Get().(*gzip.Writer)
		zip.Reset(packed)
		_, _ = zip.Write(body) // a bytes.Buffer takes all
		_ = zip.Close()
		zippers.Put(zip)
		h.Set("Content-Encoding", "gzip")
		body = packed.Bytes()
		defer func() { packed.Reset(); buffers.Put(packed) }()
	}
	if res.status != http.StatusNoContent && res.asked.Method != http.MethodHead {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	res.sent = int64(len(body))
	res.hurry(taking)
	res.ResponseWriter.WriteHeader(res.status)
	if len(body) > 0 && res.status != http.StatusNoContent {
		_, _ = res.ResponseWriter.Write(body) // the reader has gone; there is nobody to tell
	}
}

func (res *response) release() {
	if res.zip != nil {
		zippers.Put(res.zip)
		res.zip = nil
	}
	res.giveBack()
}

// giveBack returns the buffer to the pool.
func (res *response) giveBack() {
	if res.buf != nil && res.buf.Cap() <= 2*keep {
		res.buf.Reset()
		buffers.Put(res.buf)
	}
	res.buf = nil
}

// unchanged says whether the reader already has this very answer.
func (res *response) unchanged() bool {
	etag := res.Header().Get("ETag")
	if etag == "" || res.status != http.StatusOK || res.asked.Method != http.MethodGet && res.asked.Method != http.MethodHead {
		return false
	}
	return matches(res.asked.Header.Get("If-None-Match"), etag)
}

func (res *response) startZip() {
	res.zip = zippers.Get().(*gzip.Writer)
	res.zip.Reset(res.ResponseWriter)
	res.Header().Set("Content-Encoding", "gzip")
}

func (res *response) worthZip() bool {
	h := res.Header()
	if h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" {
		return false
	}
	kind := h.Get("Content-Type")
	if !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "json") && !strings.Contains(kind, "svg") && !strings.Contains(kind, "javascript") ||
		strings.HasPrefix(kind, "text/event-stream") {
		return false
	}
	h.Add("Vary", "Accept-Encoding")
	return strings.Contains(res.asked.Header.Get("Accept-Encoding"), "gzip")
}
