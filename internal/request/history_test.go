package request

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
)

// take imports a file of testdata, or the text itself.
func (h house) take(im *importer.Importer, file, mapping string, o importer.Options) importer.Result {
	h.t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		data = []byte(file)
	}
	if mapping != "" {
		if o.Mapping, err = os.ReadFile("testdata/" + mapping); err != nil {
			o.Mapping = []byte(mapping)
		}
	}
	result, err := im.Import(h.as("1001"), "requests", bytes.NewReader(data), o)
	must(h.t, err)
	return result
}

// TestHistoryOfServiceNow takes in both shapes of an export, twice, and proves what it leaves behind.
func TestHistoryOfServiceNow(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		im := importer.New(h.db, h.jobs, h.Imports()...)
		got := h.take(im, "servicenow-incidents.csv", "servicenow-incidents.yaml", importer.Options{DryRun: true})
		if got.Created != 3 || len(got.Errors) > 0 {
			t.Fatalf("dry run: %+v", got)
		}
		if page, err := h.List(h.as("1001"), Filter{}); err != nil || len(page.Items) > 0 {
			t.Fatalf("a dry run left %d requests, %v", len(page.Items), err)
		}
		for _, want := range []importer.Count{{Created: 3}, {Unchanged: 3}} {
			if got := h.take(im, "servicenow-incidents.csv", "servicenow-incidents.yaml", importer.Options{}); got.Count != want || len(got.Errors) > 0 {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		}
		if got := h.take(im, "servicenow-log.csv", "servicenow-log.yaml", importer.Options{}); got.Created != 2 || len(got.Errors) > 0 {
			t.Fatalf("the log: %+v", got)
		}
		off, err := h.List(h.as("1001"), Filter{Q: "trade fair"})
		must(t, err)
		if off.Items[0].State != StateWithdrawn {
			t.Errorf("what was cancelled before anybody took it is %s", off.Items[0].State)
		}
		page, err := h.List(h.as("1001"), Filter{Q: "samples"})
		must(t, err)
		v, err := h.ByNumber(h.as("3002"), page.Items[0].Number)
		must(t, err)
		if v.State != StateDone || v.Returns != 1 || v.External != "INC0020001" || !v.Imported || v.Due.IsZero() {
			t.Errorf("%+v", v.Request)
		}
		if want := time.Date(2026, 3, 5, 0, 50, 0, 0, time.UTC); !v.OpenedAt.Equal(want) {
			t.Errorf("opened %v, want %v", v.OpenedAt, want)
		}
		var kinds []Verb
		for _, e := range v.Log {
			kinds = append(kinds, e.Kind)
		}
		if want := []Verb{VerbOpen, VerbTake, VerbAsk, VerbAnswer, VerbDeliver, VerbReturn, VerbDeliver, VerbAccept}; !equal(kinds, want) {
			t.Errorf("the log says %v, want %v", kinds, want)
		}
		if n, err := h.Talk.Unread(h.ctx, v.AskedBy); err != nil || n != 0 {
			t.Errorf("an import notified: %d, %v", n, err)
		}
		h.prove(t)
	})
}

