package view_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/view"
)

var _ = dbtest.Each // the house runs on both engines

// names of the views that somebody has of the queue.
func names(t *testing.T, h *house.House, no string) string {
	t.Helper()
	list, err := h.View.Mine(h.As(no), "queue")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range list {
		out = append(out, v.Name)
	}
	return strings.Join(out, " ")
}

func save(t *testing.T, h *house.House, no string, in view.Input) view.View {
	t.Helper()
	in.List = "queue"
	v, _, err := h.View.Save(h.As(no), in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAViewIsSharedWithAUnit: its agents and heads keep it, everybody in the unit has it, others neither have nor change it;
// a locked one only its head changes.
func TestAViewIsSharedWithAUnit(t *testing.T) {
	t.Parallel()
	house.Each(t, func(t *testing.T, h *house.House) {
		h.Settle()
		own := save(t, h, "2002", view.Input{Name: "我的", Query: "state=new"})
		shared := save(t, h, "2002", view.Input{Name: "报销", Query: "?service=finance.expense&cursor=x&state=", Unit: "finance"})
		if shared.Query != "service=finance.expense" {
			t.Errorf("keeps %q", shared.Query)
		}
		for no, want := range map[string]string{"2002": "我的 报销", "2003": "报销", "3002": ""} {
			if got := names(t, h, no); got != want {
				t.Errorf("%s has %q", no, got)
			}
		}
		if err := h.View.Change(h.As("2003"), own.ID, view.Remove, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's own view: %v", err)
		}
		if err := h.View.Change(h.As("3002"), shared.ID, view.Rename, "x"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another unit's view: %v", err)
		}
		if err := h.View.Change(h.As("2003"), shared.ID, view.Lock, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an agent locks: %v", err)
		}
		if err := h.View.Change(h.As("2001"), shared.ID, view.Lock, ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.View.Save(h.As("2002"), view.Input{List: "queue", Name: "报销", Query: "q=1", Unit: "finance"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an agent replaces a locked view: %v", err)
		}
		if err := h.View.Change(h.As("2001"), shared.ID, view.Rename, "报销单"); err != nil {
			t.Fatal(err)
		}
		second := save(t, h, "2003", view.Input{Name: "备用金", Query: "service=finance.advance", Unit: "finance", Standard: true})
		if err := h.View.Change(h.As("2003"), second.ID, view.Up, ""); err != nil {
			t.Fatal(err)
		}
		if got := names(t, h, "2002"); got != "我的 备用金 报销单" {
			t.Errorf("in order: %q", got)
		}
		if q, err := h.View.StandardQuery(h.As("2002"), "queue"); err != nil || q != "service=finance.advance" {
			t.Errorf("opens with %q, %v", q, err)
		}
		save(t, h, "2002", view.Input{Name: "我的", Query: "state=working", Standard: true})
		if q, _ := h.View.StandardQuery(h.As("2002"), "queue"); q != "state=working" {
			t.Errorf("the own standard comes first, not %q", q)
		}
	})
}

// TestWhatIsWrongWithAViewComesAtOnce
func TestWhatIsWrongWithAViewComesAtOnce(t *testing.T) {
	t.Parallel()
	h := house.Start(t)
	h.Settle()
	_, _, err := h.View.Save(h.As("3002"), view.Input{List: "nothing", Name: " ", Query: "%zz", Unit: "finance"})
	f, ok := fault.As(err)
	if !ok || len(f.Fields) != 4 {
		t.Fatalf("%+v", err)
	}
	if _, _, err := h.View.Save(context.Background(), view.Input{List: "queue", Name: "x"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nobody saves: %v", err)
	}
}

// TestTheQueueShowsItsViews: saved from its own page, drawn above it, counted, opened when nothing is asked, and kept on a
// page of its own.
func TestTheQueueShowsItsViews(t *testing.T) {
	t.Parallel()
	h := house.Start(t)
	h.Settle()
	b := h.SignedIn("2002")
	page := b.Get("/queue?state=new").Is(http.StatusOK).Page()
	if page.Find("#views form input[name=query]").AttrOr("value", "") != "state=new&view=unit" {
		t.Fatal("the page does not offer to save what it shows")
	}
	b.Form("/views", "list", "queue", "query", "state=new&view=unit", "name", "备用金", "standard", "on").Is(http.StatusSeeOther)
	if to := b.Get("/queue").Is(http.StatusSeeOther).Header.Get("Location"); to != "/queue?state=new&view=unit" {
		t.Errorf("opens %q", to)
	}
	page = b.Get("/queue?state=new&view=unit").Is(http.StatusOK).Page()
	if on := page.Find("#views a[aria-current]").Text(); strings.TrimSpace(on) != "备用金" {
		t.Errorf("shows %q", on)
	}
	counts := b.Get("/views/counts?" + url.Values{"list": {"queue"}}.Encode()).Is(http.StatusOK).Page()
	if n := counts.Find("a small").Text(); n != "0" {
		t.Errorf("counts %q", n)
	}
	if rows := b.Get("/views").Is(http.StatusOK).Page().Find("#views-kept tbody tr").Length(); rows != 1 {
		t.Errorf("%d kept", rows)
	}
	b.Form("/views", "list", "queue", "query", "q=1", "name", "").Is(http.StatusUnprocessableEntity)
}
