package house

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"neike/content"
	"neike/internal/org"
	"neike/internal/request"
)

// hearing is what a page that listens is told: first is closed with the first word, all comes when the house ends the stream.
type hearing struct {
	first chan struct{}
	all   chan string
}

// hears opens a page that listens to a topic.
func (h *House) hears(t *testing.T, session, topic string) hearing {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", h.Base+"/live?topics="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "neike", Value: session})
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %v %v", topic, res, err)
	}
	told := hearing{make(chan struct{}), make(chan string, 1)}
	go func() {
		defer func() { _ = res.Body.Close() }()
		var out []string
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") { // it begins with when the topic was last spoken of
		}
		for lines.Scan() {
			if line := lines.Text(); strings.HasPrefix(line, "event:") || strings.HasPrefix(line, "data: ") {
				if out = append(out, line); len(out) == 1 {
					close(told.first)
				}
			}
		}
		told.all <- strings.Join(out, " ")
	}()
	return told
}

// TestWhoLosesAccessHearsNoMore: an open page is told nothing from the moment on in which its reader may not see what it is
// about, and the house ends its stream.
func TestWhoLosesAccessHearsNoMore(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		data, _ := content.Pack("finance")
		_, err := h.Catalog.Import(h.System(), "finance", data, false)
		must(err)
		ask := func() request.Request {
			r, err := h.Request.Open(h.As("3002"), request.Ask{Service: "finance.advance", Title: "备用金", Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}})
			must(err)
			return r
		}
		tree, err := h.Org.Tree(t.Context())
		must(err)
		unit, _ := tree.ByCode("finance")
		queue := "unit:" + id(unit.ID)
		came := h.hears(t, h.SignedIn("2001").Cookie("neike"), queue)
		r := ask()
		must(h.Request.LetWatch(h.As("3002"), r.Number, "4001", false))
		<-came.first // what is told from here on is what happens below
		one := "request:" + id(int64(r.ID))
		left := h.SignedIn("2001")
		stay := h.hears(t, h.SignedIn("3002").Cookie("neike"), one)
		lost := map[string]hearing{
			"moved to another unit":   h.hears(t, h.SignedIn("2003").Cookie("neike"), queue),
			"no longer watching":      h.hears(t, h.SignedIn("4001").Cookie("neike"), one),
			"an account out of use":   h.hears(t, h.SignedIn("2002").Cookie("neike"), one),
			"signed out in this page": h.hears(t, left.Cookie("neike"), one),
		}
		must(h.Org.SetRoles(h.System(), "2003", nil, 0))
		p, err := h.Org.PersonByNo(t.Context(), "2003")
		must(err)
		_, err = h.Org.SavePerson(h.System(), org.PersonInput{No: "2003", Name: "罗佳", Unit: "project", Revision: p.Revision})
		must(err)
		must(h.Request.LetWatch(h.As("3002"), r.Number, "4001", true))
		must(h.Org.Deactivate(h.System(), "2002"))
		left.Form("/signout").Is(303)
		ask()
		_, err = h.Request.Message(h.As("3002"), r.Number, "还在吗？", nil, request.When{})
		must(err)
		for name, heard := range lost {
			select {
			case told := <-heard.all:
				if told != "" {
					t.Errorf("%s heard %q", name, told)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("%s: the stream goes on", name)
			}
		}
		h.Mux.Live().Close()
		if told := <-stay.all; !strings.Contains(told, "data: "+r.Ref()) {
			t.Errorf("who may hear heard %q", told)
		}
	})
}
