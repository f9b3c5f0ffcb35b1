package xlsx

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"neike/internal/kit/fault"
)

// Locale holds the words of this package's faults.
//
//go:embed locale/*.toml
var Locale embed.FS

// Limits of a file. A zero field takes the default.
type Limits struct {
	Bytes    int64 // of the file as it came; default 64 MB
	Unpacked int64 // of a workbook when unpacked; default 512 MB
	Rows     int   // default 1 000 000
	Cell     int   // bytes of one cell; default 1 MB
}

func (l Limits) filled() Limits {
	if l.Bytes == 0 {
		l.Bytes = 64 << 20
	}
	if l.Unpacked == 0 {
		l.Unpacked = 512 << 20
	}
	if l.Rows == 0 {
		l.Rows = 1_000_000
	}
	if l.Cell == 0 {
		l.Cell = 1 << 20
	}
	return l
}

// Row is one row that is not empty. Cells are trimmed; the slice is the row's own.
type Row struct {
	Line  int // where it begins in the file (the row of the sheet), from 1
	Cells []string
}

// LineError is a row that cannot be read; the rows after it cannot be trusted.
type LineError struct {
	Line int
	Err  *fault.Error
}

// Error is for logs.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap is the fault with the reason.
func (e *LineError) Unwrap() error { return e.Err }

// Reader gives the rows of one table.
type Reader struct {
	// Format is "xlsx" or "csv", Encoding (csv) "utf-8", "utf-16" or "gb18030", Delimiter (csv) what separates cells.
	Format, Encoding string
	Delimiter        rune

	limits Limits
	next   func() (Row, error)
	close  func() error
	rows   int
}

// Open begins reading a file of the given size. The format is told from the content, never from the name.
func Open(src io.ReaderAt, size int64, limits Limits) (*Reader, error) {
	l := limits.filled()
	if size > l.Bytes {
		return nil, fault.New(fault.TooLarge, "xlsx.too-large", "mb", l.Bytes>>20)
	}
	head := make([]byte, min(size, 8192))
	if _, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file's beginning: %w", err)
	}
	r := &Reader{limits: l}
	var err error
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, fault.New(fault.Invalid, "xlsx.empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		err = r.openWorkbook(src, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		err = compoundFile(src, size)
	default:
		err = r.openText(src, size, head)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// compoundFile tells an encrypted workbook from one of Excel 97: both are OLE containers, and only the first names its
// encrypted stream.
func compoundFile(src io.ReaderAt, size int64) error {
	body, err := io.ReadAll(io.NewSectionReader(src, 0, size))
	if err != nil {
		return fmt.Errorf("read a compound file: %w", err)
	}
	if bytes.Contains(body, wide("EncryptedPackage")) {
		return fault.New(fault.Invalid, "xlsx.encrypted")
	}
	return fault.New(fault.Invalid, "xlsx.old-format")
}

func wide(s string) []byte {
	var out []byte
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return out
}

// Next is the next row with something in it; io.EOF after the last. A *LineError names a row that cannot be read.
func (r *Reader) Next() (Row, error) {
	for {
		row, err := r.next()
		if err != nil {
			return Row{}, err
		}
		empty := true
		for i, cell := range row.Cells {
			if len(cell) > r.limits.Cell {
				return Row{}, &LineError{row.Line, fault.New(fault.Invalid, "xlsx.cell-too-large", "line", row.Line, "kb", r.limits.Cell>>10)}
			}
			row.Cells[i] = tidy(cell)
			empty = empty && row.Cells[i] == ""
		}
		if empty {
			continue
		}
		if r.rows++; r.rows > r.limits.Rows {
			return Row{}, fault.New(fault.TooLarge, "xlsx.too-many-rows", "rows", r.limits.Rows)
		}
		return row, nil
	}
}

// Close lets go of the file.
func (r *Reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// tidy trims blanks of all widths and marks that nobody sees, and takes away the apostrophe that guards a cell against
// being taken for a formula (see Writer).
func tidy(cell string) string {
	cell = strings.Trim(cell, " \t\r\n\u00a0\u3000\ufeff\u200b\u200e\u200f")
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && rest != "" && strings.ContainsRune(dangerous, rune(rest[0])) {
		return rest
	}
	return cell
}
