package xlsx

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// dangerous are the characters with which a spreadsheet takes a text for a formula.
const dangerous = "=+-@\t\r"

// Writer writes one table. Rows go out as they come (a workbook is kept in a temporary file until Close).
type Writer struct {
	row   func(cells []any) error
	close func() error
}

// Row writes one row: string, int, int64, float64, bool, time.Time (as a date and time), nil.
func (w *Writer) Row(cells ...any) error { return w.row(cells) }

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

// NewXLSX writes a workbook of one sheet whose first row is a heading that stays in sight. Texts are texts: no cell
// becomes a formula, and 00123 stays 00123.
func NewXLSX(out io.Writer, sheetName string) (*Writer, error) {
	book := excelize.NewFile()
	if sheetName == "" {
		sheetName = "Sheet1"
	}
	if err := book.SetSheetName("Sheet1", sheetName); err != nil {
		return nil, guard(err, "name the sheet")
	}
	stream, err := book.NewStreamWriter(sheetName)
	if err != nil {
		return nil, guard(err, "begin the sheet")
	}
	heading, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return nil, guard(err, "make a style")
	}
	moment, text := "yyyy-mm-dd hh:mm:ss", 0
	when, err := book.NewStyle(&excelize.Style{CustomNumFmt: &moment})
	if err != nil {
		return nil, guard(err, "make a style")
	}
	if text, err = book.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return nil, guard(err, "make a style")
	}
	if err := stream.SetColWidth(1, 32, 18); err != nil {
		return nil, guard(err, "set the width")
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, guard(err, "freeze the heading")
	}
	line := 0
	return &Writer{
		row: func(cells []any) error {
			line++
			out := make([]any, len(cells))
			for i, cell := range cells {
				out[i] = sheetCell(cell, line == 1, heading, when, text)
			}
			return stream.SetRow("A"+strconv.Itoa(line), out)
		},
		close: func() error {
			defer book.Close()
			if err := stream.Flush(); err != nil {
				return guard(err, "end the sheet")
			}
			return guard(book.Write(out), "write the workbook")
		},
	}, nil
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
