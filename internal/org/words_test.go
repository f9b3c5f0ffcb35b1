package org

import (
	"testing"
	"time"
)

func TestWhoActsIsToldFromWhoHeads(t *testing.T) {
	u := Unit{Head: 7}
	for name, c := range map[string]struct {
		person ID
		want   string
	}{"the head": {7, "org.role-head"}, "who acts for the head": {8, "org.acting-head"}} {
		if got := headTag(u, c.person); got != c.want {
			t.Errorf("%s is marked %s, want %s", name, got, c.want)
		}
	}
}

func TestOneDayIsSaidOnce(t *testing.T) {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	one := spanText(t.Context(), Absence{From: day, Until: day.AddDate(0, 0, 1)}, time.UTC)
	if want := dayOrAt(t.Context(), day, time.UTC, false); one != want {
		t.Errorf("one day is %q, want %q", one, want)
	}
	if two := spanText(t.Context(), Absence{From: day, Until: day.AddDate(0, 0, 2)}, time.UTC); two == one {
		t.Errorf("two days are %q", two)
	}
}
