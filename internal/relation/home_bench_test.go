package relation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/calendar"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/todo"
)

// The company of bench/edges.go: 490 departments in ten sites, 5 000 relations, two quarters of work on each.
const (
	benchUnits = 490
	benchEdges = 5000
)

// largeCompany is its door, and who stands at it.
func largeCompany(b *testing.B) (*web.Mux, *actor.Actor, org.ID) {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	db := dbtest.Open(b, sqldb.SQLite, schemas)
	bus := event.NewBus(db)
	people := org.New(db, bus)
	book, err := lang.New(xlsx.Locale, ui.Locale, web.Locale, org.Locale, access.Locale, calendar.Locale, todo.Locale, relation.Locale)
	must(err)
	book.Clock = db.Now
	home := todo.New(db, people, calendar.New(db, bus, people))
	rel := relation.New(db, bus, relation.Rooms{Org: people, Access: access.New(db, people), Todo: home})
	rel.Home()
	who := &actor.Actor{}
	door := web.New(web.Options{Book: book, Zone: "Asia/Shanghai", Who: func(*http.Request) (actor.Actor, error) { return *who, nil }})
	rel.Mount(door)
	home.Mount(door)
	ctx := lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai")
	save := func(in org.UnitInput) {
		b.Helper()
		_, err := people.SaveUnit(ctx, in)
		must(err)
	}
	save(org.UnitInput{Code: "hq", NameZh: "总部", NameEn: "Head office", Level: org.Entity})
	for i := range 10 {
		save(org.UnitInput{Code: fmt.Sprintf("s%02d", i), NameZh: fmt.Sprintf("%d基地", i), NameEn: fmt.Sprintf("Base %d", i), Level: org.Site, Parent: "hq"})
	}
	for i := range benchUnits {
		save(org.UnitInput{Code: fmt.Sprintf("d%03d", i), NameZh: fmt.Sprintf("第%d部", i), NameEn: fmt.Sprintf("Unit %d", i), Parent: fmt.Sprintf("s%02d", i%10)})
	}
	tree, err := people.Tree(ctx)
	must(err)
	var ids []org.ID
	for _, u := range tree.All() {
		if u.Level == org.Department {
			ids = append(ids, u.ID)
		}
	}
	zone, dice := time.FixedZone("CST", 8*3600), rand.New(rand.NewPCG(1, 2))
	now := relation.CurrentPeriod(db.Now().In(zone))
	must(db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for e := range benchEdges {
			p := e % benchUnits
			edge, err := rel.Edge(ctx, tx, ids[p], ids[(p+1+e/benchUnits*47)%benchUnits])
			if err != nil {
				return err
			}
			for _, period := range []relation.Period{now, now.Before()} {
				n := int64(10 + dice.IntN(30))
				late := int64(dice.IntN(int(n)))
				if err := rel.Tally(ctx, tx, edge, period.Begin(zone).AddDate(0, 0, 9), relation.Delta{Opened: n, Met: n - late, Breached: late, Accepted: n, RightFirst: n - late/3, Returned: late / 3}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	return door, who, ids[0]
}

// BenchmarkHomes is the home page with what this room has on it: CPU of the whole process a page.
func BenchmarkHomes(b *testing.B) {
	door, who, unit := largeCompany(b)
	for name, a := range map[string]actor.Actor{
		"executive": {Person: 1, Unit: unit, Roles: []string{"executive"}}, "quality": {Person: 1, Unit: unit, Roles: []string{"quality"}},
		"head": {Person: 1, Unit: unit, Groups: []actor.Group{{ID: unit, Role: "head"}, {ID: unit, Role: "member"}}},
	} {
		b.Run(name, func(b *testing.B) {
			*who = a
			get := func() {
				w := httptest.NewRecorder()
				if door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body.String())
				}
			}
			get() // what is kept for a day
			b.ReportAllocs()
			began, pages := spentCPU(b), 0
			for b.Loop() {
				get()
				pages++
			}
			b.ReportMetric(float64(spentCPU(b)-began)/float64(pages)/1e6, "ms-CPU/page")
		})
	}
}

// spentCPU is what this process has computed so far.
func spentCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
