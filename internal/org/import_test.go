package org_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

var importSchemas = append(slices.Clone(schemas), sqldb.Schema{Room: "job", FS: job.Schema}, sqldb.Schema{Room: "importer", FS: importer.Schema})

// desk is an empty house with an importer.
type desk struct {
	house
	im    *importer.Importer
	queue *job.Queue
}

func eachDesk(t *testing.T, fn func(d desk)) {
	book, err := lang.New(org.Locale, importer.Locale, xlsx.Locale)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, importSchemas, func(t *testing.T, db *sqldb.DB) {
		ctx := lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai")
		queue := job.New(db)
		o := org.New(db, event.NewBus(db))
		fn(desk{house{t, ctx, db, o}, importer.New(db, queue, o.Imports()...), queue})
	})
}

func (d desk) take(kind, text string, o importer.Options) importer.Result {
	d.Helper()
	r, err := d.im.Import(d.ctx, kind, strings.NewReader(text), o)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

func (d desk) clean(kind, text string, created, updated, unchanged int) {
	d.Helper()
	r := d.take(kind, text, importer.Options{})
	if len(r.Errors) > 0 || r.Created != created || r.Updated != updated || r.Unchanged != unchanged {
		d.Fatalf("got %+v", r)
	}
}

const someUnits = `code,name_zh,name_en,parent,site,head,calendar,level
team-a,甲组,Team A,prod,,00124,,team
prod,生产部,Production,hq,plant,00123,,
hq,海川机械,Haichuan,,,,,entity
plant,一厂,Plant 1,hq,,,,site
it,信息技术部,IT,hq,,,,
`

const somePeople = `employee_no,name,name_en,phone,email,unit,position,manager,roles,more_units
00123,王芳,Fang Wang,13800138000,fang@example.com,prod,部长,00001,agent;quality,it:顾问@2027-03-31
00124,李雷,,,,team-a,组长,00123,,
00001,赵总,,,,hq,总经理,,executive;secretary@it;owner@hr.onboard,
`

func TestImportTakesUnitsAndPeople(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", someUnits, 5, 0, 0)
		d.clean("units", someUnits, 0, 0, 5)
		d.clean("people", somePeople, 3, 0, 0)
		d.clean("people", somePeople, 0, 0, 3)
		d.clean("units", someUnits, 0, 0, 5)
		wang, zhao := d.no("00123"), d.no("00001")
		if wang.Manager != zhao.ID || d.no("00124").Manager != wang.ID {
			d.Error("managers who come later in the file are not settled")
		}
		if d.code("prod").Head != wang.ID || d.code("team-a").Head != d.no("00124").ID {
			d.Error("heads who come in a later file are not settled")
		}
		if tree, _ := d.org.Tree(d.ctx); tree.Depth(d.code("team-a").ID) != 2 || tree.At(org.Site, d.code("team-a").ID) != d.code("plant").ID {
			d.Error("the tree is wrong")
		}
		a := d.actor("00123")
		if !a.In(d.code("prod").ID, "agent") || !a.In(d.code("it").ID, "member") || !a.Has("quality") {
			d.Errorf("actor %+v", a)
		}
		if !d.actor("00001").In(d.code("it").ID, "secretary") {
			d.Error("scoped roles are missing")
		}
		changed := strings.Replace(somePeople, "13800138000", "13900139000", 1)
		changed = strings.Replace(changed, "agent;quality", "agent", 1)
		d.clean("people", changed, 0, 1, 2)
		if d.no("00123").Phone != "13900139000" || d.actor("00123").Has("quality") {
			d.Error("the change is not in")
		}
		d.clean("people", "工号,姓名,部门\n00124,李雷雷,it\n", 0, 1, 0)
		if p := d.no("00124"); p.Name != "李雷雷" || p.Unit != d.code("it").ID || p.Position != "组长" || p.Manager != wang.ID {
			d.Errorf("columns that are not there change nothing: %+v", p)
		}
	})
}

