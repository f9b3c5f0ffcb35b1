package org

import (
	"context"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// dutyKind is the file of a duty list: a row per shift, told from others by unit, person and beginning.
func (s *Service) dutyKind() importer.Kind {
	return importer.Kind{
		Name: "duty", Title: lang.Text{Zh: "值班表", En: "Duty list"}, Lead: lang.Text{Zh: "每行一班：单位、起止时间、工号", En: "a row per shift: unit, from, until, employee no"},
		Place: "/org", Columns: []importer.Column{
			key(column("unit", "单位编码", "Unit", "org.hint-code", "单位", "部门", "unit code")),
			key(column("from", "开始", "From", "org.hint-moment", "开始时间", "上班时间", "起", "start")),
			required(narrow(column("until", "结束", "Until", "org.hint-moment", "结束时间", "下班时间", "止", "end"))),
			key(column("employee_no", "工号", "Employee no", "org.hint-no", "员工编号", "人员", "值班人", "no")),
			column("task", "岗位", "Task", "org.hint-task", "班次", "职责", "role"),
			narrow(column("phone", "值班电话", "Phone", "org.hint-phone", "电话")),
			column("note", "备注", "Note", "org.hint-note", "说明"),
		},
		Check: func(context.Context) (importer.Checker, error) { return dutyChecker{s}, nil },
		Apply: s.applyDuty,
	}
}

// dutyChecker judges the rows of a duty list.
type dutyChecker struct{ s *Service }

// judgedShift is one row with what it means.
type judgedShift struct {
	row   importer.Row
	shift Shift
	old   Shift // the one that is there already; zero: none
	found []finding
}

// Rows judges a batch against what is there.
func (k dutyChecker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	list, err := k.s.judgeDuty(ctx, rd, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Verdict, len(list))
	for i, j := range list {
		v := importer.Verdict{Line: j.row.Line, Key: j.row.Get("unit") + " " + j.row.Get("employee_no") + " " + j.row.Get("from"), Plan: importer.Create, Problems: problems(j.row.Line, j.found)}
		if j.old.ID != 0 {
			v.Plan = importer.Unchanged
			change := func(column, old, next string) {
				if old != next {
					v.Plan, v.Changes = importer.Update, append(v.Changes, importer.Change{Column: column, Old: old, New: next})
				}
			}
			if !j.old.Until.Equal(j.shift.Until) {
				change("until", j.old.Until.Format(time.RFC3339), j.shift.Until.Format(time.RFC3339))
			}
			change("task", j.old.Task, j.shift.Task)
			change("phone", j.old.Phone, j.shift.Phone)
			change("note", j.old.Note, j.shift.Note)
		}
		out[i] = v
	}
	return out, nil
}

// End has nothing left to say.
func (dutyChecker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

// judgeDuty reads rows into shifts: two questions to the database for a whole batch.
func (s *Service) judgeDuty(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]judgedShift, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	company := s.Company(ctx)
	nos := make([]string, len(rows))
	for i, row := range rows {
		nos[i] = row.Get("employee_no")
	}
	people, err := s.PeopleByNo(ctx, rd, nos)
	if err != nil {
		return nil, err
	}
	list := make([]judgedShift, len(rows))
	var ids []ID
	var first, last time.Time
	for i, row := range rows {
		j := judgedShift{row: row}
		u, known := tree.ByCode(row.Get("unit"))
		if !known || !u.Valid(rd.Instant()) {
			j.found = append(j.found, wrong("unit", "org.unit-unknown", "value", row.Get("unit")))
		} else if !mayKeepDuty(actor.From(ctx), tree, u.ID) {
			j.found = append(j.found, wrong("unit", "org.duty-not-yours", "value", row.Get("unit")))
		}
		p, here := people[row.Get("employee_no")]
		if !here || !p.Active {
			j.found = append(j.found, wrong("employee_no", "org.person-unknown", "value", row.Get("employee_no")))
		}
		j.shift = Shift{Unit: u.ID, Person: p.ID}
		in := ShiftInput{From: row.Get("from"), Until: row.Get("until"), Task: row.Get("task"), Phone: row.Get("phone"), Note: row.Get("note")}
		j.found = append(j.found, readShift(&j.shift, in, tree.Zone(u.ID, company))...)
		list[i] = j
		if p.ID != 0 && !j.shift.From.IsZero() && !j.shift.Until.IsZero() {
			ids = append(ids, p.ID)
			if first.IsZero() || j.shift.From.Before(first) {
				first = j.shift.From
			}
			if j.shift.Until.After(last) {
				last = j.shift.Until
			}
		}
	}
	return list, s.meetDuty(ctx, rd, list, ids, first, last)
}

// meetDuty finds for each row the shift that it is already, and the one that it would collide with.
func (s *Service) meetDuty(ctx context.Context, rd sqldb.Reader, list []judgedShift, ids []ID, first, last time.Time) error {
	there, err := knownShifts(ctx, rd, ids, first, last)
	if err != nil {
		return err
	}
	byPerson := map[ID][]Shift{}
	for _, h := range there {
		byPerson[h.Person] = append(byPerson[h.Person], h)
	}
	for i := range list {
		j := &list[i]
		if j.shift.Person == 0 || j.shift.From.IsZero() || !j.shift.Until.After(j.shift.From) {
			continue
		}
		for _, h := range byPerson[j.shift.Person] {
			switch {
			case h.Unit != j.shift.Unit:
			case h.From.Equal(j.shift.From):
				j.old, j.shift.ID = h, h.ID
			case h.From.Before(j.shift.Until) && j.shift.From.Before(h.Until):
				j.found = append(j.found, wrong("employee_no", "org.shift-taken", "value", j.row.Get("employee_no")))
			}
		}
		byPerson[j.shift.Person] = append(byPerson[j.shift.Person], j.shift) // the next row may meet this one
	}
	return nil
}

// applyDuty writes a chunk of rows. Rows that have gone wrong since they were judged are left out.
func (s *Service) applyDuty(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	var n importer.Count
	list, err := s.judgeDuty(ctx, tx, rows)
	if err != nil {
		return n, err
	}
	changed := map[ID]int{}
	for _, j := range list {
		if len(j.found) > 0 {
			return n, all(j.found).Err() // the house is no longer what it was when the file was judged
		}
		h := j.shift
		switch {
		case j.old.ID == 0:
			h.ID, h.By, h.At, h.Revision = tx.NewID(), actor.From(ctx).Person, tx.Now, 1
			err = insertShifts(ctx, tx, h)
			n.Created++
		case j.old.Until.Equal(h.Until) && j.old.Task == h.Task && j.old.Phone == h.Phone && j.old.Note == h.Note:
			n.Unchanged++
			continue
		default:
			err = changeShift(ctx, tx, h)
			n.Updated++
		}
		if err != nil {
			return n, err
		}
		changed[h.Unit]++
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return n, err
	}
	for unit, count := range changed {
		u, _ := tree.ByID(unit)
		if err := s.events.Emit(ctx, tx, DutyWasChanged{Unit: unit, Code: u.Code, What: "imported", Shifts: count}); err != nil {
			return n, err
		}
	}
	return n, nil
}
