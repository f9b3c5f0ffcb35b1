package house

import (
	"bytes"
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/catalog"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
)

// counsel offers a personal-support service of finance, with 2002 to turn to.
func counsel(t *testing.T, h *House) {
	t.Helper()
	p := catalog.DefaultPolicy()
	p.Confidential, p.RetentionDays, p.Crisis = catalog.PrivacySupport, 30, lang.Text{Zh: "紧急时拨打 12356", En: "In an emergency call 12356"}
	d := catalog.Definition{Code: "finance.talk", Unit: "finance", Name: lang.Text{Zh: "心理咨询", En: "Counselling"}, Kind: catalog.OnRequest, State: catalog.Draft, Policy: &p}
	if _, _, err := h.Catalog.Write(h.System(), d, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Catalog.Publish(h.System(), d.Code); err == nil {
		t.Fatal("offered with nobody to turn to")
	}
	if _, err := h.Catalog.SetSupporters(h.System(), d.Code, []string{"2002"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Catalog.Publish(h.System(), d.Code); err != nil {
		t.Fatal(err)
	}
	if err := h.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// crawled is everything that the house counts and lists, as its most powerful readers see it.
func crawled(t *testing.T, h *House, readers map[string]*webtest.Client) map[string]string {
	t.Helper()
	if err := h.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for no, c := range readers {
		for _, path := range []string{
			"/api/v1/requests?view=all&limit=200", "/api/v1/relations", "/api/v1/reports/attainment?by=service", "/api/v1/reports/attainment?by=unit",
			"/api/v1/reports/attainment?by=edge", "/api/v1/reports/handling?by=service", "/api/v1/reports/handling?by=unit", "/api/v1/todos", "/api/v1/search?q=finance", "/api/v1/search?q=心理", "/api/v1/reports/adoption", "/api/v1/audit", "/api/v1/services?unit=finance",
		} {
			a := c.Get(path)
			out[no+" "+path] = string(a.Body)
		}
	}
	rows := map[string]string{"events": "outbox", "requests": "request", "todos": "todo", "edges": "edge", "contacts": "edge_contact", "grants": "access_grant", "messages": "talk_message"}
	err := h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) error {
		for name, table := range rows {
			n, err := sqldb.Value[string](ctx, rd, "select cast(count(*) as text)\nfrom "+table)
			if err != nil {
				return err
			}
			out[name] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPersonalSupportIsInNoNumber: what the house counts and lists is byte for byte the same with and without it; only the
// two read it; and when its time is over nothing of it is left.
func TestPersonalSupportIsInNoNumber(t *testing.T) {
	for engine, url := range map[string]func(t *testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.URL(t, app.Schemas()...) }} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var late atomic.Int64
			start := time.Now() // the clock stands: what is open grows older by no second between two looks
			h := With(t, app.Config{Data: t.TempDir(), DatabaseURL: url(t), Now: func() time.Time { return start.Add(time.Duration(late.Load())) }})
			asked(t, h)
			counsel(t, h)
			asker, supporter := h.SignedIn("3002"), h.SignedIn("2002")
			readers := map[string]*webtest.Client{}
			for _, no := range []string{"1001", "2001", "2003"} {
				readers[no] = h.TokenOf(no, "read", "write", "admin")
			}
			before := crawled(t, h, readers)

			asker.Get("/requests/new/finance.talk").Leads("/services/finance.talk/support")
			page := asker.Get("/services/finance.talk/support").Is(200)
			body := string(page.Body)
			if crisis, form := strings.Index(body, "12356"), strings.Index(body, `name="text"`); crisis < 0 || form < crisis {
				t.Error("the crisis text does not stand before the form")
			}
			asker.Form("/services/finance.talk/support", "supporter", "2001", "text", " ").Is(422).Shows("main", "请选择一位支持者").Shows("main", "请写几个字")
			asker.Form("/services/finance.talk/support", "supporter", "2002", "text", "最近睡不好").Is(303)
			ref := asker.Get("/support").Is(200).Page().Find(`a[href^="/support/P-"]`).AttrOr("href", "")
			supporter.Get("/").Is(200).Shows("main", "个人支持里有 1 处新内容")
			supporter.Get(ref).Is(200).Shows("#words", "最近睡不好")
			supporter.Form(ref+"/say", "text", "明天下午可以谈").Is(303)
			asker.Get("/").Is(200).Shows("main", "个人支持里有")
			asker.Get(ref).Is(200).Shows("#words", "明天下午可以谈")

			after := crawled(t, h, readers)
			for path, was := range before {
				if after[path] != was {
					t.Errorf("%s tells of personal support:\n%s\n%s", path, was, after[path])
				}
			}
			onlyTheTwo(t, h, ref)
			sealed(t, h)

			asker.Form(ref + "/close").Is(303)
			supporter.Form(ref+"/say", "text", "x").Is(409)
			late.Store(int64(29 * 24 * time.Hour))
			if err := h.Support.Erase(h.System()); err != nil {
				t.Fatal(err)
			}
			if n := kept(t, h); n != "1 2" {
				t.Errorf("a day early there is %s", n)
			}
			late.Store(int64(31 * 24 * time.Hour))
			if err := h.Support.Erase(h.System()); err != nil {
				t.Fatal(err)
			}
			if n := kept(t, h); n != "0 0" {
				t.Errorf("after its time there is %s", n)
			}
		})
	}
}

// onlyTheTwo: to everybody else the case is not there, whatever their roles.
func onlyTheTwo(t *testing.T, h *House, ref string) {
	t.Helper()
	for _, no := range []string{"1001", "2001", "2003", "3001"} {
		c := h.TokenOf(no, "read", "write", "admin")
		hidden, absent := c.Get("/api/v1"+ref).Is(404), c.Get("/api/v1/support/P-AAAAAAAAAA").Is(404)
		if !bytes.Equal(bytes.ReplaceAll(hidden.Body, []byte(ref[len("/support/"):]), []byte("P-AAAAAAAAAA")), absent.Body) {
			t.Errorf("%s: not found and not yours differ:\n%s\n%s", no, hidden.Body, absent.Body)
		}
		for verb, body := range map[string]any{"say": map[string]any{"text": "x"}, "close": nil, "pass": map[string]any{"supporter": "2002"}} {
			c.JSON("POST", "/api/v1"+ref+"/"+verb, body).Is(404)
		}
	}
	officer := h.SignedIn("1001")
	officer.Form("/settings/access/glass", "record", ref[len("/support/"):], "reason", "调查").Is(422)
	officer.Form("/settings/access/view", "person", "3002", "reason", "协助").Is(303)
	for _, path := range []string{ref, "/support"} {
		if a := officer.Get(path); a.Status == 200 && bytes.Contains(a.Body, []byte("睡不好")) || a.Status == 200 && path == ref {
			t.Errorf("%s is open to who looks with the asker's eyes", path)
		}
	}
	var said struct{ Fields []struct{ Name string } }
	h.TokenOf("3002", "read", "write").JSON("POST", "/api/v1/requests", map[string]any{"service": "finance.talk", "title": "x"}).Is(422).Decode(&said)
	if len(said.Fields) == 0 {
		t.Error("personal support can be asked for as a request")
	}
}

// sealed: the database holds no word that can be read.
func sealed(t *testing.T, h *House) {
	t.Helper()
	err := h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) error {
		n, err := sqldb.Value[int](ctx, rd, "select count(*)\nfrom support_word\nwhere text like '%睡%' or text like '%明天%'")
		if n > 0 {
			t.Errorf("%d words lie open", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// kept is how many cases and words there are.
func kept(t *testing.T, h *House) (n string) {
	t.Helper()
	err := h.DB.Read(h.System(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		n, err = sqldb.Value[string](ctx, rd, "select cast((select count(*) from support_case) as text) || ' ' || cast((select count(*) from support_word) as text)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
