package catalog

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"neike/content"
	"neike/internal/app/importer"
	"neike/internal/calendar"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

func TestEveryPackReadsClean(t *testing.T) {
	if n := len(content.Packs()); n != 14 {
		t.Fatalf("%d packs", n)
	}
	codes := map[string]string{}
	fields := map[string]form.Field{}
	request, standing := 0, 0
	for _, name := range content.Packs() {
		data, _ := content.Pack(name)
		p, problems := ParsePack(data)
		for _, x := range problems {
			t.Errorf("%s line %d %s: %s %v", name, x.Line, x.Column, x.Key, x.Args)
		}
		if p.Department.Code != name {
			t.Errorf("pack %s is of department %s", name, p.Department.Code)
		}
		for _, e := range p.Entries {
			if codes[e.Code] != "" {
				t.Errorf("%s is in %s and %s", e.Code, codes[e.Code], name)
			}
			codes[e.Code] = name
			if e.Kind == OnRequest {
				request++
			} else {
				standing++
			}
			for _, f := range e.Form.Fields { // a key means the same in every pack, whether it is required or not
				f.Required = false
				if first, ok := fields[f.Key]; ok && string((form.Form{Fields: []form.Field{first}}).Canonical()) != string((form.Form{Fields: []form.Field{f}}).Canonical()) {
					t.Errorf("%s: key %s means something else than before", e.Code, f.Key)
				}
				fields[f.Key] = f
			}
		}
		for _, c := range p.Customers {
			if _, ok := content.Pack(c.Code); c.Kind == "unit" && !ok {
				t.Errorf("%s names the customer %s, which has no pack", name, c.Code)
			}
		}
	}
	if request != 88 || standing != 30 {
		t.Errorf("%d services on request and %d standing", request, standing)
	}
	if units := audienceUnits("biz"); len(units) != 8 {
		t.Errorf("audience biz has %v", units)
	}
}

func TestAllPacksImportCleanAndTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		created := 0
		for _, name := range content.Packs() {
			out := h.load(name)
			created += out.Created
			if out.Updated != 0 || out.Unchanged != 0 {
				t.Errorf("%s: %+v", name, out.Count)
			}
		}
		if created != 118 {
			t.Errorf("%d services created", created)
		}
		before := h.kinds()
		for _, name := range content.Packs() {
			data, _ := content.Pack(name)
			for _, dry := range []bool{true, false} {
				out, err := h.Import(h.ctx, name, data, dry)
				must(t, err)
				if out.Created != 0 || out.Updated != 0 || len(out.Problems) != 0 || out.Unchanged == 0 {
					t.Errorf("%s again (dry %v): %+v", name, dry, out.Count)
				}
			}
		}
		if after := h.kinds(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("the second run announced something: %v, before %v", after, before)
		}
		s := h.service("finance.expense")
		if s.State != Live || s.Version != 1 || !s.Standard.Starting || s.Pack != "finance" || s.Standard.CompletionTarget != 0.9 || s.Standard.Accuracy != 0.98 {
			t.Errorf("%+v", s)
		}
		if s.Standard.Completion != (calendar.Duration{Value: 5, Unit: "workdays_eod"}) || len(s.Form.Fields) != 4 || !s.Askable() {
			t.Errorf("%+v", s)
		}
		pay := h.service("hr.payroll")
		if pay.Kind != Standing || pay.Schedule != (Schedule{"month", "workday 8", "17:00"}) || pay.Deliverable.Zh == "" || pay.Askable() {
			t.Errorf("%+v", pay)
		}
		if got := h.service("hr.payroll").Standard.Accuracy; got != 0.998 {
			t.Errorf("accuracy %v", got)
		}
	})
}

func TestADryRunWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		data, _ := content.Pack("hr")
		out, err := h.Import(h.ctx, "hr", data, true)
		must(t, err)
		if out.Created != 9 || len(out.Verdicts) != 9 || out.Verdicts[0].Plan != importer.Create || out.Verdicts[0].Key != "hr.recruit 岗位招聘" {
			t.Errorf("%+v", out)
		}
		snap, err := h.Snapshot(h.ctx)
		must(t, err)
		if len(snap.All()) != 0 {
			t.Error("the dry run wrote services")
		}
	})
}

func TestALocalChangeIsNotOverwritten(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		head := h.as("2001")
		std := h.service("finance.expense").Standard
		std.Completion = hours(24)
		_, err := h.SetStandard(head, "finance.expense", std, 0)
		must(t, err)

		again := h.load("finance")
		if again.Updated != 0 {
			t.Fatalf("%+v", again.Count)
		}
		data, _ := content.Pack("finance")
		edited := []byte(strings.Replace(strings.Replace(string(data),
			"审核单据并付款到员工账户。", "审核单据，三天内付款到员工账户。", 1),
			"completion: {value: 5, unit: workdays_eod}", "completion: {value: 4, unit: workdays_eod}", 1))
		plan, err := h.Import(h.ctx, "finance", edited, true)
		must(t, err)
		v := plan.Verdicts[0]
		if v.Plan != importer.Update || len(v.Changes) != 1 || v.Changes[0].Column != "description" {
			t.Errorf("%+v", v)
		}
		if len(v.Kept) != 1 || v.Kept[0].Column != "standards" || v.Kept[0].Key != "catalog.kept-both-standard" {
			t.Errorf("kept %+v", v.Kept)
		}
		out, err := h.Import(h.ctx, "finance", edited, false)
		must(t, err)
		if out.Updated != 1 || out.Unchanged != 8 {
			t.Errorf("%+v", out.Count)
		}
		s := h.service("finance.expense")
		if s.Standard.Completion != hours(24) || s.Standard.Starting || s.Description.Zh != "审核单据，三天内付款到员工账户。" || s.Version != 2 {
			t.Errorf("%+v", s)
		}
		if twice, err := h.Import(h.ctx, "finance", edited, false); err != nil || twice.Updated != 0 {
			t.Errorf("%+v %v", twice.Count, err)
		}
	})
}

