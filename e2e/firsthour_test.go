package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/demo"
)

// TestFirstHour: a stranger with an empty house and the code of its log comes from the first page to the first request
// by clicking and typing alone.
func TestFirstHour(t *testing.T) {
	t.Parallel()
	house(t) // for the browser
	s, err := open(app.Config{Data: t.TempDir()}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("the house did not stop: %v", err)
		}
	})
	code, err := s.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const next = "#first-run .btn-primary"
	c := s.visit(t, "", look{stranger: true, locale: "zh"})
	c.opens("/").at("/setup")
	c.writes("[name=code]", code).writes("[name=name_zh]", "远山机械").writes("[name=employee_no]", "1001").writes("[name=name]", "顾清和").clicks("#first-form [type=submit]").at("/activate/")
	c.writes("[name=password]", demo.Password).writes("[name=again]", demo.Password).clicks("main [type=submit]").at("/")
	c.until("the card of the home page", `() => !!document.querySelector('#setup')`)
	c.clicks("#setup .btn-primary").at("/settings/first-run/calendar")
	c.sees("#first-run", "周一–周五 08:30").clicks(next).at("/settings/first-run/people")

	c.brings("units", "编码,名称,上级\ncompany,远山机械,\nD01,信息技术部,company\nD02,生产部,company\n")
	c.brings("people", "工号,姓名,单位\n2001,罗佳,D01\n3001,周敏,D02\n")
	c.opens("/settings/first-run").at("/settings/first-run/packs") // the pack of IT has found the unit of that name
	c.clicks(next).until("the plan", `() => !!document.querySelector('#plan')`)
	c.sees("#plan", "信息技术部").clicks("#packs-plan [name=do]").at("/settings/first-run/sight")
	c.clicks(next).at("/settings/first-run/entry")
	c.clicks(next).at("/settings/first-run/done").sees("#posters", "信息技术部")
	c.clicks(next).until("the home page without the card", `() => location.pathname === '/' && document.readyState === 'complete' && !document.querySelector('#setup')`)

	c.opens("/units/D01/poster").sees("#ask-poster", "故障报修")
	c.opens("/requests/new?provider=D01").clicks("a[href='/requests/new/it.incident']").at("/requests/new/it.incident")
	c.writes("#ask [name=title]", "打印机卡纸").writes("#ask [name='fields.steps']", "一打印就卡").writes("#ask [name='fields.device']", "P-12")
	c.eval(`() => { for (const n of ['system', 'impact']) { const e = document.querySelector('#ask [name="fields.' + n + '"]'); if (e.type === 'radio') e.click(); else e.selectedIndex = 1 } }`)
	c.clicks("#ask [type=submit]").at("/requests/R-").sees("#main", "打印机卡纸")
}

// brings imports a file on the page of the first set-up: chosen, tried, taken in.
func (r *reader) brings(kind, text string) {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), kind+".csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.opens("/settings/first-run/people")
	field, err := r.p.Timeout(patience).Element("#import-" + kind + " [name=file]")
	if err == nil {
		err = field.SetFiles([]string{file})
	}
	if err != nil {
		r.t.Fatalf("choose a file of %s: %v", kind, err)
	}
	r.clicks("#import-"+kind+" form [type=submit]").at("/settings/import/").sees("#guide", "首次设置")
	r.clicks("#apply .btn-primary").until(kind+" taken in", `() => !!document.querySelector('#import .nk-note-line .ic') && !document.querySelector('#apply') && document.querySelector('#import').textContent.includes('新增')`)
}
