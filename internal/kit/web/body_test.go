package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsLeftOfABodyIsNoRequest: the rest of a body that nobody read must not be taken for the next request of the
// connection, whether it was too large or not theirs to send.
func TestWhatIsLeftOfABodyIsNoRequest(t *testing.T) {
	m := New(Options{Gate: func(context.Context, string) error { return nil }})
	Op(m, Operation{ID: "post-thing", Method: "POST", Path: "/api/v1/things", Action: Public, Summary: "A thing"},
		func(context.Context, *struct{ Body map[string]string }) (*struct{}, error) { return nil, nil })
	m.Page(Route{Pattern: "POST /things", Action: SignedIn, Do: func(http.ResponseWriter, *http.Request) error { return nil }})
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	hidden := "\r\n\r\nGET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
	body := `{"a":"` + strings.Repeat("x", 1<<20) + strings.Repeat(hidden, 20_000) + `"}`
	for path, want := range map[string]int{"/api/v1/things": 413, "/things": 401, "/nowhere": 404} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
		}() // the server hangs up in the middle
		in := bufio.NewReader(conn)
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%s: %v %v", path, res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body) // what follows counts
		if again, err := http.ReadResponse(in, nil); err == nil {
			t.Errorf("%s: what was left of the body was answered: %s", path, again.Status)
		}
		_ = conn.Close()
	}
}

// TestNoNUL: a NUL in a text of a document is left out, a backslash before u0000 is none.
func TestNoNUL(t *testing.T) {
	var got []string
	if err := decodeJSON([]byte(`["a\u0000b", "c\\u0000d", "e\\\u0000f", "\u00e9"]`), &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ab", `c\u0000d`, `e\f`, "é"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
