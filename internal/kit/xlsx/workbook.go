package xlsx

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"neike/internal/kit/fault"
)

// openWorkbook prepares reading the first visible sheet that has rows.
func (r *Reader) openWorkbook(src io.ReaderAt, size int64) error {
	r.Format = "xlsx"
	if err := inspect(src, size, r.limits); err != nil {
		return err
	}
	book, err := excelize.OpenReader(io.NewSectionReader(src, 0, size), excelize.Options{
		UnzipSizeLimit: r.limits.Unpacked, UnzipXMLSizeLimit: min(16<<20, r.limits.Unpacked), ShortDatePattern: "yyyy-mm-dd",
		CultureInfo: excelize.CultureNameZhCN, // the dates of Chinese Excel have formats of their own
	})
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")
	}
	for _, sheet := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(sheet); err != nil || !visible {
			continue
		}
		both, err := openSheet(book, sheet)
		if err != nil {
			book.Close()
			return fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")
		}
		both.mac = since1904(book)
		first, err := both.row()
		if err == io.EOF {
			both.close()
			continue
		}
		if err != nil {
			book.Close()
			return err
		}
		pending := true
		r.next = func() (Row, error) {
			if pending {
				pending = false
				return first, nil
			}
			return both.row()
		}
		r.close = func() error { both.close(); return book.Close() }
		return nil
	}
	book.Close()
	return fault.New(fault.Invalid, "xlsx.empty")
}

// A part of swollen bytes or more that was packed more than swell-fold is no table: sheets pack twenty-fold, blanks a
// thousand-fold, and what reads XML keeps several copies of a long stretch of blanks.
const (
	swollen = 32 << 20
	swell   = 300
)

// inspect looks at the parts before anything is unpacked: a workbook must be there, and not unpack to a bomb.
func inspect(src io.ReaderAt, size int64, limits Limits) error {
	parts, err := zip.NewReader(src, size)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")
	}
	var unpacked uint64
	book := false
	for _, part := range parts.File {
		unpacked += part.UncompressedSize64
		book = book || strings.EqualFold(part.Name, "xl/workbook.xml")
		if unpacked > uint64(limits.Unpacked) || len(parts.File) > 10_000 {
			return fault.New(fault.TooLarge, "xlsx.unpacks-too-large", "mb", limits.Unpacked>>20)
		}
		if part.UncompressedSize64 >= swollen && part.UncompressedSize64/swell > part.CompressedSize64 {
			return fault.New(fault.TooLarge, "xlsx.swells")
		}
	}
	if !book {
		return fault.New(fault.Invalid, "xlsx.not-a-workbook")
	}
	return nil
}

// sheet reads a sheet twice in step: as shown, and raw, because a long number is shown as 1.3E+10.
type sheet struct {
	shown, raw *excelize.Rows
	line       int
	mac        bool // days count from 1904
}

func since1904(book *excelize.File) bool {
	props, err := book.GetWorkbookProps()
	return err == nil && props.Date1904 != nil && *props.Date1904
}

func openSheet(book *excelize.File, name string) (*sheet, error) {
	shown, err := book.Rows(name)
	if err != nil {
		return nil, err
	}
	raw, err := book.Rows(name)
	if err != nil {
		return nil, err
	}
	return &sheet{shown: shown, raw: raw}, nil
}

func (s *sheet) close() { _, _ = s.shown.Close(), s.raw.Close() }

func (s *sheet) row() (Row, error) {
	if !s.shown.Next() || !s.raw.Next() {
		if err := s.shown.Error(); err != nil {
			return Row{}, fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")
		}
		return Row{}, io.EOF
	}
	s.line++
	cells, err := s.shown.Columns()
	if err != nil {
		return Row{}, &LineError{s.line, fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")}
	}
	raw, err := s.raw.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return Row{}, &LineError{s.line, fault.Wrap(fault.Invalid, err, "xlsx.not-a-workbook")}
	}
	for i, cell := range cells {
		if i < len(raw) {
			cells[i] = faithful(cell, raw[i], s.mac)
		}
	}
	return Row{Line: s.line, Cells: cells}, nil
}

// faithful is the shown text but for a number that the format would cut (13800138000 is not 1.38E+10, a number of 18
// digits keeps all) and for a date, which is written one way whatever the format, with its seconds.
func faithful(shown, raw string, mac bool) string {
	if shown == raw {
		return shown
	}
	number, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return shown
	}
	if date, ok := dateShown(shown, number, mac); ok {
		return date
	}
	digits := strings.Trim(raw, "0123456789") == ""
	if digits && len(raw) > 15 && len(shown) == len(raw) && strings.Trim(shown, "0123456789") == "" {
		return raw
	}
	if !strings.ContainsAny(shown, "Ee#") {
		return shown
	}
	_, err = strconv.ParseFloat(shown, 64)
	if err != nil && strings.Trim(shown, "#") != "" {
		return shown
	}
	if digits {
		return raw
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

// guard names what went wrong with a writer.
func guard(err error, what string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
