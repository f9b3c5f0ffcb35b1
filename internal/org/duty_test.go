package org_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func (h house) shift(unit, no, from, until string) org.Shift {
	h.Helper()
	s, err := h.org.AddShift(h.ctx, unit, org.ShiftInput{Person: no, From: from, Until: until})
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func (h house) onDuty(unit string) (out []string) {
	h.Helper()
	h.read(func(rd sqldb.Reader) error {
		ids, err := h.org.OnDuty(h.ctx, rd, h.code(unit).ID, rd.Instant())
		for _, id := range ids {
			p, _ := h.org.PersonIn(h.ctx, rd, id)
			out = append(out, p.No)
		}
		return err
	})
	return out
}

func TestWhoIsOnDutyFollowsTheClock(t *testing.T) {
	each(t, func(h house) { // Monday 09:00
		h.shift("it", "A-7", "2026-11-23T08:00", "2026-11-23T20:00")
		h.shift("it", "A-8", "2026-11-23T20:00", "2026-11-24T08:00")
		h.shift("it", "123", "2026-11-23T00:00", "2026-11-29")
		for _, c := range []struct {
			at   string
			want []string
		}{
			{"2026-11-23 09:00", []string{"123", "A-7"}}, {"2026-11-23 20:00", []string{"123", "A-8"}},
			{"2026-11-24 08:00", []string{"123"}}, {"2026-11-29 23:59", []string{"123"}}, {"2026-11-30 00:00", nil},
		} {
			h.at(c.at)
			if got := h.onDuty("it"); !slices.Equal(got, c.want) {
				h.Errorf("%s: %v", c.at, got)
			}
		}
		if got := h.onDuty("hr"); len(got) != 0 {
			h.Errorf("another unit: %v", got)
		}
		if err := h.org.Deactivate(h.ctx, "A-8"); err != nil {
			h.Fatal(err)
		}
		h.at("2026-11-23 21:00")
		if got := h.onDuty("it"); !slices.Equal(got, []string{"123"}) {
			h.Errorf("somebody who left is on duty: %v", got)
		}
	})
}

func TestEverythingWrongWithAShiftComesAtOnce(t *testing.T) {
	each(t, func(h house) {
		h.away("A-8", "2026-12-01", "2026-12-02", "")
		h.shift("it", "A-7", "2026-12-01T08:00", "2026-12-01T20:00")
		for _, c := range []struct {
			in   org.ShiftInput
			want []string
		}{
			{org.ShiftInput{}, []string{"from org.required", "until org.required", "person org.required"}},
			{org.ShiftInput{Person: "nobody", From: "x", Until: "y", Phone: "?", Task: strings.Repeat("长", 61)},
				[]string{"from org.moment-malformed", "until org.moment-malformed", "phone org.phone-malformed", "task org.too-long", "person org.person-unknown"}},
			{org.ShiftInput{Person: "A-7", From: "2026-12-01T08:00", Until: "2026-12-10T08:00"}, []string{"until org.shift-too-long", "person org.shift-twice"}},
			{org.ShiftInput{Person: "A-7", From: "2026-12-01T19:00", Until: "2026-12-01T21:00"}, []string{"person org.shift-twice"}},
			{org.ShiftInput{Person: "A-8", From: "2026-12-02T19:00", Until: "2026-12-03T07:00"}, []string{"person org.shift-away"}},
		} {
			if _, err := h.org.AddShift(h.ctx, "it", c.in); !slices.Equal(fields(h.T, err), c.want) {
				h.Errorf("%+v: %v", c.in, fields(h.T, err))
			}
		}
		if _, err := h.org.AddShift(h.ctx, "it", org.ShiftInput{Person: "A-8", From: "2026-12-02T19:00", Until: "2026-12-03T07:00", Anyway: true}); err != nil {
			h.Errorf("put on anyway: %v", err)
		}
		member := actor.With(h.ctx, h.actor("A-7"))
		if _, err := h.org.AddShift(member, "it", org.ShiftInput{Person: "A-7", From: "2026-12-05T08:00", Until: "2026-12-05T20:00"}); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a member keeps the list: %v", err)
		}
		if err := h.org.SetRoles(h.ctx, "A-7", []string{"secretary@it"}, 0); err != nil {
			h.Fatal(err)
		}
		secretary := actor.With(h.ctx, h.actor("A-7"))
		s, err := h.org.AddShift(secretary, "it", org.ShiftInput{Person: "A-7", From: "2026-12-05T08:00", Until: "2026-12-05T20:00"})
		if err != nil {
			h.Fatal(err)
		}
		got := twice(func() error { return h.org.RemoveShift(secretary, s.ID) })
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("removed twice: %v and %v", got[0], got[1])
		}
		got = twice(func() error {
			_, err := h.org.AddShift(h.ctx, "it", org.ShiftInput{Person: "A-8", From: "2026-12-12T08:00", Until: "2026-12-12T20:00"})
			return err
		})
		if (got[0] == nil) == (got[1] == nil) {
			h.Errorf("put on twice: %v and %v", got[0], got[1])
		}
	})
}