func TestAConfirmedStandardStaysWhenThePackChanges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		_, err := h.Confirm(h.as("2001"), "finance.advance")
		must(t, err)
		data, _ := content.Pack("finance")
		edited := []byte(strings.Replace(string(data), "completion: {value: 2, unit: workdays_eod}", "completion: {value: 9, unit: workdays_eod}", 1))
		out, err := h.Import(h.ctx, "finance", edited, false)
		must(t, err)
		if out.Updated != 0 || h.service("finance.advance").Standard.Completion.Value != 2 {
			t.Errorf("%+v", out.Count)
		}
		if kept := out.Verdicts[1].Kept; len(kept) != 1 || kept[0].Key != "catalog.kept-both-standard" {
			t.Errorf("%+v", kept)
		}
	})
}

func TestAPackThatChangedIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("hr")
		old := h.service("hr.cert")
		data, _ := content.Pack("hr")
		edited := []byte(strings.NewReplacer(
			"{code: job, label: {zh: 在职证明, en: Employment}}", "{code: job, label: {zh: 在职证明, en: Job}}",
			"薪酬数据与人力成本", "薪酬、人力成本",
		).Replace(string(data)))
		out, err := h.Import(h.ctx, "hr", edited, false)
		must(t, err)
		if out.Updated != 2 || out.Created != 0 { // the form, and the customers told with the first service
			t.Errorf("%+v %+v", out.Count, out.Verdicts)
		}
		now := h.service("hr.cert")
		if now.Version != 2 || len(now.Versions) != 2 || now.Form.Fields[0].Options[0].Label.En != "Job" {
			t.Errorf("%+v", now)
		}
		if v, ok := now.Numbered(1); !ok || v.Form.Fields[0].Options[0].Label.En != "Employment" || string(v.Form.Canonical()) != string(old.Form.Canonical()) {
			t.Error("the first version did not keep its form")
		}
		customers, err := h.DeclaredCustomers(h.ctx, now.Unit)
		must(t, err)
		if len(customers) != 3 || customers[2].Needs.Zh != "薪酬、人力成本" || customers[2].Unit == 0 || customers[0].Unit != 0 {
			t.Errorf("%+v", customers)
		}
	})
}

func TestWhatWasRetiredStaysRetired(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		_, err := h.Retire(h.as("2001"), "finance.report", "")
		must(t, err)
		data, _ := content.Pack("finance")
		out, err := h.Import(h.ctx, "finance", []byte(strings.ReplaceAll(string(data), "经营数据支持", "经营数据")), false)
		must(t, err)
		if out.Updated != 0 || h.service("finance.report").State != Retired || out.Verdicts[6].Kept[0].Key != "catalog.kept-retired" {
			t.Errorf("%+v", out)
		}
	})
}

func TestDeclaredEdges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		h.load("it")
		edges, err := h.DeclaredEdges(h.ctx)
		must(t, err)
		tree, err := h.org.Tree(h.ctx)
		must(t, err)
		got := map[string]string{}
		for _, e := range edges {
			p, _ := tree.ByID(e.Provider)
			c, _ := tree.ByID(e.Customer)
			got[p.Code+"→"+c.Code] = e.Audience
		}
		if len(got) != len(edges) || len(got) != 11 { // finance names 2; it names hr, and biz proposes 8
			t.Errorf("%v", got)
		}
		if a, ok := got["it→hr"]; !ok || a != "" {
			t.Errorf("%v", got)
		}
		if got["it→sales"] != "biz" {
			t.Errorf("%v", got)
		}
	})
}

// TestBadPacks states what is told about a wrong file: line, place and key of every finding, all at once.
func TestBadPacks(t *testing.T) {
	raw, err := os.ReadFile("testdata/bad.yaml")
	must(t, err)
	book, err := lang.New(Locale, form.Locale, calendar.Locale)
	must(t, err)
	ctx := lang.With(context.Background(), book, "zh", "Asia/Shanghai")
	_, problems := ParsePack(raw)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Key))
		said := lang.T(ctx, p.Key, fault.Flat(p.Args)...)
		if strings.Contains(said, "{{") || strings.Contains(said, "<no value>") || said == p.Key {
			t.Errorf("line %d says %q", p.Line, said)
		}
	}
	want, err := os.ReadFile("testdata/bad.want")
	must(t, err)
	if strings.Join(got, "\n")+"\n" != string(want) {
		t.Errorf("got\n%s\n", strings.Join(got, "\n"))
	}
}

