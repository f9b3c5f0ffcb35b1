package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func open(content []byte, l Limits) (*Reader, error) {
	return Open(bytes.NewReader(content), int64(len(content)), l)
}

// table reads everything: "line: a|b|c" per row.
func table(t *testing.T, content []byte) (*Reader, []string) {
	t.Helper()
	r, err := open(content, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%d: %s", row.Line, strings.Join(row.Cells, "|")))
	}
}

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextFiles(t *testing.T) {
	long := strings.Repeat("很长的说明，", 20_000)
	for _, c := range []struct {
		name, encoding string
		delimiter      rune
		content        []byte
		want           []string
	}{
		{"UTF-8 with commas", "utf-8", ',', []byte("工号,姓名\n00123,王芳\n"), []string{"1: 工号|姓名", "2: 00123|王芳"}},
		{"a byte order mark", "utf-8", ',', []byte("\ufeff工号,姓名\r\n00123,王芳\r\n"), []string{"1: 工号|姓名", "2: 00123|王芳"}},
		{"GB18030 with rare characters", "gb18030", ',', encoded(t, simplifiedchinese.GB18030, "工号,姓名\n00123,王㐀𠮷\n"), []string{"1: 工号|姓名", "2: 00123|王㐀𠮷"}},
		{"GB18030 far behind a beginning of letters", "gb18030", ',', encoded(t, simplifiedchinese.GB18030, "no,name\n"+strings.Repeat("1,aaaaaaaaaaaaaaaa\n", 5000)+"2,王芳\n"), nil},
		{"UTF-16 with tabs, as Excel's Unicode text", "utf-16", '\t', encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "工号\t姓名\r\n00123\t王芳\r\n"), []string{"1: 工号|姓名", "2: 00123|王芳"}},
		{"UTF-16 without a mark", "utf-16", ',', encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "工号,姓名\n00123,王芳\n"), []string{"1: 工号|姓名", "2: 00123|王芳"}},
		{"tabs between cells that all stand in quotes", "utf-16", '\t', encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "\"工号\"\t\"姓名\"\r\n\"00123\"\t\"王,芳;\"\r\n"), []string{"1: 工号|姓名", "2: 00123|王,芳;"}},
		{"lines of an old Mac", "utf-8", ';', []byte("工号;姓名\r00123;\"王\r芳\"\r7;李\r"), []string{"1: 工号|姓名", "2: 00123|王\n芳", "4: 7|李"}},
		{"semicolons, commas inside", "utf-8", ';', []byte("a;b\n1,5;2,5\n"), []string{"1: a|b", "2: 1,5|2,5"}},
		{"quotes, line breaks and commas in them", "utf-8", ',', []byte("a,b\n\"x,\ny\",\"he said \"\"hi\"\"\"\n3,4\n"), []string{"1: a|b", "2: x,\ny|he said \"hi\"", "4: 3|4"}},
		{"empty lines are not rows", "utf-8", ',', []byte("\n\na,b\n,\n 　 ,\n1,2\n\n"), []string{"3: a|b", "6: 1|2"}},
		{"blanks of all widths around cells", "utf-8", ',', []byte("a,b\n\u3000x\u00a0, y\u200b\n"), []string{"1: a|b", "2: x|y"}},
		{"a huge cell", "utf-8", ',', []byte("a,b\n1,\"" + long + "\"\n"), []string{"1: a|b", "2: 1|" + long}},
		{"one column", "utf-8", ',', []byte("工号\n00123\n"), []string{"1: 工号", "2: 00123"}},
		{"rows of different width", "utf-8", ',', []byte("a,b,c\n1\n1,2,3,4\n"), []string{"1: a|b|c", "2: 1", "3: 1|2|3|4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, rows := table(t, c.content)
			if r.Encoding != c.encoding || r.Delimiter != c.delimiter || r.Format != "csv" {
				t.Errorf("%s %q", r.Encoding, r.Delimiter)
			}
			if c.want == nil {
				if last := rows[len(rows)-1]; !strings.HasSuffix(last, ": 2|王芳") {
					t.Errorf("the last row is %q", last)
				}
			} else if strings.Join(rows, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got %q", rows)
			}
		})
	}
}

