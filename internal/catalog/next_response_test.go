package catalog

import (
	"strings"
	"testing"

	"neike/internal/calendar"
)

// TestAStandardOfFurtherWords goes through the API, the form, the page of the service, the file of standards and a pack.
func TestAStandardOfFurtherWords(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := door(t, h).With("2001")
		const path = "/api/v1/services/finance.advance"
		put := func(body string) int {
			etag := head.Get(path).Is(200).Header.Get("ETag")
			return head.JSON("PUT", path+"/standard", body, "If-Match", etag).Status
		}
		if code := put(`{"completion":{"value":2,"unit":"workdays_eod"},"completion_target":0.9,"next_response":{"value":4,"unit":"working_hours"},"next_response_target":0.9,
"urgent":{"next_response":{"value":1,"unit":"working_hours"}}}`); code != 200 {
			t.Fatal(code)
		}
		four, one := calendar.Duration{Value: 4, Unit: calendar.WorkingHours}, calendar.Duration{Value: 1, Unit: calendar.WorkingHours}
		std := h.service("finance.advance").Standard
		if std.NextResponse != four || std.NextResponseTarget != 0.9 || std.For(true).NextResponse != one || std.For(false).NextResponse != four {
			t.Errorf("%+v", std)
		}
		if body := head.Get(path).Is(200).Body; !strings.Contains(string(body), `"next_response_target":0.9`) {
			t.Error(body)
		}
		for page, want := range map[string]string{
			"/services/finance.advance": "客户再来话后", "/services/finance.advance/standard": `name="urgent.next_response.value"`,
			"/services/export?format=csv": "后续答复达标率",
		} {
			if body := head.Get(page).Is(200).Body; !strings.Contains(string(body), want) {
				t.Errorf("%s does not say %s", page, want)
			}
		}
		if code := put(`{"completion":{"value":2,"unit":"workdays_eod"},"completion_target":0.9,"next_response":{"value":4,"unit":"working_hours"}}`); code != 422 {
			t.Errorf("without its target it is %d", code)
		}
		if code := put(`{"completion":{"value":2,"unit":"workdays_eod"},"completion_target":0.9}`); code != 200 || !h.service("finance.advance").Standard.NextResponse.IsZero() {
			t.Errorf("taken away: %d, %+v", code, h.service("finance.advance").Standard)
		}
	})
}

// TestAPackPromisesOfFurtherWords: what a pack says of them is read, shown as a change, and no other pack reads otherwise for it.
func TestAPackPromisesOfFurtherWords(t *testing.T) {
	pack := func(next string) *Service {
		p, problems := ParsePack([]byte(`schema: icm.template/v1
department: {code: finance, name: {zh: 财务部, en: Finance}}
services:
- code: finance.stamp
  name: {zh: 盖章, en: Stamp}
  description: {zh: 盖, en: Stamp}
  kind: request
  form: []
  standards:
    completion: {value: 1, unit: workdays_eod}
    completion_target_pct: 90
` + next))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return &Service{Version: 1, Standard: p.Entries[0].Standard}
	}
	without, with := pack(""), pack("    next_response: {value: 4, unit: working_hours}\n    next_response_target_pct: 90\n")
	if s := with.Standard; s.NextResponse.Value != 4 || s.NextResponseTarget != 0.9 {
		t.Errorf("%+v", s)
	}
	if without.fingerprint(partStandard) == with.fingerprint(partStandard) || !strings.HasPrefix(without.content(partStandard), `[{"value":0`) {
		t.Error(without.content(partStandard), with.content(partStandard))
	}
}