func equal(a, b []Verb) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestHistoryOfJira takes in an export that only tells when an issue was made and when it was resolved.
func TestHistoryOfJira(t *testing.T) {
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	file := "Summary,Issue key,Status,Assignee,Reporter,Created,Resolved,Labels,Labels\n" +
		"\"Printer 27\"\" jams\",OPS-101,Done,chen,zhou,03/Feb/26 9:12 AM,04/Feb/26 3:02 PM,hw,urgent\n" +
		"VPN account,OPS-103,Cancelled,,zhou,06/Feb/26 10:00 AM,07/Feb/26 11:30 AM,,\n"
	mapping := "time: ['%d/%b/%y %I:%M %p']\n" +
		"columns: {Issue key: case, Summary: title, Reporter: asked_by, Assignee: assignee, Created: opened_at, Resolved: accepted_at, Status: state}\n" +
		"values: {asked_by: {zhou: '3002'}, assignee: {chen: '2002'}, state: {Cancelled: cancelled}}\n" +
		"defaults: {service: finance.advance}\n"
	got := h.take(im, file, mapping, importer.Options{})
	if got.Created != 2 || len(got.Errors) > 0 || len(got.Ignored) != 2 {
		t.Fatalf("%+v", got)
	}
	log := h.logs()
	for _, want := range []string{"OPS-101 done", "OPS-103 withdrawn", "2026-02-04 07:02:00 +0000 UTC take"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
	h.prove(t)
}

// TestBadHistory names every bad row with line, column and reason, and takes nothing in.
// TestHistoryInChinese takes in a file with Chinese headings as Excel writes it, without a mapping; a heading that the
// mapping gives another meaning keeps that.
func TestHistoryInChinese(t *testing.T) {
	seen := map[string]string{}
	for _, name := range fileColumns() {
		if name == "due" || name == "state" { // only of mapped logs
			continue
		}
		h := columnHeadings[name]
		if h == "" || seen[h] != "" && seen[h] != name {
			t.Errorf("%s: the heading %q is missing or of %s, too", name, h, seen[h])
		}
		seen[h] = name
	}
	each(t, func(t *testing.T, h house) {
		im := importer.New(h.db, h.jobs, h.Imports()...)
		const text = "原编号;服务编码;提出人工号;标题;提出时间;受理时间;交付时间;验收时间;经办人工号;评分;评语;fields.amount;fields.reason;fields.due\n" +
			"OA-1;finance.advance;3002;备用金；越南;2026-09-01 09:00;2026-09-01 10:00;2026-09-01 14:00;2026-09-01 16:00;2002;5;很快;5000;备用金;2026-12-01\n"
		if got := h.take(im, text, "", importer.Options{}); got.Created != 1 || len(got.Errors) > 0 {
			t.Fatalf("%+v", got)
		}
		page, err := h.List(h.as("1001"), Filter{Q: "越南"})
		must(t, err)
		v, err := h.ByNumber(h.as("1001"), page.Items[0].Number)
		must(t, err)
		if v.External != "OA-1" || v.State != StateDone || !v.Rated || v.Title != "备用金；越南" {
			t.Errorf("%+v", v.Request)
		}
		again := strings.NewReplacer("OA-1", "OA-2", "评语", "处理意见", "标题", "评语").Replace(text)
		if got := h.take(im, again, "columns: {评语: title, 处理意见: comment}", importer.Options{}); got.Created != 1 || len(got.Errors) > 0 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestBadHistory(t *testing.T) {
	h := quick(t)
	im := importer.New(h.db, h.jobs, h.Imports()...)
	file := "case,event,at,by,service,asked_by,person,score\n" +
		"A1,open,2026-03-02 09:00,,finance.advance,3002,,\n" +
		"A1,deliver,2026-03-02 08:00,2002,,,,\n" + // before it was opened: not the first event any more
		"A2,open,yesterday,,finance.advance,3002,,\n" +
		"A3,open,2026-03-02 09:00,,finance.nothing,3002,,\n" +
		"A4,open,2026-03-02 09:00,,finance.advance,0815,,\n" +
		"A5,open,2026-03-02 09:00,,finance.advance,3002,,\n" +
		"A5,fly,2026-03-02 10:00,2002,,,,\n" +
		"A6,open,2026-03-02 09:00,,finance.advance,3002,,\n" +
		"A6,return,2026-03-02 10:00,3002,,,,\n" +
		"A7,open,2099-03-02 09:00,,finance.advance,3002,,\n" +
		"A8,open,2026-03-02 09:00,,finance.advance,3002,,\n" +
		"A8,rate,2026-03-03 09:00,3002,,,,9\n" +
		"A9,open,2026-03-02 09:00,,finance.advance,3002,,\n" +
		"A9,deliver,2026-03-02 10:00,,,,,\n" +
		"good,open,2026-03-02 09:00,,finance.advance,3002,,\n"
	got := h.take(im, file, "", importer.Options{})
	want := map[int]string{3: "event", 4: "at", 5: "service", 6: "asked_by", 8: "event", 10: "event", 11: "at", 13: "score", 15: "by"}
	found := map[int]string{}
	for _, e := range got.Errors {
		if e.Reason == "" {
			t.Errorf("line %d has no reason", e.Line)
		}
		found[e.Line] = e.Column
	}
	for line, column := range want {
		if line == 3 { // the case's own line
			continue
		}
		if found[line] != column {
			t.Errorf("line %d: %q, want %q (%+v)", line, found[line], column, got.Errors)
		}
	}
	if got.Created != 0 {
		t.Errorf("%d taken in although lines are wrong", got.Created)
	}
	got = h.take(im, file, "", importer.Options{SkipBad: true})
	if got.Created != 1 {
		t.Errorf("with skip-bad %d of the good ones were taken in", got.Created)
	}
	_, err := im.Import(h.as("1001"), "requests", bytes.NewReader([]byte("a,b\n1,2\n")), importer.Options{})
	fails(t, err, fault.Invalid, "")
	_, err = im.Import(h.as("1001"), "requests", bytes.NewReader([]byte("case,opened_at\n1,2026-01-01\n")), importer.Options{Mapping: []byte("columns: {x: nonsense}")})
	fails(t, err, fault.Invalid, "")
	h.prove(t)
}
