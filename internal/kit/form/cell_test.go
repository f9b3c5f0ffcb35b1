package form

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// TestAnAnswerIsOneCell: every type as a file shows it.
func TestAnAnswerIsOneCell(t *testing.T) {
	zh, f := reader(t, "zh"), all()
	v := Values{"text": "研发", "number": json.Number("12.5"), "currency": "38462.50", "date": "2026-10-14", "datetime": "2026-10-14T01:30:00Z", "single_select": "oa",
		"multi_select": []string{"oa", "erp"}, "cascade": "hardware/laptop", "checkbox": true, "person": "01023", "department": "finance", "attachment": []string{"7001", "7002"},
		"table": []Values{{"what": "出租车", "price": "38.50"}, {"what": "=SUM(A1)", "count": json.Number("2")}}}
	called := map[string]string{"01023": "张伟"}
	want := map[string]any{"text": "研发", "number": 12.5, "currency": 38462.5, "date": "2026-10-14", "datetime": time.Date(2026, 10, 14, 1, 30, 0, 0, time.UTC), "single_select": "协同",
		"multi_select": "协同、ERP", "cascade": "硬件 / 笔记本", "checkbox": "已勾选", "person": "张伟 01023", "department": "finance", "attachment": 2,
		"table": "事由 出租车；单价 38.50\n事由 =SUM(A1)；数量 2"}
	for _, x := range f.Fields {
		got := x.Cell(zh, called, v)
		if at, ok := got.(time.Time); ok {
			got = at.UTC()
		}
		if got != want[x.Key] {
			t.Errorf("%s: %v, want %v", x.Key, got, want[x.Key])
		}
		x.Sensitive = true
		if x.Cell(zh, called, v) != nil {
			t.Errorf("%s is written although it is sensitive", x.Key)
		}
	}
	if long := (Field{Key: "n", Type: Number}).Cell(zh, nil, Values{"n": json.Number("123456789012.123456")}); long != "123456789012.123456" {
		t.Errorf("a number that a sheet would round: %v", long)
	}
	if people, units := f.Coded(Person, v), f.Coded(Department, v); fmt.Sprint(people, units) != "[01023] [finance]" {
		t.Errorf("%v %v", people, units)
	}
}
