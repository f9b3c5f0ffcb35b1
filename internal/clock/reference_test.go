package clock

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neike/internal/calendar"
)

type referenceCase struct {
	ID       string          `json:"id"`
	Function string          `json:"function"`
	Input    json.RawMessage `json:"input"`
	Expected map[string]any  `json:"expected"`
}

type referenceInput struct {
	Calendar       *calendar.Input       `json:"calendar"`
	CalendarRef    string                `json:"calendar_ref"`
	Created        time.Time             `json:"created"`
	Pauses         [][2]time.Time        `json:"pauses"`
	TargetsMinutes map[string]int        `json:"targets_minutes"`
	Reached        map[string]*time.Time `json:"reached"`
	PauseAppliesTo []string              `json:"pause_applies_to"`
	TargetSeconds  int                   `json:"target_seconds"`
	ChangeAt       time.Time             `json:"change_at"`
	NewTarget      int                   `json:"new_target_seconds"`
	NewCalendar    *calendar.Input       `json:"new_calendar"`
	Policy         string                `json:"policy"`
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
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var wire struct{ Cases []referenceCase }
		if err := json.Unmarshal(raw, &wire); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range wire.Cases {
			answer := functions[c.Function]
			if answer == nil {
				continue
			}
			ran++
			t.Run(c.ID, func(t *testing.T) { runReference(t, c, answer) })
		}
	}
	if ran == 0 {
		t.Fatal("no case of sla.evaluate or sla.target_change was run")
	}
}

// functions maps the logical names to this package.
var functions = map[string]func(t *testing.T, in referenceInput) (map[string]any, error){
	"sla.evaluate":      evaluate,
	"sla.target_change": targetChange,
}

func runReference(t *testing.T, c referenceCase, answer func(*testing.T, referenceInput) (map[string]any, error)) {
	var in referenceInput
	if err := json.Unmarshal(c.Input, &in); err != nil {
		t.Fatal(err)
	}
	got, err := answer(t, in)
	if _, fails := c.Expected["error"]; fails {
		if err == nil {
			t.Fatalf("want an error, got %v", got)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range c.Expected {
		if text, ok := want.(string); ok && strings.HasPrefix(key, "due") {
			at, err := time.Parse(time.RFC3339, text)
			if g, ok := got[key].(time.Time); err != nil || !ok || !g.Equal(at) {
				t.Errorf("%s = %v, want %s", key, got[key], text)
			}
		} else if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
}

func evaluate(t *testing.T, in referenceInput) (map[string]any, error) {
	table := tableOf(t, in.Calendar, in.CalendarRef)
	got := map[string]any{}
	for target, minutes := range in.TargetsMinutes {
		var pauses []Span
		for _, p := range in.Pauses {
			if in.PauseAppliesTo == nil || contains(in.PauseAppliesTo, target) {
				pauses = append(pauses, Span{p[0], p[1]})
			}
		}
		end, now := time.Time{}, in.Created
		if at := in.Reached[target]; at != nil {
			end = *at
		}
		for _, p := range in.Pauses {
			now = later(now, p[1])
		}
		s, err := Evaluate(table, in.Created, calendar.Duration{Value: minutes, Unit: calendar.WorkingMinutes}, pauses, end, now)
		if err != nil {
			return nil, err
		}
		got["due_"+target] = s.DueAt
		if end.IsZero() {
			continue
		}
		got["seconds_"+target] = s.Elapsed.Seconds()
		got["minutes_"+target] = s.Elapsed.Minutes()
		got["slack_minutes_"+target] = s.Left().Minutes()
		got["slack_seconds_"+target] = s.Left().Seconds()
		got["met_"+target] = s.State == Met
		got["breached_"+target] = s.State == Breached
	}
	return got, nil
}

func targetChange(t *testing.T, in referenceInput) (map[string]any, error) {
	table := tableOf(t, in.Calendar, in.CalendarRef)
	tables := oneOrOther{old: table, changed: table}
	if in.NewCalendar != nil {
		tables.changed = tableOf(t, in.NewCalendar, "")
	}
	var pauses []Span
	for _, p := range in.Pauses {
		pauses = append(pauses, Span{p[0], p[1]})
	}
	before := track{kind: Completion, start: in.Created, stops: unite(pauses), target: seconds(t, in.TargetSeconds)}
	was, err := count(tables, &before, in.ChangeAt)
	if err != nil {
		return nil, err
	}
	consumed, err := was.sum(in.ChangeAt, "")
	if err != nil {
		return nil, err
	}
	after := before
	after.changes = []change{{at: milli(in.ChangeAt), calendar: "changed", target: seconds(t, in.NewTarget), policy: in.Policy}}
	is, err := count(tables, &after, in.ChangeAt)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"due_before": was.due, "breached_before_change": was.breached, "consumed_seconds": consumed.Seconds(),
		"due": is.due, "breached_by_change": is.byChange,
	}, nil
}

type oneOrOther struct{ old, changed *calendar.Table }

func (t oneOrOther) Table(code string, _ int) (*calendar.Table, error) {
	if code == "changed" {
		return t.changed, nil
	}
	return t.old, nil
}

func (t oneOrOther) Later(string, int) []calendar.Publication { return nil }

// seconds is a target in whole minutes of working time.
func seconds(t *testing.T, n int) calendar.Duration {
	if n%60 != 0 {
		t.Fatalf("a target of %d s is no whole number of minutes", n)
	}
	return calendar.Duration{Value: n / 60, Unit: calendar.WorkingMinutes}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func tableOf(t testing.TB, in *calendar.Input, ref string) *calendar.Table {
	t.Helper()
	if in == nil {
		raw, err := os.ReadFile(filepath.Join(referenceDir(), ref))
		if err != nil {
			t.Fatal(err)
		}
		var wire struct{ Calendar *calendar.Input }
		if err := json.Unmarshal(raw, &wire); err != nil {
			t.Fatal(err)
		}
		in = wire.Calendar
	}
	if in.Code == "" {
		in.Code = "test"
	}
	table, err := in.Compile(calendar.FirstYear, calendar.LastYear)
	if err != nil {
		t.Fatal(err)
	}
	return table
}
