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

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
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
	case wideOrder(head) != nil:
		r.Encoding, text = "utf-16", transform.NewReader(whole(), wideOrder(head).NewDecoder())
	case bytes.IndexByte(head, 0) >= 0:
		return fault.New(fault.Invalid, "xlsx.not-a-table")
	default:
		scan, err := scanUTF8(whole())
		if err != nil {
			return err
		}
		r.Encoding, text = "utf-8", whole()
		if scan.wrong > 0 {
			if scan.broken() {
				return fault.New(fault.Invalid, "xlsx.broken-utf8", "line", scan.line)
			}
			if western(io.NewSectionReader(src, 0, min(size, 1<<20))) {
				return fault.New(fault.Invalid, "xlsx.unknown-encoding")
			}
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
	var lines io.Reader = buffered
	if bytes.IndexByte(sample, '\r') >= 0 && bytes.IndexByte(sample, '\n') < 0 { // lines of an old Mac
		lines = transform.NewReader(buffered, runes.Map(func(c rune) rune {
			if c == '\r' {
				return '\n'
			}
			return c
		}))
	}
	c := csv.NewReader(lines)
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

// scan is what a file looks like read as UTF-8.
type scan struct {
	good, wrong int // characters of several bytes, and bytes that are none
	line        int // of the first wrong byte
}

// broken: text in UTF-8 with some bytes lost, not text in another encoding, which is hardly ever right by chance.
func (s scan) broken() bool { return s.good > 10*s.wrong }

func scanUTF8(src io.Reader) (scan, error) {
	var s scan
	in, line := bufio.NewReaderSize(src, 64<<10), 1
	for {
		c, size, err := in.ReadRune()
		switch {
		case errors.Is(err, io.EOF):
			return s, nil
		case err != nil:
			return s, fmt.Errorf("read text: %w", err)
		case c == '\n':
			line++
		case c == utf8.RuneError && size == 1:
			if s.wrong++; s.wrong == 1 {
				s.line = line
			}
		case size > 1:
			s.good++
		}
	}
}

// wideOrder is the encoding of UTF-16 without a byte order mark: the high bytes of its blanks, commas and line ends are
// zero, and only those on one side.
func wideOrder(head []byte) encoding.Encoding {
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i%2]++
		}
	}
	switch {
	case zero[1] > 1 && zero[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zero[0] > 1 && zero[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// western: text of one byte per character (Müller) reads as GB18030 without an error, but its letters come out of the
// second bytes that hardly any Chinese character in use has.
func western(src io.Reader) bool {
	in := bufio.NewReader(src)
	all, odd := 0, 0
	for {
		c, err := in.ReadByte()
		if err != nil {
			return odd*3 > all
		}
		if c < 0x80 {
			continue
		}
		all++
		next, err := in.ReadByte()
		switch {
		case err != nil || next < '0' || next > '9' && next < 0x80:
			odd++
		case next <= '9': // four bytes
			_, _ = in.Discard(2)
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

const blanks = " \u00a0\u3000"

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

// firstLines gives the first lines that are not empty without what stands in quotes. Tabs are something: of a line whose
// cells all stand in quotes nothing else is left.
func firstLines(sample []byte, most int) []string {
	var lines []string
	var line strings.Builder
	quoted := false
	for _, c := range string(sample) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' || c == '\r':
			if strings.Trim(line.String(), blanks) != "" {
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
	if strings.Trim(line.String(), blanks) != "" {
		lines = append(lines, line.String())
	}
	return lines
}
