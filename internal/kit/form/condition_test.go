package form

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"neike/internal/kit/fault"
)

// conditions are the cases that the server and the browser's script have to judge alike; e2e runs the same file in a browser.
type conditions struct {
	Fields []Field
	Cases  []struct {
		Name    string
		When    Condition
		Answers map[string]any
		Holds   bool
	}
}

func readConditions(t *testing.T) conditions {
	t.Helper()
	data, err := os.ReadFile("testdata/conditions.json")
	if err != nil {
		t.Fatal(err)
	}
	var c conditions
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// probe is a form of the fields with one more, which is asked under a condition.
func probe(fields []Field, when Condition) Form {
	return Form{Fields: append(slices.Clone(fields), Field{Key: "probe", Type: Text, Label: text("探针", "Probe"), Required: true, VisibleIf: &when})}
}

func TestConditionsAreJudged(t *testing.T) {
	ctx, c := zone(t), readConditions(t)
	if len(c.Cases) < 50 {
		t.Fatalf("only %d cases", len(c.Cases))
	}
	for _, x := range c.Cases {
		f := probe(c.Fields, x.When)
		if errs := f.Check(); errs.Len() > 0 {
			t.Fatalf("%s: %v", x.Name, errs.All())
		}
		_, errs, err := f.Validate(ctx, Resolve{}, x.Answers)
		asked := errs.Len() == 1 && errs.All()[0].Name == "fields.probe"
		if err != nil || errs.Len() > 0 && !asked || asked != x.Holds {
			t.Errorf("%s: asked %v, want %v (%v %v)", x.Name, asked, x.Holds, errs.All(), err)
		}
	}
}

func TestAnOperandIsOneOrSeveral(t *testing.T) {
	for in, want := range map[string]string{
		`{"all":[{"field":"a","op":"eq","value":5}]}`:                `{"all":[{"field":"a","op":"eq","value":"5"}]}`,
		`{"all":[{"field":"a","op":"eq","value":true}]}`:             `{"all":[{"field":"a","op":"eq","value":"true"}]}`,
		`{"any":[{"field":"a","op":"in","value":["x","y"]}]}`:        `{"any":[{"field":"a","op":"in","value":["x","y"]}]}`,
		`{"any":[{"field":"a","op":"filled"}]}`:                      `{"any":[{"field":"a","op":"filled"}]}`,
		`{"all":[{"any":[{"field":"a","op":"eq","value":"12.5"}]}]}`: `{"all":[{"any":[{"field":"a","op":"eq","value":"12.5"}]}]}`,
	} {
		var c Condition
		if err := json.Unmarshal([]byte(in), &c); err != nil {
			t.Fatal(err)
		}
		if out, _ := json.Marshal(c); string(out) != want {
			t.Errorf("%s became %s", in, out)
		}
	}
	if err := json.Unmarshal([]byte(`{"all":[{"field":"a","op":"eq","value":{"x":1}}]}`), &Condition{}); err == nil {
		t.Error("an object is no value")
	}
}

func namesOf(list []fault.Field) []string {
	names := []string{}
	for _, x := range list {
		names = append(names, x.Name)
	}
	return names
}

func TestWhatIsNotAskedIsDropped(t *testing.T) {
	ctx := zone(t)
	hotel := &Condition{All: []Rule{{Field: "kind", Op: Is, Value: Operand{"hotel"}}}}
	f := Form{
		Fields: []Field{
			{Key: "kind", Type: Text, Label: text("类别", "Kind")},
			{Key: "city", Type: Text, Label: text("城市", "City"), Required: true, VisibleIf: hotel},
			{Key: "nights", Type: Number, Label: text("晚", "Nights"), RequiredIf: hotel},
			{Key: "stars", Type: Rating, Label: text("星", "Stars")},
			{Key: "why", Type: Text, Label: text("原因", "Why"), Required: true, VisibleIf: &Condition{All: []Rule{{Field: "city", Op: Filled}}}},
		},
		Sections: []Section{{Key: "rest", Title: text("其他", "Rest"), Fields: []string{"stars", "why"}, VisibleIf: hotel}},
	}
	if errs := f.Check(); errs.Len() > 0 {
		t.Fatal(errs.All())
	}
	v, errs, err := f.Validate(ctx, Resolve{}, map[string]any{"kind": "car", "city": "广州", "stars": "5", "why": "x"})
	if err != nil || errs.Len() > 0 || v.JSON() != `{"kind":"car"}` {
		t.Errorf("%s %v %v", v.JSON(), errs.All(), err)
	}
	_, errs, _ = f.Validate(ctx, Resolve{}, map[string]any{"kind": "hotel"})
	if names := namesOf(errs.All()); !slices.Equal(names, []string{"fields.city", "fields.nights"}) {
		t.Errorf("asked %v", names) // why depends on a city that is not there
	}
}

func TestWhatCannotBeChangedKeepsItsAnswer(t *testing.T) {
	ctx := zone(t)
	find := Resolve{Given: func(_ context.Context, place string) (string, error) {
		return map[string]string{"person.name": "张伟", "today": "2026-11-22"}[place], nil
	}}
	f := Form{Fields: []Field{
		{Key: "who", Type: Text, Label: text("申请人", "Who"), Default: "{person.name}", ReadOnlyIf: &Condition{}},
		{Key: "due", Type: Date, Label: text("日期", "Due"), Default: "{today+7}"},
	}}
	v, errs, err := f.Validate(ctx, find, map[string]any{"who": "别人"})
	if err != nil || errs.Len() > 0 || v.JSON() != `{"who":"张伟"}` {
		t.Errorf("%s %v %v", v.JSON(), errs.All(), err)
	}
	find.Before = Values{"who": "李娜"}
	if v, _, _ = f.Validate(ctx, find, map[string]any{"who": "别人"}); v.JSON() != `{"who":"李娜"}` {
		t.Error(v.JSON())
	}
	raw, err := f.Defaults(ctx, find)
	if err != nil || raw["who"] != "张伟" || raw["due"] != "2026-11-29" {
		t.Errorf("%v %v", raw, err)
	}
	if raw, _ = f.Defaults(ctx, Resolve{}); len(raw) != 0 {
		t.Errorf("nobody is known and yet %v", raw)
	}
}
