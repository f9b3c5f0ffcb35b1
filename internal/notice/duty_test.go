package notice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/notice"
	"neike/internal/org"
)

// The calendar is the company's: Monday to Friday, 8:30–12:00 and 13:30–18:00 in Shanghai, with the statutory days of 2026.
func TestWhenSomebodyIsToldOfAShift(t *testing.T) {
	h := quick(t)
	table, err := h.Calendar.TableFor(t.Context(), h.unitID("finance"))
	if err != nil {
		t.Fatal(err)
	}
	calendar := notice.Habits{Quiet: notice.QuietCalendar}
	for _, c := range []struct {
		name   string
		habits notice.Habits
		begins string
		want   string
	}{
		{"an afternoon is told in the afternoon", calendar, "2026-11-25 16:00", "2026-11-25 15:00"},
		{"a shift right after lunch is told before it", calendar, "2026-11-25 13:30", "2026-11-25 11:00"},
		{"tonight is told today", calendar, "2026-11-25 22:00", "2026-11-25 17:00"},
		{"the early morning is told the day before", calendar, "2026-11-25 06:00", "2026-11-24 17:00"},
		{"Monday's first hour is told on Friday", calendar, "2026-11-23 08:00", "2026-11-20 17:00"},
		{"a Sunday is told on Friday", calendar, "2026-11-22 08:00", "2026-11-20 17:00"},
		{"half an hour after Monday's opening is told half an hour before Friday's end", calendar, "2026-11-23 09:00", "2026-11-20 17:30"},
		{"the middle of the National Day's week is told before it", calendar, "2026-10-04 08:00", "2026-09-30 17:00"},
		{"a Saturday that is worked is told on itself", calendar, "2026-10-10 20:00", "2026-10-10 17:00"},
		{"whoever is never left alone reads it while at work, too", notice.Habits{Quiet: notice.QuietNever}, "2026-11-23 08:00", "2026-11-20 17:00"},
		{"whoever named hours is told on Sunday evening", notice.Habits{Quiet: notice.QuietHours, From: 8 * 60, To: 20 * 60}, "2026-11-23 08:00", "2026-11-22 19:00"},
		{"within named hours an hour before", notice.Habits{Quiet: notice.QuietHours, From: 8 * 60, To: 20 * 60}, "2026-11-23 12:00", "2026-11-23 11:00"},
		{"who is awake at night is told at night", notice.Habits{Quiet: notice.QuietHours, From: 22 * 60, To: 6 * 60}, "2026-11-23 08:00", "2026-11-23 05:00"},
	} {
		at := func(text string) time.Time {
			m, err := time.ParseInLocation("2006-01-02 15:04", text, table.Location())
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if got, want := notice.DutyAt(at(c.begins), c.habits, table), at(c.want); !got.Equal(want) {
			t.Errorf("%s: told at %s, want %s", c.name, got.In(table.Location()).Format("2006-01-02 15:04"), c.want)
		}
	}
}

func (h *tested) unitID(code string) org.ID {
	h.T.Helper()
	tree, err := h.Org.Tree(h.T.Context())
	if err != nil {
		h.T.Fatal(err)
	}
	u, _ := tree.ByCode(code)
	return u.ID
}

// shift puts somebody on duty for finance.
func (h *tested) shift(no, from, until string, anyway bool) org.Shift {
	h.T.Helper()
	got, err := h.Org.AddShift(h.As("1001"), "finance", org.ShiftInput{Person: no, From: from, Until: until, Task: "一线", Anyway: anyway})
	if err != nil {
		h.T.Fatal(err)
	}
	h.catch()
	return got
}

// until moves the clock to a time of Shanghai, and lets happen what falls due.
func (h *tested) until(text string) {
	h.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("CST", 8*3600))
	if err != nil {
		h.T.Fatal(err)
	}
	h.later(at.Sub(h.clock.Now()))
}

const fridaysDuty = "轮到您值班：财务部 2026年11月27日 周五 20:00–次日 08:00 · 一线"

func TestAShiftIsToldOnceBeforeItBegins(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.shift("2002", "2026-11-27T20:00", "2026-11-28T08:00", false)
		h.until("2026-11-27 16:59")
		if got := h.unread("2002"); len(got) != 0 {
			t.Fatalf("told too early: %q", got)
		}
		h.until("2026-11-27 17:02")
		if got := h.unread("2002"); !slices.Equal(got, []string{fridaysDuty}) {
			t.Fatalf("told %q", got)
		}
		h.later(2 * time.Minute)
		if got := h.mailed("2002"); !slices.Equal(got, []string{fridaysDuty}) {
			t.Errorf("mailed %q", got)
		}
		h.shift("2003", "2026-12-20T20:00", "2026-12-20T23:00", false) // another change of the list
		h.until("2026-11-27 21:00")
		if err := h.Notice.DutyDaily(h.System()); err != nil {
			t.Fatal(err)
		}
		h.catch()
		if got := append(h.unread("2002"), h.unread("2003")...); len(got) != 1 {
			t.Errorf("told again: %q", got)
		}
		page := h.SignedIn("2002").Get("/inbox?only=notices").Is(200)
		page.Shows("main", "一线")
		link, _ := page.Page().Find("main a[href^='/notices/']").First().Attr("href")
		if got := h.SignedIn("2002").Get(link); !strings.HasPrefix(got.Header.Get("Location"), "/units/finance/duty?week=") {
			t.Errorf("%s leads to %q", link, got.Header.Get("Location"))
		}
	})
}

