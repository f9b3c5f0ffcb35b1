package xlsx

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"neike/internal/kit/lang"
)

// dangerous are the characters with which a spreadsheet takes a text for a formula.
const dangerous = "=+-@\t\r"

// Writer writes one table. Rows go out as they come (a workbook is kept in a temporary file until Close).
type Writer struct {
	row   func(cells []any) error
	sheet func(name string) error
	close func() error
}

// Row writes one row: string, int, int64, float64, bool, time.Time (as a date and time), nil.
func (w *Writer) Row(cells ...any) error { return w.row(cells) }

// Heading writes the first row: a word for every name, found under prefix+name in the language of ctx, and more after them.
func (w *Writer) Heading(ctx context.Context, prefix string, names []string, more ...any) error {
	row := make([]any, 0, len(names)+len(more))
	for _, n := range names {
		row = append(row, lang.T(ctx, prefix+n))
	}
	return w.row(append(row, more...))
}

// Sheet begins the next sheet of a workbook; its first row is its heading. A text has one table only: there a line with the
// name stands between.
func (w *Writer) Sheet(name string) error { return w.sheet(sheetName(name)) }

// Close ends the table. Without it a workbook is empty.
func (w *Writer) Close() error { return w.close() }

// NewCSV writes UTF-8 with a byte order mark, so that Excel shows Chinese, commas and CRLF. A text that a spreadsheet
// would run as a formula is guarded with an apostrophe, which Reader takes away again.
func NewCSV(out io.Writer) (*Writer, error) {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return nil, guard(err, "write csv")
	}
	c := csv.NewWriter(out)
	c.UseCRLF = true
	return &Writer{
		row: func(cells []any) error {
			texts := make([]string, len(cells))
			for i, cell := range cells {
				texts[i] = csvText(cell)
			}
			return c.Write(texts)
		},
		sheet: func(name string) error { return c.Write([]string{csvText(name)}) },
		close: func() error { c.Flush(); return c.Error() },
	}, nil
}

func csvText(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		if v != "" && strings.ContainsRune(dangerous, rune(v[0])) {
			return "'" + v
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format("2006-01-02 15:04:05")
	default:
		return fmt.Sprint(v)
	}
}

// NewXLSX writes a workbook whose first row is a heading that stays in sight. Texts are texts: no cell becomes a formula,
// and 00123 stays 00123. It has one sheet; Sheet begins another.
func NewXLSX(out io.Writer, sheetName string) (*Writer, error) {
	w := &workbookWriter{book: excelize.NewFile(), out: out}
	var err error
	style := func(s excelize.Style) (id int) {
		if err == nil {
			id, err = w.book.NewStyle(&s)
		}
		return id
	}
	moment := "yyyy-mm-dd hh:mm:ss"
	w.heading = style(excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	w.when = style(excelize.Style{CustomNumFmt: &moment})
	w.text = style(excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, guard(err, "make a style")
	}
	if sheetName == "" {
		sheetName = "Sheet1"
	}
	if err := w.begin(sheetName); err != nil {
		return nil, err
	}
	return &Writer{row: w.row, sheet: w.begin, close: w.close}, nil
}

// workbookWriter writes one sheet after the other.
type workbookWriter struct {
	book                *excelize.File
	out                 io.Writer
	stream              *excelize.StreamWriter
	line                int // of the sheet
	heading, when, text int // styles
}

func (w *workbookWriter) begin(name string) error {
	if w.stream == nil {
		if err := w.book.SetSheetName("Sheet1", name); err != nil {
			return guard(err, "name the sheet")
		}
	} else {
		if err := w.stream.Flush(); err != nil {
			return guard(err, "end the sheet")
		}
		if _, err := w.book.NewSheet(name); err != nil {
			return guard(err, "add a sheet")
		}
	}
	stream, err := w.book.NewStreamWriter(name)
	if err != nil {
		return guard(err, "begin the sheet")
	}
	if err := stream.SetColWidth(1, 32, 18); err != nil {
		return guard(err, "set the width")
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return guard(err, "freeze the heading")
	}
	w.stream, w.line = stream, 0
	return nil
}

func (w *workbookWriter) row(cells []any) error {
	w.line++
	out := make([]any, len(cells))
	for i, cell := range cells {
		out[i] = sheetCell(cell, w.line == 1, w.heading, w.when, w.text)
	}
	return w.stream.SetRow("A"+strconv.Itoa(w.line), out)
}

func (w *workbookWriter) close() error {
	defer w.book.Close()
	if err := w.stream.Flush(); err != nil {
		return guard(err, "end the sheet")
	}
	return guard(w.book.Write(w.out), "write the workbook")
}

func sheetCell(cell any, first bool, heading, when, text int) any {
	switch v := cell.(type) {
	case string:
		style := text
		if first {
			style = heading
		}
		return excelize.Cell{StyleID: style, Value: v}
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return excelize.Cell{StyleID: when, Value: v}
	default:
		return v
	}
}