func TestAWeekIsCopiedAndARunningShiftEnds(t *testing.T) {
	each(t, func(h house) {
		h.shift("it", "A-7", "2026-11-23T08:00", "2026-11-23T20:00")
		night := h.shift("it", "A-8", "2026-11-23T20:00", "2026-11-24T08:00")
		h.shift("it", "123", "2026-11-24T08:00", "2026-11-24T20:00")
		h.shift("it", "123", "2026-12-01T10:00", "2026-12-01T11:00") // stands in the way
		h.away("A-8", "2026-11-30", "2026-11-30", "")
		monday := time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC) // any day of the week
		copied, left, err := h.org.CopyWeek(h.ctx, "it", monday)
		if err != nil || copied != 1 || left != 2 {
			h.Fatalf("copied %d, left %d: %v", copied, left, err)
		}
		if copied, left, err = h.org.CopyWeek(h.ctx, "it", monday); err != nil || copied != 0 || left != 3 {
			h.Errorf("again: copied %d, left %d: %v", copied, left, err)
		}
		h.at("2026-11-30 09:00")
		if got := h.onDuty("it"); !slices.Equal(got, []string{"A-7"}) {
			h.Errorf("a week later: %v", got)
		}
		if err := h.org.RemoveShift(h.ctx, night.ID); fault.KindOf(err) != fault.Conflict {
			h.Errorf("what is over is taken back: %v", err)
		}
		h.read(func(rd sqldb.Reader) error {
			list, err := h.org.Shifts(h.ctx, rd, h.code("it").ID, rd.Instant(), rd.Instant().Add(time.Hour))
			if err != nil || len(list) != 1 {
				h.Fatalf("%v %v", list, err)
			}
			return nil
		})
	})
}

func TestAHandOverNoteIsWrittenAndConfirmed(t *testing.T) {
	each(t, func(h house) {
		s := h.shift("it", "A-7", "2026-11-23T08:00", "2026-11-23T20:00")
		next := h.shift("it", "00123", "2026-11-23T20:00", "2026-11-24T08:00") // of another unit, but on the list
		h.at("2026-11-24 09:00")
		writer, reader, stranger := actor.With(h.ctx, h.actor("A-7")), actor.With(h.ctx, h.actor("00123")), actor.With(h.ctx, h.actor("123"))
		if _, err := h.org.WriteHandover(stranger, s.ID, "x", 0); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a stranger writes: %v", err)
		}
		_, err := h.org.WriteHandover(writer, s.ID, "  ", 0)
		if got := fields(h.T, err); !slices.Equal(got, []string{"text org.required"}) {
			h.Errorf("%q", got)
		}
		if _, err := h.org.WriteHandover(writer, s.ID, "锅炉压力偏高，已报修", 0); err != nil {
			h.Fatal(err)
		}
		if _, err := h.org.WriteHandover(writer, s.ID, "别的", 0); fault.KindOf(err) != fault.Precondition {
			h.Errorf("written over: %v", err)
		}
		if err := h.org.ConfirmHandover(writer, s.ID); fault.KindOf(err) != fault.Conflict {
			h.Errorf("one's own: %v", err)
		}
		if err := h.org.ConfirmHandover(stranger, s.ID); fault.KindOf(err) != fault.NotFound {
			h.Errorf("a stranger confirms: %v", err)
		}
		for range 2 {
			if err := h.org.ConfirmHandover(reader, s.ID); err != nil {
				h.Fatal(err)
			}
		}
		notes := func() (out []org.Handover) {
			err := h.db.Read(reader, func(ctx context.Context, rd sqldb.Reader) (err error) {
				out, err = h.org.Handovers(ctx, rd, h.code("it").ID, 10)
				return err
			})
			if err != nil {
				h.Fatal(err)
			}
			return out
		}
		if got := notes(); len(got) != 1 || len(got[0].Read) != 1 {
			h.Errorf("%+v", got)
		}
		if _, err := h.org.WriteHandover(writer, s.ID, "改过", 1); err != nil {
			h.Fatal(err)
		}
		if got := notes(); len(got[0].Read) != 0 || got[0].Text != "改过" {
			h.Errorf("what was read is another: %+v", got)
		}
		if _, err := h.org.WriteHandover(h.ctx, next.ID, "x", 0); err != nil {
			h.Errorf("who keeps the list writes it: %v", err)
		}
		h.at("2026-11-29 09:00")
		_, err = h.org.WriteHandover(writer, s.ID, "太晚", 2)
		if got := fields(h.T, err); !slices.Equal(got, []string{"text org.note-too-late"}) {
			h.Errorf("%q", got)
		}
	})
}

func TestTheDutyListIsReadFromItsIndex(t *testing.T) {
	db := dbtest.Open(t, sqldb.SQLite, schemas)
	err := db.Read(t.Context(), func(ctx context.Context, rd sqldb.Reader) error {
		for _, text := range []string{
			"select id from org_shift where unit = $1 and ends > $2 and ends <= $3 and starts <= $2",
			"select id from org_shift where person = $1 and ends > $2 and starts < $3",
			"select id from org_absence where person = $1 and starts <= $2 and (ends is null or ends > $3)",
			"select id from org_absence where stage < 2 and starts <= $1 and (stage = 0 or ends <= $2) order by starts limit $3",
			"select id from org_acting where unit = $1 and starts <= $2 and (ends is null or ends > $3)",
		} {
			steps, err := sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
				var id, parent, unused int64
				var step string
				err := row.Scan(&id, &parent, &unused, &step)
				return step, err
			}, "explain query plan "+text, []any{1, 2, 3}...)
			if err != nil {
				return err
			}
			if plan := strings.Join(steps, "; "); !strings.Contains(plan, "USING INDEX") || strings.Contains(plan, "SCAN") && !strings.Contains(plan, "org_absence_open") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: %s", text, plan)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