func TestWhoTakesOverWhenTheShiftIsNearIsToldAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		was := h.shift("2002", "2026-11-29T08:00", "2026-11-29T20:00", false)
		h.until("2026-11-27 17:02")
		if got := h.unread("2002"); len(got) != 1 {
			t.Fatalf("told %q", got)
		}
		h.until("2026-11-28 10:00") // Saturday: a quiet time that would last beyond the shift
		if err := h.Org.RemoveShift(h.As("1001"), was.ID); err != nil {
			t.Fatal(err)
		}
		h.shift("2003", "2026-11-29T08:00", "2026-11-29T20:00", false)
		h.later(2 * time.Minute)
		if got := h.mailed("2003"); len(got) != 1 || !strings.HasPrefix(got[0], "轮到您值班") {
			t.Errorf("who takes over was mailed %q", got)
		}
		if got := h.unread("2002"); !slices.Equal(got, []string{"您不用值班了：财务部 2026年11月29日 周日 08:00–20:00"}) {
			t.Errorf("who was taken off reads %q", got)
		}
		if got := h.mailed("2002"); len(got) != 2 {
			t.Errorf("who was taken off was mailed %q", got)
		}
	})
}

func TestWhoWasTakenOffBeforeIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		was := h.shift("2002", "2026-11-29T08:00", "2026-11-29T20:00", false)
		if err := h.Org.RemoveShift(h.As("1001"), was.ID); err != nil {
			t.Fatal(err)
		}
		h.until("2026-11-29 09:00")
		if got := append(h.unread("2002"), h.mailed("2002")...); len(got) != 0 {
			t.Errorf("told %q", got)
		}
	})
}

func TestWhoStandsInIsToldOfTheShift(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.shift("2002", "2026-11-27T20:00", "2026-11-28T08:00", false)
		h.shift("2003", "2026-11-26T20:00", "2026-11-27T08:00", false)
		away := func(no, deputy string) {
			if _, err := h.Org.SetAbsence(h.As(no), no, org.AbsenceInput{From: "2026-11-26", Until: "2026-11-29", Kind: "holiday", Deputy: deputy}); err != nil {
				t.Fatal(err)
			}
			h.catch()
		}
		away("2002", "3003")
		away("2003", "")
		h.until("2026-11-26 17:02")
		const uncovered = "罗佳不在，也没有人代，请另安排值班：财务部 2026年11月26日 周四 20:00–次日 08:00 · 一线"
		if got := h.unread("2001"); !slices.Contains(got, uncovered) {
			t.Errorf("the head is told %q", got)
		}
		h.until("2026-11-27 17:02")
		if got := h.unread("2002"); len(got) != 0 {
			t.Errorf("who is away is told %q", got)
		}
		if got := h.unread("3003"); !slices.Contains(got, "代陈思远："+fridaysDuty) {
			t.Errorf("who stands in is told %q", got)
		}
	})
}

// Called in sick on the day: who stands in is told at once.
func TestAnAbsenceOnTheDayTellsWhoStandsIn(t *testing.T) {
	each(t, func(t *testing.T, h *tested) {
		h.shift("2002", "2026-11-27T20:00", "2026-11-28T08:00", false)
		h.until("2026-11-27 18:30")
		if _, err := h.Org.SetAbsence(h.As("2002"), "2002", org.AbsenceInput{From: "2026-11-27T18:40", Until: "2026-11-29", Kind: "sick", Deputy: "3003"}); err != nil {
			t.Fatal(err)
		}
		h.later(2 * time.Minute)
		if got := h.unread("3003"); !slices.Contains(got, "代陈思远："+fridaysDuty) {
			t.Errorf("who stands in is told %q", got)
		}
		if got := h.mailed("3003"); len(got) != 1 {
			t.Errorf("and mailed %q", got)
		}
	})
}

func TestANoticeOfDutyLeadsToTheNoteOfTheOneBefore(t *testing.T) {
	h := quick(t)
	before := h.shift("2003", "2026-11-27T06:00", "2026-11-27T16:00", false)
	h.shift("2002", "2026-11-27T20:00", "2026-11-28T08:00", false)
	h.until("2026-11-27 15:50")
	if _, err := h.Org.WriteHandover(h.As("2003"), before.ID, "打印机缺纸，已报修。", 0); err != nil {
		t.Fatal(err)
	}
	h.until("2026-11-27 17:02")
	h.later(2 * time.Minute)
	letters := h.letters("2002")
	if len(letters) != 1 || !strings.Contains(letters[0].Text(), "/units/finance/duty#note-"+itoa(before.ID)) {
		t.Fatalf("the letter has no way to the note: %v", letters)
	}
	h.SignedIn("2002").Get("/units/finance/duty").Is(200).Shows("#note-"+itoa(before.ID), "打印机缺纸")
}