func TestUnreadableFilesSayWhy(t *testing.T) {
	var notABook bytes.Buffer
	z := zip.NewWriter(&notABook)
	if w, err := z.Create("readme.txt"); err == nil {
		_, _ = w.Write([]byte("hello"))
	}
	z.Close()
	for _, c := range []struct {
		name, key string
		content   []byte
		limits    Limits
	}{
		{"nothing", "xlsx.empty", nil, Limits{}},
		{"blanks", "xlsx.empty", []byte(" \r\n\r\n"), Limits{}},
		{"a picture", "xlsx.not-a-table", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), Limits{}},
		{"another archive", "xlsx.not-a-workbook", notABook.Bytes(), Limits{}},
		{"half a workbook", "xlsx.not-a-workbook", book(t, [][]any{{"a"}, {1}})[:200], Limits{}},
		{"an old workbook", "xlsx.old-format", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), Limits{}},
		{"a workbook with a password", "xlsx.encrypted", encrypted(t), Limits{}},
		{"a bomb", "xlsx.unpacks-too-large", bomb(t), Limits{Unpacked: 1 << 20}},
		{"too large", "xlsx.too-large", []byte("a,b\n1,2\n"), Limits{Bytes: 4}},
		{"another encoding", "xlsx.unknown-encoding", encoded(t, japanese.ShiftJIS, strings.Repeat("社員番号,ｶﾅ名前\n00123,ﾀﾅｶ\n", 5)), Limits{}},
		{"letters of western Europe", "xlsx.unknown-encoding", encoded(t, charmap.Windows1252, "Nr;Name\n1;Müller\n2;Jürgen Groß\n"), Limits{}},
		{"UTF-8 with a byte lost", "xlsx.broken-utf8", []byte("工号,姓名\n" + strings.Repeat("1,王芳\n", 20) + "2,\xe7\x8e\n"), Limits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(c.content, c.limits)
			f, ok := fault.As(err)
			if !ok || f.Key != c.key {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestABadRowIsNamed(t *testing.T) {
	for content, want := range map[string]string{
		"a,b\n1,2\n3,\"4\n5,6\n":                   "line 3: invalid: xlsx.quotes",
		"a,b\n1,x\"y\n":                            "line 2: invalid: xlsx.quotes",
		"a,b\n" + strings.Repeat("x", 3000) + "\n": "line 2: invalid: xlsx.cell-too-large",
	} {
		r, err := open([]byte(content), Limits{Cell: 2048})
		for err == nil {
			_, err = r.Next()
		}
		if err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	r, err := open([]byte("a\n1\n2\n3\n"), Limits{Rows: 3})
	for err == nil {
		_, err = r.Next()
	}
	if f, _ := fault.As(err); f == nil || f.Key != "xlsx.too-many-rows" {
		t.Errorf("got %v", err)
	}
}

func book(t testing.TB, rows [][]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewXLSX(&b, "表")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encrypted(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, 4<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCellsAreReadAsShown uses a workbook as people make them: numbers, text, formats, dates, formulas, a hidden sheet.
func TestCellsAreReadAsShown(t *testing.T) {
	f := excelize.NewFile()
	style := func(format string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	builtin := func(n int) int {
		id, err := f.NewStyle(&excelize.Style{NumFmt: n})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	set := func(cell string, value any, style int) {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
		if style != 0 {
			if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
				t.Fatal(err)
			}
		}
	}
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		cell  string
		value any
		style int
	}{
		{"A2", "00123", 0}, {"B2", 123, style("00000")}, {"C2", 13800138000, 0}, {"D2", 110101199003078888, 0}, {"E2", day, builtin(14)},
		{"F2", day.Add(90 * time.Minute), builtin(22)}, {"G2", 0.1, 0}, {"H2", "1E5", 0}, {"I2", day, style("yyyy\"年\"m\"月\"d\"日\"")}, {"J2", true, 0},
		{"A5", "　末行 ", 0}, {"B5", 13800138000, builtin(11)}, {"C5", 1234.5, style("#,##0.00")}, {"D5", 1e21, 0},
	} {
		set(c.cell, c.value, c.style)
	}
	if err := f.SetCellFormula("Sheet1", "K2", "=1+1"); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		set(string(rune('A'+i))+"1", name, 0)
	}
	if _, err := f.NewSheet("隐藏"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("隐藏", false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, rows := table(t, b.Bytes())
	want := []string{
		"1: a|b|c|d|e|f|g|h|i|j|k",
		"2: 00123|00123|13800138000|110101199003078888|2026-11-21|2026-11-21 01:30:00|0.1|1E5|2026-11-21|TRUE|",
		"5: 末行|13800138000|1,234.50|1000000000000000000000",
	}
	for i := range want {
		if i >= len(rows) || strings.TrimRight(rows[i], "|") != strings.TrimRight(want[i], "|") {
			t.Errorf("row %d\ngot  %q\nwant %q", i, rows[min(i, len(rows)-1)], want[i])
		}
	}
}

// A date reads the same whatever its format shows of it; a number that only looks like one stays as shown.
func TestDatesAreReadOneWay(t *testing.T) {
	for _, c := range []struct {
		shown, raw string
		mac        bool
		want       string
	}{
		{"2026/3/2 9:12", "46083.383842592", false, "2026-03-02 09:12:44"},
		{"3/2/26 9:12", "46083.383842592", false, "2026-03-02 09:12:44"},
		{"3/2/2026 9:12:44 PM", "46083.883842592", false, "2026-03-02 21:12:44"},
		{"2026年3月2日 上午9时12分", "46083.383842592", false, "2026-03-02 09:12:44"},
		{"02.03.2026", "46083.383842592", false, "2026-03-02"},
		{"2-Mar-26", "46083", false, "2026-03-02"},
		{"2030/3/3", "46083", true, "2030-03-03"},
		{"2026/3/2 9:12", "46083.38402", false, "2026-03-02 09:12:59"}, // shown cut off, not rounded
		{"2026/3/2 9:13", "46083.3840277777", false, "2026-03-02 09:13:00"},
		{"2026年3月", "46083", false, "2026年3月"},
		{"09:12", "46083.383842592", false, "09:12"},
		{"00-123", "123", false, "00-123"},
		{"46,083.00", "46083", false, "46,083.00"},
		{"2 1/2", "2.5", false, "2 1/2"},
		{"50%", "0.5", false, "50%"},
		{"110101199003070000", "110101199003078888", false, "110101199003078888"},
	} {
		if got := faithful(c.shown, c.raw, c.mac); got != c.want {
			t.Errorf("%s (%s): %q, want %q", c.shown, c.raw, got, c.want)
		}
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 30, 0, 0, time.UTC)
	rows := [][]any{{"工号", "说明", "数", "时间", "空"}, {"00123", "=1+1", -5, at, nil}, {"+86 138", "@cmd", 2.5, time.Time{}, ""}, {"-7", "a,\"b\"\nc", int64(9007199254740991), at, true}}
	want := "1: 工号|说明|数|时间|空\n2: 00123|=1+1|-5|2026-11-21 14:30:00\n3: +86 138|@cmd|2.5\n%d: -7|a,\"b\"\nc|9007199254740991|2026-11-21 14:30:00|%s"
	var b bytes.Buffer
	w, err := NewCSV(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("\ufeff")) || !strings.Contains(b.String(), "'=1+1") || !strings.Contains(b.String(), "'@cmd") || !strings.Contains(b.String(), ",-5,") {
		t.Errorf("the text is %q", b.String())
	}
	check := func(name string, content []byte, yes string) {
		_, got := table(t, content)
		for i := range got {
			got[i] = strings.TrimRight(got[i], "|")
		}
		if text := strings.Join(got, "\n"); text != fmt.Sprintf(want, 4, yes) {
			t.Errorf("%s: %q", name, text)
		}
	}
	check("csv", b.Bytes(), "true")
	check("xlsx", book(t, rows), "TRUE")
	f, err := excelize.OpenReader(bytes.NewReader(book(t, rows)))
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := f.GetCellFormula("表", "B2"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
}

func TestHeadersAreFoundInManyWritings(t *testing.T) {
	columns := []Column{{Name: "employee_no", Headings: []string{"工号", "Employee no"}}, {Name: "name", Headings: []string{"姓名", "Name"}}, {Name: "unit", Headings: []string{"部门"}}}
	for content, want := range map[string]string{
		"employee_no,name,unit\n":           "map[employee_no:0 name:1 unit:2] [] []",
		"工　号*,姓 名（必填）,ＵＮＩＴ\n":               "map[employee_no:0 name:1 unit:2] [] []",
		"EMPLOYEE NO.,Name,Remark\n":        "map[employee_no:0 name:1] [Remark] []",
		"员工花名册,,\n填表说明：请勿改表头,,\n姓名,工号,部门\n": "map[employee_no:1 name:0 unit:2] [] []",
		"工号,employee-no,姓名\n":               "map[employee_no:0 name:2] [] [employee-no]",
		"x,y\n1,2\n":                        "map[] [x y] []",
	} {
		r, err := open([]byte(content), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := FindHeader(r, columns, nil)
		if got := fmt.Sprint(h.At, h.Unknown, h.Twice); err != nil || got != want {
			t.Errorf("%q: %s (%v), want %s", content, got, err, want)
		}
	}
	r, _ := open([]byte("Staff,Who\n1,x\n"), Limits{})
	if h, err := FindHeader(r, columns, map[string]string{"staff": "employee_no", "who": "name"}); err != nil || h.At["name"] != 1 {
		t.Errorf("mapped: %+v %v", h, err)
	}
}

func TestWordsAreComplete(t *testing.T) {
	b, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing(); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
}

func BenchmarkReadXLSX(b *testing.B) {
	rows := [][]any{{"工号", "姓名", "部门", "岗位", "电话"}}
	for i := range 5000 {
		rows = append(rows, []any{fmt.Sprintf("%05d", i), "王芳", "finance", "专员", "13800138000"})
	}
	content := book(b, rows)
	b.ReportAllocs()
	for b.Loop() {
		r, err := open(content, Limits{})
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
		r.Close()
	}
}
