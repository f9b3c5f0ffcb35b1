package main

import (
	"fmt"
	"io"
)

// row is one figure: what was measured, its budget, and the machine's limit for the same kind of work.
type row struct {
	name   string
	value  float64
	unit   string
	budget float64 // 0 = none
	atMost bool    // true: the value may not exceed the budget; false: it must reach it
	limit  float64 // the machine's own figure, 0 = none
	note   string

	unmeasured string // why there is no figure: the budget is not met
}

func (r row) met() bool {
	switch {
	case r.unmeasured != "":
		return false
	case r.budget == 0:
		return true
	case r.atMost:
		return r.value <= r.budget
	}
	return r.value >= r.budget
}

type table struct {
	rows    []row
	printed int     // rows already shown
	busy    float64 // load of the machine before the first measurement
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) budgets() (n int) {
	for _, r := range t.rows {
		if r.budget != 0 {
			n++
		}
	}
	return n
}

func (t *table) failed() (n int) {
	for _, r := range t.rows {
		if !r.met() {
			n++
		}
	}
	return n
}

// print writes the rows that were measured since the last time: a run that is cut off loses nothing.
func (t *table) print(w io.Writer) {
	const line = "%-56s %14s  %-14s %-4s %-14s %-7s %s\n"
	if t.printed == 0 {
		if t.busy > 0.5 {
			fmt.Fprintf(w, "the machine is busy (load %.1f): times are longer than its own\n", t.busy)
		}
		fmt.Fprintf(w, line, "what", "measured", "budget", "met", "machine", "ratio", "note")
	}
	for _, r := range t.rows[t.printed:] {
		budget, met, limit, ratio := "–", "", "–", ""
		if r.budget != 0 {
			sign := "≥"
			if r.atMost {
				sign = "≤"
			}
			budget = fmt.Sprintf("%s %g %s", sign, r.budget, r.unit)
			met = "yes"
			if !r.met() {
				met = "NO"
			}
		}
		if r.limit != 0 {
			limit = fmt.Sprintf("%.3g %s", r.limit, r.unit)
			ratio = fmt.Sprintf("%.1f ×", r.value/r.limit)
		}
		value := fmt.Sprintf("%.4g %s", r.value, r.unit)
		if r.unmeasured != "" {
			value, r.note = "–", r.unmeasured
		}
		fmt.Fprintf(w, line, r.name, value, budget, met, limit, ratio, r.note)
	}
	t.printed = len(t.rows)
}
