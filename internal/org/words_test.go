package org

import "testing"

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
