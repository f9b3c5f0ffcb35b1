package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAnswersDoNotMix proves that an answer holds nothing of the one before it: buffers come from a pool.
func TestAnswersDoNotMix(t *testing.T) {
	m := New(Options{Book: words(t)})
	m.Page(Route{Pattern: "GET /long/{letter}", Action: Public, Do: func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := io.WriteString(w, strings.Repeat(r.PathValue("letter"), 4000))
		return err
	}})
	for range 20 {
		for _, letter := range []string{"a", "b"} {
			r := httptest.NewRequest(http.MethodGet, "/long/"+letter, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			rec := httptest.NewRecorder()
			m.ServeHTTP(rec, r)
			zip, err := gzip.NewReader(rec.Body)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(zip)
			if err != nil || string(body) != strings.Repeat(letter, 4000) {
				t.Fatalf("%v, %d bytes beginning with %q", err, len(body), body[:min(40, len(body))])
			}
		}
	}
}
