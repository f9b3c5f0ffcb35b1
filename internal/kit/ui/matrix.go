package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// matrixCells writes the cells of a row by hand: there are hundreds of them on a page, and every byte counts that often.
func matrixCells(p MatrixProps, r MatrixRow) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := make([]byte, 0, 96*len(r.Cells))
		for i, c := range r.Cells {
			b = appendCell(b, p, i, c)
		}
		_, err := w.Write(b)
		return err
	})
}

func appendCell(b []byte, p MatrixProps, column int, c MatrixCell) []byte {
	on := column < len(p.Columns) && p.Columns[column].On
	if column < len(p.Columns) && p.Columns[column].Gap {
		b = append(b, `<td class="is-colgap">`...)
	} else {
		b = append(b, `<td>`...)
	}
	class := classes(c.Heat, when(on, "is-col"), when(c.Selected, "is-sel"), when(c.Loose, "loose"))
	tag := "span"
	switch {
	case c.Href != "":
		tag = "a"
		b = appendAttr(appendAttr(append(b, "<a"...), "class", class), "href", c.Href)
		b = append(appendAttr(b, "aria-label", c.Text), '>')
	case c.Heat == "self":
		b = append(appendAttr(append(b, "<span"...), "class", class), ` aria-hidden="true">`...)
	case c.Figure != "" || c.N != "":
		b = append(appendAttr(append(b, "<span"...), "class", class), '>')
	default:
		return b
	}
	b = append(b, templ.EscapeString(c.Figure)...)
	if c.N != "" {
		b = append(append(b, ` <small>`...), templ.EscapeString(c.N)...)
		b = append(append(b, cellShapes[c.Shape]...), `</small>`...)
	}
	return append(append(append(b, "</"...), tag...), '>')
}

// denseCells writes the cells of a dense table: a figure, and below it the number of cases and the shape of the verdict.
// A page has up to 1 600 of them. The first that can be opened takes the focus of all.
func denseCells(p MatrixProps, r MatrixRow) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := make([]byte, 0, 32*len(r.Cells))
		focus := len(p.Rows) > 0 && len(p.Rows[0].Cells) > 0 && len(r.Cells) > 0 && &p.Rows[0].Cells[0] == &r.Cells[0]
		for i, c := range r.Cells {
			b = append(b, "<td"...)
			head := i < len(p.Columns)
			b = appendAttr(b, "class", classes(c.Heat, when(head && p.Columns[i].On, "is-col"), when(head && p.Columns[i].Gap, "is-colgap"),
				when(c.Selected, "is-sel"), when(c.Loose, "loose")))
			if focus && c.Heat != "self" {
				b, focus = append(b, " tabindex=0"...), false
			}
			b = append(append(b, '>'), templ.EscapeString(c.Figure)...)
			if c.Figure != "" && c.N != "" {
				b = append(b, '\n')
			}
			b = append(append(b, templ.EscapeString(c.N)...), strings.TrimSpace(cellShapes[c.Shape])...)
		}
		_, err := w.Write(b)
		return err
	})
}

// appendAttr leaves the quotes away where HTML does not need them; cells need no end tag either.
func appendAttr(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, ' '), name...), '=')
	if strings.Trim(value, plainInAttribute) == "" {
		return append(b, value...)
	}
	return append(append(append(b, '"'), templ.EscapeString(value)...), '"')
}

const plainInAttribute = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:?"
