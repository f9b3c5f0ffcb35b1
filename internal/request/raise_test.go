package request

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
)

// measured is a house that measures forms.
func (h house) measured() door {
	h.t.Helper()
	box, err := secret.New([]byte(strings.Repeat("k", 32)))
	must(h.t, err)
	h.SealBy(box)
	return h.open4()
}

// raisedAs reads what a request keeps of how it was raised.
func (h house) raisedAs(number int64) (took string) {
	h.t.Helper()
	must(h.t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		took, err = sqldb.Value[string](ctx, rd, `
select door || ' ' || coalesce(cast(raise_took as text), 'not') || case when raise_left then ' left' else '' end
from request
where number = $1`, number)
		return err
	}))
	return took
}

func (d door) began(t *testing.T, no string) string {
	t.Helper()
	return has(t, d.page(d.get(no, "/requests/new/finance.advance"), 200), `#ask [name=began]`).AttrOr("value", "")
}

// filled is a good form with a start of its own.
func filled(began, title string) url.Values {
	return url.Values{"service": {"finance.advance"}, "title": {title}, "fields.amount": {"5000"}, "fields.reason": {"备用金"}, "fields.due": {"2026-12-01"}, "once": {title}, "began": {began}}
}

func (d door) sends(no string, form url.Values) int64 {
	d.t.Helper()
	w := d.post(no, "/requests", form)
	if w.Code != http.StatusSeeOther {
		d.t.Fatal(w.Code, w.Body)
	}
	var number int64
	if _, err := fmt.Sscanf(w.Header().Get("Location"), "/requests/R-%d", &number); err != nil {
		d.t.Fatal(w.Header().Get("Location"), err)
	}
	return number
}

func TestRaisingIsMeasured(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.measured()
		is := func(name string, number int64, want string) {
			t.Helper()
			if got := h.raisedAs(number); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		// straight through
		began := d.began(t, "3002")
		h.later(17 * time.Second)
		is("straight", d.sends("3002", filled(began, "一")), "web 17")

		// back, and another one with the same form: only what came after the first
		h.later(9 * time.Second)
		is("back", d.sends("3002", filled(began, "二")), "web 9")

		// refused, then corrected: the page carries on
		began = d.began(t, "3002")
		h.later(20 * time.Second)
		bad := filled(began, "三")
		bad.Set("fields.amount", "五千")
		w := d.post("3002", "/requests", bad)
		again := has(t, d.page(w, 422), `#ask [name=began]`).AttrOr("value", "")
		h.later(580 * time.Second)
		is("refused", d.sends("3002", filled(again, "三")), "web 600")

		// kept as a draft, gone on with in another window an hour later
		began = d.began(t, "3002")
		h.later(30 * time.Second)
		if w := d.post("3002", "/requests/drafts", filled(began, "四")); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		h.later(time.Hour)
		began = d.began(t, "3002")
		h.later(15 * time.Second)
		is("came back", d.sends("3002", filled(began, "四")), "web 45 left")

		// nobody can say how long: left open over lunch
		began = d.began(t, "3002")
		h.later(time.Hour)
		is("lunch", d.sends("3002", filled(began, "五")), "web 0 left")

		// another person's start, an altered one, none
		theirs := d.began(t, "3003")
		h.later(5 * time.Second)
		is("another's", d.sends("3002", filled(theirs, "六")), "web not")
		is("altered", d.sends("3002", filled("AAAA"+began[4:], "七")), "web not")
		is("none", d.sends("3002", filled("", "八")), "web not")

		// by program, and by the house's own hand
		a := actor.From(h.as("3002"))
		a.Token, a.Scopes = 9, []string{"read", "write"}
		r, err := h.Open(actor.With(h.ctx, a), advance())
		must(t, err)
		is("by program", r.Number, "api not")
	})
}