func TestImportReadsWhatExcelInChinaSaves(t *testing.T) {
	eachDesk(t, func(d desk) {
		gb, err := simplifiedchinese.GB18030.NewEncoder().String("单位编码;名称 *;上级\r\nhq;海川机械㐀;\r\nit;信息技术部;hq\r\n")
		if err != nil {
			d.Fatal(err)
		}
		d.clean("units", gb, 2, 0, 0)
		d.clean("units", "\ufeff部门编码\t部门名称\t上级部门\nhq\t海川机械㐀\t\nit\t信息技术部\thq\n", 0, 0, 2)
		var book bytes.Buffer
		w, err := xlsx.NewXLSX(&book, "人员")
		if err != nil {
			d.Fatal(err)
		}
		for _, row := range [][]any{{"员工花名册"}, {"工号", "姓名", "部门编码", "手机号"}, {"00123", "王芳", "it", 13800138000}, {20250001, "李雷", "it", "010-8888 0000"}} {
			if err := w.Row(row...); err != nil {
				d.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			d.Fatal(err)
		}
		r, err := d.im.Import(d.ctx, "people", bytes.NewReader(book.Bytes()), importer.Options{})
		if err != nil || r.Created != 2 || len(r.Errors) > 0 {
			d.Fatalf("%+v %v", r, err)
		}
		if p := d.no("00123"); p.Phone != "13800138000" {
			d.Errorf("phone %q", p.Phone)
		}
		d.no("20250001")
		mapped := "Staff,Full name,Dept\n00123,王芳,技术\n"
		r = d.take("people", mapped, importer.Options{Mapping: []byte("columns: {Staff: employee_no, Full name: name, Dept: unit}\nvalues: {unit: {技术: it}}\n")})
		if r.Unchanged != 1 || len(r.Errors) > 0 {
			d.Errorf("mapped: %+v", r)
		}
	})
}

func TestImportNamesEveryBadRowAndTakesNothing(t *testing.T) {
	eachDesk(t, func(d desk) {
		units := `code,name_zh,parent
hq,海川,
a,甲,b
b,乙,c
c,丙,a
d,丁,nowhere
e,戊,d
e,戊二,hq
,己,hq
f,,hq
`
		r := d.take("units", units, importer.Options{})
		want := []string{"3 parent 上级关系成了环：a → b → c → a", "4 parent 上级关系成了环：b → c → a → b", "5 parent 上级关系成了环：c → a → b → c",
			"6 parent 没有编码为“nowhere”的单位", "7 parent 上级“d”所在的第 6 行有错误", "8 code “e”在第 7 行已经出现过，请只留一行", "9 code “编码”不能为空", "10 name_zh “中文名称”不能为空"}
		d.errors(r, want)
		tree, err := d.org.Tree(d.ctx)
		if err != nil || tree.Len() != 0 || r.Created != 0 {
			d.Fatalf("something is in: %d %+v", tree.Len(), r.Count)
		}
		r = d.take("units", units, importer.Options{SkipBad: true})
		if r.Created != 1 || len(r.Errors) != len(want) {
			d.Errorf("with --skip-bad: %+v", r.Count)
		}
		people := `employee_no,name,phone,email,unit,manager,roles,more_units
1,甲,abc,a@b,hq,,,
2,乙,,,hq;it,77,boss,
3,丙,,,hq,1,agent@nowhere,hq;x@soon
1,丁,,,hq,,,
4,戊,,,hq,3,admin@hq;owner,
5,己,,,hq,,,
`
		r = d.take("people", people, importer.Options{DryRun: true})
		d.errors(r, []string{"2 phone 电话“abc”看起来不是电话号码，请写成 13800138000 或 +86 571 8888 6666", "2 email 邮箱“a@b”不是有效的地址，请写成 name@company.com", "3 unit “hq;it”是多个主单位：每人只有一个主单位，其余写在“兼任单位”",
			"3 roles 没有角色“boss”，可以写：agent、owner、head、secretary、quality、hr、executive、admin、security、auditor", "3 manager 没有工号为“77”的人员", "4 more_units “hq”已经是主单位，不能再作为兼任单位", "4 more_units 没有编码为“x”的单位",
			"4 roles 角色“agent@nowhere”里的单位“nowhere”不存在", "4 manager 上级“1”所在的第 2 行有错误", "5 employee_no “1”在第 2 行已经出现过，请只留一行",
			"6 roles 角色“admin@hq”是全公司的，不能加范围", "6 roles 角色“owner”需要写明服务，例如 owner@hr.onboard", "6 manager 上级“3”所在的第 4 行有错误"})
		if r.Created != 1 {
			d.Errorf("the dry run would create %d", r.Created)
		}
		r = d.take("people", people, importer.Options{})
		d.read(func(rd sqldb.Reader) error {
			n, err := d.org.CountActive(d.ctx, rd)
			if n != 0 || r.Created != 0 {
				d.Errorf("%d people are in", n)
			}
			return err
		})
		if r = d.take("people", people, importer.Options{SkipBad: true}); r.Created != 1 {
			d.Errorf("with --skip-bad: %+v", r.Count)
		}
		d.no("5")
		d.errors(d.take("people", "工号,电话\n7,1\n", importer.Options{}), []string{"1 name 文件里没有必需的列“姓名”。", "1 unit 文件里没有必需的列“主单位编码”。"})
		d.errors(d.take("people", "工号,姓名,部门\n", importer.Options{}), []string{"1  文件里没有数据行。"})
		d.errors(d.take("people", "工号,姓名,部门\n7,\"丁,hq\n8,x,hq\n", importer.Options{}), []string{"2  第 2 行的引号不成对，从这里起无法分清各列。"})
	})
}

func (d desk) errors(r importer.Result, want []string) {
	d.Helper()
	var got []string
	for _, e := range r.Errors {
		got = append(got, fmt.Sprintf("%d %s %s", e.Line, e.Column, e.Reason))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		d.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// manyPeople is a file of n people in 40 units, everybody's manager later in the file.
func manyPeople(n int) string {
	var b strings.Builder
	b.WriteString("employee_no,name,name_en,phone,email,unit,position,manager,roles,more_units\n")
	for i := range n {
		manager := ""
		if i%7 != 0 {
			manager = fmt.Sprintf("%05d", n-1-(n-1-i)%7)
		}
		if manager == fmt.Sprintf("%05d", i) {
			manager = ""
		}
		fmt.Fprintf(&b, "%05d,王%c%c,Wang %d,138%08d,w%05d@example.com,u%02d,专员,%s,%s,%s\n", i, '一'+rune(i%2000), '一'+rune(i/7%2000), i, i, i, i%40,
			manager, map[bool]string{true: "agent"}[i%10 == 0], map[bool]string{true: "u39:顾问"}[i%20 == 1])
	}
	return b.String()
}

func fortyUnits() string {
	var b strings.Builder
	b.WriteString("code,name_zh,parent\n")
	for i := range 40 {
		parent := ""
		if i > 0 {
			parent = fmt.Sprintf("u%02d", i/4)
		}
		fmt.Fprintf(&b, "u%02d,单位%d,%s\n", i, i, parent)
	}
	return b.String()
}

func TestImportOfTenThousandPeople(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", fortyUnits(), 40, 0, 0)
		file := manyPeople(10_000)
		began := time.Now()
		r := d.take("people", file, importer.Options{DryRun: true})
		dry := time.Since(began)
		if r.Created != 10_000 || len(r.Errors) > 0 {
			d.Fatalf("dry run: %+v %v", r.Count, r.Errors[:min(3, len(r.Errors))])
		}
		began = time.Now()
		d.clean("people", file, 10_000, 0, 0)
		first := time.Since(began)
		began = time.Now()
		d.clean("people", file, 0, 0, 10_000)
		d.Logf("10 000 people: dry run %v, first import %v, second %v", dry, first, time.Since(began))
		if dry > 40*time.Second || first > 120*time.Second {
			d.Error("that took too long")
		}
		if d.no("00001").Manager == 0 {
			d.Error("managers are missing")
		}
	})
}

func TestImportGoesOnAfterACrash(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", fortyUnits(), 40, 0, 0)
		dying, crash := context.WithCancel(d.ctx)
		_, err := d.im.Import(dying, "people", strings.NewReader(manyPeople(1_300)), importer.Options{Progress: func(done, total int) {
			if total != 1_300 {
				d.Errorf("of %d", total)
			}
			if done == 1_000 {
				crash()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			d.Fatalf("the import did not die: %v", err)
		}
		count := func() (n int) {
			d.read(func(rd sqldb.Reader) (err error) { n, err = d.org.CountActive(d.ctx, rd); return err })
			return n
		}
		if count() != 1_000 {
			d.Fatalf("%d people are in", count())
		}
		dbtest.Clock(d.db).Advance(2 * time.Minute)
		if _, err := d.queue.RunDue(d.ctx); err != nil {
			d.Fatal(err)
		}
		if count() != 1_300 || d.no("00001").Manager == 0 {
			d.Errorf("%d people are in after the job", count())
		}
		d.clean("people", manyPeople(1_300), 0, 0, 1_300)
	})
}

func TestImportOfAFileThatIsNoTable(t *testing.T) {
	eachDesk(t, func(d desk) {
		for name, content := range map[string]string{"xlsx.empty": " \n", "xlsx.not-a-table": "\x89PNG\x00\x01", "xlsx.not-a-workbook": "PK\x03\x04nothing"} {
			_, err := d.im.Import(d.ctx, "people", strings.NewReader(content), importer.Options{})
			if err == nil || !strings.Contains(err.Error(), name) {
				d.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestTwoImportsAtOnceMakeNobodyTwice(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", fortyUnits(), 40, 0, 0)
		file := manyPeople(1_200)
		results := make(chan importer.Count, 2)
		got := twice(func() error {
			r, err := d.im.Import(d.ctx, "people", strings.NewReader(file), importer.Options{})
			results <- r.Count
			return err
		})
		a, b := <-results, <-results
		if got[0] != nil || got[1] != nil || a.Created+b.Created != 1_200 || a.Created+a.Updated+a.Unchanged != 1_200 || b.Created+b.Updated+b.Unchanged != 1_200 {
			d.Errorf("%+v %+v (%v, %v)", a, b, got[0], got[1])
		}
		d.clean("people", file, 0, 0, 1_200)
	})
}

// One 工号 written in full width is the same one; one in other letters is not a second person.
func TestImportKnowsOneNumberInManyWritings(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", someUnits, 5, 0, 0)
		d.clean("people", "工号,姓名,主单位编码,直属上级工号\nA0１,王芳,ｐｒｏｄ,\n００7,李雷,it,Ａ01\n", 2, 0, 0)
		d.clean("people", "工号,姓名,主单位编码,直属上级工号\nA01,王芳,prod,\n007,李雷,it,A01\n", 0, 0, 2)
		r := d.take("people", "工号,姓名,主单位编码\na01,王方,prod\nB2,赵,it\nb2,钱,it\nC3,#N/A,it\n", importer.Options{})
		got := map[int]string{}
		for _, e := range r.Errors {
			got[e.Line] = e.Column + ": " + e.Reason
		}
		for line, want := range map[int]string{
			2: "employee_no: 工号“a01”与已有的“A01”只差大小写，请写成一样", 4: "employee_no: “b2”在第 3 行已经出现过，请只留一行", 5: "name: 这里是公式错误“#N/A”，不是值。请在 Excel 里改好再导入。",
		} {
			if got[line] != want {
				d.Errorf("line %d: %q, want %q", line, got[line], want)
			}
		}
		r = d.take("people", "no,name,unit\n1,王,it\n", importer.Options{Mapping: []byte("columns: {no: employee_no, Handy: phone}")})
		if len(r.Errors) != 1 || r.Errors[0].Line != 1 || !strings.Contains(r.Errors[0].Reason, "Handy") {
			d.Errorf("a heading that only the mapping knows: %+v", r)
		}
	})
}

func TestAUnitMovesUnderANewOne(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", "code,name_zh,parent\nhq,总部,\nfinance,财务部,hq\n", 2, 0, 0)
		d.clean("units", "code,name_zh,parent\nfinance,财务部,centre\ncentre,职能中心,hq\n", 1, 1, 0)
	})
}

// TestADutyListComesIn: wrong rows are named, a second time nothing changes, what changed is changed.
func TestADutyListComesIn(t *testing.T) {
	eachDesk(t, func(d desk) {
		d.clean("units", someUnits, 5, 0, 0)
		d.take("people", somePeople, importer.Options{})
		const head = "unit,from,until,employee_no,note\n"
		bad := d.take("duty", head+"nowhere,2026-11-23 08:00,2026-11-23 20:00,00123,\nprod,yesterday,2026-11-23 20:00,99999,\nprod,2026-11-23 08:00,2026-11-23 07:00,00123,\n"+
			"prod,2026-11-24 08:00,2026-11-24 20:00,00123,\nprod,2026-11-24 19:00,2026-11-24 21:00,00123,\n", importer.Options{DryRun: true})
		var got []string
		for _, e := range bad.Errors {
			got = append(got, fmt.Sprintf("%d %s", e.Line, e.Column))
		}
		if want := []string{"2 unit", "3 employee_no", "3 from", "4 until", "6 employee_no"}; !slices.Equal(got, want) {
			d.Errorf("wrong: %q", got)
		}
		const good = head + "prod,2026-11-23 08:00,2026-11-23 20:00,00123,早班\nprod,2026/11/23 20:00,2026-11-24 08:00,00124,夜班\n"
		d.clean("duty", good, 2, 0, 0)
		d.clean("duty", good, 0, 0, 2)
		d.clean("duty", "单位编码,开始,结束,工号,岗位,值班电话,备注\nprod,2026-11-23 08:00:00,2026-11-23 20:00:00,00123,,,早班\n", 0, 0, 1) // as the list is downloaded
		d.clean("duty", head+"prod,2026-11-23 08:00,2026-11-23 21:00,00123,早班\n", 0, 1, 0)
		d.read(func(rd sqldb.Reader) error {
			ids, err := d.org.OnDuty(d.ctx, rd, d.code("prod").ID, rd.Instant())
			if len(ids) != 1 || ids[0] != d.no("00123").ID {
				d.Errorf("on duty: %v", ids)
			}
			return err
		})
	})
}
