package web

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// pace is what the slowest line is believed to carry, in bytes per second.
const pace = 64 << 10

// patiently gives a body a minute, and a large one as much longer as the slowest line needs: who sends a byte a minute
// holds no connection. When the body is there the deadline goes: the work on it may take its time.
func (m *Mux) patiently(res *response, body io.ReadCloser, limit int64) io.ReadCloser {
	wait := m.patience
	if limit > 1<<20 {
		wait += time.Duration(limit/pace) * time.Second
	}
	control := http.NewResponseController(res.ResponseWriter)
	if control.SetReadDeadline(time.Now().Add(wait)) != nil { // a test's recorder has none
		return body
	}
	return &patient{body, control}
}

// patient is a body with a deadline.
type patient struct {
	io.ReadCloser
	control *http.ResponseController
}

func (p *patient) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if errors.Is(err, io.EOF) {
		if again := p.control.SetReadDeadline(time.Time{}); again != nil {
			return n, again
		}
	}
	return n, err
}
