package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// keys keeps what a POST with an Idempotency-Key answered, per person: the same key with the same body
// gets the same answer, with another body 422, and while the first is still running 409. A key whose
// first run ended without an answer (the process died) stays blocked: nobody knows what it did, and the
// caller is told to look. Keys live for two days.
type keys struct{ db *sqldb.DB }

// KeyLife is how long an Idempotency-Key is remembered.
const KeyLife = 48 * time.Hour

const maxKey = 200 // bytes of a key

// stored is one remembered answer; status 0 means that the first run has not ended.
type stored struct {
	print                string
	at                   time.Time
	status               int
	kind, location, etag string
	body                 string
}

// once runs next at most once per key and person. Of an answer that holds a secret only the status is remembered, and a
// repetition is told that it was done.
func (k *keys) once(w http.ResponseWriter, r *http.Request, secret bool, next Handler) error {
	name := r.Header.Get("Idempotency-Key")
	who := actor.From(r.Context())
	if k == nil || name == "" || who.Person == 0 || r.Method != http.MethodPost {
		return next(w, r)
	}
	if len(name) > maxKey {
		return fault.New(fault.Malformed, "web.key-long", "max", maxKey)
	}
	print, err := fingerprint(r)
	if err != nil {
		return err
	}
	before, fresh, err := k.claim(r.Context(), who.Person, name, print)
	switch {
	case err != nil:
		return err
	case fresh:
		return k.first(w, r, who.Person, name, secret, next)
	case before.print != print:
		return fault.New(fault.Invalid, "web.key-other-body")
	case before.status == 0 && k.db.Now().Sub(before.at) > time.Minute:
		return fault.New(fault.Conflict, "web.key-unknown")
	case before.status == 0:
		return &fault.Error{Kind: fault.Conflict, Key: "web.key-running", RetryAfter: time.Second}
	case secret && before.status < 300:
		return fault.New(fault.Conflict, "web.key-secret")
	default:
		before.replay(w)
		return nil
	}
}

// first runs the handler and remembers its answer. An answer that is our fault is forgotten, so that the
// caller may try again.
func (k *keys) first(w http.ResponseWriter, r *http.Request, person int64, name string, secret bool, next Handler) (err error) {
	ctx := context.WithoutCancel(r.Context()) // the caller may be gone; what was done must still be remembered
	res := responseOf(w)
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, k.forget(ctx, person, name))
		}
	}()
	if err := next(w, r); err != nil {
		return err // kept for the door: it has not been put into words yet
	}
	if res.status >= 500 || res.streaming {
		return nil
	}
	h := res.Header()
	kept = true
	if secret && res.status < 300 {
		return k.keep(ctx, person, name, stored{status: res.status})
	}
	return k.keep(ctx, person, name, stored{
		status: res.status, kind: h.Get("Content-Type"), location: h.Get("Location"), etag: h.Get("ETag"), body: res.buf.String(),
	})
}

func (s stored) replay(w http.ResponseWriter) {
	h := w.Header()
	for name, value := range map[string]string{"Content-Type": s.kind, "Location": s.location, "ETag": s.etag} {
		if value != "" {
			h.Set(name, value)
		}
	}
	h.Set("Idempotency-Replayed", "true")
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body) // collected in memory
}

// fingerprint reads the body, puts it back, and names method, address and body together.
func fingerprint(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n") // a hash takes all
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil)), nil
}
