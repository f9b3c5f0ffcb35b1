package demo_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app/demo"
	"neike/internal/directory"
	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/kit/webtest"
)

// Whoever tries the settings finds what an administrator meets in a house that runs: a sync that is done, one that waits
// for a decision because the app sees less than before, and a message that did not arrive and can be sent again.
func TestTheSuiteHasItsStories(t *testing.T) {
	c := copied(t, 60, friday)
	demo.Furnish(c.App)
	ctx := actor.System(t.Context())
	got, err := c.Directory.Runs(ctx, c.connection().ID, time.Time{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[1].State != directory.Done || !got[1].Whole || got[1].Applied.Linked < 100 || got[1].Applied.PeopleChanged != 3 || got[1].Applied.Failed != 0 {
		t.Fatalf("the first sync: %+v", got)
	}
	if r := got[0]; r.State != directory.Planned || r.Whole || !r.Guarded || r.Leaving < 5 || r.Asks != 1 || r.Planned.Waiting != 2 || r.Planned.Conflicts != 1 {
		t.Errorf("the second sync: %+v", r)
	}
	admin := webtest.Serve(t, c.Mux)
	admin.Form("/signin", "login", "1001", "password", demo.Password).Is(303)
	page := admin.Get("/settings/syncs/" + strconv.FormatInt(got[0].ID, 10) + "?show=waiting").Is(200)
	page.Shows("#items", "聂远").Shows("#items", "等待确认").Shows("#items", "请先在本页上方说清")
	if page.Page().Find("#items .is-bad").Length() != 0 {
		t.Error("who waits is shown as something wrong")
	}

	dead := func() int {
		list, err := c.Notice.DeadPosts(ctx, web.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list.Items {
			if !strings.Contains(p.Error, "invaliduser") {
				t.Errorf("%s: %s", p.Name, p.Error)
			}
		}
		return len(list.Items)
	}
	if dead() == 0 {
		t.Fatal("no dead letter")
	}
	admin.Get("/settings/notices/dead").Is(200).Shows("#dead-posts", "invaliduser")
	admin.Form("/settings/notices/dead/replay").Leads("/settings/notices/dead")
	if dead() != 0 {
		t.Error("what is sent again is dead")
	}
	if _, err := c.Jobs.RunDue(ctx); err != nil {
		t.Fatal(err)
	}
	if dead() == 0 {
		t.Error("the account is frozen, and the message arrived")
	}

	connection := got[0].Connection // "sync now" works, and reads the same again
	if r, err := c.Directory.Begin(ctx, connection, "hand"); err != nil {
		t.Error(err)
	} else if r, err = c.Directory.Work(ctx, r.ID); err != nil || r.State != directory.Planned || r.Asks != 1 {
		t.Errorf("a third sync: %+v, %v", r, err)
	}
}

// connection is the only one.
func (c company) connection() directory.Connection {
	c.Helper()
	var list []directory.Connection
	err := c.DB.Read(c.Context(), func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = c.Directory.Connections(ctx, rd)
		return err
	})
	if err != nil || len(list) != 1 {
		c.Fatalf("%d connections, %v", len(list), err)
	}
	return list[0]
}

// Served by another command than demo, the connection's address is the machine itself, where nobody answers.
func TestTheConnectionLeadsNowhere(t *testing.T) {
	c := copied(t, 60, friday)
	settings := c.connection().Settings
	for _, name := range []string{"api", "accounts"} {
		host, _, err := net.SplitHostPort(strings.TrimPrefix(settings[name], "http://"))
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			t.Errorf("%s is %q", name, settings[name])
		}
	}
}

// What belongs to people over time: a long leave with its hand-over, a duty list for the week to come, an import that can
// be taken back.
func TestPeopleOverTime(t *testing.T) {
	c := copied(t, 60, friday)
	admin := webtest.Serve(t, c.Mux)
	admin.Form("/signin", "login", "1001", "password", demo.Password).Is(303)
	admin.Get("/org/units/rd").Is(200).Shows("main", "长假至")
	admin.Get("/units/it/duty?week=2026-11-23").Is(200).Shows("#week", "夜班值守")
	page := admin.Get("/settings/import").Is(200).Shows("main", "岗位调整.csv")
	href, _ := page.Page().Find("main a:contains('岗位调整.csv')").First().Attr("href")
	admin.Get(href+"?undo").Is(200).Shows("#undo", "")
}
