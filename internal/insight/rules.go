package insight

import (
	"slices"
	"time"

	"neike/internal/kit/sorting"
	"neike/internal/org"
	"neike/internal/signin"
)

// mark says whether a number is shown, and if not, why.
type mark uint8

const (
	open     mark = iota
	fewer         // about fewer people than the rule of disclose asks
	nearly        // all but fewer than that
	withheld      // it would give another away
)

// cell is a count of people: x of them, and the rest of those it is about.
type cell struct {
	x, rest int
	mark    mark
}

func (c cell) nobody() bool { return c.x+c.rest == 0 }

// first is what a count shows for itself, where least people are needed.
func first(x, people, least int) mark {
	switch {
	case people == 0:
		return open
	case people < least || x < least:
		return fewer
	case people-x < least:
		return nearly
	}
	return open
}

// veil withholds further rows of a total until what is hidden cannot be had by subtraction: of a total that is shown two
// rows or more are hidden, and together they are about least people or more, on either side. Of a total that is itself
// hidden, the rows must not add up to it. The rows with the fewest people go first.
func veil(total mark, rows []*cell, least int) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(c *cell) bool { return c.nobody() })
	sorting.Stable(rows, func(a, b *cell) int { return (a.x + a.rest) - (b.x + b.rest) })
	for {
		hidden, x, rest := 0, 0, 0
		var next *cell
		for _, c := range rows {
			switch {
			case c.mark != open:
				hidden, x, rest = hidden+1, x+c.x, rest+c.rest
			case next == nil:
				next = c
			}
		}
		enough := 2
		if total != open {
			enough = 1
		}
		if next == nil || total == open && hidden == 0 || hidden >= enough && x >= least && rest >= least {
			return
		}
		next.mark = withheld
	}
}

// span is the weeks that are asked for, counted back from this one: until ≤ from.
type span struct{ from, until int }

// usual is the twelve weeks that end with this one.
var usual = span{from: 11}

// tops are the highest units of which an actor may see the numbers: of several in one branch only the upper one.
func tops(tree *org.Tree, at time.Time, may func(org.ID) bool) []org.Unit {
	var out []org.Unit
	for _, u := range tree.All() {
		above := len(out) > 0 && tree.Under(u.ID, out[len(out)-1].ID)
		if !above && u.Valid(at) && may(u.ID) {
			out = append(out, u)
		}
	}
	return out
}

// within says whether a last day lies in the days that end today.
func within(last, today, days int) bool { return last > today-days }

// came lists the weeks before this one in which somebody came in; 0 is this week.
func came(last int, weeks int64, this int) (out []int) {
	if weeks == 0 {
		return nil
	}
	ago := max(0, this-signin.WeekOf(last))
	for n := 0; ago+n < signin.SeenWeeks; n++ {
		if weeks&(1<<n) != 0 {
			out = append(out, ago+n)
		}
	}
	return out
}
