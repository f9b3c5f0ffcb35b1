package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/fault"
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

// TestPlainTexts: what cannot be seen, or turns a page round, is left out of the texts of a document and of a form alike.
func TestPlainTexts(t *testing.T) {
	var got struct {
		Texts []string       `json:"texts"`
		Any   map[string]any `json:"any"`
		N     json.Number    `json:"n"`
	}
	doc := `{"texts": ["a\u0000b", "c\\u0000d", "e\\\u0000f", "\u00e9", "\u202eg", "` + "\u202e" + `h", "\u200b", "` + "\u200b \\n" + `", "i\"` + "\u200b" + `", "👩\u200d👧"], "any": {"k": ["\u2068", 1.50]}, "n": 12345678901234567890}`
	if err := decodeJSON([]byte(doc), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"ab", `c\u0000d`, `e\f`, "é", "g", "h", "", "", "i\"\u200b", "👩\u200d👧"}
	if !slices.Equal(got.Texts, want) || got.N != "12345678901234567890" || !reflect.DeepEqual(got.Any, map[string]any{"k": []any{"", 1.5}}) {
		t.Errorf("%+q %v %v", got.Texts, got.Any, got.N)
	}
	for _, broken := range []string{"\u202e{}", `{"texts": ["\u202e`, `{"texts": ["\ud83d\u200b"]`, `"\u200b`} {
		if err := decodeJSON([]byte(broken), &got); fault.KindOf(err) != fault.Malformed {
			t.Errorf("%q: %v", broken, err)
		}
	}
	var form struct {
		A string            `form:"a"`
		M map[string]string `form:"m."`
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(url.Values{"a": {"\u202eg\x00"}, "m.b": {"\u200b "}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := Decode(r, &form); err != nil || form.A != "g" || form.M["b"] != "" {
		t.Errorf("%+q %v", form, err)
	}
}
