package xlsx

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Column is a column that a table may have: its code and the other headings that mean it.
type Column struct {
	Name     string
	Headings []string
}

// Header says where the columns are.
type Header struct {
	Line    int
	At      map[string]int // column → index of the cell
	Unknown []string       // headings that mean no column
	Twice   []string       // columns that two headings mean
	Absent  []string       // headings that extra names and the row does not have
}

// Narrow writes letters and digits of full width (１００１) as plain ones.
func Narrow(text string) string { return norm.NFKC.String(text) }

// IsError says whether a cell is what Excel writes where a formula has failed.
func IsError(cell string) bool {
	switch cell {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}

// Fold makes two writings of a heading equal: width, case, blanks, underscores, the star of a required column and what
// stands in brackets do not matter.
func Fold(heading string) string {
	text := strings.ToLower(Narrow(heading))
	if i := strings.IndexAny(text, "(["); i > 0 {
		text = text[:i]
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n_-*:.'\"\u00a0\u3000\ufeff\u200b", r) {
			return -1
		}
		return r
	}, text)
}

// Match reads one row as a header. extra maps a heading of the file to a column and wins over the columns' own names.
func Match(row Row, columns []Column, extra map[string]string) Header {
	names := map[string]string{}
	for _, c := range columns {
		for _, h := range append([]string{c.Name}, c.Headings...) {
			if h != "" {
				names[Fold(h)] = c.Name
			}
		}
	}
	for heading, column := range extra {
		names[Fold(heading)] = column
	}
	h := Header{Line: row.Line, At: map[string]int{}}
	there := map[string]bool{}
	for i, cell := range row.Cells {
		name, ok := names[Fold(cell)]
		there[Fold(cell)] = true
		switch {
		case cell == "":
		case !ok:
			h.Unknown = append(h.Unknown, cell)
		default:
			if _, twice := h.At[name]; twice {
				h.Twice = append(h.Twice, cell)
				continue
			}
			h.At[name] = i
		}
	}
	for heading := range extra {
		if !there[Fold(heading)] {
			h.Absent = append(h.Absent, heading)
		}
	}
	slices.Sort(h.Absent)
	return h
}

// FindHeader takes the first of the table's first ten rows that has at least two of the columns (or all of them, when
// there are fewer): templates have titles and notes above the header. It is the first row when none has.
func FindHeader(r *Reader, columns []Column, extra map[string]string) (Header, error) {
	need := min(2, len(columns))
	var first Header
	for n := range 10 {
		row, err := r.Next()
		if err != nil {
			if n > 0 {
				return first, nil
			}
			return Header{}, err
		}
		h := Match(row, columns, extra)
		if n == 0 {
			first = h
		}
		if len(h.At) >= need {
			return h, nil
		}
	}
	return first, nil
}
