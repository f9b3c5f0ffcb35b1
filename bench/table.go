package main

import (
	"fmt"
	"io"
	"text/tabwriter"
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
}

func (r row) met() bool {
	switch {
	case r.budget == 0:
		return true
	case r.atMost:
		return r.value <= r.budget
	}
	return r.value >= r.budget
}

type table struct{ rows []row }

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

func (t *table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 2, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "what\tmeasured\tbudget\tmet\tmachine's limit\tratio\tnote")
	for _, r := range t.rows {
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
		fmt.Fprintf(tw, "%s\t%.4g %s\t%s\t%s\t%s\t%s\t%s\n", r.name, r.value, r.unit, budget, met, limit, ratio, r.note)
	}
	tw.Flush()
}