// What is counted by way is what the list shows, for each way and span.
func TestTheListOfAWayIsItsCount(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		from := h.db.Now()
		program := actor.From(h.as("3003"))
		program.Token, program.Scopes = 9, []string{"read", "write"}
		for i, open := range []func() error{
			func() error { _, err := h.Open(h.as("3002"), advance()); return err },
			func() error { _, err := h.Open(h.as("3003"), advance()); return err },
			func() error { x := advance(); x.For = "3003"; _, err := h.Open(h.as("3002"), x); return err },
			func() error { _, err := h.Open(actor.With(h.ctx, program), advance()); return err },
			func() error {
				x := advance()
				x.Confidential, x.Named = true, []string{"2002"}
				_, err := h.Open(h.as("3002"), x)
				return err
			},
			func() error {
				_, err := h.Log(h.as("2002"), Call{Service: "finance.advance", For: "3003", Text: "要备用金", Then: ThenQueue})
				return err
			},
			func() error {
				x := advance()
				x.By, x.External, x.OpenedAt = "3002", "ALT-1", from
				_, err := h.Open(h.importing("1001"), x)
				return err
			},
		} {
			if err := open(); err != nil {
				t.Fatal(i, err)
			}
			h.later(time.Minute)
		}
		until := h.db.Now()
		count := map[string]int{}
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			list, err := TrafficBetween(ctx, rd, from, until)
			for _, x := range list {
				count[WaySelf] += x.Own
				count[WayBehalf] += x.Behalf
				count[WayProgram] += x.Program
				count["quiet"] += x.Quiet
			}
			return err
		}))
		if count[WaySelf] != 2 || count[WayBehalf] != 2 || count[WayProgram] != 1 || count["quiet"] != 1 {
			t.Errorf("%v", count)
		}
		count[WayImport] = 1
		for _, way := range Ways {
			page, err := h.List(h.as("1001"), Filter{Way: way, Customer: "project", Opened: Span{From: from, To: until}})
			must(t, err)
			if len(page.Items) != count[way] {
				t.Errorf("%s: %d on the list, %d counted", way, len(page.Items), count[way])
			}
			for _, l := range page.Items {
				if l.Confidential {
					t.Errorf("%s lists a confidential one", way)
				}
			}
		}
		if _, err := h.List(h.as("1001"), Filter{Way: "pigeon"}); err == nil {
			t.Error("a way that is none")
		}
		mine, err := h.List(h.as("3002"), Filter{Way: WaySelf, Mine: true})
		must(t, err)
		for _, l := range mine.Items { // also not to the one who asked
			if l.Confidential {
				t.Error("a confidential one, by way")
			}
		}
	})
}

func TestWhatAMonthSaysOfForms(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		from := h.db.Now()
		for _, x := range []struct {
			took time.Duration
			left bool
		}{{12 * time.Second, false}, {12 * time.Second, false}, {63 * time.Second, false}, {359 * time.Second, false}, {5 * time.Second, true}} {
			_, err := h.Open(h.as("3002"), advance().Worked(x.took, x.left))
			must(t, err)
		}
		h.open("3003")
		h.later(time.Minute)
		must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
			list, err := RaisedBetween(ctx, rd, from, h.db.Now())
			got := map[int]int{}
			for _, r := range list {
				if r.Way != WaySelf {
					t.Errorf("%+v", r)
				}
				got[r.Took] += r.N
			}
			for took, n := range map[int]int{12: 2, 60: 1, 330: 1, FormLeft: 1, NotMeasured: 1} {
				if got[took] != n {
					t.Errorf("%d s: %d, want %d (%v)", took, got[took], n, got)
				}
			}
			if err != nil {
				return err
			}
			asked, err := AskedBetween(ctx, rd, from, h.db.Now())
			if len(asked) != 1 || asked[0].N != 6 || asked[0].Done != 0 {
				t.Errorf("%+v", asked)
			}
			askers := 0
			if err := AskersBetween(ctx, rd, from, h.db.Now(), func(Asker) { askers++ }); err != nil || askers != 2 {
				t.Errorf("%d askers, %v", askers, err)
			}
			n := 0
			if err := AnswersBetween(ctx, rd, from, h.db.Now(), func(_ ID, fields string) error {
				if strings.Contains(fields, "reason") {
					n++
				}
				return nil
			}); err != nil || n != 6 {
				t.Errorf("%d answers, %v", n, err)
			}
			return err
		}))
	})
}
