package xlsx

import (
	"archive/zip"
	"bytes"
	"testing"

	"neike/internal/kit/fault"
)

// TestBlanksWithoutEndAreNotRead: 300 KB that unpack to 300 MB of blanks took two gigabytes of memory.
func TestBlanksWithoutEndAreNotRead(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range map[string]int{"xl/workbook.xml": 100, "xl/worksheets/sheet1.xml": swollen} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte(" "), size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), Limits{})
	if f, ok := fault.As(err); !ok || f.Key != "xlsx.swells" {
		t.Errorf("%d bytes: %v", b.Len(), err)
	}
}
