package xlsx

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"neike/internal/kit/fault"
)

// openText prepares reading delimited text.
func (r *Reader) openText(src io.ReaderAt, size int64, head []byte) error {
	r.Format = "csv"
	whole := func() io.Reader { return io.NewSectionReader(src, 0, size) }
	var text io.Reader
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		r.Encoding, text = "utf-8", io.NewSectionReader(src, 3, size-3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		r.Encoding = "utf-16"
		text = transform.NewReader(whole(), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case bytes.IndexByte(head, 0) >= 0:
		return fault.New(fault.Invalid, "xlsx.not-a-table")
	default:
		valid, err := validUTF8(whole())
		if err != nil {
			return err
		}
		r.Encoding, text = "utf-8", whole()
		if !valid {
			r.Encoding = "gb18030"
			text = transform.NewReader(whole(), simplifiedchinese.GB18030.NewDecoder())
		}
	}
	buffered := bufio.NewReaderSize(text, 64<<10)
	sample, err := buffered.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("read text: %w", err)
	}
	r.Delimiter = delimiter(sample)
	if r.Encoding == "gb18030" && garbled(sample) {
		return fault.New(fault.Invalid, "xlsx.unknown-encoding")
	}
	c := csv.NewReader(buffered)
	c.Comma, c.FieldsPerRecord = r.Delimiter, -1
	r.next = func() (Row, error) { return textRow(c) }
	return nil
}

func textRow(c *csv.Reader) (Row, error) {
	cells, err := c.Read()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		key := "xlsx.quotes"
		if errors.Is(broken.Err, csv.ErrFieldCount) {
			key = "xlsx.not-a-table"
		}
		return Row{}, &LineError{broken.StartLine, fault.New(fault.Invalid, key, "line", broken.StartLine)}
	}
	if err != nil {
		return Row{}, err
	}
	line, _ := c.FieldPos(0)
	return Row{Line: line, Cells: cells}, nil
}

func validUTF8(src io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := src.Read(buf[kept:])
		part := buf[:kept+n]
		for len(part) > 0 {
			if c, size := utf8.DecodeRune(part); c == utf8.RuneError && size == 1 {
				if !utf8.FullRune(part) && err == nil {
					break
				}
				return false, nil
			} else {
				part = part[size:]
			}
		}
		kept = copy(buf, part)
		if errors.Is(err, io.EOF) {
			return kept == 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("read text: %w", err)
		}
	}
}

// garbled: text that is neither UTF-8 nor GB18030 decodes into replacement or private characters.
func garbled(sample []byte) bool {
	bad, all := 0, 0
	for _, c := range string(sample) {
		if c > 0x7f {
			all++
			if c == utf8.RuneError || c >= 0xe000 && c <= 0xf8ff || c < 0xa0 {
				bad++
			}
		}
	}
	return bad > 0 && bad*20 > all
}

// delimiter is what separates the cells of the first lines, counted outside quotes: the one that occurs in the most
// lines, then the most often.
func delimiter(sample []byte) rune {
	best, bestLines, bestCount := ',', 0, 0
	for _, c := range []rune{',', ';', '\t', '|'} {
		lines, count := 0, 0
		for _, line := range firstLines(sample, 5) {
			if n := strings.Count(line, string(c)); n > 0 {
				lines++
				count += n
			}
		}
		if lines > bestLines || lines == bestLines && count > bestCount {
			best, bestLines, bestCount = c, lines, count
		}
	}
	return best
}

// firstLines gives the first lines that are not empty without what stands in quotes.
func firstLines(sample []byte, most int) []string {
	var lines []string
	var line strings.Builder
	quoted := false
	for _, c := range string(sample) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			if strings.TrimSpace(line.String()) != "" {
				lines = append(lines, line.String())
			}
			line.Reset()
			if len(lines) == most {
				return lines
			}
		default:
			line.WriteRune(c)
		}
	}
	if strings.TrimSpace(line.String()) != "" {
		lines = append(lines, line.String())
	}
	return lines
}
