package org_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"neike/internal/app/importer"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// eachUndo is eachDesk in a company that is there already.
func eachUndo(t *testing.T, fn func(d desk)) {
	eachDesk(t, func(d desk) {
		d.clean("units", "code,name_zh,name_en,level,parent\nhq,总部,Head office,entity,\nplant,工厂,Plant,site,hq\nhr,人力资源部,HR,department,hq\nit,信息技术部,IT,department,hq\n", 4, 0, 0)
		d.clean("people", "employee_no,name,name_en,unit,position\nA-7,李雷,Lei Li,it,工程师\n", 1, 0, 0)
		fn(d)
	})
}

// back takes a run back and gives how it went: how many records, and those that stay with the reason's message.
func (d desk) back(run int64) (importer.Back, []string) {
	d.Helper()
	r, err := d.im.Run(d.ctx, run)
	if err != nil {
		d.Fatal(err)
	}
	seen, _, keeps, err := d.im.Foresee(d.ctx, r, 100)
	if err != nil {
		d.Fatal(err)
	}
	if err := d.im.TakeBack(d.ctx, run); err != nil {
		d.Fatal(err)
	}
	if _, err := d.queue.RunDue(d.ctx); err != nil {
		d.Fatal(err)
	}
	b, err := d.im.Back(d.ctx, run)
	if err != nil || b.State != "undone" {
		d.Fatalf("%+v %v", b, err)
	}
	if b.Undone != seen.Undone || b.Kept != seen.Kept {
		d.Errorf("foreseen %d and %d, came %d and %d", seen.Undone, seen.Kept, b.Undone, b.Kept)
	}
	var why []string
	for _, u := range keeps {
		why = append(why, u.Key+" "+u.Why.Key)
	}
	slices.Sort(why)
	return b, why
}

func TestAnImportOfPeopleIsTakenBack(t *testing.T) {
	eachUndo(t, func(d desk) {
		was := d.no("A-7")
		r := d.take("people", "employee_no,name,unit,position,manager,phone\nA-7,李雷,hr,顾问,,13800000001\nN-1,新人,it,,A-7,\nN-2,又一个,it,,N-1,\n", importer.Options{})
		if r.Run == 0 || r.Created != 2 || r.Updated != 1 {
			d.Fatalf("%+v", r)
		}
		b, why := d.back(r.Run)
		if b.Undone != 3 || len(why) > 0 {
			d.Errorf("%+v %v", b, why)
		}
		p := d.no("A-7")
		if p.Unit != was.Unit || p.Position != was.Position || p.Phone != was.Phone || !p.Active {
			d.Errorf("%+v is not %+v", p, was)
		}
		for _, no := range []string{"N-1", "N-2"} {
			if d.no(no).Active {
				d.Errorf("%s is still here", no)
			}
		}
		if err := d.im.TakeBack(d.ctx, r.Run); fault.KindOf(err) != fault.Conflict {
			d.Errorf("twice: %v", err)
		}
	})
}

func TestWhatWasTouchedSinceStays(t *testing.T) {
	eachUndo(t, func(d desk) {
		was := d.no("A-7")
		r := d.take("people", "employee_no,name,unit,position,phone,manager\nA-7,李雷,hr,顾问,13800000001,\nN-1,新人,it,,,\nN-2,又一个,it,,,\nN-3,第三个,it,,,\n", importer.Options{})
		a := d.no("A-7")
		if _, err := d.org.SavePerson(d.ctx, org.PersonInput{No: "A-7", Name: a.Name, NameEn: a.NameEn, Phone: "13900000000", Unit: "hr", Position: "顾问", Revision: a.Revision}); err != nil {
			d.Fatal(err)
		}
		d.person(org.PersonInput{No: "N-1", Name: "改了名", Unit: "it", Revision: d.no("N-1").Revision})
		d.unit(org.UnitInput{Code: "plant", NameZh: "工厂", NameEn: "Plant", Level: org.Site, Parent: "hq", Head: "N-2", Revision: d.code("plant").Revision})
		b, why := d.back(r.Run)
		if want := []string{"N-1 importer.undo-touched", "N-2 org.undo-holds"}; !slices.Equal(why, want) || b.Undone != 2 {
			d.Errorf("%+v %v", b, why)
		}
		p := d.no("A-7")
		if p.Phone != "13900000000" || p.Unit != was.Unit || p.Position != was.Position {
			d.Errorf("what somebody changed went, or the rest stayed: %+v", p)
		}
		for no, here := range map[string]bool{"N-1": true, "N-2": true, "N-3": false} {
			if d.no(no).Active != here {
				d.Errorf("%s: %v", no, !here)
			}
		}
	})
}

func TestAnImportOfUnitsIsTakenBack(t *testing.T) {
	eachUndo(t, func(d desk) {
		was := d.code("it")
		r := d.take("units", "code,name_zh,level,parent\nnx,新中心,department,hq\nny,新组,team,nx\nit,数字部,department,nx\nnz,有人的,department,hq\n", importer.Options{})
		d.person(org.PersonInput{No: "N-9", Name: "在新单位", Unit: "nz"})
		b, why := d.back(r.Run)
		if b.Undone != 3 || !slices.Equal(why, []string{"nz org.undo-holds"}) {
			d.Errorf("%+v %v", b, why)
		}
		now := d.code("it")
		if now.Parent != was.Parent || now.Name != was.Name {
			d.Errorf("%+v", now)
		}
		for code, there := range map[string]bool{"nx": false, "ny": false, "nz": true} {
			if d.code(code).Valid(d.db.Now()) != there {
				d.Errorf("%s: %v", code, !there)
			}
		}
	})
}

// TestTakingBackGoesOnAfterADeath: the process dies in the middle; what is done is done once, and the rest follows.
func TestTakingBackGoesOnAfterADeath(t *testing.T) {
	eachUndo(t, func(d desk) {
		const people = 350
		var file strings.Builder
		file.WriteString("employee_no,name,unit\n")
		for i := range people {
			fmt.Fprintf(&file, "K-%03d,人%d,it\n", i, i)
		}
		r := d.take("people", file.String(), importer.Options{})
		bus := event.NewBus(d.db)
		o := org.New(d.db, bus)
		queue := job.New(d.db)
		im := importer.New(d.db, queue, o.Imports()...)
		gone := map[org.ID]int{}
		dying, die := context.WithCancel(d.ctx)
		event.Hear(bus, "test", func(ctx context.Context, tx *sqldb.Tx, e org.PersonWasChanged) error {
			tx.OnCommit(func() {
				if gone[e.Person]++; len(gone) == 150 {
					die()
				}
			})
			return nil
		})
		if err := im.TakeBack(d.ctx, r.Run); err != nil {
			d.Fatal(err)
		}
		if _, err := queue.RunDue(dying); err == nil && len(gone) == people {
			d.Fatal("nothing died")
		}
		half, err := im.Back(d.ctx, r.Run)
		if err != nil || half.State != "undoing" || half.Undone != len(gone) || half.Undone == 0 || half.Undone == people {
			d.Fatalf("%+v %v, %d are gone", half, err, len(gone))
		}
		dbtest.Clock(d.db).Advance(2 * 60 * 60 * 1e9)
		if _, err := queue.RunDue(d.ctx); err != nil {
			d.Fatal(err)
		}
		if b, err := im.Back(d.ctx, r.Run); err != nil || b.State != "undone" || b.Undone != people || len(gone) != people {
			d.Errorf("%+v %v, %d are gone", b, err, len(gone))
		}
		for id, n := range gone {
			if n != 1 {
				d.Errorf("%d went %d times", id, n)
			}
		}
	})
}
