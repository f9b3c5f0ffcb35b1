package importer

import (
	"context"
	"errors"
	"io"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/xlsx"
)

// table reads a workbook or delimited text by the kind's columns. A missing column, two columns of one meaning or a row
// that cannot be read end the reading with a problem of that row; ignored gets the headings that mean nothing here.
func table(k Kind, src Source, emit func(Row) error) error {
	mapping, err := ReadMapping(src.Mapping, k.Columns)
	if err != nil {
		return err
	}
	r, err := xlsx.Open(src.Data, src.Size, xlsx.Limits{})
	if err != nil {
		return err
	}
	defer r.Close()
	header, err := xlsx.FindHeader(r, headings(k.Columns), mapping.Columns)
	if err != nil {
		return stop(err, emit)
	}
	src.Ignored(header.Unknown)
	if problems := checkHeader(k, header, mapping); len(problems) > 0 {
		return emit(Row{Line: header.Line, Cells: map[string]string{}, Problems: problems})
	}
	for {
		row, err := r.Next()
		if err != nil {
			return stop(err, emit)
		}
		if err := emit(tableRow(k, row, mapping.cells(row, header))); err != nil {
			return err
		}
	}
}

// tableRow is a row under the columns of the kind. Where a formula of the sheet has failed, nobody knows the value.
func tableRow(k Kind, row xlsx.Row, cells map[string]string) Row {
	out := Row{Line: row.Line, Cells: cells}
	for _, c := range k.Columns {
		cell, there := cells[c.Name]
		if there && xlsx.IsError(cell) {
			out.Problems = append(out.Problems, Wrong(row.Line, c.Name, "importer.formula-error", "value", cell))
		}
		if there && c.Narrow {
			cells[c.Name] = xlsx.Narrow(cell)
		}
	}
	return out
}

// stop ends the reading: at the end of the file, with a problem of the row that cannot be read, or with the error.
func stop(err error, emit func(Row) error) error {
	var broken *xlsx.LineError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &broken):
		return emit(Row{Line: broken.Line, Cells: map[string]string{}, Problems: []Problem{{Line: broken.Line, Key: broken.Err.Key, Args: broken.Err.Args}}})
	}
	return err
}

func headings(columns []Column) []xlsx.Column {
	out := make([]xlsx.Column, len(columns))
	for i, c := range columns {
		out[i] = xlsx.Column{Name: c.Name, Headings: append([]string{c.Label.Zh, c.Label.En}, c.Aliases...)}
	}
	return out
}

func checkHeader(k Kind, h xlsx.Header, m Mapping) []Problem {
	var problems []Problem
	for _, c := range k.Columns {
		if _, there := h.At[c.Name]; c.Required && !there && m.Defaults[c.Name] == "" {
			problems = append(problems, Wrong(h.Line, c.Name, "importer.column-missing"))
		}
	}
	for _, heading := range h.Twice {
		problems = append(problems, Wrong(h.Line, "", "importer.column-twice", "value", heading))
	}
	for _, heading := range h.Absent {
		problems = append(problems, Wrong(h.Line, "", "importer.mapping-heading", "value", heading))
	}
	return problems
}

// rows reads the whole file and hands over batches of at most ChunkRows rows. It finds keys that the file has twice.
func rows(ctx context.Context, k Kind, src Source, ignored func([]string), batch func([]Row) error) error {
	var waiting []Row
	seen := map[string]int{}
	emit := func(row Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p, twice := again(k, row, seen); twice {
			row.Problems = append(row.Problems, p)
		}
		if waiting = append(waiting, row); len(waiting) < ChunkRows {
			return nil
		}
		err := batch(waiting)
		waiting = nil
		return err
	}
	var err error
	src.Ignored = ignored
	if k.Read != nil {
		err = k.Read(ctx, src, emit)
	} else {
		err = table(k, src, emit)
	}
	if err == nil && len(waiting) > 0 {
		err = batch(waiting)
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		return errors.Join(errors.New("read the file"), err)
	}
	return err
}

// again says whether the row's key was in the file before. Keys that differ in case only are one: people write both.
func again(k Kind, row Row, seen map[string]int) (Problem, bool) {
	key, shown, column := "", "", ""
	for _, c := range k.Columns {
		if c.Key {
			key += strings.ToLower(row.Cells[c.Name]) + "\x00"
			shown, column = row.Cells[c.Name], c.Name
		}
	}
	if shown == "" {
		return Problem{}, false
	}
	if line, twice := seen[key]; twice {
		return Wrong(row.Line, column, "importer.twice", "value", shown, "line", line), true
	}
	seen[key] = row.Line
	return Problem{}, false
}
