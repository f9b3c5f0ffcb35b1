package calendar

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

type referenceCase struct {
	ID       string          `json:"id"`
	Function string          `json:"function"`
	Input    json.RawMessage `json:"input"`
	Expected json.RawMessage `json:"expected"`
}

type referenceInput struct {
	Calendar    *Input    `json:"calendar"`
	CalendarRef string    `json:"calendar_ref"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	Seconds     float64   `json:"seconds"`
	Days        int       `json:"days"`
	Year        int       `json:"year"`
}

func referenceDir() string {
	if dir := os.Getenv("NEIKE_REFERENCE_CASES"); dir != "" {
		return dir
	}
	return filepath.Join("testdata", "reference-cases")
}

func TestReferenceCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(referenceDir(), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no reference cases in %s", referenceDir())
	}
	ran := 0
	for _, file := range files {
		for _, c := range casesOf(t, file) {
			if !strings.HasPrefix(c.Function, "calendar.") {
				continue
			}
			ran++
			t.Run(c.ID, func(t *testing.T) { runReference(t, c) })
		}
	}
	if ran == 0 {
		t.Fatal("no case of calendar.* was run")
	}
}

func casesOf(t *testing.T, file string) []referenceCase {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var wire struct{ Cases []referenceCase }
	if err := json.Unmarshal(raw, &wire); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return wire.Cases
}

func runReference(t *testing.T, c referenceCase) {
	var in referenceInput
	if err := json.Unmarshal(c.Input, &in); err != nil {
		t.Fatal(err)
	}
	got, err := answer(referenceTable(t, in), c.Function, in)
	var want map[string]any
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		t.Fatal(err)
	}
	if _, fails := want["error"]; fails {
		if err == nil {
			t.Fatalf("want an error, got %v", got)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for key, w := range want {
		switch w := w.(type) {
		case string: // an instant
			at, err := time.Parse(time.RFC3339, w)
			if g, ok := got[key].(time.Time); err != nil || !ok || !g.Equal(at) {
				t.Errorf("%s = %v, want %s", key, got[key], w)
			}
		case []any:
			months := got[key].([12]int)
			for i := range w {
				if float64(months[i]) != w[i].(float64) {
					t.Errorf("%s[%d] = %d, want %v", key, i, months[i], w[i])
				}
			}
		default:
			if got[key] != w {
				t.Errorf("%s = %v, want %v", key, got[key], w)
			}
		}
	}
}

// answer maps the logical functions to this package.
func answer(table *Table, function string, in referenceInput) (map[string]any, error) {
	switch function {
	case "calendar.working_seconds":
		d, err := table.Elapsed(in.Start, in.End)
		return map[string]any{"seconds": d.Seconds()}, err
	case "calendar.add_business_seconds":
		due, err := table.Add(in.Start, time.Duration(in.Seconds*float64(time.Second)))
		return map[string]any{"due": due}, err
	case "calendar.add_business_days":
		eod, err1 := table.Due(in.Start, Duration{in.Days, WorkdaysEOD})
		same, err2 := table.Due(in.Start, Duration{in.Days, WorkdaysSameTime})
		hours, err3 := table.Due(in.Start, Duration{in.Days, WorkdaysLength})
		for _, err := range []error{err1, err2, err3} {
			if err != nil {
				return nil, err
			}
		}
		return map[string]any{"eod": eod, "same_time": same, "hours": hours}, nil
	case "calendar.workdays_per_month":
		months, err := table.Workdays(in.Year)
		total := 0
		for _, n := range months {
			total += n
		}
		return map[string]any{"workdays": months, "total": float64(total)}, err
	}
	return nil, fault.New(fault.Invalid, "unknown function "+function)
}

func referenceTable(t *testing.T, in referenceInput) *Table {
	if in.Calendar == nil {
		raw, err := os.ReadFile(filepath.Join(referenceDir(), in.CalendarRef))
		if err != nil {
			t.Fatal(err)
		}
		var wire struct{ Calendar *Input }
		if err := json.Unmarshal(raw, &wire); err != nil {
			t.Fatal(err)
		}
		in.Calendar = wire.Calendar
	}
	return compiled(t, *in.Calendar, 1990, 2045)
}

// compiled compiles an input, whatever years its dates are in and even if no weekday opens.
func compiled(t testing.TB, in Input, from, to int) *Table {
	t.Helper()
	if in.Code == "" {
		in.Code = "test"
	}
	var f, old fault.Fields
	rules, _ := in.check(&f, embedded)
	for _, field := range f.All() {
		if field.Key != "calendar.year-out-of-range" && field.Key != "calendar.never-open" {
			old.Add(field.Name, field.Key)
		}
	}
	if err := old.Err(); err != nil {
		t.Fatal(err, old.All())
	}
	table, err := Compile(rules, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return table
}
