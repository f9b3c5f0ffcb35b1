package request

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestOpenPagesHear: who has the request open is told when somebody else does something.
func TestOpenPagesHear(t *testing.T) {
	h := quick(t)
	r := h.open("3002")
	d := h.open4()
	h.Follow(d.mux.Live())
	ctx, stop := context.WithCancel(h.ctx)
	defer stop()
	must(t, h.bus.Begin(ctx))
	go func() { _ = h.bus.Run(ctx) }() // ends with the test
	srv := httptest.NewServer(d.mux)
	defer srv.Close()
	defer d.mux.Live().Close()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/live?topics="+topicOf(r.ID), nil)
	must(t, err)
	q.Header.Set("X-No", "3002")
	res, err := srv.Client().Do(q)
	must(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") { // when it was last spoken of: the page listens
	}
	must(t, second(h.Take(h.as("2002"), r.Number, When{})))
	heard := make(chan string, 1)
	go func() {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				heard <- data
				return
			}
		}
	}()
	select {
	case data := <-heard:
		if data != r.Ref() {
			t.Errorf("heard %q", data)
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing was heard")
	}
}

// TestRatingsReachWhoTheyMay: the serving side reads words when the customer allows it, a score never.
func TestRatingsReachWhoTheyMay(t *testing.T) {
	h := quick(t)
	for _, share := range []bool{true, false} {
		r := h.scene(StateDone)
		must(t, second(h.Rate(h.as("3002"), r.Number, Rating{Score: 2, Comment: "太慢", Reasons: []string{"slow"}, Share: share}, When{})))
		for _, no := range []string{"2001", "2002", "1001", "3001"} {
			v, err := h.ByNumber(h.as(no), r.Number)
			must(t, err)
			if v.Own != nil {
				t.Errorf("%s reads the rating of another", no)
			}
			serving := no == "2001" || no == "2002"
			if want := share && serving; (len(v.Heard) == 1) != want {
				t.Errorf("shared %v: %s hears %+v", share, no, v.Heard)
			}
			for _, g := range v.Heard {
				if g.Score != 0 {
					t.Errorf("%s reads a score", no)
				}
			}
		}
	}
}
