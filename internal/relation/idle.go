package relation

import "neike/internal/kit/ui"

// idle tells which units have no place in a picture of the level: those above it (the company, a site) that in the
// period serve nobody and are served by nobody. A unit of the level stays, for an empty row says something of it.
func (m *Matrix) idle(q query) []bool {
	out := make([]bool, len(m.Units))
	for i, u := range m.Units {
		out[i] = u.Level != q.Level
	}
	for p := range m.Units {
		for _, c := range m.Row(p) {
			if c.traffic {
				out[c.Provider], out[c.Customer] = false, false
			}
		}
	}
	return out
}

// without leaves out rows and columns.
func without(t ui.MatrixProps, row, column func(int) bool) ui.MatrixProps {
	rows, columns := t.Rows[:0], make([]ui.MatrixHead, 0, len(t.Columns))
	for i, head := range t.Columns {
		if !column(i) {
			columns = append(columns, head)
		}
	}
	for i, r := range t.Rows {
		if row(i) {
			continue
		}
		if len(columns) < len(t.Columns) {
			cells := r.Cells[:0]
			for k, cell := range r.Cells {
				if !column(k) {
					cells = append(cells, cell)
				}
			}
			r.Cells = cells
		}
		rows = append(rows, r)
	}
	t.Rows, t.Columns = rows, columns
	return t
}
