package request

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"neike/internal/kit/xlsx"
)

// fileOf reads an exported CSV: its rows without the heading.
func fileOf(t *testing.T, body []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v: %.200s", err, body)
	}
	return rows[1:]
}

// TestTheFileIsTheList: a file holds every request of the list, over all its pages, and none that its reader may not see.
func TestTheFileIsTheList(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		secret := h.expense(h.as("3002"))
		secret.Title, secret.Confidential, secret.Named = "=保密 SUM(A1)", true, []string{"2002"}
		if _, err := h.Open(h.as("3002"), secret); err != nil {
			t.Fatal(err)
		}
		for i := range 230 { // more than a page of 200
			ask := h.expense(h.as("3002"))
			ask.Title = fmt.Sprintf("第 %d 笔", i)
			if _, err := h.Open(h.as("3002"), ask); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			who, path string
			want      int
			secret    bool
		}{
			{"3002", "/requests/export?format=csv&state=any", 231, true},
			{"3002", "/requests/export?format=csv&state=done", 0, false},
			{"2002", "/queue/export?format=csv&view=unit", 231, true},
			{"2003", "/queue/export?format=csv&view=unit", 230, false},
			{"2003", "/requests/export?format=csv&view=all&state=any", 230, false},
			{"4001", "/requests/export?format=csv&view=all&state=any", 0, false},
		} {
			w := d.send(c.who, "GET", c.path, "", "")
			if w.Code != http.StatusOK {
				t.Fatalf("%s %s: %d", c.who, c.path, w.Code)
			}
			rows := fileOf(t, w.Body.Bytes())
			found := false
			seen := map[string]bool{}
			for _, r := range rows {
				found = found || strings.Contains(r[1], "保密")
				seen[r[0]] = true
				if strings.HasPrefix(r[1], "=") {
					t.Error("a formula in a cell:", r[1])
				}
			}
			if len(seen) != c.want || len(rows) != c.want || found != c.secret {
				t.Errorf("%s %s: %d rows, %d requests, secret %v; want %d, %v", c.who, c.path, len(rows), len(seen), found, c.want, c.secret)
			}
		}
	})
}

func TestTheFileNamesWhatTheListShows(t *testing.T) {
	h := quick(t)
	d := h.open4()
	r := h.open("3002")
	w := d.send("3002", "GET", "/requests/export?format=csv&state=any", "", "")
	row := fileOf(t, w.Body.Bytes())[0]
	if row[0] != r.Ref() || row[2] != "finance.advance" || row[5] == "" || row[12] != "新提出" && row[12] == "" || row[13] != "" || row[14] == "" || row[17] == "" || row[21] != "" {
		t.Errorf("%q", row)
	}
	if name := w.Header().Get("Content-Disposition"); !strings.Contains(name, "filename*=UTF-8''%E6%88%91") || !strings.HasSuffix(name, ".csv") {
		t.Errorf("name of the file: %s", name)
	}
	book := d.send("3002", "GET", "/requests/export?format=xlsx&state=any", "", "").Body.Bytes()
	if _, err := xlsx.Open(bytes.NewReader(book), int64(len(book)), xlsx.Limits{}); err != nil {
		t.Errorf("workbook: %v", err)
	}
	for path, want := range map[string]int{"/requests/export": 400, "/requests/export?format=pdf": 400, "/requests/export?format=csv&state=none": 422} {
		if w := d.send("3002", "GET", path, "", ""); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// TestTheFileHasTheAnswers: narrowed to a service, a file shows what was answered, each field in its column; otherwise none.
func TestTheFileHasTheAnswers(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		d := h.open4()
		_, err := h.Open(h.as("3002"), h.expense(h.as("3002")))
		must(t, err)
		service, err := h.Catalog.Visible(h.as("3002"), "finance.expense")
		must(t, err)
		read := func(query string) (heading, row []string) {
			t.Helper()
			w := d.send("3002", "GET", "/requests/export?format=csv&state=any"+query, "", "")
			rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff")))).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Fatalf("%v: %.300s", err, w.Body)
			}
			return rows[0], rows[1]
		}
		bare, _ := read("")
		heading, row := read("&service=finance.expense")
		if len(bare) != len(exportColumns) || len(heading) != len(bare)+len(service.Form.Fields) || len(row) != len(heading) {
			t.Fatalf("%d columns, with answers %d: %q", len(bare), len(heading), heading)
		}
		want := map[string]string{"amount": "38462.5", "budget": "6602.04", "reason": "现场安装调试", "invoice": "1"}
		for i, f := range service.Form.Fields {
			if heading[len(bare)+i] != f.Label.Zh || row[len(bare)+i] != want[f.Key] {
				t.Errorf("%s: %q is %q, want %q", f.Key, heading[len(bare)+i], row[len(bare)+i], want[f.Key])
			}
		}
	})
}