func TestFilesThatAreNoPack(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "1  catalog.pack-empty"},
		{"only a comment", "# nothing\n", "1  catalog.pack-empty"},
		{"not YAML", "schema: [\n", "1  catalog.pack-yaml"},
		{"GB18030", "schema: icm.template/v1\n# \xb2\xc6\xce\xf1\n", "2  catalog.pack-encoding"},
		{"a list", "- a\n", "1  catalog.pack-object"},
		{"two documents", "a: 1\n---\nb: 2\n", "2  catalog.pack-several"},
		{"another schema", "schema: icm.courses/v1\ncourses: []\n", "1 schema catalog.pack-schema"},
		{"an alias", "schema: icm.template/v1\ndepartment: &d {code: hr}\nservices: *d\n", "3 services catalog.pack-alias"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := ParsePack([]byte(c.text))
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Key))
			}
			if !strings.Contains(strings.Join(got, "\n"), c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnUnknownDepartmentIsTold(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		data, _ := content.Pack("hr")
		edited := []byte(strings.ReplaceAll(strings.ReplaceAll(string(data), "code: hr\n", "code: people\n"), "hr.", "people."))
		out, err := h.Import(h.ctx, "people", edited, false)
		must(t, err)
		if len(out.Problems) != 1 || out.Problems[0].Line != 7 || out.Problems[0].Column != "department.code" || out.Problems[0].Key != "catalog.pack-department" {
			t.Errorf("%+v", out.Problems)
		}
		snap, err := h.Snapshot(h.ctx)
		must(t, err)
		if len(snap.All()) != 0 {
			t.Error("something was taken over")
		}
	})
}

func FuzzParsePack(f *testing.F) {
	for _, name := range []string{"hr", "warehouse"} {
		data, _ := content.Pack(name)
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := ParsePack(data)
		if len(problems) > 0 {
			return
		}
		for _, e := range p.Entries {
			if judge(nil, e, 1, "x").next == nil {
				t.Error("a clean entry makes no service")
			}
		}
	})
}

// TestThroughTheImporter takes packs in as the command line does: staged, judged, applied.
func TestThroughTheImporter(t *testing.T) {
	more := append(slices.Clone(schemas), sqldb.Schema{Room: "job", FS: job.Schema}, sqldb.Schema{Room: "importer", FS: importer.Schema})
	dbtest.Each(t, more, func(t *testing.T, db *sqldb.DB) {
		h := build(t, db)
		im := importer.New(db, job.New(db), h.Kind())
		run := func(text string, o importer.Options) importer.Result {
			t.Helper()
			o.Name = "finance.yaml"
			r, err := im.Import(h.ctx, "services", strings.NewReader(text), o)
			must(t, err)
			return r
		}
		data, _ := content.Pack("finance")
		if r := run(string(data), importer.Options{DryRun: true}); r.Created != 9 || len(r.Errors) != 0 {
			t.Errorf("dry run %+v", r)
		}
		if r := run(string(data), importer.Options{}); r.Created != 9 || r.Updated != 0 {
			t.Errorf("first %+v", r)
		}
		if r := run(string(data), importer.Options{}); r.Created != 0 || r.Updated != 0 || r.Unchanged != 9 {
			t.Errorf("second %+v", r)
		}
		if s := h.service("finance.pay"); s.Pack != "finance" || !s.Askable() {
			t.Errorf("%+v", s)
		}
		std := h.service("finance.pay").Standard
		std.Completion = hours(20)
		_, err := h.SetStandard(h.as("2001"), "finance.pay", std, 0)
		must(t, err)
		if r := run(string(data), importer.Options{DryRun: true}); len(r.Kept) != 1 || r.Kept[0].Reason != "标准在这里改过，保留这里的" || r.Updated != 0 {
			t.Errorf("kept %+v", r)
		}
		bad := strings.Replace(string(data), "completion: {value: 3, unit: workdays_eod}", "completion: {value: 3, unit: days}", 1)
		bad = strings.Replace(bad, "type: currency", "type: money", 1)
		r := run(strings.ReplaceAll(bad, "费用报销", "报账"), importer.Options{})
		if len(r.Errors) != 2 || r.Errors[0].Line != 34 || r.Errors[0].Column != "services[0].form[0].type" || r.Errors[1].Column != "services[3].standards.completion.unit" || r.Created+r.Updated != 0 {
			t.Errorf("bad file %+v", r)
		}
		if h.service("finance.expense").Name.Zh != "费用报销" {
			t.Error("a bad file was half imported")
		}
		if r := run(strings.ReplaceAll(bad, "备用金借款", "借款"), importer.Options{SkipBad: true}); r.Updated != 1 || len(r.Errors) != 2 {
			t.Errorf("skipping the bad %+v", r)
		}
		if r := run("", importer.Options{}); len(r.Errors) != 1 || r.Errors[0].Line != 1 {
			t.Errorf("empty %+v", r)
		}
	})
}
