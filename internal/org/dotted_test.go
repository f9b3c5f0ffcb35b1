package org_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"neike/internal/app/importer"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// dotted are the 工号 of somebody's dotted-line managers that count now.
func (h house) dotted(no string) (out []string) {
	h.Helper()
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := h.org.DottedOf(ctx, rd, []org.ID{h.no(no).ID})
		for _, d := range all[h.no(no).ID] {
			out = append(out, d.No)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return out
}

func TestDottedLines(t *testing.T) {
	each(t, func(h house) {
		save := func(no string, dotted ...string) error {
			p := h.no(no)
			_, err := h.org.SavePerson(h.ctx, org.PersonInput{No: no, Name: p.Name, Unit: "it", Dotted: dotted, Revision: p.Revision})
			return err
		}
		h.at("2026-11-23 09:00")
		if err := save("A-7", "A-8", "00123@2026-11-24"); err != nil {
			t.Fatal(err)
		}
		if err := save("A-8", "A-7"); err != nil {
			t.Errorf("a circle of dotted lines is refused: %v", err)
		}
		if got := h.dotted("A-7"); !slices.Equal(got, []string{"A-8", "00123"}) {
			t.Errorf("on Monday: %v", got)
		}
		h.at("2026-11-25 00:00")
		if got := h.dotted("A-7"); !slices.Equal(got, []string{"A-8"}) {
			t.Errorf("after the last day: %v", got)
		}
		got := fields(t, save("A-7", "A-7", "A-8;A-8", "nobody", "123@never"))
		want := []string{"dotted_managers org.manager-self", "dotted_managers org.dotted-twice", "dotted_managers org.date-malformed", "dotted_managers org.person-unknown"}
		if !slices.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
		if err := save("A-7"); err != nil || len(h.dotted("A-7")) != 0 {
			t.Errorf("they do not go: %v %v", err, h.dotted("A-7"))
		}
	})
}

func TestAnImportSetsDottedLines(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", someUnits, 5, 0, 0)
		people := "工号,姓名,部门,虚线上级\n1,甲,it,2;3@2027-03-31\n2,乙,it,\n3,丙,it,1\n"
		d.clean("people", people, 3, 0, 0)
		d.clean("people", people, 0, 0, 3)
		d.clean("people", "工号,姓名,部门\n1,甲,it\n", 0, 0, 1)
		if got := d.dotted("1"); !slices.Equal(got, []string{"2", "3"}) {
			t.Errorf("who comes later in the file: %v", got)
		}
		d.clean("people", strings.Replace(people, "2;3@2027-03-31", "3", 1), 0, 1, 2)
		if got := d.dotted("1"); !slices.Equal(got, []string{"3"}) {
			t.Errorf("changed: %v", got)
		}
		r := d.take("people", "工号,姓名,部门,虚线上级\n4,丁,it,5;4\n5,戊,nowhere,\n6,己,it,77\n", importer.Options{})
		var lines []int
		for _, p := range r.Errors {
			lines = append(lines, p.Line)
		}
		slices.Sort(lines)
		if !slices.Equal(slices.Compact(lines), []int{2, 3, 4}) {
			t.Errorf("%+v", r.Errors)
		}
	})
}
